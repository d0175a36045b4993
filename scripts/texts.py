"""Bring the catalogs of texts in step with the sources.

    .venv/bin/python scripts/texts.py [--check]

Every text that is marked in templates, Python and scripts (CONTRIBUTING.md says how) gets its place in each catalog;
translations stay, and texts that are gone go. What has no translation yet is listed, and the exit status is 1 as long
as there is some. `--check` writes nothing and fails where a catalog is behind.
"""

from __future__ import annotations

import ast
import datetime
import sys
from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_file
from babel.messages.pofile import write_po

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from wiki.sections import parse_template  # noqa: E402 - the checkout is put on the path first
from wiki.translations import FOLDER, catalog_of, path_of  # noqa: E402 - the checkout is put on the path first

# Where texts for people stand, and which of Babel's readers finds them.
SOURCES = (
    ("templates", "*.html", "jinja2"),
    ("templates", "*.xml", "jinja2"),
    ("wiki", "*.py", "python"),
    ("wiki/static/js", "*.js", "javascript"),
    ("frontend/src", "*.js", "javascript"),
    ("content/templates", "*.md", "template"),
)
# Programs and the terminal are spoken to in English.
ENGLISH_ONLY = (
    "wiki/api/",
    "wiki/backup.py",
    "wiki/cli/",
    "wiki/exporting.py",
    "wiki/importing/",
    "wiki/judged.py",
    "wiki/serving.py",
    "wiki/sqlbackup.py",
    "wiki/supervisor.py",
    "wiki/translations/",
    "wiki/words.py",
)
JINJA = {"trim_blocks": "true", "lstrip_blocks": "true", "newstyle_gettext": "true", "silent": "false"}
# Functions that say something to people, with the places of the texts among their arguments; `t` and `tn` are the
# scripts' own. An exception carries its sentence as its first argument.
PYTHON: dict[str, tuple[int, ...]] = {
    "say": (0,),
    "say_many": (0, 1),
    "flash": (0,),
    "gettext": (0,),
    "ngettext": (0, 1),
}
SCRIPTS: dict[str, Any] = {"t": None, "tn": (1, 2)}
# What is said by these is for whoever runs or programs it, in English: settings, backups, faults of calls.
FOR_OPERATORS = frozenset(
    (
        "AlreadyServedError",
        "BackupError",
        "ConfigError",
        "LookupError",
        "Problem",
        "SchemaTooNew",
        "TypeError",
        "ValueError",
    )
)
FIXED = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)

Key = tuple[str, str | None]
Texts = str | tuple[str, ...]


def key_of(message: Message) -> Key:
    """What a text is known by: its (singular) English, and its context."""
    return (message.id if isinstance(message.id, str) else message.id[0], message.context)


def extracted() -> Catalog:
    """All marked texts of the sources, without translations; each with the files that it stands in."""
    catalog = Catalog(project="Hindsight", copyright_holder="", creation_date=FIXED, revision_date=FIXED, fuzzy=False)
    for name, method in _files():
        for found, context in _found_in(name, method):
            catalog.add(found, locations=[(name, 1)], context=context)
    return catalog


def _found_in(name: str, method: str) -> Iterator[tuple[Texts, str | None]]:
    if method == "python":
        for found in python_texts((ROOT / name).read_text(encoding="utf-8"), name):
            yield found, None
        return
    if method == "template":
        for text in template_texts((ROOT / name).read_text(encoding="utf-8")):
            yield text, None
        return
    keywords, options = (DEFAULT_KEYWORDS, JINJA) if method == "jinja2" else (SCRIPTS, {})
    for _, found, _, context in extract_from_file(method, ROOT / name, keywords, options=options):
        if all(found if isinstance(found, tuple) else (found,)):
            yield found, context


def template_texts(source: str) -> Iterator[str]:
    """What the form of a kind says: its sections' names, hints and examples."""
    template = parse_template(source)
    for prompt in (template.lead, *template.prompts):
        if prompt is not None:
            yield from filter(None, (prompt.title, prompt.hint, prompt.example))


def python_texts(source: str, name: str) -> Iterator[Texts]:
    """The texts that Python says to people. Raises SystemExit where one is put together before it is translated."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            if called(node.exc) not in FOR_OPERATORS and node.exc.args:
                yield from _sentences(node.exc.args[0], name)
        elif isinstance(node, ast.Call) and called(node) in PYTHON:
            places = PYTHON[called(node)]
            given = [list(_sentences(node.args[place], name)) for place in places if place < len(node.args)]
            if len(places) == 1:
                yield from (given[0] if given else ())
            elif all(given):
                yield (given[0][0], given[1][0])
        elif isinstance(node, ast.keyword) and node.arg == "description":
            yield from _sentences(node.value, name)


def called(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _sentences(node: ast.expr, name: str) -> Iterator[str]:
    if isinstance(node, ast.Constant):
        if isinstance(node.value, str) and node.value:
            yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _sentences(node.body, name)
        yield from _sentences(node.orelse, name)
    elif isinstance(node, ast.JoinedStr):
        raise SystemExit(
            f"{name}:{node.lineno}: say it with `say` and values, not with an f-string: {ast.unparse(node)}"
        )


def _files() -> Iterator[tuple[str, str]]:
    for folder, pattern, method in SOURCES:
        for path in sorted((ROOT / folder).rglob(pattern)):
            name = path.relative_to(ROOT).as_posix()
            if not name.startswith(ENGLISH_ONLY):
                yield name, method


def languages() -> list[str]:
    """The codes of the languages that have a catalog."""
    return sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.po"))


def brought_up(language: str, wanted: Catalog) -> Catalog:
    """The catalog of a language for the texts of now, with the translations that it has."""
    known = {key_of(message): message for message in catalog_of(language) if message.id}
    made = Catalog(
        locale=language, project="Hindsight", copyright_holder="", creation_date=FIXED, revision_date=FIXED, fuzzy=False
    )
    made.header_comment = f"# Texts of Hindsight ({language}). Kept in step with the sources by scripts/texts.py."
    for message in wanted:
        if not message.id:
            continue
        before = known.get(key_of(message))
        string = before.string if before is not None and same_form(before, message) else None
        places = sorted({(name, 1) for name, _ in message.locations})
        made.add(message.id, string, locations=places, context=message.context, flags=message.flags - {"fuzzy"})
    return made


def same_form(one: Message, other: Message) -> bool:
    """Whether both have a plural, or neither."""
    return isinstance(one.id, str) == isinstance(other.id, str)


def written(catalog: Catalog) -> bytes:
    """The catalog as its file; without line numbers, so that it changes with the texts alone."""
    file = BytesIO()
    write_po(file, catalog, width=120, sort_output=True, include_lineno=False)
    return file.getvalue()


def untranslated(catalog: Iterable[Message]) -> list[Message]:
    """The texts without a whole translation."""
    return [m for m in catalog if m.id and not all([m.string] if isinstance(m.string, str) else m.string or [""])]


def main(arguments: list[str]) -> int:
    """Update or check every catalog; returns the exit status."""
    wanted, status = extracted(), 0
    for language in languages():
        catalog = brought_up(language, wanted)
        text = written(catalog)
        if text != path_of(language).read_bytes():
            if "--check" in arguments:
                print(f"{path_of(language).relative_to(ROOT)} is behind its sources. Run scripts/texts.py.")
                status = 1
            else:
                path_of(language).write_bytes(text)
        for message in untranslated(catalog):
            print(f"{language}: {key_of(message)[0]!r} has no translation yet ({message.locations[0][0]})")
            status = 1
        print(f"{language}: {sum(1 for message in catalog if message.id)} texts")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

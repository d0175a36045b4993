"""Every text that people see can be said in another language, and German says all of them."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from tests.needs import ROOT
from wiki.config import LANGUAGES
from wiki.translations import SOURCE, catalog_of
from wiki.words import Said, pack, say, say_many, unpack

sys.path.insert(0, str(ROOT / "scripts"))
import texts

sys.path.pop(0)

TEMPLATES = [
    path
    for path in sorted((ROOT / "templates").rglob("*.html"))
    if not path.relative_to(ROOT / "templates").as_posix().startswith("about/style")  # examples for who builds pages
]
HOLE = re.compile(r"%\(\w+\)s|%%")
TAG = re.compile(r"<[^>]*>")
WORD = re.compile(r"[A-Za-z]{2,}")
TRANS = re.compile(r"\{%-?\s*trans\b.*?endtrans\s*-?%\}", re.DOTALL)
BLOCK = re.compile(r"\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\}", re.DOTALL)
ATTRIBUTE = re.compile(r"""[\w-]+="[^"]*"?""")  # built by a macro
BODY_CLASS = re.compile(r"\{% block body_class %\}.*?\{% endblock %\}")
SPOKEN = ("aria-label", "title", "placeholder", "alt")
SENTENCE = re.compile(r"^[A-Z][a-z]+([ ,.!?:].*)?$|[a-z]{2,} [a-z]{2,} [a-z]{2,}", re.DOTALL)
SAYS = ("_", "gettext", "ngettext", "pgettext")
# The same in every language.
NO_WORDS = ("MiB", "ms", "Ctrl", "nbsp")


def test_the_catalogs_are_in_step_with_the_sources_and_whole(capsys: pytest.CaptureFixture[str]) -> None:
    status = texts.main(["--check"])
    assert status == 0, f"Run scripts/texts.py and translate what is new:\n{capsys.readouterr().out[-3000:]}"
    assert sorted([SOURCE, *texts.languages()]) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != SOURCE])
def test_a_translation_has_the_holes_and_the_markup_of_its_text(language: str) -> None:
    for message in catalog_of(language):
        if not message.id:
            continue
        assert "fuzzy" not in message.flags, message.id
        ids = [message.id] if isinstance(message.id, str) else list(message.id)
        said = [message.string] if isinstance(message.string, str) else list(message.string or ())
        holes = {hole for text in ids for hole in HOLE.findall(text)}
        for text in said:
            found = set(HOLE.findall(text))
            assert found == holes if len(ids) == 1 else found <= holes, (ids, text)
            assert sorted(TAG.findall(text)) == sorted(TAG.findall(ids[-1])), (ids, text)
            if not TAG.search(ids[-1]):
                assert ('"' in text) <= ('"' in ids[-1]), f"{text!r} would end an attribute"


class Seen(HTMLParser):
    """The words that stand bare in a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"code", "kbd", "pre", "script", "style", "svg"}:
            self.inside.append(tag)
        self.words += [value or "" for name, value in attrs if name in SPOKEN]

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.words.append(data)


def unmarked(source: str) -> Iterator[str]:
    """Bare words between tags and in attributes, and sentences in expressions, that no catalog will ever see."""
    page = Seen()
    page.feed(BLOCK.sub(" ", TRANS.sub(" ", BODY_CLASS.sub(" ", source))))
    page.close()
    for text in page.words:
        if any(word not in NO_WORDS for word in WORD.findall(ATTRIBUTE.sub(" ", text))):
            yield text.strip()
    tree = Environment(extensions=["jinja2.ext.i18n"]).parse(source)
    asked = [call for call in tree.find_all(nodes.Call) if called(call) in SAYS or isinstance(call.node, nodes.Getattr)]
    passed = {id(const) for node in [*asked, *tree.find_all((nodes.Compare, nodes.Getitem))] for const in consts(node)}
    for const in tree.find_all(nodes.Const):
        if isinstance(const.value, str) and SENTENCE.search(const.value) and id(const) not in passed:
            yield const.value


def consts(node: nodes.Node) -> Iterator[nodes.Const]:
    return node.find_all(nodes.Const)


def called(call: nodes.Call) -> str:
    return call.node.name if isinstance(call.node, nodes.Name) else ""


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT / "templates")))
def test_no_text_of_a_template_is_left_unmarked(path: Path) -> None:
    assert list(unmarked(path.read_text(encoding="utf-8"))) == []


def test_the_check_finds_what_is_not_marked() -> None:
    assert list(unmarked("<p>Two words</p>")) == ["Two words"]
    assert list(unmarked('<p title="Hear me">{{ button("Save it") }}</p>')) == ["Hear me", "Save it"]
    assert not list(unmarked('<p>{{ _("Two words") }}</p><code>make run</code>{% trans %}Two words{% endtrans %}'))


def test_python_says_nothing_that_is_put_together_first() -> None:
    """A refusal, a message or a description is a plain sentence or `say`, so that its pattern can be looked up."""
    assert texts.extracted()
    with pytest.raises(SystemExit, match="say"):
        list(texts.python_texts('raise EntryError(f"There is no {name}.")', "x.py"))


def test_every_sentence_gets_the_values_that_its_pattern_has_room_for() -> None:
    for path in sorted((ROOT / "wiki").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = texts.called(call) if isinstance(call, ast.Call) else ""
            if name not in {"say", "say_many"} or not isinstance(call.args[0], ast.Constant):
                continue
            patterns = [arg.value for arg in call.args[: 1 if name == "say" else 2]]
            wanted = {hole for text in patterns for hole in re.findall(r"%\((\w+)\)s", text)}
            given = {word.arg for word in call.keywords}
            assert wanted - {"count"} == given - {"count"}, f"{path}:{call.lineno}"


def test_a_sentence_keeps_its_pattern_through_an_error_and_through_storage() -> None:
    said = say("The name %(name)s is 100%% taken.", name="ada")
    assert said == "The name ada is 100% taken."
    through = str(ValueError(said))
    assert isinstance(through, Said)
    assert through.pattern == "The name %(name)s is 100%% taken."
    kept = unpack(pack(said), str(said))
    assert isinstance(kept, Said)
    assert (kept, kept.values) == (said, {"name": "ada"})
    assert unpack(pack("plain"), "plain") == "plain"
    assert [say_many("%(count)s line", "%(count)s lines", n) for n in (1, 2)] == ["1 line", "2 lines"]

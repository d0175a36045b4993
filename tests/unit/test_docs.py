"""Documentation that fails when it falls behind: settings, commands, routes, front matter, links between pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.needs import ROOT

DOCS = ROOT / "docs"
PAGES = sorted([*DOCS.rglob("*.md"), *(ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md"))])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
ROW = re.compile(r"^\| `([^`]+)`", re.MULTILINE)


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def table(name: str) -> list[str]:
    """What stands in code style at the beginning of the rows of a page's tables."""
    return ROW.findall(text(name))


def test_every_setting_is_documented_with_its_default() -> None:
    from wiki.config import SETTINGS

    page = text("docs/settings.md")
    assert table("docs/settings.md") == [setting.env for setting in SETTINGS]
    for setting in SETTINGS:
        row = next(line for line in page.splitlines() if line.startswith(f"| `{setting.env}`"))
        default = "unset" if setting.default is None else f"`{setting.default}`"
        assert row.split("|")[2].strip() == default, setting.env


def test_settings_that_the_readme_names_exist() -> None:
    from wiki.config import SETTINGS

    known = {setting.env for setting in SETTINGS} | {"HINDSIGHT_DATA"}
    for page in PAGES:
        named = set(re.findall(r"\bHINDSIGHT_[A-Z_]+\b", page.read_text(encoding="utf-8")))
        assert named <= known, f"{page.relative_to(ROOT)} names {sorted(named - known)}"


def commands(command: click.Command, words: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command below this one, as the words that call it."""
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from commands(child, (*words, name))
    else:
        yield words


def test_every_command_is_documented_and_every_documented_command_exists() -> None:
    from wiki.cli import cli

    known = {" ".join(words) for words in commands(cli)}
    documented = {" ".join(word for word in row.split() if not word.isupper()) for row in table("docs/commands.md")}
    assert documented == known


def test_commands_in_the_text_exist_with_their_options() -> None:
    from wiki.cli import cli

    by_words = {words: find(cli, words) for words in commands(cli)}
    for page in [*PAGES, *sorted((ROOT / "content").rglob("*.md"))]:
        for call in re.findall(r"python -m wiki ([^`\n|)#;]+)", page.read_text(encoding="utf-8")):
            words = call.replace("--instance /srv/hindsight-new", "").replace("--instance /srv/hindsight", "").split()
            known = next((key for key in by_words if tuple(words[: len(key)]) == key), None)
            if known is None:
                assert words[0].isupper() or words[0] == "...", (
                    f"{page.relative_to(ROOT)}: there is no command {call!r}"
                )
                continue
            options = {name for parameter in by_words[known].params for name in parameter.opts}
            for word in words:
                if word.startswith("--") and word != "--help":
                    assert word in options, f"{page.relative_to(ROOT)}: {' '.join(known)} takes no {word}"


def find(command: click.Command, words: tuple[str, ...]) -> click.Command:
    for word in words:
        assert isinstance(command, click.Group)
        command = command.commands[word]
    return command


def test_every_name_of_the_front_matter_is_documented() -> None:
    from wiki.entries import KINDS, LESSON_STATUSES, NAMES

    assert table("docs/front-matter.md") == list(NAMES)
    page = text("docs/front-matter.md")
    for word in [*KINDS, *LESSON_STATUSES]:
        assert f"`{word}`" in page, f"docs/front-matter.md does not name {word}"


def test_every_route_of_the_api_is_documented() -> None:
    from wiki.api.table import OPERATIONS, PREFIX

    page = text("docs/api.md")
    for operation in OPERATIONS:
        assert re.search(rf"{operation.method}\s+`?{re.escape(PREFIX + operation.path)}", page), (
            f"docs/api.md does not name {operation.method} {PREFIX}{operation.path}"
        )


def test_every_operator_of_search_is_documented() -> None:
    from indexer.documents import MODES, Filters

    page = text("docs/users/searching.md")
    help_page = text("content/pages/help/searching.md")
    for name in Filters.__dataclass_fields__:
        if name in {"kind", "tag", "team", "status", "year", "before", "after"}:
            assert f"`{name}:" in page, name
            assert f"{name}:" in help_page, name
    for mode in MODES:
        assert mode in page.lower(), mode


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)
    for target in LINK.findall(prose):
        if re.match(r"[a-z]+:|#", target):
            continue
        assert (page.parent / target.split("#")[0]).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    seen = {ROOT / "README.md"}
    queue = [ROOT / "README.md"]
    while queue:
        page = queue.pop()
        for target in LINK.findall(page.read_text(encoding="utf-8")):
            found = (page.parent / target.split("#")[0]).resolve()
            if found.suffix == ".md" and found.exists() and found not in seen:
                seen.add(found)
                queue.append(found)
    assert not [page.relative_to(ROOT) for page in PAGES if page not in seen]

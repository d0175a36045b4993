"""Starter content: correct front matter, one identity each, a public source, links that lead somewhere, real forms."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.needs import ROOT
from wiki.entries import KINDS, Entry, parse, validate
from wiki.markdown import link_targets

CONTENT = ROOT / "content"
FILES = sorted(path for path in CONTENT.rglob("*.md") if path.parent.name != "templates")
NAMES = [path.relative_to(CONTENT).as_posix() for path in FILES]
FORMS = {
    "after-action-review": (
        "What was supposed to happen?",
        "What did happen?",
        "Why was there a difference?",
        "What will we sustain, and what will we improve?",
        "What helped",
        "What surprised us, and why",
        "Follow-up",
    ),
    "lesson": ("What happened", "Why it matters", "Lesson", "Recommendation", "Applies when"),
}


@cache
def entry(name: str) -> Entry:
    return parse((CONTENT / name).read_bytes(), name)


def headings(body: str) -> tuple[str, ...]:
    return tuple(re.findall(r"^## (.+)$", body, re.MULTILINE))


@pytest.mark.parametrize("name", NAMES)
def test_an_entry_is_valid_and_lies_where_its_kind_belongs(name: str) -> None:
    found = entry(name)
    validate(found)
    assert re.fullmatch(r"[a-z2-9]{12}", found.id)
    assert not found.extra, "an unknown name in the front matter"
    kind = KINDS[found.kind]
    assert name.startswith(kind.folder + "/")
    assert found.tags and found.title
    assert not found.team and not found.audience, "a new instance has no teams"
    if kind.dated:
        assert found.date and found.source and found.source.startswith("https://")
        assert f"/{found.date:%Y/%m}/" in name
    assert bool(found.status) == (found.kind == "lesson")


def test_ids_and_titles_are_unique() -> None:
    entries = [entry(name) for name in NAMES]
    assert len({found.id for found in entries}) == len(entries)
    assert len({found.title.casefold() for found in entries}) == len(entries)


@pytest.mark.parametrize("name", NAMES)
def test_links_lead_to_starter_entries(name: str) -> None:
    known = {entry(other).title for other in NAMES} | {entry(other).id for other in NAMES}
    assert set(link_targets(entry(name).body)) <= known


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith(("reviews/", "lessons/"))])
def test_incidents_use_the_form_of_their_kind(name: str) -> None:
    found = entry(name)
    assert headings(found.body) == FORMS[found.kind]


def test_topics_gather_what_they_name() -> None:
    linked = {target for name in NAMES if name.startswith("topics/") for target in link_targets(entry(name).body)}
    lessons = {entry(name).title for name in NAMES if name.startswith("lessons/")}
    assert lessons <= linked


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_form_has_a_hint_of_one_sentence_and_an_example_under_each_heading(kind: str) -> None:
    text = (CONTENT / "templates" / f"{kind}.md").read_text(encoding="utf-8")
    assert not text.startswith("---"), "forms have no front matter"
    if kind in FORMS:
        assert headings(text) == FORMS[kind]
    parts = re.split(r"^## .+\n", text, flags=re.MULTILINE)[1:] or [text]
    for part in parts:
        hint = re.fullmatch(r"\s*<!-- (.+?) For example: (.+) -->\s*", part, re.DOTALL)
        assert hint, f"no hint with an example in {part!r}"


def test_there_is_enough_to_look_at_on_the_first_day() -> None:
    kinds = [entry(name).kind for name in NAMES]
    assert kinds.count("after-action-review") + kinds.count("lesson") >= 8
    assert kinds.count("topic") >= 2

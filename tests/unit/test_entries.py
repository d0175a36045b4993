"""Front matter: read strictly where it matters, written without touching what is unknown."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki import frontmatter
from wiki.entries import Entry, EntryError, parse, render, validate

FULL = Entry(
    id="abcdefgh2345",
    kind="lesson",
    title="No: the “copy” was #1, not [2]",
    body="One.\n\n---\n\nTwo.\n",
    tags=("backup", "yes"),
    team="ops",
    date=dt.date(2026, 11, 24),
    audience=("board", "ops"),
    status="validated",
    source="https://example.org/a?b=c#d",
    recurrence_of=("zyxwvuts9876",),
    former_paths=("lessons/old.md",),
    former_titles=("Old: title", "null"),
)


def test_what_is_written_is_read_back() -> None:
    assert parse(render(FULL)) == FULL


LINES = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=80).map(lambda s: " ".join(s.split()))


@settings(max_examples=300)
@given(title=LINES.filter(bool), tags=st.lists(LINES.filter(bool), max_size=4), body=st.text(max_size=200))
def test_any_title_tags_and_body_survive(title: str, tags: list[str], body: str) -> None:
    body = body.encode("utf-8", "ignore").decode().replace("\r", "").replace("\0", "")
    entry = Entry(id="abcdefgh2345", kind="page", title=title, body=body, former_titles=tuple(dict.fromkeys(tags)))
    again = parse(render(entry))
    assert (again.title, again.body) == (title, body)
    assert again.former_titles == entry.former_titles
    assert parse(render(replace(again, team="ops"), render(entry))) == replace(again, team="ops")


UNKNOWN = b"""---
# Kept by the platform team
aliases:   [ "One", two ]   # both in use
id: abcdefgh2345
owner: &who
  name:  'Ann'
title:  'Quoted title'
cssclass: wide
tags:
  - a
  - b

# the last word
review: 2027-01-01
---
Body without a gap.
"""


def test_unknown_names_order_comments_and_quoting_survive_a_save() -> None:
    original = UNKNOWN.replace(b" &who", b"")
    entry = parse(original)
    assert entry.extra == {
        "aliases": ["One", "two"],
        "owner": {"name": "Ann"},
        "cssclass": "wide",
        "review": "2027-01-01",
    }
    changed = render(replace(entry, tags=("a", "c"), team="ops", body="New body.\n"), original)
    expected = (
        original.replace(b"tags:\n  - a\n  - b\n", b"tags: [a, c]\nteam: ops\n")
        .replace(b"id: abcdefgh2345\n", b"id: abcdefgh2345\nkind: page\n")
        .replace(b"Body without a gap.", b"New body.")
    )
    assert changed == expected


def test_a_block_in_flow_style_is_rewritten_without_loss() -> None:
    original = b'---\n{title: "T", id: abcdefgh2345, custom: {deep: [1, yes]}, on: off}\n---\n\nBody\n'
    entry = parse(original)
    again = parse(render(replace(entry, title="U"), original))
    assert again.title == "U"
    assert again.extra == {"custom": {"deep": ["1", "yes"]}, "on": "off"}


def test_surprises_of_yaml_stay_what_was_typed() -> None:
    entry = parse(b"---\ntitle: no\nid: 0123456789\ntags: [1.0, 12:30:45, yes, 0o17, ~x]\nnull: 1\n---\n")
    assert entry.title == "no"
    assert entry.id == "0123456789"
    assert entry.tags == ("1.0", "12:30:45", "yes", "0o17", "~x")


def test_what_front_matter_lacks_comes_from_the_path() -> None:
    entry = parse(b"# A heading\n\nText", "lessons/2026/some-file_name.md")
    assert (entry.kind, entry.title, entry.status) == ("lesson", "A heading", "identified")
    assert parse(b"text", "notes/some-file_name.md").title == "Some file name"
    assert parse(b"text", "notes/x.md").id == parse(b"other", "notes/x.md").id


def test_a_rule_at_the_top_is_not_front_matter() -> None:
    assert parse(b"---\n\nJust a rule above.\n").body == "---\n\nJust a rule above.\n"


BOMB = b"---\na: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n---\n"


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"---\n- a\n- b\n---\nx", "name: value"),
        (b"---\njust words\n---\nx", "name: value"),
        (BOMB, "aliases"),
        (b"---\na: " + b"[" * 30_000 + b"\n---\n", "nested"),
        (b"---\na:\n" + b"- " * 20_000 + b"\n---\n", "nested"),
        (b"---\ntitle: [unclosed\n---\n", "cannot be read in line"),
        (b"---\ntitle: a: b\n---\n", "cannot be read in line 2"),
        (b"---\ntitle: x\nid: a\ntitle: y\n---\n", "stands twice"),
        (b"---\ntitle: never closed\n\ntext", "not closed"),
        (b"---\ntitle: [a, b]\n---\n", "single line"),
        (b"---\naudience: {a: b}\n---\n", "list"),
        (b"---\naudience: [Not a Slug!]\n---\n", "short name of a team"),
        (b"---\ndate: someday\n---\n", "2026-11-24"),
        (b"---\ndate: 2026-02-30\n---\n", "2026-11-24"),
        (b"---\nkind: lesson\nstatus: maybe\n---\n", "must be one of"),
        (b"---\nid: not one word\n---\n", "one word"),
        (b"---\nsource: javascript:alert(1)\n---\n", "https://"),
        (b"---\nx: " + b"y" * 300_000 + b"\n---\n", "too long"),
        (b"\xff\xfe\x00bad", "UTF-8"),
        (b"text\0more", "NUL"),
    ],
)
def test_bad_files_are_refused_with_a_sentence(raw: bytes, words: str) -> None:
    with pytest.raises(EntryError) as caught:
        parse(raw)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 300


@settings(max_examples=300)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    for data in (raw, b"---\n" + raw + b"\n---\nbody"):
        try:
            entry = parse(data, "a/b.md")
        except EntryError:
            continue
        assert parse(render(entry, data), "a/b.md").title == entry.title


SOUND = Entry(id="abcdefgh2345", kind="page", title="T", body="text")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "\u200b \u200d"}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "a\x07b"}, "title"),
        ({"title": "\ud800"}, "title"),
        ({"body": "x" * 5_000_000}, "body"),
        ({"body": "a\x1bb"}, "body"),
        ({"body": "\udfff"}, "body"),
        ({"tags": tuple(str(n) for n in range(51))}, "tags"),
        ({"tags": ("x" * 121,)}, "tags"),
        ({"team": "No Slug"}, "team"),
        ({"audience": ("../x",)}, "audience"),
        ({"kind": "No Kind!"}, "kind"),
        ({"kind": "lesson", "status": "odd"}, "status"),
        ({"source": "javascript:alert(1)"}, "source"),
        ({"recurrence_of": ("a b",)}, "recurrence_of"),
        ({"recurrence_of": tuple(f"id{n}" for n in range(201))}, "recurrence_of"),
    ],
)
def test_what_may_not_be_saved_names_its_field(change: dict[str, object], field: str) -> None:
    validate(SOUND)
    with pytest.raises(EntryError) as caught:
        validate(replace(SOUND, **change))
    assert caught.value.field == field
    assert str(caught.value).endswith(".")


def test_a_title_of_300_characters_is_fine() -> None:
    validate(replace(SOUND, title="x" * 300))
    validate(replace(SOUND, title="数" * 300))


NAMES = st.from_regex(r"[a-z][a-z_]{0,8}", fullmatch=True)


@settings(max_examples=200)
@given(st.dictionaries(NAMES, LINES | st.lists(LINES, max_size=3), max_size=6), NAMES, LINES)
def test_editing_one_name_leaves_the_others(values: dict[str, object], name: str, text: str) -> None:
    block = "".join(frontmatter.line(key, value) for key, value in values.items())  # type: ignore[arg-type]
    assert frontmatter.read(block) == values
    edited = frontmatter.edit(block, {name: text or None}, [name])
    expected = {key: value for key, value in values.items() if key != name}
    if text:
        expected[name] = text
    assert frontmatter.read(edited) == expected

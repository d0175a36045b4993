"""A review as text: the entry that it becomes, the passages that are made of it, and where voices differ (pure)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from wiki.reviews.compose import FACTORS, IMPROVE, SUSTAIN, entry_body, parts_of, quoted
from wiki.reviews.differences import only_here
from wiki.reviews.passages import lesson_body, one_line, passage, title_of, with_lesson
from wiki.reviews.passages import parts_of as passages_of
from wiki.reviews.types import Event, Voice
from wiki.sections import Template, cut, parse_template

TEMPLATE = parse_template(Path("content/templates/after-action-review.md").read_text("utf-8"))
NIGHT = dt.datetime(2026, 11, 20, 1, 10, tzinfo=dt.UTC)


def test_the_parts_follow_the_template_and_factors_are_plural() -> None:
    keys = [part.key for part in parts_of(TEMPLATE)]
    assert keys[2:6] == ["why was there a difference?", FACTORS, SUSTAIN, IMPROVE]
    assert [part.key for part in parts_of(Template())] == [FACTORS, SUSTAIN, IMPROVE]


def test_an_instance_with_its_own_sections_loses_nothing() -> None:
    own = parse_template("## Summary\n\n## Impact\n")
    body = entry_body(own, {"summary": "S", FACTORS: "f", SUSTAIN: "s", "lost heading": "L"}, "", [], {})
    assert body == ("## Summary\n\nS\n\n## Contributing factors\n\n- f\n\n## Sustain\n\n- s\n\n## Lost heading\n\nL\n")


def test_the_published_text_has_sections_only_where_something_was_said() -> None:
    voices = {"supposed": [Voice("Ada *A*", "one\n\n    code"), Voice(None, "## two")]}
    body = entry_body(
        TEMPLATE, {FACTORS: "* a\n\n2) b"}, "It began.", [Event("e", NIGHT, "Europe/Berlin", "a|b")], voices
    )
    assert body.startswith("It began.\n\n## What did happen?\n\n### Timeline\n\n")
    assert "| 2026-11-20 02:10 | Europe/Berlin | 2026-11-20 01:10 | a\\|b |" in body
    assert "### Contributing factors\n\n- a\n- b\n" in body
    assert [section.title for section in cut(body) if section.heading] == [
        "What did happen?",
        "Why was there a difference?",
        "Voices",
    ]
    assert "> one\n>\n>     code\n>\n> — Ada \\*A\\*" in body
    assert "> ## two\n>\n> — without a name" in body


@given(st.text(max_size=200))
def test_a_voice_is_kept_as_it_was_written(text: str) -> None:
    lines = quoted(Voice(None, text)).split("\n")
    said = [line.removeprefix(">").removeprefix(" ") for line in lines[:-2]]
    assert all(line.startswith(">") for line in lines)
    assert [one.rstrip() for one in said] == [one.rstrip() for one in text.strip("\n").split("\n")]


def test_what_only_one_voice_says_is_marked() -> None:
    one, two = "The disk failed at 02:10, six hours.", "A failure of the disk at 02:40, six hours."
    marks = only_here([one, two])
    assert [one[start:end] for start, end in marks[0]] == ["02:10"]
    assert [two[start:end] for start, end in marks[1]] == ["02:40"]
    assert only_here([one]) == [[]]


BODY = """Lead text.

## What did happen?

First paragraph
goes on.

- item one
- [ ] item two
  goes on

### Timeline

| There | Zone |
| --- | --- |
| 02:10 | UTC |

```
## no heading
```

## Voices

> Said *so*.
>
> — Ada
"""


def test_a_review_is_cut_into_passages() -> None:
    found = [(part.number, part.heading, [one.text for one in part.passages]) for part in passages_of(BODY)]
    assert found == [
        (0, "", ["Lead text."]),
        (1, "What did happen?", ["First paragraph\ngoes on.", "item one", "item two\ngoes on"]),
        (2, "Timeline", ["02:10 · UTC", "```\n## no heading\n```"]),
        (3, "Voices", ["Said *so*."]),
    ]
    one = passages_of(BODY)[1].passages[1]
    assert passage(BODY, one.key) == one
    assert passage(BODY, "somethingelse") is None


@given(st.text(alphabet="ab#->|`~ \n.—1)", max_size=300))
def test_any_text_can_be_cut(text: str) -> None:
    for part in passages_of(text):
        for one in part.passages:
            assert one.text.strip()
            assert passage(text, one.key) is not None


def test_a_lesson_begins_with_the_passage_and_the_review_gets_one_link() -> None:
    template = parse_template(Path("content/templates/lesson.md").read_text("utf-8"))
    body = lesson_body("a\n\nb", "[[id1|Title]]", template)
    assert body.startswith("## What happened\n\n> a\n>\n> b\n\nFrom [[id1|Title]].\n")
    assert "## Recommendation" in body
    once = with_lesson(BODY, "lesson1", "[[lesson1|L]]")
    assert once.endswith("## Lessons from this review\n\n- [[lesson1|L]]\n")
    assert with_lesson(once, "lesson1", "[[lesson1|L]]") == once
    assert with_lesson(once, "lesson2", "[[lesson2|M]]").endswith("- [[lesson1|L]]\n- [[lesson2|M]]\n")


def test_titles_and_lines() -> None:
    assert title_of("The **disk** was full. Then more.") == "The disk was full"
    assert one_line("a " * 100, 20) == "a a a a a a a a a…"
    assert one_line("See [[id|the *words*]]", 90) == "See the words"

"""A text as guided fields and back: nothing is lost, whatever people type."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki import sections as s

TEMPLATE = s.parse_template(
    "---\ntitle: After-action review\n---\n<!-- for who edits the template -->\n"
    "## What was supposed to happen?\n\n<!-- The plan, as it was known then. For example: A quiet\nswitch. -->\n\n"
    "## What did happen?\n\n<!-- Facts and times. -->\n\n## Follow-up\n\n"
)
LINES = st.sampled_from(
    ["", "  ", "## What did happen?", "##  follow-UP ##", "## Other", "### Deeper", "# Title", "plain words", "```",
     "~~~~", "```python", "<!--", "-->", "    indented", "\ttab", "##", "##no", "- item", "<!-- mine -->"]
)  # fmt: skip
BODIES = st.lists(LINES, max_size=14).map("\n".join) | st.text(max_size=80)


@given(BODIES)
def test_a_text_that_is_cut_and_joined_is_the_same(body: str) -> None:
    assert s.joined(s.cut(body)) == body


@given(BODIES)
def test_guided_fields_left_alone_change_nothing(body: str) -> None:
    assert s.joined(s.fields(body, TEMPLATE)) == body


@given(BODIES)
def test_the_form_carries_all_that_the_fields_do_not_show(body: str) -> None:
    fields = s.fields(body, TEMPLATE)
    assert s.joined(s.from_shape(s.shape(fields), [f.text for f in fields])) == body


@given(BODIES, st.integers(0, 30), st.text("ab \n#", min_size=1, max_size=20).filter(str.strip))
def test_changing_one_field_keeps_the_others_word_for_word(body: str, which: int, text: str) -> None:
    fields = list(s.fields(body, TEMPLATE))
    which %= len(fields)
    texts = [f.text for f in fields]
    texts[which] = text
    whole = s.joined(s.with_texts(fields, texts))
    at = 0
    for field, kept in zip(fields, texts, strict=True):
        for part in (field.heading, kept) if kept.strip() or field.present else ():
            at = whole.index(part, at) + len(part)


@given(BODIES.filter(lambda body: "```" not in body and "~~~" not in body and "<!--" not in body))
def test_every_section_of_the_template_has_one_field(body: str) -> None:
    keys = [f.key for f in s.fields(body, TEMPLATE) if f.heading]
    for prompt in TEMPLATE.prompts:
        assert prompt.title.casefold() in keys


def test_a_template_gives_prompts_with_hint_and_example() -> None:
    first = TEMPLATE.prompts[0]
    assert first.title == "What was supposed to happen?"
    assert first.hint == "The plan, as it was known then."
    assert first.example == "A quiet switch."
    assert [p.title for p in TEMPLATE.prompts] == ["What was supposed to happen?", "What did happen?", "Follow-up"]


def test_a_template_without_headings_has_a_hint_and_starts_empty() -> None:
    template = s.parse_template("<!-- Anything worth keeping. For example: a glossary. -->\n")
    assert template.lead is not None and template.lead.hint == "Anything worth keeping."
    assert template.start == "" and not template.guided
    assert TEMPLATE.lead is not None and TEMPLATE.start == TEMPLATE.body


def test_filled_fields_of_a_new_entry_make_plain_markdown() -> None:
    fields = s.fields(TEMPLATE.body, TEMPLATE)
    texts = ["", "A switch at night.", "", "Renew by machine."]
    body = s.without_empty(s.joined(s.with_texts(fields, texts)), TEMPLATE)
    assert body.strip() == "## What was supposed to happen?\n\nA switch at night.\n\n## Follow-up\n\nRenew by machine."


def test_a_missing_section_comes_after_the_one_it_follows_in_the_template() -> None:
    body = "## Follow-up\n\nx\n\n## What was supposed to happen?\n\ny"
    titles = [f.title for f in s.fields(body, TEMPLATE)]
    assert titles == ["", "Follow-up", "What was supposed to happen?", "What did happen?"]
    changed = s.with_texts(s.fields(body, TEMPLATE), ["", "x", "y", "new"])
    assert s.joined(changed) == body + "\n\n## What did happen?\n\nnew\n"


def test_headings_in_code_and_comments_are_text() -> None:
    body = "## A\n\n```\n## not one\n```\n<!--\n## nor this\n-->\n"
    assert [f.title for f in s.cut(body)] == ["", "A"]


def test_hints_go_and_other_comments_stay() -> None:
    body = "## Follow-up\n\n<!-- Facts and times. -->\n<!-- ask Mira -->\ntext"
    assert s.without_hints(body, TEMPLATE) == "## Follow-up\n\n<!-- ask Mira -->\ntext"


def test_own_words_are_without_the_questions_of_the_template() -> None:
    body = TEMPLATE.body.replace("<!-- Facts and times. -->", "The disk was full.") + "## Cost\n\nSix hours.\n"
    assert s.own_text(body, TEMPLATE) == "The disk was full.\n\n## Cost\n\nSix hours."
    assert s.own_text(TEMPLATE.body, TEMPLATE) == ""


def test_a_section_that_is_no_prompt_of_the_template_stays_when_empty() -> None:
    body = "## Mine\n\n## Follow-up\n\n"
    assert s.without_empty(body, TEMPLATE) == "## Mine\n\n"


@pytest.mark.parametrize(
    ("text", "count"),
    [("{", 1), ("{}", 1), ("[]", 1), (json.dumps([["a\nb", "", "", True]]), 1), (json.dumps([["## A", "x", "", 1]]), 1),
     (json.dumps([[1, "", "", True]]), 1), (json.dumps([["", "", "", True]] * 500), 500)],
)  # fmt: skip
def test_a_damaged_shape_is_refused(text: str, count: int) -> None:
    with pytest.raises(s.ShapeError):
        s.from_shape(text, [""] * count)

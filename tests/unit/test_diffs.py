"""Differences between two texts: complete, in order, and small."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.diffs import Span, Summary, inline, side_by_side, summary, words


def test_changed_words_are_marked_within_the_line() -> None:
    (line,) = inline("The copy was empty.", "The nightly copy was not empty.")
    assert line.kind == "changed"
    assert line.spans == (
        Span("same", "The "),
        Span("added", "nightly "),
        Span("same", "copy was "),
        Span("added", "not "),
        Span("same", "empty."),
    )


def test_lines_that_have_nothing_in_common_are_not_paired() -> None:
    rows = side_by_side("alpha beta gamma\n", "something else entirely\n")
    assert [row.kind for row in rows] == ["removed", "added"]


def test_unchanged_lines_far_from_changes_are_hidden() -> None:
    old = "".join(f"line {number}\n" for number in range(50))
    rows = side_by_side(old, old.replace("line 25\n", "line 25, changed\n"))
    assert [row.kind for row in rows] == ["gap", *["same"] * 3, "changed", *["same"] * 3, "gap"]
    assert (rows[0].hidden, rows[-1].hidden) == (22, 21)


def test_words_without_spaces_are_compared_by_character() -> None:
    assert words("数据库迁移", "数据表迁移") == (
        Span("same", "数据"),
        Span("removed", "库"),
        Span("added", "表"),
        Span("same", "迁移"),
    )


def test_summary_counts_words() -> None:
    assert summary("one two\nthree\n", "one 2\nthree\nfour five\n") == Summary(added=3, removed=1)
    assert summary("same\n", "same\n") == Summary(0, 0)


TEXT = st.text(st.sampled_from("ab \n."), max_size=60)


@settings(max_examples=400)
@given(TEXT, TEXT)
def test_both_texts_can_be_read_off_the_rows(old: str, new: str) -> None:
    rows = side_by_side(old, new, context=None)
    for text, cells in ((old, [row.old for row in rows]), (new, [row.new for row in rows])):
        present = [cell for cell in cells if cell is not None]
        assert [cell.number for cell in present] == list(range(1, len(present) + 1))
        assert "".join(cell.text + "\n" for cell in present) == (
            text if text.endswith("\n") or not text else text + "\n"
        )


@settings(max_examples=400)
@given(st.text(st.sampled_from("ab ."), max_size=40), st.text(st.sampled_from("ab ."), max_size=40))
def test_both_lines_can_be_read_off_the_words(old: str, new: str) -> None:
    spans = words(old, new)
    assert "".join(span.text for span in spans if span.op != "added") == old
    assert "".join(span.text for span in spans if span.op != "removed") == new


@pytest.mark.timeout(10)
def test_a_megabyte_is_compared_in_no_time() -> None:
    old = "word word word\n\n" * 60_000
    assert len(side_by_side(old, old + "more\n")) < 10

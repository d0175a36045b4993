"""What a version did, in a few facts: the sections, the words, and nothing where nothing happened."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.changes import MAX_CHARS, begun, touched
from wiki.diffs import Summary

OLD = "Lead.\n\n## What happened\n\nThe disk was full.\n\n## Why\n\nNobody looked.\n"


def test_the_sections_that_changed_are_named_and_the_words_counted() -> None:
    found = touched(OLD, OLD.replace("The disk", "The log disk") + "\n## Lesson\n\nLook daily.\n")
    assert (found.changed, found.new, found.gone) == (("What happened",), ("Lesson",), ())
    assert found.words == Summary(4, 0)
    back = touched(OLD, OLD.replace("## Why\n\nNobody looked.\n", ""))
    assert (back.changed, back.new, back.gone, back.words.removed) == ((), (), ("Why",), 3)


def test_the_beginning_has_no_name_and_a_text_without_headings_no_sections() -> None:
    assert touched(OLD, OLD.replace("Lead.", "Another lead.")).changed == ("",)
    assert not touched("One line.", "One more line.").named


def test_nothing_changed_and_the_first_version() -> None:
    assert not touched(OLD, OLD)
    assert begun(OLD).words == Summary(10, 0)


def test_two_sections_of_one_name_count_as_one() -> None:
    twice = "## Day\n\none\n\n## Day\n\ntwo\n"
    assert touched(twice, twice.replace("two", "three")).changed == ("Day",)


def test_a_giant_is_told_by_its_length() -> None:
    giant = "word " * (MAX_CHARS // 5)
    assert touched(giant, giant + "and more").words == Summary(2, 0)


TEXT = st.lists(st.sampled_from(["## A\n", "## B\n", "one two\n", "\n", "```\n", "three"]), max_size=12).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEXT, TEXT)
def test_backwards_the_new_is_gone_and_the_gone_is_new(old: str, new: str) -> None:
    there, back = touched(old, new), touched(new, old)
    assert sorted(there.new) == sorted(back.gone)
    assert sorted(there.changed) == sorted(back.changed)

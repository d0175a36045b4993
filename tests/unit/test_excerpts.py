"""The part of a passage on a card: never longer than asked, and what was marked stays marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from wiki.web.excerpts import excerpt, plain


@st.composite
def marked_passages(draw: st.DrawFn) -> tuple[str, list[tuple[int, int]]]:
    passage = draw(st.text("ab c", max_size=600))
    points = sorted(draw(st.sets(st.integers(0, len(passage)), max_size=12)))
    return passage, [(a, b) for a, b in zip(points[::2], points[1::2], strict=False)]


@given(marked_passages(), st.integers(60, 300))
def test_marks_point_at_the_same_words(passage: tuple[str, list[tuple[int, int]]], size: int) -> None:
    text, marks = passage
    shown, moved = excerpt(text, marks, size)
    assert len(shown) <= max(size, 60) + 2
    words = [text[a:b] for a, b in marks]
    for start, end in moved:
        assert shown[start:end] in words
    assert shown.strip("…") in text


@given(marked_passages())
def test_some_mark_is_kept_when_there_is_a_short_one(passage: tuple[str, list[tuple[int, int]]]) -> None:
    text, marks = passage
    short = [m for m in marks if m[1] - m[0] <= 60]
    if short:
        assert excerpt(text, short)[1]


def test_a_long_passage_is_cut_around_its_marks() -> None:
    text = "far " * 100 + "the certificate expired " + "away " * 100
    start = text.index("certificate")
    shown, marks = excerpt(text, [(start, start + 11)], 120)
    assert shown.startswith("…") and shown.endswith("…")
    assert shown[marks[0][0] : marks[0][1]] == "certificate"


# No brackets of addresses: what stands in them is left out on purpose, letters and all.
MARKED = st.text("ab |*`#->[]!\n", max_size=120)


@given(MARKED, st.data())
def test_what_lays_a_text_out_is_left_out_and_marks_keep_their_words(text: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, len(text)))
    shown, marks = plain(text, [(start, end)])
    assert [letter for letter in shown if letter in "ab"] == [letter for letter in text if letter in "ab"]
    letters = [letter for letter in text[start:end] if letter in "ab"]
    if marks:
        assert [letter for letter in shown[slice(*marks[0])] if letter in "ab"] == letters
    else:
        assert not letters


def test_tables_lists_and_emphasis_read_as_plain_words() -> None:
    text = (
        "## Follow-up\n- Raise the alarm when a backup is *missing* or **small**.\n| Time | What |\n| --- | :-: |\n"
        "| 02:10 | The copy stopped |\n> See [the log](/files/log.txt) and `df -h`, 3 * 4 * 5, a_b_c, x | y."
    )
    start = text.index("missing")
    shown, marks = plain(text, [(start, start + 7)])
    assert " ".join(shown.split()) == (
        "Follow-up • Raise the alarm when a backup is missing or small. Time · What 02:10 · The copy stopped "
        "See the log and df -h, 3 * 4 * 5, a_b_c, x · y."
    )
    assert [shown[a:b] for a, b in marks] == ["missing"]

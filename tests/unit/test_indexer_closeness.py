"""Closeness against slow and obviously right versions: sentences, titles and crowding put together."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import closeness
from indexer.encoder import unit
from indexer.passages import sentences
from indexer.vector_files import pack, unpack
from indexer.wording import FEWEST_WORDS, Wording, part_spans


def vectors(rows: int, seed: int, width: int = 16) -> np.ndarray:
    return unit(np.random.default_rng(seed).normal(size=(rows, width)).astype(np.float32))


def test_a_sentence_counts_for_a_question_and_not_for_a_text() -> None:
    assert closeness.sentence_weight(3) == closeness.SENTENCE
    assert closeness.sentence_weight(closeness.SHORT) == closeness.SENTENCE
    assert 0 < closeness.sentence_weight(45) < closeness.SENTENCE
    assert closeness.sentence_weight(closeness.LONG) == 0
    assert closeness.sentence_weight(10_000) == 0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10_000), st.integers(closeness.ENOUGH, 150))
def test_crowding_is_the_mean_of_the_nearest_that_are_not_the_entry_itself(seed: int, size: int) -> None:
    rng = np.random.default_rng(seed)
    held, sample = vectors(7, seed), vectors(size, seed + 1)
    owners, sampled = rng.integers(0, 9, 7), rng.integers(0, 9, size)
    found = closeness.crowding(held, owners, sample, sampled)
    for row, owner, value in zip(held, owners, found, strict=True):
        strangers = sorted((float(row @ other) for other, whose in zip(sample, sampled, strict=True) if whose != owner))
        expected = np.mean(strangers[-closeness.NEIGHBOURS :])
        assert abs(value - expected) < 1e-4


def test_a_few_passages_are_no_crowd() -> None:
    few = vectors(closeness.ENOUGH - 1, 1)
    numbers = np.arange(len(few))
    assert not closeness.crowding(few, numbers, few, numbers).any()


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[st.floats(-1, 1)] * 5, st.booleans(), st.booleans()), min_size=1), st.floats(0, 1))
def test_together_is_a_weighted_mean_less_the_crowd(
    rows: list[tuple[float, float, float, float, float, bool, bool]], weight: float
) -> None:
    passages, texts, titles, crowds, named_crowds = (np.array([row[at] for row in rows]) for at in range(5))
    texts[[row[5] for row in rows]] = np.nan
    titles[[row[6] for row in rows]] = np.nan
    found = closeness.together(passages, texts, titles, crowds, named_crowds, weight)
    for at, (passage, text, title, crowd, named_crowd, bare, unnamed) in enumerate(rows):
        said = passage if bare else text
        named = passage if unnamed else title - closeness.CROWD * named_crowd
        whole = passage + weight * said + closeness.TITLE * named - closeness.CROWD * crowd
        assert abs(found[at] - whole / (1 + weight + closeness.TITLE)) < 1e-9


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10_000), st.integers(0, 6), st.floats(1e-3, 1e3))
def test_parts_are_kept_in_a_byte_a_number(seed: int, rows: int, size: float) -> None:
    held = vectors(rows, seed, 24) * np.float32(size)
    back = unpack(pack(held))
    assert back.shape == held.shape
    largest = np.abs(held).max(axis=1, initial=0, keepdims=True)
    assert (np.abs(back - held) <= largest / 250).all()
    assert (pack(back) == pack(held)).all()


def test_what_is_not_there_is_kept_as_zeros() -> None:
    assert not unpack(pack(np.zeros((2, 8), np.float32))).any()


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab .!?\n日。", max_size=300))
def test_part_spans_cover_every_sentence_once_and_in_order(text: str) -> None:
    spans = part_spans(text)
    assert all(0 <= start < end <= len(text) for start, end in spans)
    assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans))
    for start, end in sentences(text):
        assert any(first <= start and end <= last for first, last in spans)


def test_short_lines_go_together() -> None:
    text = "alpha\nbeta\ngamma delta epsilon\nThe valve froze in the night."
    assert [text[start:end] for start, end in part_spans(text)] == [
        "alpha\nbeta\ngamma delta epsilon",
        "The valve froze in the night.",
    ]
    assert FEWEST_WORDS == 4


def test_wording_knows_the_whole_and_the_parts() -> None:
    wording = Wording("Outage ", "Causes", "The valve froze in the night. Nobody had drained it before.")
    assert wording.whole == "Outage › Causes\nThe valve froze in the night. Nobody had drained it before."
    assert wording.parts == ["Outage", "The valve froze in the night.", "Nobody had drained it before."]
    assert Wording("", "", "One line alone.").parts == ["", "One line alone."]

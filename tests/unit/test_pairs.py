"""The closest pairs of entries: against a slow, obviously right version, and what is kept of them on the disk."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import pairs
from indexer.encoder import unit


def slow(vectors: np.ndarray, starts: list[int], at_least: float, each: int) -> set[tuple[int, int, float]]:
    """(entry, other, score) of the `each` nearest others of every entry, by loops."""
    found = set()
    count = len(starts) - 1
    for entry in range(count):
        scores = []
        for other in range(count):
            if other != entry:
                mine = vectors[starts[entry] : starts[entry + 1]]
                theirs = vectors[starts[other] : starts[other + 1]]
                best = max(float(one @ two) for one, two in itertools.product(mine, theirs))
                if best >= at_least:
                    scores.append((-round(best, 5), other))
        found |= {(entry, other, -score) for score, other in sorted(scores)[:each]}
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 4), max_size=12), st.integers(0, 9), st.sampled_from([-1.0, 0.2, 0.6]))
def test_neighbours_are_those_of_the_slow_version(sizes: list[int], seed: int, at_least: float) -> None:
    rng = np.random.default_rng(seed)
    vectors = unit(rng.standard_normal((sum(sizes), 6)).astype(np.float32))
    starts = np.cumsum([0, *sizes])
    for cells in (1, 40, 4_000):
        pairs.CELLS = cells
        entry_of = np.repeat(np.arange(len(sizes)), sizes)
        found = {
            (int(entry_of[row]), int(entry_of[other]), round(float(score), 5))
            for near in pairs.neighbours(vectors, starts, at_least, 3)
            for row, other, score in zip(near.rows, near.others, near.scores, strict=True)
        }
        expected = slow(vectors, list(starts), at_least, 3)
        assert {pair[:2] for pair in found} == {pair[:2] for pair in expected}
        by_pair = {pair[:2]: pair[2] for pair in expected}
        assert all(by_pair[one, two] == pytest.approx(score, abs=2e-5) for one, two, score in found)


@pytest.fixture(autouse=True)
def _cells(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairs, "CELLS", pairs.CELLS)

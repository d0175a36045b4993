"""Edit distance against the definition."""

from __future__ import annotations

from functools import cache

from hypothesis import given
from hypothesis import strategies as st

from indexer.spelling import distance

word = st.text(alphabet="abc", max_size=6)


def slowly(one: str, other: str) -> int:
    @cache
    def apart(i: int, j: int) -> int:
        if not i or not j:
            return i + j
        best = min(apart(i - 1, j) + 1, apart(i, j - 1) + 1, apart(i - 1, j - 1) + (one[i - 1] != other[j - 1]))
        if i > 1 and j > 1 and one[i - 1] == other[j - 2] and one[i - 2] == other[j - 1]:
            best = min(best, apart(i - 2, j - 2) + 1)
        return best

    return apart(len(one), len(other))


@given(word, word, st.integers(0, 3))
def test_distance_counts_edits_up_to_a_bound(one: str, other: str, most: int) -> None:
    expected = slowly(one, other)
    assert distance(one, other, most) == (expected if expected <= most else None)

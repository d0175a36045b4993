"""What is kept for the next time: no more than asked for, and what was used last."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.kept import Kept


def test_what_was_used_last_stays() -> None:
    kept: Kept[str, int] = Kept(2)
    kept.put("a", 1)
    kept.put("b", 2)
    assert kept.get("a") == 1
    kept.put("c", 3)
    assert [kept.get(key) for key in "abc"] == [1, None, 3]
    kept.keep(lambda key: key != "a")
    assert [kept.get(key) for key in "abc"] == [None, None, 3]


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 12))), st.integers(1, 6), st.integers(0, 10))
def test_there_is_never_more_than_there_is_room_for(puts: list[tuple[int, int]], items: int, size: int) -> None:
    kept: Kept[int, int] = Kept(items, size)
    for key, large in puts:
        before = kept.get(key)
        kept.put(key, large, large)
        assert kept.get(key) == (large if large <= size else before)  # what has no room at all changes nothing
        held = [value for name in range(6) if (value := kept.get(name)) is not None]
        assert len(held) <= items and sum(held) <= size

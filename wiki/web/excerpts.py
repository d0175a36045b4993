"""The part of a passage that fits on a card, around what was marked in it (pure)."""

from __future__ import annotations

from collections.abc import Sequence

Marks = tuple[tuple[int, int], ...]


def excerpt(passage: str, marks: Sequence[Sequence[int]], size: int = 260) -> tuple[str, Marks]:
    """About `size` characters of `passage`, cut at spaces, where most of its `marks` are, with the marks moved along.

    An ellipsis stands where text was left out. Marks cut by an edge are dropped.
    """
    if len(passage) <= size:
        return passage, tuple((start, end) for start, end in marks)
    start = _best_start(marks, size)
    end = min(len(passage), start + size)
    start = max(0, end - size)
    if start:
        space = passage.find(" ", start, start + 40)
        start = space + 1 if space >= 0 else start
    if end < len(passage):
        space = passage.rfind(" ", max(start, end - 40), end)
        end = space if space > start else end
    before = "…" if start else ""
    after = "…" if end < len(passage) else ""
    kept = tuple((a - start + len(before), b - start + len(before)) for a, b in marks if start <= a and b <= end)
    return before + passage[start:end] + after, kept


def _best_start(marks: Sequence[Sequence[int]], size: int) -> int:
    """Where a window of `size` begins that holds the most marks, with some words in front of the first of them."""
    best, most = 0, 0
    for mark in marks:
        start = max(0, mark[0] - size // 5)
        count = sum(1 for a, b in marks if start <= a and b <= start + size)
        if count > most:
            best, most = start, count
    return best

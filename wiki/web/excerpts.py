"""The part of a passage that fits on a card, around what was marked in it, without the signs of Markdown (pure)."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

Marks = tuple[tuple[int, int], ...]

# What Markdown writes to lay a text out; each group is left out, and what is around it stays. In front stands the sign
# that a text must hold: most passages are plain, and looking for one sign costs a hundredth of the search.
_LAYOUT = tuple(
    (sign, re.compile(pattern, re.MULTILINE))
    for sign, pattern in (
        ("--", r"^(?=[^\n]*--)([|·:\- \t]+)$"),
        ("#", r"^[ \t]*(#{1,6}[ \t]+)"),
        (">", r"^[ \t]*(>[ \t]?)"),
        ("|", r"^[ \t]*(\|)"),
        ("|", r"(\|)[ \t]*$"),
        ("*", r"(\*{1,2})(?=[^\s*])[^*\n]{0,300}[^\s*](\*{1,2})"),
        ("`", r"(`{1,2})[^`\n]{1,300}(`{1,2})"),
        ("[", r"(!?\[)[^\]\n]{1,300}(\]\([^)\s]{1,500}\))"),
    )
)
_ITEM = re.compile(r"^([ \t]*)[-*+](?=[ \t]+\S)", re.MULTILINE)
_CELL = re.compile(r"(?<=[ \t])\|(?=[ \t])")


def plain(passage: str, marks: Sequence[Sequence[int]]) -> tuple[str, Marks]:
    """The passage as it reads on a card: without the signs that lay it out, a dot between cells and before items, and
    the marks moved along. A mark of which nothing is left goes."""
    text = _ITEM.sub(r"\1•", passage)
    text = _CELL.sub("·", text) if "|" in text else text
    gone = [
        found.span(group)
        for sign, pattern in _LAYOUT
        if sign in text
        for found in pattern.finditer(text)
        for group in range(1, pattern.groups + 1)
    ]
    if not gone:
        return text, tuple((start, end) for start, end in marks if end > start)
    # What stays, as spans of the text, and how long what stays before each of them is.
    kept = _between(gone, len(text))
    before = [0, *accumulate(end - start for start, end in kept)]
    starts = [start for start, _ in kept]

    def place(offset: int) -> int:
        at = bisect_right(starts, offset) - 1
        return before[at] + min(offset, kept[at][1]) - kept[at][0] if at >= 0 else 0

    moved = ((place(start), place(end)) for start, end in marks)
    return "".join(text[start:end] for start, end in kept), tuple((a, b) for a, b in moved if b > a)


def _between(gone: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """The spans of a text of that length which lie outside of all spans in `gone`; those may overlap."""
    kept = []
    last = 0
    for start, end in sorted(gone):
        if start > last:
            kept.append((last, start))
        last = max(last, end)
    return [*kept, (last, length)] if last < length else kept


def excerpt(passage: str, marks: Sequence[Sequence[int]], size: int = 260) -> tuple[str, Marks]:
    """About `size` characters of `passage`, cut at spaces, where most of its `marks` are, with the marks moved along.

    An ellipsis stands where text was left out. Marks cut by an edge are dropped.
    """
    passage, marks = plain(passage, marks)
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

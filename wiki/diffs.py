"""What changed between two texts, as data for a page: by line, and within changed lines by word (pure).

Lists of unchanged lines longer than the context are left out and stand as one row of the kind `gap`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from wiki.lines import edits, to_lines

Op = Literal["same", "added", "removed"]
RowKind = Literal["same", "added", "removed", "changed", "gap"]

CONTEXT = 3
_CJK = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
_WORD = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+")
_TOKEN = re.compile(rf"[{_CJK}]|[^\W{_CJK}]+|\s+|[^\w\s]")
_ALIKE = 0.35


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a line, and whether it stands in both texts, only in the new or only in the old one."""

    op: Op
    text: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A line of one text: its number, counted from one, and its pieces."""

    number: int
    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class Row:
    """Two lines side by side. `old` is None for an added line, `new` for a removed one, both for a `gap`, which
    stands for `hidden` unchanged lines."""

    kind: RowKind
    old: Cell | None = None
    new: Cell | None = None
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Line:
    """A line of both texts in one: words that went and words that came stand together in its spans."""

    kind: RowKind
    old_number: int | None
    new_number: int | None
    spans: tuple[Span, ...]
    hidden: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """How many words came and went."""

    added: int
    removed: int


def side_by_side(old: str, new: str, context: int | None = CONTEXT) -> tuple[Row, ...]:
    """Both texts in two columns; `context` unchanged lines stay around each change (None: all of them)."""
    rows = list(_rows(old, new))
    return tuple(rows if context is None else _folded(rows, context))


def inline(old: str, new: str, context: int | None = CONTEXT) -> tuple[Line, ...]:
    """Both texts in one column, changed lines once with their words marked."""
    return tuple(_line(row) for row in side_by_side(old, new, context))


def summary(old: str, new: str) -> Summary:
    """Words added and removed."""
    added = removed = 0
    for row in _rows(old, new):
        for cell, op in ((row.new, "added"), (row.old, "removed")):
            for span in cell.spans if cell else ():
                if span.op == op:
                    words = count_words(span.text)
                    added, removed = (added + words, removed) if op == "added" else (added, removed + words)
    return Summary(added, removed)


def count_words(text: str) -> int:
    """Words of a text; in writing without spaces each character is one."""
    return len(_WORD.findall(text))


def _rows(old: str, new: str) -> Iterator[Row]:
    before, after = to_lines(old), to_lines(new)
    left = right = 0
    for edit in edits(before, after):
        while left < edit.start:
            yield _same(left, right, before[left])
            left, right = left + 1, right + 1
        yield from _replaced(before[edit.start : edit.end], edit.lines, left, right)
        left, right = edit.end, right + len(edit.lines)
    for line in before[left:]:
        yield _same(left, right, line)
        left, right = left + 1, right + 1


def _same(left: int, right: int, line: str) -> Row:
    spans = (Span("same", line.removesuffix("\n")),)
    return Row("same", Cell(left + 1, spans), Cell(right + 1, spans))


def _replaced(old: Sequence[str], new: Sequence[str], left: int, right: int) -> Iterator[Row]:
    """Lines that became other lines: pairs that resemble each other by word, the rest as removed and added."""
    for index in range(max(len(old), len(new))):
        one = old[index].removesuffix("\n") if index < len(old) else None
        other = new[index].removesuffix("\n") if index < len(new) else None
        if one is not None and other is not None:
            both = words(one, other)
            gone = tuple(span for span in both if span.op != "added")
            came = tuple(span for span in both if span.op != "removed")
            if _alike(gone, came):
                yield Row("changed", Cell(left + index + 1, gone), Cell(right + index + 1, came))
                continue
        if one is not None:
            yield Row("removed", Cell(left + index + 1, (Span("removed", one),)))
        if other is not None:
            yield Row("added", None, Cell(right + index + 1, (Span("added", other),)))


def _alike(gone: Sequence[Span], came: Sequence[Span]) -> bool:
    same = sum(len(span.text.strip()) for span in gone if span.op == "same")
    total = max(sum(len(span.text.strip()) for span in spans) for spans in (gone, came))
    return total == 0 or same / total >= _ALIKE


def words(old: str, new: str) -> tuple[Span, ...]:
    """Two single lines in one, by word: at each place what went before what came."""
    before = [token + "\n" for token in _TOKEN.findall(old)]
    after = [token + "\n" for token in _TOKEN.findall(new)]
    spans: list[Span] = []
    left = 0
    for start, end, came in _bridged(before, after):
        pieces: tuple[tuple[Op, str], ...] = (
            ("same", _text(before[left:start])),
            ("removed", _text(before[start:end])),
            ("added", came),
        )
        spans += [Span(op, text) for op, text in pieces if text]
        left = end
    rest = _text(before[left:])
    return (*spans, Span("same", rest)) if rest else tuple(spans)


def _bridged(before: list[str], after: list[str]) -> list[tuple[int, int, str]]:
    """The edits of tokens as (start, end, new text), two joined where only white space stands between them."""
    joined: list[tuple[int, int, str]] = []
    for edit in edits(before, after):
        text = _text(edit.lines)
        if joined:
            start, end, earlier = joined[-1]
            between = _text(before[end : edit.start])
            if not between.strip():
                joined[-1] = (start, edit.end, earlier + between + text)
                continue
        joined.append((edit.start, edit.end, text))
    return joined


def _text(tokens: Sequence[str]) -> str:
    return "".join(token[:-1] for token in tokens)


def _folded(rows: Sequence[Row], context: int) -> Iterator[Row]:
    changed = [index for index, row in enumerate(rows) if row.kind != "same"]
    shown: set[int] = set()
    for index in changed:
        shown.update(range(max(0, index - context), min(len(rows), index + context + 1)))
    hidden = 0
    for index, row in enumerate(rows):
        # One hidden line would take as much room as the row that stands for it.
        if index in shown or (index - 1 in shown and index + 1 in shown):
            if hidden:
                yield Row("gap", hidden=hidden)
                hidden = 0
            yield row
        else:
            hidden += 1
    if hidden:
        yield Row("gap", hidden=hidden)


def _line(row: Row) -> Line:
    old, new = row.old, row.new
    numbers = (old.number if old else None, new.number if new else None)
    if row.kind != "changed" or old is None or new is None:
        spans = new.spans if new else old.spans if old else ()
        return Line(row.kind, *numbers, spans, row.hidden)
    return Line("changed", *numbers, words(old.text, new.text))

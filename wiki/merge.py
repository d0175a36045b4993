"""Three versions of a file into one, where two people changed different things (pure).

The front matter is merged name by name: a name that one side changed takes that side's lines, lists that both
changed are merged as sets, lists of maps map by map, and a single value that both changed differently is a conflict.
The body is merged line by line; changes that touch the same line, or insert at the same place, are a conflict.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wiki import frontmatter
from wiki.frontmatter import FrontMatterError, Piece, Split
from wiki.lines import Edit, edits, to_lines
from wiki.merge_maps import merge_maps

_SETS = ("tags", "recurrence_of", "former_paths", "former_titles", "former_ids", "kept_apart", "left_out")


def merge(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """`ours` and `theirs`, both made from `base`, in one; None where they changed the same thing differently.

    Files that are not UTF-8 text merge only where one side left them alone.
    """
    if theirs in (ours, base):
        return ours
    if ours == base:
        return theirs
    try:
        texts = [raw.decode("utf-8").replace("\r\n", "\n") for raw in (base, ours, theirs)]
    except UnicodeDecodeError:
        return None
    if any("\0" in text for text in texts):
        return None
    try:
        merged = _merge_files(*(frontmatter.split(text) for text in texts))
    except FrontMatterError:
        # A block that cannot be read is still lines of text.
        merged = merge_lines(*texts)
    return None if merged is None else merged.encode()


def _merge_files(base: Split, ours: Split, theirs: Split) -> str | None:
    body = merge_lines(base.body, ours.body, theirs.body)
    if body is None:
        return None
    if base.block is None or ours.block is None or theirs.block is None:
        head = _choose(base.block, ours.block, theirs.block)
        if head is _CONFLICT:
            return None
        side = ours if head == ours.block else theirs
        return body if side.block is None else f"---\n{side.block}---\n{side.gap}{body}"
    block = _merge_blocks(base.block, ours.block, theirs.block)
    gap = ours.gap if ours.gap != base.gap else theirs.gap
    return None if block is None else f"---\n{block}---\n{gap}{body}"


_CONFLICT = object()


def _choose(base: object, ours: object, theirs: object) -> object:
    if theirs in (ours, base):
        return ours
    return theirs if ours == base else _CONFLICT


def _merge_blocks(base: str, ours: str, theirs: str) -> str | None:
    """One block from three: ours with their changes put in, name by name."""
    before, mine, other = (_named(block) for block in (base, ours, theirs))
    values = [frontmatter.read(block) for block in (base, ours, theirs)]
    result = frontmatter.pieces(ours)
    for name in [*other, *(name for name in before if name not in other)]:
        lines = [side[name].text if name in side else None for side in (before, mine, other)]
        if _same(lines[1], lines[2]) or _same(lines[0], lines[2]):
            continue
        if _same(lines[0], lines[1]):
            result = _put(result, name, other.get(name), list(other))
            continue
        three = [side.get(name) for side in values]
        joined = _merge_sets(three) if name in _SETS else merge_maps(*three)
        if joined is None:
            return None
        result = _put(
            result, name, Piece(name, "", _joined_lines(name, lines[1], joined)) if joined else None, list(other)
        )
    return "".join(piece.lead + piece.text for piece in result)


def _named(block: str) -> dict[str, Piece]:
    return {piece.name: piece for piece in frontmatter.pieces(block) if piece.name is not None}


def _same(one: str | None, other: str | None) -> bool:
    return (one or "").strip() == (other or "").strip()


def _put(pieces: list[Piece], name: str, piece: Piece | None, order: Sequence[str]) -> list[Piece]:
    place = next((i for i, present in enumerate(pieces) if present.name == name), None)
    result = list(pieces)
    if place is not None:
        lead = result[place].lead
        result[place] = Piece(None, lead, "") if piece is None else Piece(name, lead, piece.text)
    elif piece is not None:
        earlier = set(order[: order.index(name)])
        at = max((i + 1 for i, present in enumerate(result) if present.name in earlier), default=0)
        result.insert(at, piece)
    return result


def _joined_lines(name: str, ours: str | None, joined: Any) -> str:
    """The lines of a name with what both sides made of it; those of maps that we need not change stay ours."""
    if ours is not None and isinstance(joined, list) and isinstance(joined[0], dict):
        return frontmatter.set_items(name, ours, joined)
    return frontmatter.line(name, joined)


def _merge_sets(sides: Sequence[object]) -> list[str] | None:
    lists: list[list[str]] = []
    for side in sides:
        if side is None or side == "":
            lists.append([])
        elif isinstance(side, list) and all(isinstance(item, str) for item in side):
            lists.append(side)
        elif isinstance(side, str):
            lists.append([side])
        else:
            return None
    base, ours, theirs = lists
    kept = [item for item in ours if item in theirs or item not in base]
    return kept + [item for item in theirs if item not in base and item not in kept]


def merge_lines(base: str, ours: str, theirs: str) -> str | None:
    """Three texts into one, None where edits meet. Costs what libgit2's diff costs, about linear in the length."""
    if theirs in (ours, base):
        return ours
    if ours == base:
        return theirs
    old = to_lines(base)
    both = _joined(edits(old, to_lines(ours)), edits(old, to_lines(theirs)))
    if both is None:
        return None
    result: list[str] = []
    position = 0
    for edit in both:
        result += old[position : edit.start]
        result += edit.lines
        position = edit.end
    result += old[position:]
    text = "".join(result)
    # The last line counts as one that ends; it keeps its missing end only if both sides left it so.
    return text if ours.endswith("\n") or theirs.endswith("\n") else text.removesuffix("\n")


def _joined(ours: list[Edit], theirs: list[Edit]) -> list[Edit] | None:
    """Both lists of edits in order, an edit made by both once; None where two meet."""
    result: list[Edit] = []
    for edit in sorted([*ours, *theirs], key=lambda edit: (edit.start, edit.end)):
        if result and result[-1] == edit:
            continue
        if result and _meet(result[-1], edit):
            return None
        result.append(edit)
    return result


def _meet(first: Edit, second: Edit) -> bool:
    """Whether two edits, `first` not behind `second`, change the same lines or insert at the same place."""
    if first.start == first.end and second.start == second.end:
        return first.start == second.start
    return second.start < first.end

"""Which lines of one text became which of another: libgit2's diff as plain values (pure).

libgit2 finds a good shortest edit in about linear time, also for texts of a megabyte on which difflib takes minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pygit2

_FLAGS = pygit2.enums.DiffOption.FORCE_TEXT | pygit2.enums.DiffOption.INDENT_HEURISTIC


@dataclass(frozen=True, slots=True)
class Edit:
    """Lines `start` to `end` (exclusive) of the old text are replaced by `lines`."""

    start: int
    end: int
    lines: tuple[str, ...]


def to_lines(text: str) -> list[str]:
    """The lines of a text, each with a newline at its end, the last one too."""
    lines = text.split("\n")
    last = lines.pop()
    return [line + "\n" for line in lines] + ([last + "\n"] if last else [])


def edits(old: Sequence[str], new: Sequence[str]) -> list[Edit]:
    """The edits that turn `old` into `new`, in order and not touching. Each line must end with its only newline."""
    patch = pygit2.Patch.create_from(
        "".join(old).encode(), "".join(new).encode(), flag=_FLAGS, context_lines=0, interhunk_lines=0
    )
    found = []
    for hunk in patch.hunks:
        # Where a hunk takes no lines away, git gives the line before it; else the first line, counted from one.
        start = hunk.old_start - 1 if hunk.old_lines else hunk.old_start
        first = hunk.new_start - 1 if hunk.new_lines else hunk.new_start
        found.append(Edit(start, start + hunk.old_lines, tuple(new[first : first + hunk.new_lines])))
    return found

"""How far an index is, counted on the index itself, so that no separate record of progress can be wrong."""

from __future__ import annotations

import threading
from dataclasses import dataclass

import numpy as np

from indexer.keyword_snapshot import Snapshot
from indexer.vectors import VectorSnapshot


@dataclass(frozen=True, slots=True)
class Counts:
    """Live entries and passages, passages that have a vector, and entries with a passage that has none."""

    entries: int = 0
    passages: int = 0
    embedded: int = 0
    entries_behind: int = 0


def count(keyword: Snapshot, vectors: VectorSnapshot | None) -> Counts:
    """Look up the vector of every live passage; some 20 ms at 100,000 passages."""
    entry_of = np.repeat(np.arange(keyword.entries), np.diff(keyword.starts))
    live = np.repeat(keyword.live, np.diff(keyword.starts))
    live[keyword.starts[:-1]] = False
    passages = np.flatnonzero(live)
    rows = np.full(len(passages), -1) if vectors is None else vectors.row_of(keyword.hashes()[passages])
    behind = np.unique(entry_of[passages[rows < 0]])
    return Counts(int(keyword.live.sum()), len(passages), int((rows >= 0).sum()), len(behind))


class Counter:
    """Counts that are taken again only when either half has moved. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._of: tuple[Snapshot, VectorSnapshot | None] | None = None
        self._counts = Counts()

    def count(self, keyword: Snapshot, vectors: VectorSnapshot | None) -> Counts:
        """As `count`, from memory where both snapshots are those of the last call."""
        with self._lock:
            if self._of is None or self._of[0] is not keyword or self._of[1] is not vectors:
                self._counts = count(keyword, vectors)
                self._of = (keyword, vectors)
            return self._counts

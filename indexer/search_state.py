"""The index as one question sees it: the words, the vectors and how they go together, all of one moment."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from indexer import manifest as disk
from indexer.keyword_reader import KeywordReader, Snapshot
from indexer.settings import IndexSettings
from indexer.vectors import VectorsDamagedError, VectorSnapshot, VectorStore

Floats = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

UNKNOWN = -1.0
"""The cosine of what has no vector (yet): below anything that has one."""


@dataclass(frozen=True)
class View:
    """One generation of the index, opened. Immutable; `vectors` is None where there are none yet."""

    manifest: disk.Manifest
    snapshot: Snapshot
    vectors: VectorSnapshot | None

    @cached_property
    def rows(self) -> npt.NDArray[np.intp]:
        """The row of each document's vector, -1 for heads and for passages without one."""
        if self.vectors is None:
            return np.full(self.snapshot.documents, -1, np.intp)
        rows = self.vectors.row_of(self.snapshot.hashes())
        rows[self.snapshot.starts[:-1]] = -1
        return rows

    @cached_property
    def missing(self) -> float:
        """The share of live passages that have no vector yet."""
        passages = np.repeat(self.snapshot.live, np.diff(self.snapshot.starts))
        passages[self.snapshot.starts[:-1]] = False
        count = int(passages.sum())
        return float((self.rows[passages] < 0).sum()) / count if count else 0.0

    def passage_cosines(self, query: Floats) -> Floats:
        """The cosine of every document with a query of unit length; `UNKNOWN` for those without a vector."""
        if self.vectors is None or not self.vectors.rows:
            return np.full(self.snapshot.documents, UNKNOWN, np.float32)
        scores = np.append(self.vectors.scores(query), np.float32(UNKNOWN))
        found: Floats = scores[self.rows]
        return found

    def entry_cosines(self, passages: Floats) -> Scores:
        """The cosine of each entry's best passage."""
        if not self.snapshot.entries:
            return np.empty(0)
        return np.maximum.reduceat(passages, self.snapshot.starts[:-1]).astype(np.float64)


class IndexState:
    """Opens the view that holds now and keeps it until something has changed. Safe between threads."""

    def __init__(self, settings: IndexSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._reader: KeywordReader | None = None
        self._view: View | None = None
        self._generation: disk.Generation | None = None

    def view(self) -> View | None:
        """The newest view; None while there is no index. Costs some tens of microseconds when nothing changed.

        Raises IndexMissing in the rare moment in which a generation is taken away under our hands.
        """
        generation = disk.current(self._settings.directory)
        if generation is None:
            return None
        with self._lock:
            if self._reader is None or self._reader.directory != generation.keyword_path:
                self._reader = KeywordReader(generation.keyword_path)
                self._view = None
            snapshot = self._reader.snapshot()
            vectors = self._vectors(generation)
            held = self._view
            if (
                held is None
                or held.snapshot is not snapshot
                or held.vectors is not vectors
                or held.manifest != generation.manifest
            ):
                held = self._view = View(generation.manifest, snapshot, vectors)
            self._generation = generation
            return held

    def _vectors(self, generation: disk.Generation) -> VectorSnapshot | None:
        held = self._view.vectors if self._view is not None else None
        if not generation.manifest.fingerprint:
            return None
        try:
            same = self._generation is not None and self._generation.vectors_path == generation.vectors_path
            if held is not None and same:
                return held.refreshed()
            return VectorStore.open(generation.vectors_path, generation.manifest.dimension)
        except VectorsDamagedError:
            return None

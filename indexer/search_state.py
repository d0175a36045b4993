"""The index as one question sees it: the words, the vectors and how they go together, all of one moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from indexer import closeness
from indexer import manifest as disk
from indexer.analysis import Analyser
from indexer.keyword_reader import KeywordReader
from indexer.keyword_snapshot import Audience, Snapshot
from indexer.search_forms import Forms
from indexer.settings import IndexSettings
from indexer.standing import Standings
from indexer.vector_files import VectorsDamagedError
from indexer.vectors import VectorSnapshot, VectorStore

Floats = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]
Made = TypeVar("Made")

UNKNOWN = -1.0
"""The cosine of what has no vector (yet): below anything that has one."""
MOST_CROWDS = 8
"""Audiences whose crowd and acronyms are kept: as many megabytes and a half each."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """What crowding is measured by, for one audience: a sample of the passages it may see, and what is known so far.

    The sample is made of the passages whose hashes come first: chance, but the same chance for the same content, and
    a save changes hardly any of it. `owners` names the entry of each; `known` is by document, nan where unmeasured,
    and that of an entry's title in the place of its head.
    """

    sample: Floats
    owners: npt.NDArray[np.intp]
    known: Floats


@dataclass(frozen=True)
class View:
    """One generation of the index, opened. Immutable; `vectors` is None where there are none yet."""

    manifest: disk.Manifest
    snapshot: Snapshot
    vectors: VectorSnapshot | None
    _forms: dict[int, tuple[Audience, Forms]] = field(default_factory=dict, compare=False, repr=False)
    _crowds: dict[int, tuple[Audience, Crowd]] = field(default_factory=dict, compare=False, repr=False)

    @cached_property
    def rows(self) -> npt.NDArray[np.intp]:
        """The row of each document's vector, -1 for heads and for passages without one."""
        if self.vectors is None:
            return np.full(self.snapshot.documents, -1, np.intp)
        rows = self.vectors.row_of(self.snapshot.hashes())
        rows[self.snapshot.starts[:-1]] = -1
        return rows

    @cached_property
    def standings(self) -> Standings:
        """The standing of every entry."""
        return Standings.of(self.snapshot.heads)

    @cached_property
    def missing(self) -> float:
        """The share of live passages that have no vector yet."""
        passages = np.repeat(self.snapshot.live, np.diff(self.snapshot.starts))
        passages[self.snapshot.starts[:-1]] = False
        count = int(passages.sum())
        return float((self.rows[passages] < 0).sum()) / count if count else 0.0

    def passage_cosines(self, query: Floats) -> Floats:
        """The cosine of every document with a query of unit length; `UNKNOWN` for those without a vector.

        With several queries (n, dimension), that of the closest one.
        """
        if self.vectors is None or not self.vectors.rows:
            return np.full(self.snapshot.documents, UNKNOWN, np.float32)
        product = self.vectors.scores(query) if query.ndim == 1 else self.vectors.best_scores(query)
        scores = np.append(product, np.float32(UNKNOWN))
        found: Floats = scores[self.rows]
        return found

    def entry_cosines(self, passages: Floats) -> Scores:
        """The cosine of each entry's best passage."""
        if not self.snapshot.entries:
            return np.empty(0)
        return np.maximum.reduceat(passages, self.snapshot.starts[:-1]).astype(np.float64)

    def crowd(self, audience: Audience) -> Crowd:
        """The crowd of that audience; made once and kept."""
        return _kept(self._crowds, audience, self._gather)

    def forms(self, analyser: Analyser, audience: Audience) -> Forms:
        """The acronyms that this audience can know of; what was asked for is kept."""
        return _kept(self._forms, audience, lambda seen: Forms(self.snapshot, analyser, seen))

    def _gather(self, audience: Audience) -> Crowd:
        owners = np.repeat(np.arange(self.snapshot.entries), np.diff(self.snapshot.starts))
        documents = np.flatnonzero(audience.seen[owners] & (self.rows >= 0))
        chosen = self.snapshot.by_chance(documents, closeness.SAMPLE)
        known = np.full(self.snapshot.documents, np.nan, np.float32)
        if self.vectors is None:
            return Crowd(np.empty((0, 0), np.float32), chosen, known)
        return Crowd(self.vectors.vectors(self.rows[chosen]), owners[chosen], known)


def _kept(held: dict[int, tuple[Audience, Made]], audience: Audience, make: Callable[[Audience], Made]) -> Made:
    """What was made for this audience, made at the first call; the oldest of `MOST_CROWDS` audiences is forgotten.

    Safe between threads: it may be made twice, with the same result. The audience is kept too, so that no other one
    gets its `id`.
    """
    known = held.get(id(audience))
    if known is None:
        known = held[id(audience)] = (audience, make(audience))
        while len(held) > MOST_CROWDS:
            held.pop(next(iter(held)), None)
    return known[1]


class IndexState:
    """Opens the view that holds now and keeps it until something has changed. Safe between threads."""

    def __init__(self, settings: IndexSettings) -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._reader: KeywordReader | None = None
        self._view: View | None = None
        self._generation: disk.Generation | None = None

    def view(self) -> View | None:
        """The newest view; None while there is no index that this program can read.

        Costs some tens of microseconds when nothing changed. Raises IndexMissing in the rare moment in
        which a generation is taken away under our hands.
        """
        generation = disk.current(self._settings.directory)
        if generation is None or generation.manifest.schema != disk.SCHEMA_VERSION:
            return None  # after an upgrade the files of before are there until the indexer has built its own
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

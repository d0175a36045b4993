"""Where terms stand in a segment of the keyword index, and the ones that are kept in memory."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.keyword_schema import Floats, Ints

CACHE_BYTES = 96 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Postings:
    """Where one term stands in one segment.

    `docs` (ascending) and `frequencies` are by document, `entries` (ascending) and `totals` by entry, all local to
    the segment. A term of the title counts in its entry's total like one of the text.
    """

    docs: Ints
    frequencies: Floats
    entries: Ints
    totals: Floats

    @property
    def nbytes(self) -> int:
        """Memory that the arrays take."""
        return self.docs.nbytes + self.frequencies.nbytes + self.entries.nbytes + self.totals.nbytes + 200

    def among(self, documents: Ints) -> npt.NDArray[np.float64]:
        """The frequency in each of some documents, 0 in those that do not hold the term."""
        found = np.zeros(len(documents))
        if len(self.docs):
            places = np.minimum(np.searchsorted(self.docs, documents), len(self.docs) - 1)
            held = self.docs[places] == documents
            found[held] = self.frequencies[places[held]]
        return found


class PostingsCache:
    """Postings by (segment, term), the least recently used dropped beyond `limit` bytes. Safe between threads."""

    def __init__(self, limit: int = CACHE_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[str, str], Postings] = OrderedDict()

    def get(self, key: tuple[str, str]) -> Postings | None:
        """The postings, now the most recently used, or None."""
        with self._lock:
            found = self._held.get(key)
            if found is not None:
                self._held.move_to_end(key)
            return found

    def put(self, key: tuple[str, str], postings: Postings) -> None:
        """Keep the postings and drop what is too much."""
        with self._lock:
            before = self._held.pop(key, None)
            self._size += postings.nbytes - (before.nbytes if before else 0)
            self._held[key] = postings
            while self._size > self._limit and len(self._held) > 1:
                _, dropped = self._held.popitem(last=False)
                self._size -= dropped.nbytes

    def forget(self, segments: set[str]) -> None:
        """Drop what belongs to segments other than these."""
        with self._lock:
            for key in [key for key in self._held if key[0] not in segments]:
                self._size -= self._held.pop(key).nbytes


NO_POSTINGS = Postings(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.int32), np.empty(0, np.float32))

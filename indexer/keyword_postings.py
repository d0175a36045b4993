"""Where terms stand in a segment of the keyword index, and the ones that are kept in memory."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.kept import Kept
from indexer.keyword_schema import Floats, Ints

CACHE_BYTES = 96 * 1024 * 1024
FEWEST_BYTES = 200
"""What the postings of a term take that hold nothing."""


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
        return self.docs.nbytes + self.frequencies.nbytes + self.entries.nbytes + self.totals.nbytes + FEWEST_BYTES

    def among(self, documents: Ints) -> npt.NDArray[np.float64]:
        """The frequency in each of some documents, 0 in those that do not hold the term."""
        found = np.zeros(len(documents))
        if len(self.docs):
            places = np.minimum(np.searchsorted(self.docs, documents), len(self.docs) - 1)
            held = self.docs[places] == documents
            found[held] = self.frequencies[places[held]]
        return found


PostingsCache = Kept[tuple[str, str], Postings]
"""Postings by segment and term."""


def postings_cache() -> PostingsCache:
    """An empty one, for `CACHE_BYTES`."""
    return Kept(CACHE_BYTES // FEWEST_BYTES, CACHE_BYTES)


NO_POSTINGS = Postings(np.empty(0, np.int32), np.empty(0, np.float32), np.empty(0, np.int32), np.empty(0, np.float32))

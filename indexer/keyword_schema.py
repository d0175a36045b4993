"""How an entry lies in Whoosh, and the narrow waist to Whoosh's own files.

An entry is a run of Whoosh documents in one segment: a head (title terms, what the entry is) and its passages in
reading order (heading and text terms). One more head, without passages, holds the cursor, so that data and cursor
are committed together. What is stored lies in one pickled value, `data`.

Whoosh keeps the terms, postings, positions and stored values; the blocks of postings are ours (`keyword_codec`),
plain arrays, and so is scoring (`keyword_reader`).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import fields, formats

BLOCK = 1024
"""Postings in one block: large, because we read whole lists and never skip."""

INDEX_NAME = "MAIN"

TITLE = "title"
TEXT = "text"
DATA = "data"

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


def coded(term: str) -> bytes:
    """A term, or the beginning of one, as Whoosh keeps it; half of a surrogate pair is a term like any other."""
    return term.encode("utf-8", "surrogatepass")


def decoded(term: bytes) -> str:
    """A term from what `coded` made of it."""
    return term.decode("utf-8", "surrogatepass")


class PackedPositions(formats.Format):  # type: ignore[misc]
    """Postings whose value is the positions as unsigned 16-bit numbers; their count is the term's frequency."""

    def fixed_value_size(self) -> None:
        """Positions differ in number, so values have no fixed size."""

    def supports(self, name: str) -> bool:
        """Only what this project reads; Whoosh's own matchers are not used on these fields."""
        return name in ("frequency", "packed_positions")


class TermsField(fields.FieldType):  # type: ignore[misc]
    """A field that is handed its terms ready analysed: a mapping of term to positions."""

    def __init__(self) -> None:
        super().__init__(PackedPositions(), None, scorable=False, stored=False)

    def index(self, value: Mapping[str, list[int]], **_: Any) -> Iterator[tuple[bytes, int, float, bytes]]:
        """(term, frequency, weight, packed positions) of each term."""
        for term, positions in value.items():
            count = len(positions)
            yield coded(term), count, float(count), array("H", positions).tobytes()


def schema() -> fields.Schema:
    """The schema of a new index."""
    return fields.Schema(title=TermsField(), text=TermsField(), data=fields.STORED())

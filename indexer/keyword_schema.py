"""How an entry lies in Whoosh, and the narrow waist to Whoosh's own files.

An entry is a run of Whoosh documents in one segment: a head (title terms, what the entry is) and its passages in
reading order (heading and text terms). One more head, without passages, holds the cursor, so that data and cursor
are committed together. What is stored lies in one pickled value, `data`.

Whoosh keeps the terms, postings, positions and stored values; scoring is ours (`keyword_reader`), on the arrays
that `read_postings` makes of Whoosh's posting blocks. Whoosh is pinned because those blocks are its inner format.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import fields, formats
from whoosh.codec.whoosh3 import W3Codec
from whoosh.reading import SegmentReader, TermNotFound

SCHEMA_VERSION = 1

BLOCK = 1024
"""Postings in one block: large, because we read whole lists and never skip."""

INDEX_NAME = "MAIN"

TITLE = "title"
TEXT = "text"
DATA = "data"

Ints = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float32]


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
            yield term.encode("utf-8", "surrogatepass"), count, float(count), array("H", positions).tobytes()


def schema() -> fields.Schema:
    """The schema of a new index."""
    return fields.Schema(title=TermsField(), text=TermsField(), data=fields.STORED())


def codec() -> W3Codec:
    """The codec of a new segment."""
    return W3Codec(blocklimit=BLOCK, compression=0)


def read_blocks(reader: SegmentReader, field: str, term: bytes) -> Iterator[tuple[Ints, tuple[bytes, ...]]]:
    """(documents ascending, packed positions of each) of a term in one segment, block by block, deleted ones included.

    Not safe to call from two threads on one reader: Whoosh seeks in a shared file.
    """
    try:
        # Not reader.postings(): that one leaves out what is deleted, and deletions change while a segment does not.
        matcher = reader._terms.matcher(field, term, reader.schema[field].format)
    except TermNotFound:
        return
    while True:
        matcher._read_data()
        deltas, _, values = matcher._data
        yield np.cumsum(np.array(deltas, dtype=np.int32), dtype=np.int32), values
        if matcher._lastblock:
            return
        matcher._next_block()


def read_postings(reader: SegmentReader, field: str, term: str) -> tuple[Ints, Floats, bytes]:
    """(documents ascending, frequencies, packed positions) of a term in one segment; empty where it has none."""
    ids: list[Ints] = []
    values: list[bytes] = []
    for documents, packed in read_blocks(reader, field, term.encode("utf-8", "surrogatepass")):
        ids.append(documents)
        values.extend(packed)
    if not ids:
        return np.empty(0, np.int32), np.empty(0, np.float32), b""
    frequencies = np.fromiter((len(value) // 2 for value in values), np.float32, len(values))
    return np.concatenate(ids), frequencies, b"".join(values)

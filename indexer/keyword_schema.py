"""How an entry lies in Whoosh, and the narrow waist to Whoosh's own files.

An entry is a run of Whoosh documents in one segment: a head (title terms, what the entry is) and its passages in
reading order (heading and text terms). One more head, without passages, holds the cursor, so that data and cursor
are committed together. What is stored lies in one pickled value, `data`.

Whoosh keeps the terms, postings, positions and stored values; the blocks of postings are ours (`EntryCodec`), plain
arrays, and so is scoring (`keyword_reader`). Whoosh is pinned, because a codec sees its inner classes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from whoosh import fields, formats
from whoosh.codec.whoosh3 import W3Codec, W3PostingsWriter
from whoosh.reading import SegmentReader, TermNotFound

SCHEMA_VERSION = 2

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


class PackedPostings(W3PostingsWriter):  # type: ignore[misc]
    """Blocks of three plain arrays: documents, frequencies, and all positions one after the other.

    Whoosh's own blocks hold a Python object for each posting, which costs more to read than to score.
    """

    def _mini_ids(self) -> bytes:
        return array("I", self._ids).tobytes()

    def _mini_weights(self) -> bytes:
        return array("I", [len(value) // 2 for value in self._values]).tobytes()

    def _mini_values(self) -> bytes:
        return b"".join(self._values)


class EntryCodec(W3Codec):  # type: ignore[misc]
    """Whoosh's codec with our posting blocks. Only `read_blocks` reads them; Whoosh's matchers do not."""

    length_stats = False

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> PackedPostings:
        """The writer of posting blocks."""
        return PackedPostings(dbfile, blocklimit=BLOCK, byteids=byteids, compression=0)


@dataclass(frozen=True, slots=True)
class Block:
    """Postings of one term: documents ascending, the frequency in each, and all positions one after the other."""

    documents: Ints
    frequencies: Ints
    positions: bytes


def read_blocks(reader: SegmentReader, field: str, term: bytes) -> Iterator[Block]:
    """The postings of a term in one segment, block by block, deleted documents included.

    Not safe to call from two threads on one reader: Whoosh seeks in a shared file.
    """
    try:
        # Not reader.postings(): that one leaves out what is deleted, and deletions change while a segment does not.
        matcher = reader._terms.matcher(field, term, reader.schema[field].format)
    except TermNotFound:
        return
    while True:
        matcher._read_data()
        documents, frequencies, positions = matcher._data
        yield Block(np.frombuffer(documents, np.int32), np.frombuffer(frequencies, np.int32), positions)
        if matcher._lastblock:
            return
        matcher._next_block()


def read_postings(reader: SegmentReader, field: str, term: str) -> Block:
    """The postings of a term in one segment; empty where it has none."""
    blocks = list(read_blocks(reader, field, term.encode("utf-8", "surrogatepass")))
    if len(blocks) == 1:
        return blocks[0]
    if not blocks:
        return _NOTHING
    return Block(
        np.concatenate([block.documents for block in blocks]),
        np.concatenate([block.frequencies for block in blocks]),
        b"".join(block.positions for block in blocks),
    )


_NOTHING = Block(np.empty(0, np.int32), np.empty(0, np.int32), b"")

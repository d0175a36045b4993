"""Our codec for Whoosh: posting blocks as plain arrays, and segments that are mapped instead of copied.

Two things of Whoosh's own codec cost more than everything else together at 100,000 passages: each posting is a
Python object on the disk, and opening a segment copies its files into the memory of every process. A codec is
Whoosh's way to change that. It sees Whoosh's inner classes, so Whoosh is pinned.
"""

from __future__ import annotations

import io
import mmap
import os
import pickle
import struct
from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from whoosh.codec.whoosh3 import WHOOSH3_HEADER_MAGIC, W3Codec, W3PostingsWriter, W3Segment, W3TermInfo
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile
from whoosh.reading import SegmentReader

from indexer.keyword_schema import BLOCK, Ints, coded


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

    def new_segment(self, storage: Any, indexname: str) -> EntrySegment:
        """A segment that is read where it is mapped."""
        return EntrySegment(self, indexname)


class EntrySegment(W3Segment):  # type: ignore[misc]
    """A segment whose files are read out of the memory map."""

    def open_compound_file(self, storage: MappedDirectory) -> MappedStorage:
        """The segment's files, mapped."""
        return MappedStorage(storage.open_file(self.make_filename(self.COMPOUND_EXT)))


class MappedDirectory(FileStorage):  # type: ignore[misc]
    """An index's folder whose files are mapped when they are opened to be read.

    A map goes with its last view, and without a word. Whoosh leaves files open where it stumbles over what they hold,
    and each complains when it is collected, which may be in the middle of something else.
    """

    def open_file(self, name: str, **_: Any) -> MappedFile:
        """An existing file."""
        with Path(self._fpath(name)).open("rb") as file:
            if not os.fstat(file.fileno()).st_size:
                return MappedFile(memoryview(b""), name)
            return MappedFile(memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)), name)


class MappedStorage(CompoundStorage):  # type: ignore[misc]
    """The files within a segment's file as views of its memory map; Whoosh's own makes a copy of each."""

    def __init__(self, whole: MappedFile) -> None:
        self._whole = whole
        super().__init__(whole, use_mmap=False)

    def open_file(self, name: str, *_: Any, **__: Any) -> MappedFile:
        """One of the files."""
        offset, length = self.range(name)
        return self._whole.subset(offset, length, name)

    def close(self) -> None:
        """Nothing: the map goes with its last view."""


class MappedFile(BufferFile):  # type: ignore[misc]
    """A file that is a view of memory."""

    def __init__(self, view: memoryview, name: str) -> None:
        # Not BufferFile's constructor, which copies the view.
        self._buf = view
        self._name = name
        self.file = _Cursor(view)
        self.onclose = None
        self.is_real = False
        self.is_closed = False

    def subset(self, position: int, length: int, name: str | None = None) -> MappedFile:
        """A part of the file, which is a view as well."""
        return MappedFile(self._buf[position : position + length], name or self._name)


class _Cursor:
    """What Whoosh and pickle need of an open file, on a view of memory."""

    __slots__ = ("_at", "_view")

    def __init__(self, view: memoryview) -> None:
        self._view = view
        self._at = 0

    def read(self, size: int = -1) -> bytes:
        start = self._at
        self._at = len(self._view) if size < 0 else min(len(self._view), start + size)
        return bytes(self._view[start : self._at])

    def readline(self) -> bytes:
        rest = bytes(self._view[self._at : self._at + 4096])
        end = rest.find(b"\n") + 1
        return self.read(end or len(rest))

    def seek(self, position: int, whence: int = 0) -> int:
        base = (0, self._at, len(self._view))[whence]
        self._at = base + position
        return self._at

    def tell(self) -> int:
        return self._at

    def close(self) -> None:
        """Nothing: others may hold parts of the view."""


_LENGTHS = struct.Struct("!ii")
"""How long key and value are, in front of each pair of a table of Whoosh."""
_SLOT = struct.Struct("!Iq")
"""A key's hash and the place of its pair."""
_EXTENT = struct.Struct("!qi")
"""Where the postings of a term begin and how many bytes they take, behind the rest of what Whoosh says of it."""
_LENGTH = struct.Struct("!i")
"""How many bytes a block of postings takes, in front of it."""


@dataclass(frozen=True, slots=True)
class Block:
    """Postings of one term: documents ascending, the frequency in each, and all positions one after the other."""

    documents: Ints
    frequencies: Ints
    positions: bytes


def read_blocks(reader: SegmentReader, field: str, term: bytes) -> Iterator[Block]:
    """The postings of a term in one segment, block by block, deleted documents included.

    Safe beside other threads: like all that follows here it moves nothing in the shared file. Whoosh's own matchers
    leave out what is deleted, and deletions change while a segment does not; and they take three times as long.
    """
    place = _place(reader, field, term)
    if place is None:
        return
    about = reader._terms._tindex.dbfile._buf
    offset, _ = _EXTENT.unpack_from(about, place + W3TermInfo._struct.size)
    view, at = reader._terms._postfile._buf, offset + len(WHOOSH3_HEADER_MAGIC)
    more = True
    while more:
        (length,) = _LENGTH.unpack_from(view, at)
        more = length > 0  # that of the last block is negative
        begin, at = at + _LENGTH.size, at + _LENGTH.size + abs(length)
        held = pickle.Unpickler(io.BytesIO(view[begin:at]))  # noqa: S301 - our own index
        held.load()  # what Whoosh says of the block
        documents, frequencies, positions = held.load()
        yield Block(np.frombuffer(documents, np.int32), np.frombuffer(frequencies, np.int32), positions)


def count_documents(reader: SegmentReader, field: str, term: str) -> int:
    """How many documents of one segment hold a term, deleted ones included; reads no posting."""
    place = _place(reader, field, coded(term))
    return 0 if place is None else int(W3TermInfo.read_doc_freq(reader._terms._tindex.dbfile, place))


def _place(reader: SegmentReader, field: str, term: bytes) -> int | None:
    """Where in the table of terms stands what Whoosh says of a term; None where the segment does not hold it.

    What Whoosh's own `range_for_key` does, in a third of the time: a draft asks for some four hundred terms.
    """
    table = reader._terms._tindex
    key = reader._terms._keycoder(field, term)
    hashed = table.hashfn(key)
    first, slots = table.tables[hashed & 255]
    view = table.dbfile._buf
    for number in range(slots):
        slot, at = _SLOT.unpack_from(view, first + ((hashed >> 8) + number) % slots * _SLOT.size)
        if not at:
            return None
        if slot == hashed:
            length, _ = _LENGTHS.unpack_from(view, at)
            begin = at + _LENGTHS.size
            if view[begin : begin + length] == key:
                return int(begin + length)
    return None


def field_terms(reader: SegmentReader, field: str) -> list[bytes]:
    """The terms of one field of a segment, in order. Whoosh's own generators take three times as long."""
    table = reader._terms._tindex
    begin = reader._terms._keycoder(field, b"")
    view, at = table.dbfile._buf, table.closest_key_pos(begin)
    found: list[bytes] = []
    while at is not None and at < table.endofdata:
        key_length, data_length = _LENGTHS.unpack_from(view, at)
        at += _LENGTHS.size
        key = bytes(view[at : at + key_length])
        if not key.startswith(begin):
            break
        found.append(key[len(begin) :])
        at += key_length + data_length
    return found


def read_postings(reader: SegmentReader, field: str, term: str) -> Block:
    """The postings of a term in one segment; empty where it has none."""
    blocks = list(read_blocks(reader, field, coded(term)))
    if len(blocks) == 1:
        return blocks[0]
    if not blocks:
        return NO_BLOCK
    return Block(
        np.concatenate([block.documents for block in blocks]),
        np.concatenate([block.frequencies for block in blocks]),
        b"".join(block.positions for block in blocks),
    )


NO_BLOCK = Block(np.empty(0, np.int32), np.empty(0, np.int32), b"")

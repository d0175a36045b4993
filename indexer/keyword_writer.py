"""Whoosh's segment writer for these fields: written several times faster, and durably.

Whoosh sorts every single posting of a commit in Python and looks at the file system for each. Here postings are kept
by term as they come, which is the order they are written in, and whole blocks are handed over at once. Segments are
merged as streams of terms, so a merge needs no more memory than one term's postings.
"""

from __future__ import annotations

import heapq
from array import array
from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any

from whoosh.codec.base import Segment as WhooshSegment
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

from indexer.durable import sync_directory, sync_file
from indexer.keyword_codec import read_blocks
from indexer.keyword_schema import BLOCK, INDEX_NAME
from indexer.keyword_segment import derive_side, side_path, write_side

Group = tuple[str, bytes, list[int], list[bytes]]
"""Field, term, its documents ascending, and the packed positions in each."""


class TermPool:
    """Postings of one commit by term, and the streams of segments that are merged into it.

    Stands in for Whoosh's pool, which sorts postings one by one.
    """

    def __init__(self) -> None:
        self._held: dict[tuple[str, bytes], tuple[list[int], list[bytes]]] = {}
        self.streams: list[Iterator[Group]] = []

    def add(self, item: tuple[str, bytes, int, float, bytes]) -> None:
        """One posting; documents come in ascending order."""
        field, term, document, _, value = item
        held = self._held.get((field, term))
        if held is None:
            held = self._held[field, term] = ([], [])
        held[0].append(document)
        held[1].append(value)

    def groups(self) -> Iterator[Group]:
        """Everything by term, in the order of fields and terms."""
        own = ((field, term, *self._held[field, term]) for field, term in sorted(self._held))
        for (field, term), same in groupby(heapq.merge(own, *self.streams, key=_KEY), _KEY):
            documents: list[int] = []
            values: list[bytes] = []
            for _, _, more, held in same:
                documents += more
                values += held
            yield field, term, documents, values

    def cleanup(self) -> None:
        """Nothing lies on the disk."""


_KEY = itemgetter(0, 1)


class EntryWriter(SegmentWriter):  # type: ignore[misc]
    """Whoosh's writer with our pool, which writes side files and puts everything on the disk before a commit shows."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.pool = TermPool()
        self._sources: list[SegmentReader] = []

    def add_segment(self, segment: WhooshSegment) -> None:
        """Take over the live documents of a segment, in their order."""
        reader = SegmentReader(self.storage, self.schema, segment)
        self._sources.append(reader)
        moved = array("l", [-1]) * segment.doc_count_all()
        names = set(self.schema.names())
        first = self.docnum
        for number, document in enumerate(reader.all_doc_ids()):
            moved[document] = first + number
        self.write_per_doc(names, reader)
        self.pool.streams.append(_stream(reader, moved))
        self._added = True

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        _write_groups(self.fieldwriter, self.schema, self.pool.groups())
        self.fieldwriter.close()

    def _commit_toc(self, segments: list[WhooshSegment]) -> None:
        directory = Path(self.storage.folder)
        for segment in segments:
            path = side_path(directory, segment.segment_id())
            if not path.exists():
                reader = SegmentReader(self.storage, self.schema, segment)
                write_side(path, derive_side(reader))
                reader.close()
                sync_file(directory / f"{segment.segment_id()}.seg")
        super()._commit_toc(segments)
        sync_file(directory / f"_{INDEX_NAME}_{self.generation}.toc")
        sync_directory(directory)

    def _finish(self) -> None:
        for reader in self._sources:
            reader.close()
        super()._finish()


def _stream(reader: SegmentReader, moved: array[int]) -> Iterator[Group]:
    """The postings of a segment by term, its documents under their new numbers, deleted ones (-1) left out."""
    for (field, term), _ in reader._terms.items():
        documents: list[int] = []
        values: list[bytes] = []
        for block in read_blocks(reader, field, term):
            at = 0
            for document, frequency in zip(block.documents.tolist(), block.frequencies.tolist(), strict=True):
                end = at + 2 * frequency
                if moved[document] >= 0:
                    documents.append(moved[document])
                    values.append(block.positions[at:end])
                at = end
        if documents:
            yield field, term, documents, values


def _write_groups(writer: Any, schema: Any, groups: Iterable[Group]) -> None:
    """Write whole terms, block by block, through Whoosh's field writer."""
    current = ""
    for field, term, documents, values in groups:
        if field != current:
            if current:
                writer.finish_field()
            writer.start_field(field, schema[field])
            current = field
        writer.start_term(term)
        blocks = writer._postwriter
        for start in range(0, len(documents), BLOCK):
            if start:
                blocks._write_block()
            blocks._ids = array("I", documents[start : start + BLOCK])
            blocks._values = values[start : start + BLOCK]
            blocks._weights = array("f", [len(value) // 2 for value in blocks._values])
            blocks._maxweight = max(blocks._weights)
        writer.finish_term()
    if current:
        writer.finish_field()

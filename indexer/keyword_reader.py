"""How readers come to a state of the keyword index: opened from its files, kept until they change."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import numpy as np
from whoosh.codec.base import Segment as WhooshSegment
from whoosh.index import TOC, EmptyIndexError
from whoosh.reading import SegmentReader

from indexer.errors import IndexMissing
from indexer.keyword_codec import MappedDirectory
from indexer.keyword_postings import postings_cache
from indexer.keyword_schema import INDEX_NAME, schema
from indexer.keyword_segment import Segment, derive_side, read_side, side_path
from indexer.keyword_snapshot import Snapshot

_RECENT_NS = 100_000_000  # a directory changed this recently may change again within one tick of its clock


class KeywordReader:
    """Opens snapshots of an index directory and notices new ones by a stat. Safe between threads."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._storage = MappedDirectory(str(directory))
        self._schema = schema()
        self._cache = postings_cache()
        self._segments: dict[str, Segment] = {}
        self._snapshot: Snapshot | None = None
        self._changed = -1
        self._lock = threading.Lock()

    def snapshot(self) -> Snapshot:
        """The newest committed state; raises IndexMissing where there is no index."""
        try:
            changed = self.directory.stat().st_mtime_ns
        except FileNotFoundError as error:
            raise IndexMissing("There is no keyword index yet.") from error
        held = self._snapshot
        if held is not None and changed == self._changed:
            return held
        with self._lock:
            settled = time.time_ns() - changed > _RECENT_NS
            snapshot = self._refresh()
            self._changed = changed if settled else -1
            return snapshot

    def _refresh(self) -> Snapshot:
        for attempt in range(20):
            try:
                generation = TOC._latest_generation(self._storage, INDEX_NAME)
                if generation < 0:
                    raise IndexMissing("There is no keyword index yet.")
                if self._snapshot is None or self._snapshot.generation != generation:
                    self._snapshot = self._open(TOC.read(self._storage, INDEX_NAME, generation, self._schema))
                return self._snapshot
            except (FileNotFoundError, EmptyIndexError):
                # A commit took the files away between the list and the opening: look again.
                time.sleep(0.01 * attempt)
        raise IndexMissing("The keyword index changes faster than it can be opened. Try again in a moment.")

    def _open(self, toc: TOC) -> Snapshot:
        segments: dict[str, Segment] = {}
        for found in toc.segments:
            name = found.segment_id()
            segments[name] = self._segments.get(name) or self._open_segment(name, found)
        self._segments = segments
        self._cache.keep(lambda key: key[0] in segments)
        deleted = [np.fromiter(found.deleted_docs(), np.int32) for found in toc.segments]
        return Snapshot(list(segments.values()), deleted, toc.generation)

    def _open_segment(self, name: str, found: WhooshSegment) -> Segment:
        reader = SegmentReader(self._storage, self._schema, found)
        side = read_side(side_path(self.directory, name)) or derive_side(reader)
        return Segment(name, reader, side, self._cache)

"""The keyword index: entries written to Whoosh in whole commits, read as snapshots.

One commit replaces all passages of the entries it is given and stores the cursor with them, so after a kill the
index holds exactly what its cursor says. Readers open `Snapshot`s (`keyword_reader`); a commit never disturbs one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Literal

from whoosh.codec.base import Segment as WhooshSegment
from whoosh.index import EmptyIndexError, FileIndex
from whoosh.writing import LockError

from indexer.acronyms import pairs_of
from indexer.analysis import Analyser, analyser
from indexer.documents import Document
from indexer.durable import sync_directory
from indexer.errors import IndexBusy
from indexer.keyword_codec import EntryCodec, MappedDirectory
from indexer.keyword_reader import KeywordReader
from indexer.keyword_schema import INDEX_NAME, schema
from indexer.keyword_segment import Head, Part
from indexer.keyword_snapshot import Snapshot
from indexer.keyword_writer import EntryWriter
from indexer.passages import Passage, cut, text_hash
from indexer.wording import Wording

LOCK_SECONDS = 10.0

MERGE_DOCUMENTS = 1_000
"""A save merges segments up to this size at once; larger ones wait for `compact`, which runs in the background."""
MERGE_FAN = 8
"""How many segments of about one size may stand side by side."""
JOIN_DOCUMENTS = 10_000
"""The end of an import joins all segments where they hold no more documents together: some 1,500 entries take two
seconds longer, and each word of each question is looked up in one segment instead of four.
"""
COMPACT_DOCUMENTS = 30_000
"""`compact` leaves segments of this size alone unless a quarter of them is dead."""
DEAD_SHARE = 0.25


Merge = Literal["nothing", "small", "all"]


class KeywordIndex:
    """The writer's side of a keyword index. One at a time writes; a second one waits for `LOCK_SECONDS`.

    Every method that writes raises IndexBusy when the lock cannot be had in time.
    """

    def __init__(self, directory: Path, language: str) -> None:
        self.directory = directory
        self.analyser: Analyser = analyser(language)
        self._index = FileIndex(MappedDirectory(str(directory)), indexname=INDEX_NAME)
        self._reader = KeywordReader(directory)

    @classmethod
    def create_or_open(cls, directory: Path, language: str) -> KeywordIndex:
        """Open the index in `directory`, or make an empty one there.

        Raises ValueError for a language that there is no stemmer for.
        """
        directory.mkdir(parents=True, exist_ok=True)
        try:
            return cls(directory, language)
        except EmptyIndexError:
            FileIndex.create(MappedDirectory(str(directory)), schema(), INDEX_NAME)
            sync_directory(directory)
            return cls(directory, language)

    def snapshot(self) -> Snapshot:
        """What is committed, for reading."""
        return self._reader.snapshot()

    def apply(
        self, upserts: Iterable[Document], deletes: Iterable[str], cursor: str, *, merge: Merge = "nothing"
    ) -> list[tuple[str, Wording]]:
        """Replace the entries in `upserts`, drop those in `deletes`, store `cursor`: one durable commit.

        Returns (text hash, wording) of every passage of the upserted entries. Of two documents with one id
        the later counts. `merge` says what else is joined in the same commit: after a save `small` segments that are
        many; at the end of an import `all`, where that is little. The rest is left to `compact`.
        """
        documents = {document.id: document for document in upserts if document.id}
        gone = documents.keys() | set(deletes)
        texts: list[tuple[str, Wording]] = []
        writer = self._writer()
        try:
            self._delete(writer, gone)
            for document in documents.values():
                texts.extend(self._add(writer, document))
            writer.add_document(data=_head(Document("", "", ""), 0, cursor))
            writer.commit(mergetype=_MERGES[merge])
        except BaseException:
            if not writer.is_closed:
                writer.cancel()
            raise
        return texts

    def compact(self) -> bool:
        """Join small segments and drop what is dead; True when something was done. Bounded work for each call."""
        writer = self._writer()
        try:
            chosen = _to_compact(writer.segments)
            if not chosen:
                writer.cancel()
                return False
            writer.commit(mergetype=lambda w, segments: _merge(w, segments, chosen))
        except BaseException:
            if not writer.is_closed:
                writer.cancel()
            raise
        return True

    def cursor(self) -> str:
        """The cursor of the last commit, empty when there was none."""
        return self.snapshot().cursor

    def live_hashes(self) -> set[str]:
        """The text hashes of all live passages."""
        return self.snapshot().live_hashes()

    def texts_for(self, hashes: Iterable[str]) -> Iterator[tuple[str, Wording]]:
        """(text hash, wording) of live passages, once for each hash, so that encoding can be resumed."""
        return self.snapshot().texts_for(hashes)

    def counts(self) -> tuple[int, int]:
        """(entries, passages) that are live."""
        return self.snapshot().counts()

    def _writer(self) -> EntryWriter:
        try:
            return EntryWriter(self._index, timeout=LOCK_SECONDS, delay=0.05, codec=EntryCodec())
        except LockError as error:
            raise IndexBusy("Another process is writing the keyword index. Try again in a moment.") from error

    def _delete(self, writer: EntryWriter, ids: Iterable[str]) -> None:
        """Mark the documents of those entries, and of the last cursor, as deleted."""
        snapshot = self._reader.snapshot()
        for document in snapshot.documents_of([*ids, ""]):
            writer.delete_document(document)

    def _add(self, writer: EntryWriter, document: Document) -> Iterator[tuple[str, Wording]]:
        title = self._postings([document.title], keep_stop_words=True)
        writer.add_document(title=title, data=_head(document, self._length(title), ""))
        for passage in cut(document):
            wording = Wording(document.title, passage.heading_path, passage.text)
            name = text_hash(wording.whole)
            terms = self._postings([*passage.headings, passage.text[passage.overlap :]])
            writer.add_document(text=terms, data=_part(passage, name, self._length(terms)))
            yield name, wording

    def _postings(self, texts: list[str], *, keep_stop_words: bool = False) -> dict[str, list[int]]:
        """The terms of several texts with positions that keep phrases from running from one into the next."""
        found: dict[str, list[int]] = {}
        first = 0
        for text in texts:
            last = first
            for term, positions in self.analyser.postings(text, keep_stop_words=keep_stop_words, first=first).items():
                found.setdefault(term, []).extend(positions)
                last = max(last, positions[-1])
            first = last + 10
        return found

    def _length(self, terms: dict[str, list[int]]) -> int:
        """How long a text is for BM25: its terms without stop words and without whole identifiers."""
        return sum(len(p) for term, p in terms.items() if not self.analyser.uncounted(term))


def _head(document: Document, length: int, cursor: str) -> Head:
    return Head(
        id=document.id, title=document.title, kind=document.kind, tags=list(document.tags), team=document.team,
        status=document.status, date=document.date, audience=list(document.audience),
        former=list(document.former_titles), links=list(document.links), pairs=pairs_of(document),
        replaced=document.replaced, applied=document.applied,
        length=length, cursor=cursor,
    )  # fmt: skip


def _part(passage: Passage, name: str, length: int) -> Part:
    return Part(
        path=passage.heading_path, text=passage.text, overlap=passage.overlap, headings=list(passage.headings),
        hash=name, length=length,
    )  # fmt: skip


def _keep(_: Any, segments: list[WhooshSegment]) -> list[WhooshSegment]:
    """Merge nothing."""
    return segments


def _tiers(segments: list[WhooshSegment], largest: int) -> list[list[WhooshSegment]]:
    """Segments up to `largest` documents by size, each tier eight times the one before it."""
    tiers: dict[int, list[WhooshSegment]] = {}
    for segment in segments:
        size = _live(segment)
        if size <= largest:
            tiers.setdefault(size.bit_length() // 3, []).append(segment)
    return [tiers[tier] for tier in sorted(tiers)]


def _merge_small(writer: EntryWriter, segments: list[WhooshSegment]) -> list[WhooshSegment]:
    """Join the segments of each small tier that is full."""
    chosen: set[str] = set()
    for tier in _tiers(segments, MERGE_DOCUMENTS):
        if len(tier) >= MERGE_FAN:
            chosen |= {segment.segment_id() for segment in tier}
    return _merge(writer, segments, chosen)


def _merge_all(writer: EntryWriter, segments: list[WhooshSegment]) -> list[WhooshSegment]:
    """Join everything, unless it is more than `JOIN_DOCUMENTS`."""
    little = writer.docnum + sum(map(_live, segments)) <= JOIN_DOCUMENTS
    return _merge(writer, segments, {segment.segment_id() for segment in segments} if little else set())


_MERGES: dict[Merge, Callable[[EntryWriter, list[WhooshSegment]], list[WhooshSegment]]] = {
    "nothing": _keep,
    "small": _merge_small,
    "all": _merge_all,
}


def _live(segment: WhooshSegment) -> int:
    return int(segment.doc_count_all() - segment.deleted_count())


def _to_compact(segments: list[WhooshSegment]) -> set[str]:
    chosen: set[str] = set()
    for segment in segments:
        if segment.deleted_count() > DEAD_SHARE * segment.doc_count_all():
            chosen.add(segment.segment_id())
    for tier in _tiers(segments, COMPACT_DOCUMENTS):
        if len(tier) >= MERGE_FAN:
            chosen |= {segment.segment_id() for segment in tier}
    return chosen


def _merge(writer: EntryWriter, segments: list[WhooshSegment], chosen: set[str]) -> list[WhooshSegment]:
    """Write the live documents of the chosen segments into the new one, in order, and keep the others."""
    kept: list[WhooshSegment] = []
    for segment in segments:
        if segment.segment_id() in chosen:
            if segment.deleted_count() < segment.doc_count_all():
                writer.add_segment(segment)
        elif segment.deleted_count() < segment.doc_count_all():
            kept.append(segment)
    return kept

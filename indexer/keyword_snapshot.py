"""One state of the keyword index: its live entries as arrays, and BM25 on them.

Everything is counted over the entries that the asker may see and that are live: the number of entries, how many
hold a term, the average length. So scores equal those of a fresh index of just these entries at any moment,
whatever Whoosh still holds of older versions, and they tell nothing about what the asker may not see.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from indexer.documents import Filters
from indexer.kept import Kept
from indexer.keyword_postings import Postings
from indexer.keyword_schema import TEXT, TITLE, Ints
from indexer.keyword_segment import FACETS, MOST_FREQUENCIES, Head, Part, Segment, title_key
from indexer.wording import Wording

K1 = 1.2
B = 0.75
MOST_AUDIENCES = 16
"""Audiences whose statistics are kept."""
MOST_TERMS = 4096
MOST_TERM_BYTES = 4 * 1024 * 1024
"""Terms that are kept for one audience, and their memory."""

Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class TermHits:
    """One term's entries (global, ascending, seen by the asker), its frequency in each, and its weight (idf)."""

    term: str
    entries: npt.NDArray[np.intp]
    totals: npt.NDArray[np.float32]
    idf: float


@dataclass(frozen=True, slots=True, eq=False)
class Audience:
    """What one asker may see: `seen` by entry, `count` of them, how many documents (heads and passages) they have.

    `norm` is BM25's k1 (1 - b + b length / average), by entry. `known` are terms that were asked for, as this audience
    finds them: one question asks several times for each of its own.
    """

    seen: Mask
    count: int
    documents: int
    norm: Scores
    known: Kept[str, TermHits] = field(default_factory=lambda: Kept(MOST_TERMS, MOST_TERM_BYTES), repr=False)

    def idf(self, holding: int) -> float:
        """The weight of a word that so many of the entries seen hold, as Lucene's BM25 has it; never below zero."""
        return float(np.log1p((self.count - holding + 0.5) / (holding + 0.5)))


class Snapshot:
    """One committed state. Immutable but for caches; safe between threads.

    Entries are numbered across segments, and so are documents (heads and passages); numbers hold within a snapshot.
    """

    def __init__(self, segments: list[Segment], deleted: list[npt.NDArray[np.int32]], generation: int) -> None:
        self.generation = generation
        self.segments = segments
        self.entry_base = np.cumsum([0] + [s.entries for s in segments])
        self.document_base = np.cumsum([0] + [s.documents for s in segments])
        self.entries = int(self.entry_base[-1])
        self.documents = int(self.document_base[-1])
        starts = [s.starts[:-1] + base for s, base in zip(segments, self.document_base, strict=False)]
        self.starts: npt.NDArray[np.intp] = np.concatenate([*starts, [self.documents]]).astype(np.intp)
        self.entry_lengths: Scores = _joined([s.entry_lengths for s in segments], np.float64)
        self.lengths: Scores = _joined([s.lengths for s in segments], np.float64)
        gone = np.zeros(self.documents, bool)
        for base, documents in zip(self.document_base, deleted, strict=False):
            gone[documents + base] = True
        self.heads: list[Head] = [head for s in segments for head in s.heads]
        self.ids: list[str] = [head["id"] for head in self.heads]
        named = np.fromiter((bool(i) for i in self.ids), bool, self.entries)
        self.live: Mask = ~gone[self.starts[:-1]] & named if self.entries else named
        self.cursor = self._find_cursor(gone)
        self._frequencies: dict[str, int] = {}
        self._audiences: Kept[frozenset[str] | None, Audience] = Kept(MOST_AUDIENCES)

    def _find_cursor(self, gone: Mask) -> str:
        for segment, base in zip(reversed(self.segments), reversed(self.document_base[:-1]), strict=True):
            held = segment.cursor()
            if held is not None and not gone[held[0] + base]:
                return held[1]
        return ""

    @cached_property
    def entry_of(self) -> Mapping[str, int]:
        """Id to number of the live entries."""
        return {self.ids[entry]: entry for entry in np.flatnonzero(self.live).tolist()}

    def audience(self, audiences: frozenset[str] | None) -> Audience:
        """What members of these teams may see (None: everything), with its statistics; kept for the next time."""
        known = self._audiences.get(audiences)
        if known is None:
            seen = self.live if audiences is None else self.live & self._any("audience", ("", *audiences))
            known = self._measure(seen)
            self._audiences.put(audiences, known)
        return known

    def _measure(self, seen: Mask) -> Audience:
        count = int(seen.sum())
        average = float(self.entry_lengths[seen].sum()) / count if count else 1.0
        norm = K1 * (1 - B + B * self.entry_lengths / (average or 1.0))
        documents = int(np.diff(self.starts)[seen].sum())
        return Audience(seen, count, documents, norm)

    def _any(self, field: str, values: Iterable[str]) -> Mask:
        """The entries that have any of those values in a field."""
        mask = np.zeros(self.entries, bool)
        for segment, base in zip(self.segments, self.entry_base, strict=False):
            for value in values:
                mask[segment.facets[field].holding(value) + base] = True
        return mask

    def passing(self, filters: Filters) -> Mask | None:
        """The entries that filters let through; None where they ask nothing."""
        mask: Mask | None = None
        for name in FACETS:
            values = getattr(filters, name)
            if values:
                these = self._any(name, values)
                mask = these if mask is None else mask & these
        if filters.before or filters.after:
            dates = self.dates
            dated = dates != ""
            if filters.before:
                dated &= dates < filters.before
            if filters.after:
                dated &= dates >= filters.after
            mask = dated if mask is None else mask & dated
        if filters.within is not None:
            named = np.zeros(self.entries, bool)
            named[[entry for name in filters.within if (entry := self.entry_of.get(name)) is not None]] = True
            mask = named if mask is None else mask & named
        return mask

    @cached_property
    def dates(self) -> npt.NDArray[np.str_]:
        """The ISO date of each entry, empty where it has none."""
        return np.array([head["date"] for head in self.heads], dtype="U10")

    def facets(self, among: Mask) -> dict[str, dict[str, int]]:
        """Field to value to the number of entries in `among`, the most frequent first."""
        counts: dict[str, dict[str, int]] = {}
        for name in FACETS:
            found: dict[str, int] = {}
            for segment, base in zip(self.segments, self.entry_base.tolist(), strict=False):
                for value, count in segment.facets[name].counts(among[base : base + segment.entries]):
                    found[value] = found.get(value, 0) + count
            counts[name] = dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))
        return counts

    def term(self, term: str, audience: Audience) -> TermHits:
        """Where a term stands among the entries that the asker may see."""
        known = audience.known.get(term)
        if known is None:
            known = self._find(term, audience)
            audience.known.put(term, known, known.entries.nbytes + known.totals.nbytes)
        return known

    def _find(self, term: str, audience: Audience) -> TermHits:
        entries: list[npt.NDArray[np.intp]] = []
        totals: list[npt.NDArray[np.float32]] = []
        for segment, base in zip(self.segments, self.entry_base, strict=False):
            held = segment.postings(term)
            if len(held.entries):
                numbers = held.entries.astype(np.intp) + base
                keep = audience.seen[numbers]
                entries.append(numbers[keep])
                totals.append(held.totals[keep])
        found = np.concatenate(entries) if entries else np.empty(0, np.intp)
        counts = np.concatenate(totals) if totals else np.empty(0, np.float32)
        return TermHits(term, found, counts, audience.idf(len(found)))

    def frequency(self, term: str) -> int:
        """How many documents hold a term, those included that are deleted or hidden; reads no posting."""
        found = self._frequencies.get(term)
        if found is None:
            found = sum(segment.frequency(term) for segment in self.segments)
            if len(self._frequencies) >= MOST_FREQUENCIES:
                self._frequencies.clear()
            self._frequencies[term] = found
        return found

    def seen_frequency(self, term: str, audience: Audience) -> int:
        """How many documents (heads and passages) that the asker may see hold a term."""
        return sum(
            int(np.count_nonzero(audience.seen[segment.entry_of[segment.postings(term).docs] + base]))
            for segment, base in zip(self.segments, self.entry_base, strict=False)
            if segment.frequency(term)
        )

    def some_passages(self, term: str, audience: Audience, number: int) -> list[int]:
        """At most so many passages (documents) that hold a term and that the asker may see, by chance."""
        held: list[npt.NDArray[np.intp]] = []
        for segment, base, first in zip(self.segments, self.entry_base, self.document_base, strict=False):
            documents = segment.postings(term).docs
            entries = segment.entry_of[documents]
            passages = (documents != segment.starts[entries]) & audience.seen[entries + base]
            held.append(documents[passages].astype(np.intp) + first)
        return self.by_chance(np.concatenate(held), number).tolist() if held else []

    def by_chance(self, documents: npt.NDArray[np.intp], number: int) -> npt.NDArray[np.intp]:
        """Of some passages those whose hashes come first: the same chance for the same content, whatever came when."""
        names = np.empty(len(documents), np.uint64)
        held = np.searchsorted(self.document_base, documents, side="right") - 1
        for place in np.unique(held).tolist():
            mine = held == place
            hashes = self.segments[place].hashes[documents[mine] - self.document_base[place], :8]
            names[mine] = np.ascontiguousarray(hashes).view(">u8")[:, 0]
        return documents[np.argsort(names, kind="stable")[:number]]

    def titled(self, title: str) -> list[int]:
        """The entries that have, or had, that title."""
        key = title_key(title)
        if not key:
            return []
        bases = zip(self.segments, self.entry_base, strict=False)
        return [entry + int(base) for segment, base in bases for entry in segment.titles.get(key, ())]

    def bm25(self, hits: Iterable[tuple[TermHits, float]], audience: Audience) -> Scores:
        """The BM25 score of every entry (Lucene's variant), each term with its weight in the question."""
        scores = np.zeros(self.entries)
        for hit, weight in hits:
            frequency = hit.totals.astype(np.float64)
            scores[hit.entries] += weight * hit.idf * frequency / (frequency + audience.norm[hit.entries])
        return scores

    def passage_bm25(
        self, entries: Sequence[int], terms: Sequence[tuple[str, float]], audience: Audience
    ) -> list[Scores]:
        """For each entry the score of each of its documents by itself (its head first); `terms` with idf times weight.

        By segment and term, for all entries at once: one entry after the other takes several times as long.
        """
        wanted = np.array(entries, np.intp)
        counts = self.starts[wanted + 1] - self.starts[wanted]
        ends = np.cumsum(counts)
        documents = np.arange(int(counts.sum())) + np.repeat(self.starts[wanted] - (ends - counts), counts)
        norms = np.repeat(audience.norm[wanted], counts)
        held_in = np.searchsorted(self.document_base, documents, side="right") - 1
        scores = np.zeros(len(documents))
        for number in np.unique(held_in).tolist():
            mine = np.flatnonzero(held_in == number)
            local = documents[mine] - self.document_base[number]
            for term, weight in terms:
                frequency = self.segments[number].postings(term).among(local)
                scores[mine] += weight * frequency / (frequency + norms[mine])
        return np.split(scores, ends)[:-1]

    def part(self, document: int) -> Part:
        """What is stored of the passage in that document."""
        number = int(np.searchsorted(self.document_base, document, side="right")) - 1
        return self.segments[number].part(document - int(self.document_base[number]))

    def phrase(self, field: str, terms: list[tuple[str, int]], seen: Mask) -> Mask:
        """The entries where the terms stand at their distances from each other in one document's field."""
        mask = np.zeros(self.entries, bool)
        for segment, base in zip(self.segments, self.entry_base, strict=False):
            held: npt.NDArray[np.int64] | None = None
            for term, offset in terms:
                documents, positions = segment.positions(field, term)
                keys = (documents.astype(np.int64) << 20) + positions - offset + 70_000
                held = keys if held is None else np.intersect1d(held, keys)
                if not len(held):
                    break
            if held is not None and len(held):
                mask[segment.entry_of[held >> 20] + base] = True
        return mask & seen

    def prefixed(self, prefix: str, limit: int) -> list[str]:
        """Terms of title and text that begin with `prefix`, at most `limit` for each field and segment."""
        found: set[str] = set()
        for segment in self.segments:
            for name in (TITLE, TEXT):
                found.update(segment.terms(name, prefix, limit))
        return sorted(found)

    def postings(self, term: str) -> Iterator[tuple[Postings, int]]:
        """The postings of a term with the entry base of each segment."""
        for segment, base in zip(self.segments, self.entry_base, strict=False):
            yield segment.postings(term), int(base)

    def documents_of(self, ids: Iterable[str]) -> Iterator[int]:
        """The live documents of those entries; the empty id stands for the cursor's."""
        for name in ids:
            if name:
                entry = self.entry_of.get(name)
                if entry is not None:
                    yield from range(int(self.starts[entry]), int(self.starts[entry + 1]))
                continue
            for segment, base in zip(self.segments, self.document_base, strict=False):
                held = segment.cursor()
                if held is not None:
                    yield int(held[0] + base)

    def hashes(self) -> npt.NDArray[np.uint8]:
        """The text hash of every document, (documents, 32), zero for heads."""
        return _stacked([s.hashes for s in self.segments])

    @cached_property
    def _live_documents(self) -> Mask:
        live = np.repeat(self.live, np.diff(self.starts))
        live[self.starts[:-1]] = False
        return live

    def live_hashes(self) -> set[str]:
        """The text hashes (hexadecimal) of all live passages."""
        raw = self.hashes()[self._live_documents].tobytes().hex()
        return {raw[at : at + 64] for at in range(0, len(raw), 64)}

    def texts_for(self, hashes: Iterable[str]) -> Iterator[tuple[str, Wording]]:
        """(text hash, wording) of the live passages with those hashes, once for each hash."""
        wanted = set(hashes)
        table = self.hashes()
        entries = np.repeat(np.arange(self.entries), np.diff(self.starts))
        for document in np.flatnonzero(self._live_documents).tolist():
            name = table[document].tobytes().hex()
            if name in wanted:
                wanted.discard(name)
                yield name, self._wording(int(entries[document]), document)

    def _wording(self, entry: int, document: int) -> Wording:
        part = self.part(document)
        return Wording(self.heads[entry]["title"], part["path"], part["text"])

    def counts(self) -> tuple[int, int]:
        """(entries, passages) that are live."""
        return int(self.live.sum()), int(self._live_documents.sum())


def _joined(arrays: list[Ints], dtype: type[np.float64]) -> Scores:
    return np.concatenate(arrays).astype(dtype) if arrays else np.empty(0, dtype)


def _stacked(arrays: list[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    return np.concatenate(arrays) if arrays else np.empty((0, 32), np.uint8)

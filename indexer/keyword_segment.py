"""One segment of the keyword index as arrays: immutable, shared by every generation that holds the segment.

Whoosh stores what an entry is in pickled values, which are slow to read 100,000 times. The writer therefore keeps
them once more beside each segment as arrays (the side file, `MAIN_<segment>.side`); it is derived from the segment
alone, and a reader that misses it derives it again. Postings are read from Whoosh when first asked for and kept,
the least recently used ones being dropped beyond a number of bytes.
"""

from __future__ import annotations

import itertools
import json
import re
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, TypedDict, cast

import numpy as np
import numpy.typing as npt
from whoosh.reading import SegmentReader

from indexer.analysis import Analyser, fold
from indexer.durable import replace_file
from indexer.keyword_codec import NO_BLOCK, Block, count_documents, field_terms, read_postings
from indexer.keyword_postings import NO_POSTINGS, Postings, PostingsCache
from indexer.keyword_schema import DATA, TEXT, TITLE, Ints, coded, decoded
from indexer.vocabulary import Vocabulary

MOST_FREQUENCIES = 20_000
"""Terms of a segment, and of a snapshot, whose frequency is remembered, some 2 MB."""
SMALL = 4_000
"""Documents of a segment up to which its terms are kept, at most 2 MB: most words of a draft stand in no small one."""


class Head(TypedDict):
    """What is stored of an entry, in its head document. The head with an empty id holds the cursor.

    `pairs` are the acronyms that it explains, with what they stand for.
    """

    id: str
    title: str
    kind: str
    tags: list[str]
    team: str
    status: str
    date: str
    audience: list[str]
    former: list[str]
    links: list[str]
    pairs: list[tuple[str, str]]
    replaced: bool
    applied: int
    length: int
    cursor: str


class Part(TypedDict):
    """What is stored of a passage, in its own document. `hash` names the vector of its embedding text."""

    path: str
    text: str
    overlap: int
    headings: list[str]
    hash: str
    length: int


@dataclass(frozen=True, slots=True)
class Taught:
    """The acronyms that the entries of a segment explain.

    `pairs` holds, by folded short form, each time that it is explained: the entry, the place among the entry's pairs,
    the folded long form, and both as written. `begins` names the short forms by the first term of their long ones.
    """

    pairs: dict[str, list[tuple[int, int, str, tuple[str, str]]]]
    begins: dict[str, set[str]]

    @classmethod
    def of(cls, heads: list[Head], analyser: Analyser) -> Taught:
        """Gather them from the entries."""
        made = cls({}, {})
        terms: dict[str, str] = {}
        for entry, head in enumerate(heads):
            for place, (short, long) in enumerate(head["pairs"]):
                name, folded = fold(short), fold(long)
                made.pairs.setdefault(name, []).append((entry, place, folded, (short, long)))
                if long not in terms:
                    terms[long] = next(iter(analyser.terms(long)), "")
                made.begins.setdefault(terms[long], set()).add(name)
        return made


@dataclass(frozen=True, slots=True)
class Facet:
    """The entries of a segment by the values of one field: those of each value behind each other, from its start."""

    places: dict[str, int]
    entries: Ints
    starts: Ints

    @classmethod
    def of(cls, values: dict[str, list[int]]) -> Facet:
        """Lay out the entries of each value, of which there is at least one."""
        entries = np.fromiter(itertools.chain.from_iterable(values.values()), np.int32)
        starts = np.cumsum([0, *map(len, values.values())], dtype=np.int32)
        return cls({value: place for place, value in enumerate(values)}, entries, starts)

    def holding(self, value: str) -> Ints:
        """The entries that have a value."""
        place = self.places.get(value)
        return self.entries[:0] if place is None else self.entries[self.starts[place] : self.starts[place + 1]]

    def counts(self, among: npt.NDArray[np.bool_]) -> Iterator[tuple[str, int]]:
        """How many of the entries in `among` have each value; none of those that no entry has."""
        if not self.places:
            return iter(())
        counts = np.add.reduceat(among[self.entries], self.starts[:-1], dtype=np.int32).tolist()
        return ((value, count) for value, count in zip(self.places, counts, strict=True) if count)


class Segment:
    """The arrays of one segment.

    `starts` (entries + 1) gives each entry's head document; its passages follow up to the next start. `lengths` is
    by document, in terms; `entry_lengths` by entry. `hashes` is by document, 32 bytes each, zero for heads.
    """

    def __init__(self, name: str, reader: SegmentReader, side: dict[str, npt.NDArray[Any]], cache: PostingsCache):
        self.name = name
        self._reader = reader
        self._cache = cache
        self._lock = threading.Lock()
        self.starts: Ints = side["starts"]
        self.lengths: Ints = side["lengths"]
        self.hashes: npt.NDArray[np.uint8] = side["hashes"]
        self.heads: list[Head] = json.loads(side["heads"].tobytes())
        self._words = (side["words"], side["word_lengths"]) if "words" in side else None
        self.entries = len(self.heads)
        self.documents = len(self.lengths)
        self.entry_of: Ints = np.repeat(np.arange(self.entries, dtype=np.int32), np.diff(self.starts))
        self.entry_lengths: Ints = np.add.reduceat(self.lengths, self.starts[:-1]) if self.entries else self.lengths
        self.rows: tuple[object, npt.NDArray[np.intp]] | None = None
        self._taught: Taught | None = None
        self._frequencies: dict[str, int] = {}
        self._terms: frozenset[str] | None = None
        if self.documents:
            self._reader.stored_fields(0)  # opens the file of stored values while it is sure to be there

    def postings(self, term: str) -> Postings:
        """The postings of a term, title and text together; empty arrays where the segment does not hold it."""
        if not self._may_hold(term):
            return NO_POSTINGS
        key = (self.name, term)
        found = self._cache.get(key)
        if found is None:
            titled = coded(term) in self._titled
            title = read_postings(self._reader, TITLE, term) if titled else NO_BLOCK
            found = self._combine(title, read_postings(self._reader, TEXT, term))
            self._cache.put(key, found, found.nbytes)
        return found

    def frequency(self, term: str) -> int:
        """How many documents (heads and passages) hold a term, live or not; costs far less than its postings."""
        if self._terms is None and self.documents <= SMALL:
            self._terms = frozenset(map(decoded, self._titled.union(field_terms(self._reader, TEXT))))
        if not self._may_hold(term):
            return 0
        found = self._frequencies.get(term)
        if found is None:
            titled = coded(term) in self._titled
            found = count_documents(self._reader, TEXT, term)
            found += count_documents(self._reader, TITLE, term) if titled else 0
            if len(self._frequencies) >= MOST_FREQUENCIES:
                self._frequencies.clear()
            self._frequencies[term] = found
        return found

    @cached_property
    def _titled(self) -> frozenset[bytes]:
        """The terms of titles, a few megabytes at most: most words stand in no title, and looking there for each costs
        as much as looking in the text.
        """
        return frozenset(field_terms(self._reader, TITLE))

    def _may_hold(self, term: str) -> bool:
        """False where the terms are kept and this is none of them."""
        return self._terms is None or term in self._terms

    def _combine(self, title: Block, text: Block) -> Postings:
        docs, counts = text.documents, text.frequencies
        if len(title.documents):
            docs = np.concatenate([title.documents, docs])
            counts = np.concatenate([title.frequencies, counts])
            order = np.argsort(docs, kind="stable")
            docs, counts = docs[order], counts[order]
        entries = self.entry_of[docs]
        frequencies = counts.astype(np.float32)
        new = np.empty(len(entries), bool)
        new[:1] = True
        np.not_equal(entries[1:], entries[:-1], out=new[1:])
        first = np.flatnonzero(new)
        totals = np.add.reduceat(frequencies, first) if len(first) else frequencies
        return Postings(docs, frequencies, entries[first], totals)

    def positions(self, field: str, term: str) -> tuple[Ints, Ints]:
        """(document, position) of each occurrence of a term in one field, by document and position."""
        block = read_postings(self._reader, field, term)
        positions = np.frombuffer(block.positions, dtype=np.uint16).astype(np.int32)
        return np.repeat(block.documents, block.frequencies), positions

    def terms(self, field: str, prefix: str, limit: int) -> list[str]:
        """The first `limit` terms of a field that begin with `prefix`, in the order of their bytes."""
        found: list[str] = []
        start = coded(prefix)
        with self._lock:
            for name, term in self._reader.terms_from(field, start):
                if name != field or not term.startswith(start) or len(found) == limit:
                    break
                found.append(decoded(term))
        return found

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """The plain words of title and text."""
        if self._words is None:  # of an index from before they were kept
            return Vocabulary.of(plain_words(self._reader))
        text, lengths = self._words
        return Vocabulary.packed(text.tobytes().decode("utf-8", "surrogatepass"), lengths)

    def part(self, document: int) -> Part:
        """What is stored of the passage in that document."""
        with self._lock:
            return cast(Part, self._reader.stored_fields(document)[DATA])

    def cursor(self) -> tuple[int, str] | None:
        """The document that holds the cursor and the cursor, where this segment has (or had) it."""
        for entry, head in enumerate(self.heads):
            if not head["id"]:
                return int(self.starts[entry]), head["cursor"]
        return None

    def taught(self, analyser: Analyser) -> Taught:
        """The acronyms that its entries explain, live or not; `analyser` is that of the index."""
        if self._taught is None:
            self._taught = Taught.of(self.heads, analyser)
        return self._taught

    @cached_property
    def titles(self) -> dict[str, list[int]]:
        """Title key to the entries that have, or had, that title; current titles come first."""
        found: dict[str, list[int]] = {}
        for entry, head in enumerate(self.heads):
            found.setdefault(title_key(head["title"]), []).append(entry)
        for entry, head in enumerate(self.heads):
            for former in head["former"]:
                found.setdefault(title_key(former), []).append(entry)
        return found

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """Each field's entries by its values; `audience` under the empty value holds those open to all."""
        found: dict[str, dict[str, list[int]]] = {name: {} for name in (*FACETS, "audience")}
        for entry, head in enumerate(self.heads):
            if head["id"]:
                for name, values in facet_values(head).items():
                    for value in values:
                        found[name].setdefault(value, []).append(entry)
        return {name: Facet.of(values) for name, values in found.items()}


FACETS = ("kind", "tag", "team", "status", "year")


def title_key(title: str) -> str:
    """What two titles have in common that a reader would call the same."""
    return " ".join(re.findall(r"\w+", fold(title)))


def facet_values(head: Head) -> dict[str, list[str]]:
    """The values of an entry in each field that filters and facets know."""
    return {
        "kind": [head["kind"]] if head["kind"] else [],
        "tag": list(dict.fromkeys(head["tags"])),
        "team": [head["team"]] if head["team"] else [],
        "status": [head["status"]] if head["status"] else [],
        "year": [head["date"][:4]] if head["date"] else [],
        "audience": list(dict.fromkeys(head["audience"])) or [""],
    }


def side_path(directory: Path, name: str) -> Path:
    """Where the side file of a segment lies; Whoosh removes it with the segment's own files."""
    return directory / f"{name}.side"


def plain_words(reader: SegmentReader) -> list[str]:
    """The words of titles and texts that are letters alone, in order: what a misspelt word may have meant. Gathering
    those of a large segment for the first question with such a word made whoever asked then wait for a second.
    """
    raw = {*field_terms(reader, TITLE), *field_terms(reader, TEXT)}
    return sorted(word for word in map(decoded, raw) if word.isalpha())


def derive_side(reader: SegmentReader) -> dict[str, npt.NDArray[Any]]:
    """The side file's arrays from what Whoosh stores, deleted documents included."""
    starts: list[int] = []
    lengths: list[int] = []
    hashes = bytearray()
    heads: list[Head] = []
    for document in range(reader.doc_count_all()):
        data = reader.stored_fields(document)[DATA]
        if "id" in data:
            starts.append(document)
            heads.append(data)
            hashes += bytes(32)
        else:
            hashes += bytes.fromhex(data["hash"])
        lengths.append(data["length"])
    starts.append(len(lengths))
    words = plain_words(reader)
    return {
        "starts": np.array(starts, np.int32),
        "lengths": np.array(lengths, np.int32),
        "hashes": np.frombuffer(bytes(hashes), np.uint8).reshape(-1, 32),
        "heads": np.frombuffer(json.dumps(heads).encode(), np.uint8),
        "words": np.frombuffer("".join(words).encode("utf-8", "surrogatepass"), np.uint8),
        "word_lengths": np.fromiter(map(len, words), np.int32, len(words)),
    }


def write_side(path: Path, side: dict[str, npt.NDArray[Any]]) -> None:
    """Write the arrays whole or not at all."""
    header = json.dumps([[name, str(a.dtype), list(a.shape), a.nbytes] for name, a in side.items()]).encode()
    body = b"".join(array.tobytes() for array in side.values())
    replace_file(path, len(header).to_bytes(8, "little") + header + body)


def read_side(path: Path) -> dict[str, npt.NDArray[Any]] | None:
    """The arrays, or None where the file is missing or damaged."""
    try:
        raw = path.read_bytes()
        offset = 8 + int.from_bytes(raw[:8], "little")
        side: dict[str, npt.NDArray[Any]] = {}
        for name, dtype, shape, size in json.loads(raw[8:offset]):
            side[name] = np.frombuffer(raw[offset : offset + size], dtype=dtype).reshape(shape)
            offset += size
    except (OSError, ValueError, TypeError):
        return None
    return side if {"starts", "lengths", "hashes", "heads"} <= set(side) else None

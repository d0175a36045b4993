"""One generation of the index, opened for writing: what follows a source and what gives passages their vectors.

The keyword half comes first and moves the cursor; a batch and its cursor are one commit. Vectors catch up behind:
a passage lacks one exactly when its text's hash has no row, so nothing but the two halves themselves says what is
left to do, and a kill between any two steps leaves nothing to mend.
"""

from __future__ import annotations

import itertools
import logging
import math
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from indexer import floor
from indexer.documents import Changes, Document, Source
from indexer.encoder import Encoder, Floats
from indexer.keyword import KeywordIndex, Merge
from indexer.manifest import Generation, write_manifest
from indexer.vector_files import Packed, VectorsDamagedError, pack
from indexer.vectors import VectorSnapshot, VectorStore
from indexer.wording import Wording

log = logging.getLogger(__name__)

# Documents in one commit: large enough for the cost of a commit to vanish, small enough for an import to show.
DOCUMENTS = 500
# A change of at most so many documents is a save (or a few): its passages go before the backlog of an import.
SMALL_CHANGE = 50
# A change of one entry in so many, or more, may rewrite all of a small index.
MANY = 4
# Texts sorted by length at a time; more sort better and take more memory.
CHUNK = 2048
# Passages encoded in one call: the encoder loses nothing to its best at 16, and a question waits for a fraction.
ENCODE = 16
# Sentences encoded in one call: together as long as the passages of a call.
PARTS = 32
# Texts of which the vector is remembered: a title and an overlap come again, and so does what an error interrupts.
RECENT = 8192
# The floor is measured again when the collection is so many times as large, or as small.
GROWN = 1.5
# Vectors written at a time; each time costs a few fsyncs.
APPEND = 256


@dataclass
class Pending:
    """Texts without a vector: `fresh` ones of the newest changes, the `chunk` at hand and the `backlog` behind it."""

    fresh: dict[str, Wording] = field(default_factory=dict)
    chunk: dict[str, Wording] = field(default_factory=dict)
    backlog: list[str] = field(default_factory=list)
    scan: bool = True

    def __len__(self) -> int:
        return len(self.fresh) + len(self.chunk) + len(self.backlog)


class GenerationWriter:
    """A generation opened for writing; the caller holds the directory's lock.

    `waiting` counts documents of the change being followed that are not in the index yet, as far as is known.
    """

    def __init__(self, generation: Generation, before_batch: Callable[[], None] = lambda: None) -> None:
        self.generation = generation
        self.keyword = KeywordIndex.create_or_open(generation.keyword_path, generation.manifest.language)
        self.keyword.snapshot()  # reads every segment: damage shows now, while another generation can still be made
        self.store: VectorStore | None = None
        self.pending = Pending()
        self.waiting = 0
        self.encoded = 0
        self._encoder: Encoder | None = None
        self._recent: dict[str, Floats] = {}
        self._before_batch = before_batch
        self._untidy = True
        if generation.manifest.fingerprint:
            self._open_store()

    def close(self) -> None:
        """Close the files; everything written is on the disk already."""
        if self.store is not None:
            self.store.close()

    # -- keyword ---------------------------------------------------------------------------------------------------

    def follow(self, source: Source) -> Iterator[int]:
        """Bring the keyword half up to the source's tip; yields after each commit how many documents it held.

        Only the last commit moves the cursor: a kill before it makes the change come again, which is harmless.
        """
        cursor = self.keyword.cursor()
        if source.tip() == cursor:
            return
        changes = source.changes(cursor)
        upserts = changes.upserts
        self.waiting = len(upserts) if isinstance(upserts, Sequence) else 1
        try:
            yield from self._commits(changes, cursor)
        finally:
            self.waiting = 0

    def _commits(self, changes: Changes, cursor: str) -> Iterator[int]:
        seen: set[str] = set()
        first = True
        for batch, last in _batches(changes.upserts):
            seen.update(document.id for document in batch)
            deletes = self._gone(changes, seen) if last else ()
            small = first and last and len(batch) <= SMALL_CHANGE
            if not (last and first and not batch and not deletes and changes.cursor == cursor):
                merge: Merge = "small" if small else "all" if last and self._many(len(seen)) else "nothing"
                texts = self.keyword.apply(batch, deletes, changes.cursor if last else cursor, merge=merge)
                self._note(texts, small)
                self.waiting = max(self.waiting - len(batch), 0 if last else 1)
                first = False
                yield len(batch)

    def _many(self, changed: int) -> bool:
        """Whether so many changed entries are enough for the others to be written anew with them."""
        return changed * MANY >= self.keyword.counts()[0]

    def _gone(self, changes: Changes, seen: set[str]) -> Sequence[str]:
        """What has to go with the last commit: what the change says, and whatever a complete one does not name."""
        if not changes.complete:
            return changes.deletes
        return [known for known in self.keyword.snapshot().entry_of if known and known not in seen]

    def _note(self, texts: list[tuple[str, Wording]], small: bool) -> None:
        self._untidy = True
        if not small:
            self.pending.scan = True
        elif self.store is not None:
            absent = set(self._absent([name for name, _ in texts]))
            self.pending.fresh.update(pair for pair in texts if pair[0] in absent)

    # -- vectors ---------------------------------------------------------------------------------------------------

    def _open_store(self) -> None:
        """Open the vectors of the manifest's model; damaged ones are dropped and encoded again."""
        if self.store is not None:
            self.store.close()
        path, dimension = self.generation.vectors_path, self.generation.manifest.dimension
        try:
            self.store = VectorStore(path, dimension)
        except VectorsDamagedError:
            log.exception("%s is damaged and is made again", path)
            shutil.rmtree(path)
            self.store = VectorStore(path, dimension)
        self.pending = Pending()

    def use(self, encoder: Encoder) -> None:
        """Encode with `encoder` from now on. Vectors of another model are left behind, and its floor with them."""
        self._encoder = encoder
        self._recent.clear()
        manifest = self.generation.manifest
        if manifest.fingerprint != encoder.fingerprint or manifest.dimension != encoder.dimension:
            changed = manifest.with_model(encoder.name, encoder.fingerprint, encoder.dimension)
            self.generation = write_manifest(self.generation.path, changed)
            self._open_store()

    def adopt(self, others: VectorSnapshot) -> int:
        """Take over the vectors that another generation of the same model holds; says how many."""
        if self.store is None:
            return 0
        missing = self.missing()
        rows = others.row_of(missing)
        known = [(name, int(row)) for name, row in zip(missing, rows, strict=True) if row >= 0]
        for start in range(0, len(known), CHUNK):
            part = known[start : start + CHUNK]
            chosen = np.array([row for _, row in part], dtype=np.intp)
            packed, counts = others.packed_parts(chosen)
            pieces = np.split(packed, np.cumsum(counts)[:-1])
            self.store.append([name for name, _ in part], others.vectors(chosen), pieces)
        self.pending.scan = True
        return len(known)

    def missing(self) -> list[str]:
        """The text hashes of live passages that have no vector yet, in order."""
        if self.store is None:
            return []
        return self._absent(sorted(self.keyword.live_hashes()))

    def _absent(self, names: list[str]) -> list[str]:
        rows = self.store.snapshot.row_of(names) if self.store is not None else [-1] * len(names)
        return [name for name, row in zip(names, rows, strict=True) if row < 0]

    def embed(self, seconds: float = 0.5) -> int:
        """Encode passages that have no vector for about that long; says how many were done, 0 when none is left."""
        return self._embed(seconds, self._next_batch)

    def embed_fresh(self) -> int:
        """Encode what the newest saves brought, and nothing else."""
        return self._embed(math.inf, self._fresh_batch)

    def _embed(self, seconds: float, take: Callable[[], list[tuple[str, Wording]]]) -> int:
        if self.store is None or self._encoder is None:
            return 0
        until = time.monotonic() + seconds
        names: list[str] = []
        wholes: list[Floats] = []
        parts: list[Packed] = []
        try:
            while len(names) < APPEND and (not names or time.monotonic() < until) and (batch := take()):
                whole, pieces = self._encode([wording for _, wording in batch], self._encoder)
                wholes.append(whole)
                parts.extend(pieces)
                names.extend(name for name, _ in batch)
                self._drop(name for name, _ in batch)
        finally:
            # What an error or a stop interrupts is not encoded again; what it loses is found by the next scan.
            if names:
                asked = self.pending.scan  # by a large change that came meanwhile
                self.pending.scan = True
                self.store.append(names, np.concatenate(wholes), parts)
                self.pending.scan = asked
        self.encoded += len(names)
        self._untidy = self._untidy or bool(names)
        return len(names)

    def _encode(self, wordings: list[Wording], encoder: Encoder) -> tuple[Floats, list[Packed]]:
        """The vectors of some passages, and the packed parts of each: its title and its sentences."""
        wholes = [wording.whole for wording in wordings]
        known = self._known(wholes, ENCODE, encoder)
        parts = [wording.parts for wording in wordings]
        pieces = self._known([text for texts in parts for text in texts if text], PARTS, encoder)
        pieces[""] = np.zeros(encoder.dimension, np.float32)
        packed = [pack(np.stack([pieces[text] for text in texts])) for texts in parts]
        return np.stack([known[text] for text in wholes]), packed

    def _known(self, texts: list[str], at_once: int, encoder: Encoder) -> dict[str, Floats]:
        """The vector of each text, each encoded once; what an error interrupts is remembered."""
        known = {text: self._recent[text] for text in texts if text in self._recent}
        absent = [text for text in dict.fromkeys(texts) if text not in known]
        for start in range(0, len(absent), at_once):
            self._before_batch()
            some = absent[start : start + at_once]
            fresh = dict(zip(some, encoder.encode(some, query=False), strict=True))
            known.update(fresh)
            self._recent.update(fresh)
        for text in list(itertools.islice(self._recent, max(0, len(self._recent) - RECENT))):
            del self._recent[text]
        return known

    def _drop(self, names: Iterable[str]) -> None:
        for name in names:
            self.pending.fresh.pop(name, None)
            self.pending.chunk.pop(name, None)

    def _fresh_batch(self) -> list[tuple[str, Wording]]:
        return list(itertools.islice(self.pending.fresh.items(), ENCODE))

    def _next_batch(self) -> list[tuple[str, Wording]]:
        """The next few texts to encode: those of the newest saves, then the backlog by length, longest first."""
        if self.pending.fresh:
            return self._fresh_batch()
        if not self.pending.chunk:
            self._fill()
        return list(itertools.islice(self.pending.chunk.items(), ENCODE))

    def _fill(self) -> None:
        pending = self.pending
        if pending.scan:
            pending.scan = False
            pending.backlog = self.missing()
        while pending.backlog and not pending.chunk:
            part, pending.backlog = pending.backlog[:CHUNK], pending.backlog[CHUNK:]
            names = [name for name in self._absent(part) if name not in pending.fresh]
            texts = sorted(self.keyword.texts_for(names), key=lambda pair: len(pair[1].text), reverse=True)
            pending.chunk = dict(texts)

    # -- the floor -------------------------------------------------------------------------------------------------

    def measure_floor(self) -> bool:
        """Measure the relatedness floor where it is due, once every passage has a vector; True when it was.

        Due when the collection has grown or shrunk by half since the last time. Small collections tell nothing of
        chance and keep the model's default.
        """
        if self.store is None or self._encoder is None or len(self.pending) or self.pending.scan:
            return False
        entries, manifest = self.keyword.counts()[0], self.generation.manifest
        if entries < floor.ENOUGH:
            value, at = None, 0
        elif manifest.floor_entries / GROWN < entries < manifest.floor_entries * GROWN:
            return False
        else:
            value, at = floor.measure(self._encoder.encode(floor.PROBES), self._live_vectors()), entries
        if (value, at) == (manifest.floor, manifest.floor_entries):
            return False
        self.generation = write_manifest(self.generation.path, manifest.with_floor(value, at))
        return True

    def _live_vectors(self) -> Iterator[Floats]:
        """The vectors of live passages, in blocks."""
        assert self.store is not None, "asked only once there are vectors"
        rows = self.store.snapshot.row_of(sorted(self.keyword.live_hashes()))
        rows = rows[rows >= 0]
        for start in range(0, len(rows), CHUNK):
            yield self.store.snapshot.vectors(rows[start : start + CHUNK])

    # -- in quiet moments ------------------------------------------------------------------------------------------

    def tidy(self) -> bool:
        """One bounded piece of cleaning up; True when something was done and more may be left."""
        if not self._untidy:
            return False
        if self.keyword.compact():
            return True
        if self.store is not None and self.store.wasteful(self.keyword.counts()[1]):
            self.store.compact(self.keyword.live_hashes())
            return True
        self._untidy = False
        return False


def _batches(documents: Iterable[Document]) -> Iterator[tuple[list[Document], bool]]:
    """Lists of at most DOCUMENTS and whether each is the last; at least one list, which may be empty."""
    remaining = iter(documents)
    batch = list(itertools.islice(remaining, DOCUMENTS))
    while True:
        following = list(itertools.islice(remaining, DOCUMENTS))
        yield batch, not following
        if not following:
            return
        batch = following

"""Passage vectors on disk, keyed by the hash of the text they stand for, searched exactly by one matrix product.

A directory holds a small `head.json` that names a set of files and how many rows of them count:

    head.json          {"file": 3, "rows": 1200, "dimension": 384, "parts": 6100}
    vectors-3.f32      rows x dimension float32, unit length, padded with zero rows to a multiple of 64
    vectors-3.keys     rows x 32 bytes, the SHA-256 of each row's text
    vectors-3.parts    the vectors of title and sentences (`vector_files`), those of one row behind each other
    vectors-3.ends     rows x int64: where the parts of each row end

The head is replaced by a rename after all files are on the disk, so whatever a kill leaves behind it does not
count: the next writer cuts it off. There is one writer (the indexer's process holds a lock on the directory above);
readers map the file and look at the head, a few microseconds, to notice what was added. Compaction writes the next
set of files and swings the head over; readers keep their old map until they look again.

float32 is not thrift's choice but speed's: numpy multiplies 100,000 x 384 in 16 ms here, and int8 and float16, for
which BLAS has no product, take many times that.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from indexer.cores import share_out
from indexer.durable import replace_file, sync_directory
from indexer.vector_files import (
    BLOCK,
    END_BYTES,
    HEAD,
    KEY_BYTES,
    SCALE_BYTES,
    Head,
    Packed,
    VectorFiles,
    VectorsDamagedError,
    read_head,
    unpack,
)

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]
Hashes = Sequence[str] | NDArray[np.uint8]
"""Text hashes: hexadecimal, or as a table of n x 32 bytes."""

# A file of a few rows is not worth rewriting, whatever part of it is dead.
COMPACT_FROM_ROWS = 1024
COMPACT_DEAD_SHARE = 0.25
# Rows that several queries are multiplied with one after the other: 3 MB for the bundled model. Whole blocks, so that
# each row is summed as in one product.
TOGETHER = 32 * BLOCK


def _words(hashes: Hashes) -> NDArray[np.uint64]:
    """SHA-256 hashes as (n, 4) words; raises ValueError for anything else."""
    raw = hashes.tobytes() if isinstance(hashes, np.ndarray) else bytes.fromhex("".join(hashes))
    if len(raw) != KEY_BYTES * len(hashes):
        raise ValueError("a vector's key is the 64 hexadecimal digits of a SHA-256")
    return np.frombuffer(raw, dtype=">u8").astype(np.uint64).reshape(-1, 4)


def _mapped(path: Path, kind: type[np.generic], shape: tuple[int, int]) -> NDArray[Any]:
    """A file as a plain array: each slice of a `memmap` costs as much as the product with a hundred rows."""
    return np.asarray(np.memmap(path, dtype=kind, mode="r", shape=shape))


class VectorSnapshot:
    """The vectors as they stood when it was opened. Immutable, so threads may share it.

    `rows` counts them and `dimension` is their width. A row's number holds within this snapshot only.
    """

    def __init__(self, directory: Path, head: Head, before: VectorSnapshot | None = None) -> None:
        self._directory = directory
        self._head = head
        self.rows = head.rows
        self.dimension = head.dimension
        self._matrix = self._map()
        known = before if before is not None and before._head.file == head.file else None
        self._keys, self._sorted, self._order = self._index(known)
        self._parts = self._map_parts()
        self._ends = self._read_ends(known)

    def _map(self) -> Floats:
        if not self.rows:
            return np.zeros((0, self.dimension), dtype=np.float32)
        padded = -(-self.rows // BLOCK) * BLOCK
        path = self._head.path(self._directory, "f32")
        return _mapped(path, np.float32, (padded, self.dimension))

    def _map_parts(self) -> Packed:
        shape = (self._head.parts, SCALE_BYTES + self.dimension)
        if not self._head.parts:
            return np.zeros(shape, dtype=np.uint8)
        return _mapped(self._head.path(self._directory, "parts"), np.uint8, shape)

    def _read_ends(self, known: VectorSnapshot | None) -> Rows:
        """Where the parts of each row end, behind a zero, so that those of a row lie between two neighbours."""
        held = known._ends if known is not None and known.rows <= self.rows else np.zeros(1, dtype=np.intp)
        start = len(held) - 1
        if start == self.rows:
            return held
        path = self._head.path(self._directory, "ends")
        fresh = np.fromfile(path, "<i8", self.rows - start, offset=start * END_BYTES)
        if len(fresh) != self.rows - start:
            raise ValueError(f"{path} is short")
        return np.concatenate([held, fresh.astype(np.intp)])

    def _index(self, known: VectorSnapshot | None) -> tuple[NDArray[np.uint64], NDArray[np.uint64], Rows]:
        """Keys by row, the first word of each in order, and the rows in that order; extends those of `known`."""
        start = known.rows if known is not None and known.rows <= self.rows else 0
        fresh = self._read_keys(start)
        if known is None or not start:
            order = np.argsort(fresh[:, 0], kind="stable")
            return fresh, fresh[order, 0], order
        at = np.argsort(fresh[:, 0], kind="stable")
        places = np.searchsorted(known._sorted, fresh[at, 0])
        merged = np.insert(known._sorted, places, fresh[at, 0])
        return np.concatenate([known._keys, fresh]), merged, np.insert(known._order, places, at + start)

    def _read_keys(self, start: int) -> NDArray[np.uint64]:
        count = self.rows - start
        if not count:
            return np.zeros((0, 4), dtype=np.uint64)
        path = self._head.path(self._directory, "keys")
        raw = np.fromfile(path, dtype=">u8", count=count * 4, offset=start * KEY_BYTES)
        if raw.size != count * 4:
            raise ValueError(f"{path} is short")
        return raw.astype(np.uint64).reshape(-1, 4)

    def row_of(self, hashes: Hashes) -> Rows:
        """The row of each text hash (hexadecimal SHA-256, or n x 32 bytes), -1 for those that have no vector yet."""
        found = np.full(len(hashes), -1, dtype=np.intp)
        if not len(hashes) or not self.rows:
            return found
        wanted = _words(hashes)
        place = np.searchsorted(self._sorted, wanted[:, 0])
        # Two texts that share 64 bits of their hash are a thought experiment, but the whole key is compared.
        for _ in range(3):
            inside = place < self.rows
            candidates = self._order[np.where(inside, place, 0)]
            same = inside & (self._keys[candidates] == wanted).all(axis=1) & (found < 0)
            found[same] = candidates[same]
            place = place + 1
            more = place < self.rows
            if not (more & (found < 0) & (self._sorted[np.where(more, place, 0)] == wanted[:, 0])).any():
                break
        return found

    def hashes(self) -> list[str]:
        """The text hash of every row, by row."""
        raw = self._keys.astype(">u8").tobytes().hex()
        return [raw[at : at + 2 * KEY_BYTES] for at in range(0, len(raw), 2 * KEY_BYTES)]

    def vectors(self, rows: Rows) -> Floats:
        """A copy of those rows, (len(rows), dimension)."""
        return np.asarray(self._matrix[rows], dtype=np.float32)

    def parts(self, rows: Rows) -> tuple[Floats, Rows]:
        """The parts of those rows (copied, those of each row behind each other), and how many each row has.

        The first part of a row that has any is its title, all zeros where there is none; the others are its
        sentences in order.
        """
        packed, counts = self.packed_parts(rows)
        return unpack(packed), counts

    def packed_parts(self, rows: Rows) -> tuple[Packed, Rows]:
        """As `parts`, in the form in which they are kept."""
        first, counts = self._ends[rows], self._ends[rows + 1] - self._ends[rows]
        before = np.cumsum(counts) - counts
        places = np.repeat(first - before, counts) + np.arange(int(counts.sum()))
        return self._parts.take(places, axis=0), counts

    def scores(self, query: Floats) -> Floats:
        """The cosine of every row with `query` (unit length, (dimension,)), by row: one matrix product.

        A row's score is the same, to the bit, wherever it stands among the others.
        """
        if query.shape != (self.dimension,):
            raise ValueError(f"the query has shape {query.shape}, the vectors have {self.dimension} dimensions")
        if not self.rows:
            return np.zeros(0, dtype=np.float32)
        return self.best_scores(query[np.newaxis])

    def best_scores(self, queries: Floats) -> Floats:
        """By row, the highest of its cosines with several queries (n, dimension): what `scores` says of each.

        The matrix is read once for all of them, in blocks that stay in the processor's cache for as long.
        """
        best = np.empty(len(self._matrix), dtype=np.float32)
        first, *others = np.ascontiguousarray(queries, dtype=np.float32)

        def multiply(start: int, end: int) -> None:
            for at in range(start, end, TOGETHER):
                block, part = self._matrix[at : min(at + TOGETHER, end)], best[at : min(at + TOGETHER, end)]
                np.matmul(block, first, out=part)
                for query in others:
                    np.maximum(part, block @ query, out=part)

        share_out(multiply, len(best), BLOCK)
        return best[: self.rows]

    def blocks(self, size: int = 4096) -> Iterator[tuple[int, Floats]]:
        """The matrix in slices of at most `size` rows, each with the number of its first row."""
        for start in range(0, self.rows, size):
            yield start, self._matrix[start : min(start + size, self.rows)]

    def differs(self, other: VectorSnapshot) -> bool:
        """Whether the other one, of the same store, holds something else."""
        return self._head != other._head or self._directory != other._directory

    def stale(self) -> bool:
        """Whether the store has moved on since this snapshot was taken; reads one small file."""
        return read_head(self._directory, self.dimension) != self._head

    def refreshed(self) -> VectorSnapshot:
        """This snapshot where it is still the newest, else the newest, opened from what is known already."""
        return self if not self.stale() else _open(self._directory, self.dimension, self)


def _open(directory: Path, dimension: int, before: VectorSnapshot | None = None) -> VectorSnapshot:
    """Open the newest, again where a compaction takes the files away between the head and them."""
    for _ in range(5):
        head = read_head(directory, dimension)
        try:
            return VectorSnapshot(directory, head, before)
        except (FileNotFoundError, ValueError) as error:
            if read_head(directory, dimension) == head:
                raise VectorsDamagedError(f"The vectors in {directory} do not hold what {HEAD} says") from error
    raise VectorsDamagedError(f"{directory} changes faster than it can be opened")


class VectorStore:
    """The one writer of a directory of vectors; readers call `VectorStore.open`.

    Raises VectorsDamagedError where the files are shorter than the head says, which only a lost disk brings about.
    """

    def __init__(self, directory: Path, dimension: int) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory = directory
        self._dimension = dimension
        self._head = read_head(directory, dimension)
        self._sweep()
        self._files = VectorFiles(directory, self._head)
        try:
            self.snapshot = _open(directory, dimension)
        except BaseException:
            self.close()
            raise

    @staticmethod
    def open(directory: Path, dimension: int) -> VectorSnapshot:
        """The vectors as they stand, for reading; empty where there are none."""
        return _open(directory, dimension)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the files; what was appended is already on the disk."""
        self._files.close()

    def _sweep(self) -> None:
        """Remove files that no head names: a compaction that was killed, or one that was finished."""
        keep = {HEAD, *(self._head.path(self._directory, kind).name for kind in self._head.sizes())}
        for path in self._directory.iterdir():
            if path.name not in keep:
                path.unlink()

    def append(self, hashes: Sequence[str], vectors: Floats, parts: Sequence[Packed] = ()) -> int:
        """Add the vectors (n, dimension) of those texts durably and say how many were new.

        `parts` are those of each text, packed; without them a text is only known as a whole. A text
        that is there already, or twice in the call, is left as it is. Not finite is refused (ValueError):
        one such row would make every ranking that touches it meaningless.
        """
        if vectors.shape != (len(hashes), self._dimension):
            raise ValueError(f"{len(hashes)} texts of {self._dimension} dimensions do not go with {vectors.shape}")
        if not np.isfinite(vectors).all():
            raise ValueError("a vector is not finite")
        if parts and len(parts) != len(hashes):
            raise ValueError(f"the parts of {len(parts)} texts do not go with {len(hashes)} texts")
        none: Packed = np.zeros((0, SCALE_BYTES + self._dimension), dtype=np.uint8)
        first = {text_hash: at for at, text_hash in reversed(list(enumerate(hashes)))}
        absent = self.snapshot.row_of(list(first))
        fresh = sorted(at for at, row in zip(first.values(), absent, strict=True) if row < 0)
        if fresh:
            keys = bytes.fromhex("".join(hashes[at] for at in fresh))
            chosen = [parts[at] if parts else none for at in fresh]
            self._publish(self._files.write(self._head, keys, vectors[fresh], chosen))
        return len(fresh)

    def _publish(self, head: Head) -> None:
        self._files.sync()
        sync_directory(self._directory)
        content = {"file": head.file, "rows": head.rows, "dimension": head.dimension, "parts": head.parts}
        replace_file(self._directory / HEAD, json.dumps(content).encode())
        self._head = head
        self.snapshot = self.snapshot.refreshed()

    def wasteful(self, live: int) -> bool:
        """Whether so much is dead, with `live` texts in use, that a rewrite pays."""
        rows = self._head.rows
        return rows >= COMPACT_FROM_ROWS and rows - live > COMPACT_DEAD_SHARE * rows

    def compact(self, live: Collection[str]) -> None:
        """Rewrite the store with only those texts, in the order they have. Readers go on with the old files."""
        old, rows = self.snapshot, _rows_of(self.snapshot, live)
        head = Head(self._head.file + 1, 0, self._dimension)
        self.close()
        self._files = VectorFiles(self._directory, head)
        names = old.hashes()
        for start in range(0, len(rows), 4096):
            some = rows[start : start + 4096]
            packed, counts = old.packed_parts(some)
            keys = bytes.fromhex("".join(names[row] for row in some))
            head = self._files.write(head, keys, old.vectors(some), np.split(packed, np.cumsum(counts)[:-1]))
        self._publish(head)
        self._sweep()


def _rows_of(snapshot: VectorSnapshot, live: Iterable[str]) -> Rows:
    rows = snapshot.row_of(list(live))
    return np.unique(rows[rows >= 0])

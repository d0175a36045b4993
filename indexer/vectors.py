"""Passage vectors on disk, keyed by the hash of the text they stand for, searched exactly by one matrix product.

A directory holds a small `head.json` that names a pair of files and how many rows of them count:

    head.json          {"file": 3, "rows": 1200, "dimension": 384}
    vectors-3.f32      rows x dimension float32, unit length, padded with zero rows to a multiple of 64
    vectors-3.keys     rows x 32 bytes, the SHA-256 of each row's text

The head is replaced by a rename after both files are on the disk, so whatever a kill leaves behind it does not
count: the next writer cuts it off. There is one writer (the indexer's process holds a lock on the directory above);
readers map the file and look at the head, a few microseconds, to notice what was added. Compaction writes the next
pair of files and swings the head over; readers keep their old map until they look again.

float32 is not thrift's choice but speed's: numpy multiplies 100,000 x 384 in 16 ms here, and int8 and float16, for
which BLAS has no product, take many times that.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self

import numpy as np
from numpy.typing import NDArray

from indexer.durable import replace_file, sync_directory

Floats = NDArray[np.float32]
Rows = NDArray[np.intp]
Hashes = Sequence[str] | NDArray[np.uint8]
"""Text hashes: hexadecimal, or as a table of n x 32 bytes."""

HEAD = "head.json"
KEY_BYTES = 32
# BLAS sums the rows of a full block in one order and those of a ragged end in another. Whole blocks only, so that
# a row's score does not depend on where it stands.
BLOCK = 64
# A file of a few rows is not worth rewriting, whatever part of it is dead.
COMPACT_FROM_ROWS = 1024
COMPACT_DEAD_SHARE = 0.25


@dataclass(frozen=True, slots=True)
class Head:
    """What counts in a store: which pair of files, and how many of their rows."""

    file: int
    rows: int
    dimension: int

    def vectors_path(self, directory: Path) -> Path:
        """The matrix."""
        return directory / f"vectors-{self.file}.f32"

    def keys_path(self, directory: Path) -> Path:
        """The hashes of its rows."""
        return directory / f"vectors-{self.file}.keys"


def read_head(directory: Path, dimension: int) -> Head:
    """The head as it stands; one of no rows where there is none, or where it is of another dimension."""
    try:
        raw = json.loads((directory / HEAD).read_bytes())
        head = Head(int(raw["file"]), int(raw["rows"]), int(raw["dimension"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return Head(0, 0, dimension)
    return head if head.dimension == dimension else Head(head.file + 1, 0, dimension)


def _words(hashes: Hashes) -> NDArray[np.uint64]:
    """SHA-256 hashes as (n, 4) words; raises ValueError for anything else."""
    raw = hashes.tobytes() if isinstance(hashes, np.ndarray) else bytes.fromhex("".join(hashes))
    if len(raw) != KEY_BYTES * len(hashes):
        raise ValueError("a vector's key is the 64 hexadecimal digits of a SHA-256")
    return np.frombuffer(raw, dtype=">u8").astype(np.uint64).reshape(-1, 4)


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

    def _map(self) -> Floats:
        if not self.rows:
            return np.zeros((0, self.dimension), dtype=np.float32)
        padded = -(-self.rows // BLOCK) * BLOCK
        path = self._head.vectors_path(self._directory)
        return np.memmap(path, dtype=np.float32, mode="r", shape=(padded, self.dimension))

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
        path = self._head.keys_path(self._directory)
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

    def scores(self, query: Floats) -> Floats:
        """The cosine of every row with `query` (unit length, (dimension,)), by row: one matrix product.

        A row's score is the same, to the bit, wherever it stands among the others.
        """
        if query.shape != (self.dimension,):
            raise ValueError(f"the query has shape {query.shape}, the vectors have {self.dimension} dimensions")
        if not self.rows:
            return np.zeros(0, dtype=np.float32)
        product: Floats = self._matrix @ np.ascontiguousarray(query, dtype=np.float32)
        return product[: self.rows]

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
                raise VectorsDamagedError(f"{head.vectors_path(directory)} does not hold what {HEAD} says") from error
    raise VectorsDamagedError(f"{directory} changes faster than it can be opened")


class VectorsDamagedError(RuntimeError):
    """The files do not hold what their head says. The indexer drops such a store and encodes again."""


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
        self._vectors, self._keys = self._files(self._head)
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
        self._vectors.close()
        self._keys.close()

    def _sweep(self) -> None:
        """Remove files that no head names: a compaction that was killed, or one that was finished."""
        keep = {HEAD, self._head.vectors_path(self._directory).name, self._head.keys_path(self._directory).name}
        for path in self._directory.iterdir():
            if path.name not in keep:
                path.unlink()

    def _files(self, head: Head) -> tuple[BinaryIO, BinaryIO]:
        """Both files, opened to write behind the rows that count, with whatever a kill left there cut off."""
        keys = _open_cut(head.keys_path(self._directory), head.rows * KEY_BYTES)
        try:
            padded = -(-head.rows // BLOCK) * BLOCK
            return _open_cut(head.vectors_path(self._directory), padded * head.dimension * 4), keys
        except BaseException:
            keys.close()
            raise

    def append(self, hashes: Sequence[str], vectors: Floats) -> int:
        """Add the vectors (n, dimension) of those texts durably and say how many were new.

        A text that is there already, or twice in the call, is left as it is. Not finite is refused (ValueError):
        one such row would make every ranking that touches it meaningless.
        """
        if vectors.shape != (len(hashes), self._dimension):
            raise ValueError(f"{len(hashes)} texts of {self._dimension} dimensions do not go with {vectors.shape}")
        if not np.isfinite(vectors).all():
            raise ValueError("a vector is not finite")
        first = {text_hash: at for at, text_hash in reversed(list(enumerate(hashes)))}
        absent = self.snapshot.row_of(list(first))
        fresh = sorted(at for at, row in zip(first.values(), absent, strict=True) if row < 0)
        if fresh:
            _write(self._vectors, self._keys, self._head.rows, [hashes[at] for at in fresh], vectors[fresh])
            self._publish(Head(self._head.file, self._head.rows + len(fresh), self._dimension))
        return len(fresh)

    def _publish(self, head: Head) -> None:
        self._vectors.flush()
        self._keys.flush()
        os.fdatasync(self._vectors.fileno())
        os.fdatasync(self._keys.fileno())
        sync_directory(self._directory)
        content = {"file": head.file, "rows": head.rows, "dimension": head.dimension}
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
        self._vectors, self._keys = self._files(head)
        names = old.hashes()
        for start in range(0, len(rows), 4096):
            part = rows[start : start + 4096]
            _write(self._vectors, self._keys, start, [names[row] for row in part], old.vectors(part))
        self._publish(Head(head.file, len(rows), self._dimension))
        self._sweep()


def _rows_of(snapshot: VectorSnapshot, live: Iterable[str]) -> Rows:
    rows = snapshot.row_of(list(live))
    return np.unique(rows[rows >= 0])


def _open_cut(path: Path, size: int) -> BinaryIO:
    """Open for writing at exactly `size` bytes; a file that is shorter is damaged, one that is longer is cut."""
    file = path.open("r+b" if path.exists() else "w+b")
    length = os.fstat(file.fileno()).st_size
    if length < size:
        file.close()
        raise VectorsDamagedError(f"{path} holds {length} bytes where {size} count")
    file.truncate(size)
    return file


def _write(vectors: BinaryIO, keys: BinaryIO, start: int, hashes: Sequence[str], new: Floats) -> None:
    """Put rows behind the first `start` ones, and zero rows up to a whole block behind them."""
    dimension = new.shape[1]
    padding = -(start + len(hashes)) % BLOCK
    vectors.seek(start * dimension * 4)
    vectors.write(np.ascontiguousarray(new, dtype=np.float32).tobytes())
    vectors.write(bytes(padding * dimension * 4))
    keys.seek(start * KEY_BYTES)
    keys.write(bytes.fromhex("".join(hashes)))

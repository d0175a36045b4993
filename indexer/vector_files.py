"""The files behind `indexer.vectors`: which of them count, how they are opened to write, and how parts are packed.

A *part* is the vector of the title or of one sentence of a passage. There are about five for each passage and only
those of a few hundred candidates are read for a question, so they are kept small: one byte for each number, and in
front of them the float32 by which the bytes are multiplied. A part that has no words (an entry without a title) is
all zeros.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Packed = NDArray[np.uint8]
"""Parts as they lie in the file: (n, SCALE_BYTES + dimension)."""

HEAD = "head.json"
KEY_BYTES = 32
SCALE_BYTES = 4
END_BYTES = 8
# BLAS sums the rows of a full block in one order and those of a ragged end in another. Whole blocks only, so that
# a row's score does not depend on where it stands.
BLOCK = 64
PARTS_TOGETHER = 512
"""Parts that are written out as floats at a time; less than a megabyte, which stays in the processor's cache."""


class VectorsDamagedError(RuntimeError):
    """The files do not hold what their head says. The indexer drops such a store and encodes again."""


@dataclass(frozen=True, slots=True)
class Head:
    """What counts in a store: which files, how many of their rows, and how many parts those rows have together."""

    file: int
    rows: int
    dimension: int
    parts: int = 0

    def path(self, directory: Path, kind: str) -> Path:
        """The file of that kind: `f32` (the matrix), `keys`, `ends` or `parts`."""
        return directory / f"vectors-{self.file}.{kind}"

    def sizes(self) -> dict[str, int]:
        """How many bytes of each file count."""
        return {
            "f32": -(-self.rows // BLOCK) * BLOCK * self.dimension * 4,
            "keys": self.rows * KEY_BYTES,
            "ends": self.rows * END_BYTES,
            "parts": self.parts * (SCALE_BYTES + self.dimension),
        }


def read_head(directory: Path, dimension: int) -> Head:
    """The head as it stands; one of no rows where there is none, or where it is of another dimension or layout."""
    try:
        raw = json.loads((directory / HEAD).read_bytes())
        head = Head(int(raw["file"]), int(raw["rows"]), int(raw["dimension"]), int(raw["parts"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return Head(0, 0, dimension)
    return head if head.dimension == dimension else Head(head.file + 1, 0, dimension)


def pack(vectors: Floats) -> Packed:
    """Vectors (n, dimension) as parts; off by less than half a percent of their largest number."""
    scale = np.abs(vectors).max(axis=1, initial=0.0).astype(np.float32) / np.float32(127)
    whole = np.rint(vectors / np.where(scale > 0, scale, 1)[:, None]).astype(np.int8)
    return np.concatenate([scale.astype("<f4")[:, None].view(np.uint8), whole.view(np.uint8)], axis=1)


def unpack(parts: Packed) -> Floats:
    """The vectors of parts, (n, dimension)."""
    vectors: Floats = parts[:, SCALE_BYTES:].view(np.int8) * _scales(parts)
    return vectors


def _scales(parts: Packed) -> Floats:
    """What the numbers of each part are multiplied with, (n, 1)."""
    return np.ascontiguousarray(parts[:, :SCALE_BYTES]).view("<f4")


def cosines(parts: Packed, vector: Floats) -> Floats:
    """The product of each part with a vector (dimension,): what `unpack(parts) @ vector` says, but for the order of
    rounding, in a quarter of the time, since no part is ever written out as floats but for a block of them."""
    found = np.empty(len(parts), np.float32)
    width = parts.shape[1] - SCALE_BYTES
    block = np.empty((min(len(parts), PARTS_TOGETHER), width), np.float32)
    for start in range(0, len(parts), PARTS_TOGETHER):
        some = parts[start : start + PARTS_TOGETHER, SCALE_BYTES:].view(np.int8)
        np.copyto(block[: len(some)], some)
        np.matmul(block[: len(some)], vector, out=found[start : start + len(some)])
    found *= _scales(parts)[:, 0]
    return found


class VectorFiles:
    """The files of one head, opened to write behind what counts; whatever a kill left there is cut off.

    Raises VectorsDamagedError where a file is shorter than the head says.
    """

    def __init__(self, directory: Path, head: Head) -> None:
        self._files: dict[str, BinaryIO] = {}
        try:
            for kind, size in head.sizes().items():
                self._files[kind] = _open_cut(head.path(directory, kind), size)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close them all."""
        for file in self._files.values():
            file.close()

    def sync(self) -> None:
        """Put everything written on the disk."""
        for file in self._files.values():
            file.flush()
            os.fdatasync(file.fileno())

    def write(self, head: Head, keys: bytes, vectors: Floats, parts: list[Packed]) -> Head:
        """Put rows behind those of `head`, and zero rows up to a whole block behind them; the head they make.

        `parts` has one array for each row, which may be empty.
        """
        count, dimension = vectors.shape
        ends = head.parts + np.cumsum([len(part) for part in parts], dtype="<i8")
        made = Head(head.file, head.rows + count, dimension, int(ends[-1]) if count else head.parts)
        padding = made.sizes()["f32"] - made.rows * dimension * 4
        rows = np.ascontiguousarray(vectors, dtype=np.float32).tobytes()
        self._put("f32", head.rows * dimension * 4, rows + bytes(padding))
        self._put("keys", head.sizes()["keys"], keys)
        self._put("ends", head.sizes()["ends"], ends.tobytes())
        self._put("parts", head.sizes()["parts"], b"".join(part.tobytes() for part in parts))
        return made

    def _put(self, kind: str, at: int, content: bytes) -> None:
        self._files[kind].seek(at)
        self._files[kind].write(content)


def _open_cut(path: Path, size: int) -> BinaryIO:
    """Open for writing at exactly `size` bytes; a file that is shorter is damaged, one that is longer is cut."""
    file = path.open("r+b" if path.exists() else "w+b")
    length = os.fstat(file.fileno()).st_size
    if length < size:
        file.close()
        raise VectorsDamagedError(f"{path} holds {length} bytes where {size} count")
    file.truncate(size)
    return file

"""Which index serves, and what it was made with.

An index directory holds whole generations side by side, and a link to the one that serves:

    lock        held by the one process that writes (flock, so a kill leaves nothing behind)
    current     symbolic link to gen-3, swung over by a rename
    gen-3/      manifest.json, keyword/ and vectors-<fingerprint>/

What cannot be carried over (another cutter, analyser, language or layout) is built as the next generation while the
old one serves. Another model touches only the vectors: they lie in a folder named after its fingerprint, and the
keyword half goes on as it is.
"""

from __future__ import annotations

import fcntl
import json
import shutil
import time
from dataclasses import asdict, dataclass, fields, replace
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from indexer.analysis import ANALYSER_VERSION
from indexer.durable import replace_file, sync_directory
from indexer.errors import IndexBusy
from indexer.passages import CUTTER_VERSION
from indexer.settings import IndexSettings

SCHEMA_VERSION = 2
"""Of what lies in the files. A reader of another version leaves them alone until the generation is built anew."""

CURRENT = "current"
MANIFEST = "manifest.json"
LOCK = "lock"
_PREFIX = "gen-"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one generation was made with.

    `schema`, `cutter`, `analyser` and `language` decide whether the generation can be carried on. `model`,
    `fingerprint` and `dimension` tell of the vectors (empty and 0 until an encoder was there). `floor` is the
    relatedness floor measured for that model on this collection when it had `floor_entries` entries; None where it
    was not measured. `created` is Unix time.
    """

    schema: int
    cutter: int
    analyser: int
    language: str
    model: str = ""
    fingerprint: str = ""
    dimension: int = 0
    floor: float | None = None
    floor_entries: int = 0
    created: float = 0.0

    @classmethod
    def wanted(cls, settings: IndexSettings) -> Manifest:
        """That of a generation made now, by this code and these settings."""
        versions = (SCHEMA_VERSION, CUTTER_VERSION, ANALYSER_VERSION)
        return cls(*versions, settings.language, settings.model, created=round(time.time(), 3))

    def carries(self, other: Manifest) -> bool:
        """Whether a generation made with `other` can be carried on as one of these."""
        return self._layout() == other._layout()

    def _layout(self) -> tuple[int, int, int, str]:
        return self.schema, self.cutter, self.analyser, self.language

    def with_model(self, model: str, fingerprint: str, dimension: int) -> Manifest:
        """The same for the vectors of another model, whose floor is not known yet."""
        return replace(
            self, model=model, fingerprint=fingerprint, dimension=dimension, floor=None, floor_entries=0
        )  # fmt: skip

    def with_floor(self, floor: float | None, entries: int) -> Manifest:
        """The same with the floor measured at that many entries."""
        return replace(self, floor=floor, floor_entries=entries)


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation on the disk. Two are equal when nothing about them has changed in between."""

    path: Path
    manifest: Manifest

    @property
    def keyword_path(self) -> Path:
        """The folder of the keyword index."""
        return self.path / "keyword"

    @property
    def vectors_path(self) -> Path:
        """The folder of the vectors of the manifest's model."""
        return self.path / f"vectors-{self.manifest.fingerprint[:16] or 'none'}"

    @property
    def number(self) -> int:
        """Its place in the order in which generations were begun."""
        return int(self.path.name.removeprefix(_PREFIX))


def current(directory: Path) -> Generation | None:
    """The generation that serves, None where there is none yet. Costs some tens of microseconds; ask each time."""
    for _ in range(5):
        try:
            name = (directory / CURRENT).readlink()
        except OSError:
            return None
        found = _read(directory / name)
        if found is not None:
            return found
    return None


def _read(path: Path) -> Generation | None:
    """The generation in that folder; None where its manifest is missing, damaged or of another layout."""
    try:
        found = (path / MANIFEST).stat()
        return _parsed(path, found.st_ino, found.st_mtime_ns, found.st_size)
    except (OSError, ValueError, TypeError, AttributeError):
        return None


@lru_cache(maxsize=16)
def _parsed(path: Path, *_file: int) -> Generation:
    """The same from the file itself, read once: each manifest is a file of its own (`write_manifest`)."""
    known = {field.name for field in fields(Manifest)}
    raw: dict[str, Any] = json.loads((path / MANIFEST).read_bytes())
    return Generation(path, Manifest(**{name: value for name, value in raw.items() if name in known}))


def write_manifest(path: Path, manifest: Manifest) -> Generation:
    """Put the manifest into that generation's folder, whole and durable."""
    replace_file(path / MANIFEST, json.dumps(asdict(manifest), indent=1).encode())
    return Generation(path, manifest)


def generations(directory: Path) -> list[Path]:
    """The folders of all generations, whole or not, oldest first."""
    found = [path for path in directory.glob(_PREFIX + "*") if path.name.removeprefix(_PREFIX).isdigit()]
    return sorted(found, key=lambda path: int(path.name.removeprefix(_PREFIX)))


def create(directory: Path, manifest: Manifest) -> Generation:
    """Begin a new generation beside the others. It serves once `activate` is called."""
    numbers = [int(path.name.removeprefix(_PREFIX)) for path in generations(directory)]
    path = directory / f"{_PREFIX}{max(numbers, default=0) + 1}"
    path.mkdir(parents=True)
    sync_directory(directory)
    return write_manifest(path, manifest)


def unfinished(directory: Path, wanted: Manifest) -> Generation | None:
    """A generation begun after the one that serves, which a kill interrupted and which can be carried on."""
    serving = current(directory)
    for path in reversed(generations(directory)):
        found = _read(path)
        later = serving is None or (found is not None and found.number > serving.number)
        if found is not None and later and found.manifest.carries(wanted):
            return found
    return None


def activate(generation: Generation) -> None:
    """Let that generation serve from now on: one rename, so there is always exactly one."""
    directory = generation.path.parent
    beside = directory / f"{CURRENT}.new"
    beside.unlink(missing_ok=True)
    beside.symlink_to(generation.path.name)
    serving = directory / CURRENT
    if serving.is_dir() and not serving.is_symlink():
        shutil.rmtree(serving)  # an instance copied with a program that follows links
    beside.replace(serving)
    sync_directory(directory)


def sweep(directory: Path, keep: set[Path]) -> None:
    """Remove every generation but the one that serves and those in `keep`, and vectors of models gone by."""
    serving = current(directory)
    kept = keep | ({serving.path} if serving else set())
    for path in generations(directory):
        if path not in kept:
            shutil.rmtree(path, ignore_errors=True)
    if serving is not None and serving.manifest.fingerprint:
        for path in serving.path.glob("vectors-*"):
            if path != serving.vectors_path:
                shutil.rmtree(path, ignore_errors=True)


class DirectoryLock:
    """The right to write an index directory; one process and one object at a time.

    The kernel lets go of it when the process ends in whatever way. Raises IndexBusy when another holds it.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._file = (directory / LOCK).open("a")
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self._file.close()
            raise IndexBusy(
                f"Another indexer is at work on {directory}. Stop it first, or ask it to rebuild"
            ) from error

    def release(self) -> None:
        """Let another one write."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.release()

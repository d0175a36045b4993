"""The git store (signatures first; the code follows)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from wiki.content.types import Author, Blob, Change, CommitInfo, Saved


class ContentStore:
    """A bare repository and the lock beside it. One object serves all threads of a process."""

    def __init__(self, path: Path, run_path: Path) -> None: ...

    @classmethod
    def create(cls, path: Path, run_path: Path) -> ContentStore:
        """Make the repository if there is none, and open it."""
        raise NotImplementedError

    def tip(self) -> str | None:
        """The newest commit, None in an empty repository. Costs microseconds."""
        raise NotImplementedError

    def read(self, path: str, at: str | None = None) -> Blob:
        """The file at `path` in commit `at` (the tip by default). Raises Missing."""
        raise NotImplementedError

    def blob(self, revision: str) -> bytes:
        """The content of a blob. Raises Missing."""
        raise NotImplementedError

    def paths(self, at: str | None = None) -> Iterator[tuple[str, str]]:
        """Every file of a commit: (path, blob id), sorted by path."""
        raise NotImplementedError

    def put(self, path: str, data: bytes, *, base: str | None, author: Author, message: str) -> Saved:
        """Write one file. `base` None: must not exist (Exists); else merges on a stale base or raises Conflict."""
        raise NotImplementedError

    def apply(self, changes: Sequence[Change], *, author: Author, message: str) -> str:
        """Write and remove several files in one commit; gives the commit."""
        raise NotImplementedError

    def commit(self, commit: str) -> CommitInfo:
        """One commit with the files it changed. Raises Missing."""
        raise NotImplementedError

    def timeline(self, since: str | None, until: str) -> list[str]:
        """The commits after `since` up to `until`, oldest first, by first parents. Raises UnknownCommit."""
        raise NotImplementedError

    def walk(self, since: str | None) -> Iterator[CommitInfo]:
        """The commits after `since`, oldest first. Raises UnknownCommit when it is not in the tip's history."""
        raise NotImplementedError

    def update(self, build: Callable[..., Sequence[Change]], *, author: Author, message: str) -> str:
        """Commit what `build(snapshot)` asks for, computed again whenever somebody else was faster."""
        raise NotImplementedError

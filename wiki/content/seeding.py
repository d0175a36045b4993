"""Starter content: a folder of files as the first commit of an empty repository."""

from __future__ import annotations

from pathlib import Path

from wiki.content.store import ContentStore, Snapshot
from wiki.content.types import Author, Change


def seed(store: ContentStore, folder: Path, author: Author) -> int:
    """Copy every file under `folder` into an empty repository, byte for byte; gives how many.

    Nothing happens, and 0 comes back, in a repository that has a commit, or for a folder that is not there. Hidden
    files are left out.
    """
    found = [
        Change(path.relative_to(folder).as_posix(), path.read_bytes())
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    if not found or store.tip() is not None:
        return 0
    planted: list[bool] = []

    def build(snapshot: Snapshot) -> list[Change]:
        planted.append(snapshot.commit is None)
        return found if snapshot.commit is None else []

    store.update(build, author=author, message="Starter content")
    return len(found) if planted[-1] else 0

"""Files and names on the disk before anybody is told that they are saved.

libgit2 writes each new object to a file of its own. We let it do so without fsync and then flush everything that one
commit made, files and directories, from a few threads at once: the file system joins what waits together in one
commit of its journal. A save has about ten such files and directories; one after the other they took 26 ms on a busy
disk, together 3 to 5 (libgit2's own fsync takes them one after the other).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

_THREADS = 4


def object_files(repository: Path, ids: Iterable[str]) -> list[Path]:
    """What must be flushed so that these objects are durable: their files, and the directories that name them.

    An object without a file of its own is in a pack, and durable already: whoever wrote the pack had to flush it
    before it could be named. An object that was there before is flushed as well, for it may stem from a writer that
    was killed before it came to that.
    """
    objects = repository / "objects"
    files = [path for path in (objects / name[:2] / name[2:] for name in set(ids)) if path.exists()]
    folders = {path.parent for path in files}
    return [*files, *folders, objects] if files else []


def flush(paths: Sequence[Path]) -> None:
    """Return when the content of these files, and the names in these directories, are on the disk."""
    files = [str(path) for path in paths]
    if len(files) == 1:
        _flush(files[0])
        return
    with ThreadPoolExecutor(_THREADS, "fsync") as pool:
        # The files of a large commit are written out before the first is waited for.
        list(pool.map(_start, files if len(files) > 50 else ()))
        list(pool.map(_flush, files))


def _start(path: str) -> None:
    if hasattr(os, "posix_fadvise"):
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        finally:
            os.close(descriptor)


def _flush(path: str) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_tree(folder: Path) -> None:
    """Flush every file and directory under `folder`, and its own name: for a repository just made."""
    found = [path for path in folder.rglob("*") if path.is_dir() or path.is_file()]
    flush([*found, folder, folder.parent])

"""Objects on the disk before anybody is told that they are saved.

libgit2 writes each new object to a file of its own. We let it do so without fsync and then flush all files of one
commit together: first the kernel is asked to start writing every one of them, then each is waited for, then the
directories that name them. On a journalling file system that costs about two commits of the journal instead of two
for each object.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from wiki.content.refs import sync_directory

_AT_ONCE = 200


def sync_objects(repository: Path, ids: Iterable[str]) -> None:
    """Flush the loose objects with these ids, and their directories. Objects in packs are durable already:
    whoever wrote the pack had to flush it before it could be named."""
    objects = repository / "objects"
    wanted = sorted(set(ids))
    directories = set()
    for start in range(0, len(wanted), _AT_ONCE):
        for name in _sync_files(objects, wanted[start : start + _AT_ONCE]):
            directories.add(name[:2])
    for directory in sorted(directories):
        sync_directory(objects / directory)
    if directories:
        sync_directory(objects)


def _sync_files(objects: Path, ids: list[str]) -> list[str]:
    found = []
    with ExitStack() as stack:
        descriptors = []
        for name in ids:
            try:
                descriptor = os.open(objects / name[:2] / name[2:], os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                continue
            stack.callback(os.close, descriptor)
            descriptors.append(descriptor)
            found.append(name)
        if hasattr(os, "posix_fadvise"):
            for descriptor in descriptors:
                # Starts the writing of dirty pages without waiting for it.
                os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        for descriptor in descriptors:
            os.fsync(descriptor)
    return found


def sync_tree(folder: Path) -> None:
    """Flush every file and directory under `folder`, and its own name: for a repository just made."""
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            sync_directory(path)
        elif path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
    sync_directory(folder)
    sync_directory(folder.parent)

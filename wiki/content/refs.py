"""The branch: read in microseconds, moved by compare-and-swap, durable when it returns.

A loose ref is a file with a commit id. Git's own protocol moves it: create `<ref>.lock` exclusively, look at the ref
again, write, rename. We follow it to the letter, so a `git push` into the same repository and our own saves exclude
each other. (libgit2 does the same, but either without fsync or, by a setting of the whole process, with one for each
object and each directory in turn; see `wiki.content.durable`.)

A process killed between those steps leaves the lock behind, and git refuses every later write. It is removed
- at once, where we can prove that it is ours: whoever takes it notes its inode and time in our own lock file, which
  is held while we write. If we hold that now and the note fits, its writer is dead;
- else when it is older than any living git would leave it: git takes it for milliseconds, after its hooks have run.
"""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

from wiki.content.durable import flush
from wiki.content.types import Busy

STALE_AFTER = 5.0
_STEP = 0.005


def read_ref(repository: Path, name: str) -> str | None:
    """The commit of a branch (`refs/heads/main`), None before its first commit."""
    try:
        text = (repository / name).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return _packed_ref(repository, name)
    value = text.strip().decode("ascii", "replace")
    return value if len(value) == 40 else None


def _packed_ref(repository: Path, name: str) -> str | None:
    try:
        text = (repository / "packed-refs").read_text("utf-8", "replace")
    except FileNotFoundError:
        return None
    for line in text.splitlines():
        if line.endswith(" " + name) and not line.startswith(("#", "^")):
            return line[:40]
    return None


def swap_ref(
    repository: Path, name: str, old: str | None, new: str, *, notes: int, before: Sequence[Path] = ()
) -> bool:
    """Move a branch from `old` to `new`, durably; False when it is not at `old` any more.

    `before` are files and directories that must be durable before the branch names them; they are flushed together
    with its new value. The caller holds our own write lock; `notes` is its descriptor. Raises Busy when a foreign
    lock stays.
    """
    ref = repository / name
    lock = ref.with_name(ref.name + ".lock")
    ref.parent.mkdir(parents=True, exist_ok=True)
    descriptor = _take(lock, f"{new}\n".encode("ascii"), notes)
    done = False
    try:
        if read_ref(repository, name) != old:
            return False
        flush([*before, lock])
        lock.rename(ref)
        done = True
    finally:
        os.close(descriptor)
        if not done:
            lock.unlink(missing_ok=True)
        os.ftruncate(notes, 0)
    flush([ref.parent])
    return True


def _take(lock: Path, content: bytes, notes: int) -> int:
    deadline = time.monotonic() + STALE_AFTER + 5
    while True:
        try:
            descriptor = os.open(lock, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        except FileExistsError:
            if _is_stale(lock, notes):
                lock.unlink(missing_ok=True)
            elif time.monotonic() > deadline:
                raise Busy("The repository is locked by another program. Nothing is lost; please try again.") from None
            else:
                time.sleep(_STEP)
        else:
            os.write(descriptor, content)
            status = os.fstat(descriptor)
            os.pwrite(notes, f"{status.st_ino} {status.st_mtime_ns}\n".encode(), 0)
            return descriptor


def _is_stale(lock: Path, notes: int) -> bool:
    """Whether a lock's holder is gone. Inodes are used again, hence the time in nanoseconds beside it."""
    try:
        status = lock.stat()
    except FileNotFoundError:
        return False
    note = os.pread(notes, 200, 0).decode("utf-8", "replace").split()
    if note == [str(status.st_ino), str(status.st_mtime_ns)]:
        return True
    return time.time() - status.st_mtime > STALE_AFTER

"""A lock between the processes that write to one instance.

`flock` belongs to an open file, so the kernel gives it back when a process dies, however it dies. A file of its own
is opened for each hold, since threads that shared one would share the lock as well.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wiki.content.types import Busy

_STEP = 0.002


@contextmanager
def hold(path: Path, timeout: float) -> Iterator[int]:
    """Hold the lock file `path` exclusively; gives its open descriptor. Raises Busy after `timeout` seconds."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _acquire(descriptor, timeout)
        yield descriptor
    finally:
        os.close(descriptor)


def _acquire(descriptor: int, timeout: float) -> None:
    deadline = time.monotonic() + timeout
    while True:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                raise Busy("Somebody else is saving right now. Nothing is lost; please try again.") from None
            time.sleep(_STEP)
        else:
            return

"""How the indexer's process and those who ask it talk: frames on a Unix socket of this machine.

A frame is two big-endian 32-bit lengths, a JSON object and raw bytes (float32 vectors). A connection carries one
question and one answer at a time and is kept open. Whoever can open the socket may ask, so it is made with mode 0600.
"""

from __future__ import annotations

import hashlib
import json
import os
import socket
import stat
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

_LENGTHS = struct.Struct(">II")
MAX_JSON = 8_000_000
MAX_BYTES = 64_000_000
# The kernel takes 108 bytes on Linux and 104 elsewhere, with the zero at the end.
LONGEST_ADDRESS = 100

Message = dict[str, Any]


class WireError(OSError):
    """The other side sent something that is no frame, or closed in the middle of one."""


def send(connection: socket.socket, message: Message, raw: bytes = b"") -> None:
    """Send one frame."""
    text = json.dumps(message).encode()
    connection.sendall(_LENGTHS.pack(len(text), len(raw)) + text + raw)


def receive(connection: socket.socket, until: float | None = None) -> tuple[Message, bytes] | None:
    """The next frame; None when the other side closed before one began.

    With `until` (on the monotonic clock) raises TimeoutError when it is not whole by then.
    """
    head = _read(connection, _LENGTHS.size, until, at_start=True)
    if not head:
        return None
    text_length, raw_length = _LENGTHS.unpack(head)
    if text_length > MAX_JSON or raw_length > MAX_BYTES:
        raise WireError(f"a frame of {text_length} and {raw_length} bytes is beyond the bounds")
    text = _read(connection, text_length, until)
    raw = _read(connection, raw_length, until)
    try:
        message = json.loads(text)
    except ValueError as error:
        raise WireError("a frame that is not JSON") from error
    if not isinstance(message, dict):
        raise WireError("a frame that is no JSON object")
    return message, raw


def _read(connection: socket.socket, count: int, until: float | None, *, at_start: bool = False) -> bytes:
    buffer = bytearray()
    while len(buffer) < count:
        if until is not None:
            left = until - time.monotonic()
            if left <= 0:
                raise TimeoutError("no answer in time")
            connection.settimeout(left)
        piece = connection.recv(min(count - len(buffer), 1 << 20))
        if not piece:
            if at_start and not buffer:
                return b""
            raise WireError("closed in the middle of a frame")
        buffer += piece
    return bytes(buffer)


@contextmanager
def address(path: Path, proc: Path = Path("/proc/self/fd")) -> Iterator[str]:
    """An address that the kernel takes for the socket at `path`, however long that is, while the block runs.

    Long paths go through an open descriptor of their folder where there is /proc, else to a folder of this user
    in /tmp, named by the path's hash, so that both sides find the same.
    """
    if len(os.fsencode(path)) <= LONGEST_ADDRESS:
        yield str(path)
    elif proc.is_dir():
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            yield f"{proc}/{folder}/{path.name}"
        finally:
            os.close(folder)
    else:
        name = hashlib.sha256(os.fsencode(path.absolute())).hexdigest()[:32]
        yield str(_own_folder() / f"{name}{path.suffix}")


def _own_folder() -> Path:
    """A folder in /tmp that belongs to this user and that nobody else can look into; raises WireError otherwise."""
    folder = Path(f"/tmp/hindsight-{os.getuid()}")  # noqa: S108 - checked below
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise WireError(f"{folder} does not belong to this user alone; remove it")
    return folder


def connect(path: Path, timeout: float) -> socket.socket:
    """A connection to the socket at `path`; raises OSError (TimeoutError among them) when nobody answers there."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.settimeout(timeout)
        with address(path) as place:
            connection.connect(place)
    except BaseException:
        connection.close()
        raise
    return connection


def listen(path: Path) -> socket.socket:
    """A listening socket at `path`, mode 0600, in place of whatever a killed process left there.

    The caller must hold the lock that makes it the only one to listen.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    beside = path.with_name(path.name + ".new")
    try:
        os.fchmod(listener.fileno(), 0o600)
        with address(beside) as place, address(path) as final:
            Path(place).unlink(missing_ok=True)
            listener.bind(place)
            Path(place).chmod(0o600)
            listener.listen(128)
            Path(place).replace(final)
    except BaseException:
        listener.close()
        raise
    return listener


def remove(path: Path) -> None:
    """Take the socket away when its process ends."""
    with address(path) as place:
        Path(place).unlink(missing_ok=True)

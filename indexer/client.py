"""What web processes and commands hold of the indexer: a nudge, a status, and the encoder at a distance.

Nothing here waits longer than about a second, and nothing here fails because the indexer is away: the status then
comes from the files, and the encoder says in a sentence why it cannot answer.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer import manifest as disk
from indexer import service_wire as wire
from indexer.documents import IndexStatus, PartStatus
from indexer.encoder import EncoderBusy
from indexer.errors import EncoderUnavailable, HindsightIndexError, IndexMissing
from indexer.keyword_reader import KeywordReader
from indexer.settings import IndexSettings
from indexer.status import Counter
from indexer.vector_files import VectorsDamagedError
from indexer.vectors import VectorSnapshot, VectorStore

Floats = NDArray[np.float32]
Behind = Callable[[str], int]

AWAY = "The indexer is not running, so new entries are not found yet"
AWAY_ENCODER = "The indexer is not running, so search by meaning has to wait"
LATE = "The search model did not answer in time"
# After an answer that did not come, nobody waits for another for so many seconds.
BREAK = 3.0


class IndexerAwayError(HindsightIndexError):
    """There is no indexer to do what was asked; the message says how to start one."""


class IndexClient:
    """The running indexer, asked from outside. `behind` counts the entries between a cursor and the source's tip."""

    def __init__(self, settings: IndexSettings, behind: Behind | None = None, timeout: float = 1.0) -> None:
        self._settings = settings
        self._behind = behind
        self._timeout = timeout
        self._counter = Counter()
        self._readers: dict[str, KeywordReader] = {}
        self._vectors: VectorSnapshot | None = None
        self._lock = threading.Lock()

    def nudge(self) -> None:
        """Tell the indexer that there is something new. Returns at once and never raises: it polls as well."""
        path = self._settings.socket
        if path is None:
            return
        with contextlib.suppress(OSError):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            with connection, wire.address(path) as place:
                connection.setblocking(False)
                connection.connect(place)
                wire.send(connection, {"do": "nudge"})

    def rebuild(self) -> None:
        """Ask for a fresh index beside the old one, which serves until it is whole. Returns once it has begun.

        Raises IndexerAwayError when no indexer is running.
        """
        if self._ask({"do": "rebuild"}) is None:
            raise IndexerAwayError("The indexer is not running; start it with `python -m wiki serve` and try again")

    def status(self, behind: Behind | None = None) -> IndexStatus:
        """How far the index is: by the indexer where it runs, else from the files, with a message that says so."""
        count = behind or self._behind
        answer = self._ask({"do": "status"})
        status = _as_status(answer["status"]) if answer is not None else self._from_files()
        return _recount(status, count) if count is not None else status

    def progress(self) -> dict[str, Any] | None:
        """How embedding goes: `embedded`, `total`, `rate` (passages/s), `seconds_left`; None when nobody is at it."""
        answer = self._ask({"do": "status"})
        progress: dict[str, Any] | None = answer["status"]["progress"] if answer is not None else None
        return progress

    def _ask(self, message: wire.Message) -> wire.Message | None:
        if self._settings.socket is None:
            return None
        try:
            with wire.connect(self._settings.socket, self._timeout) as connection:
                wire.send(connection, message)
                received = wire.receive(connection, time.monotonic() + self._timeout)
        except OSError:
            return None
        return received[0] if received is not None and "error" not in received[0] else None

    def _from_files(self) -> IndexStatus:
        found = disk.current(self._settings.directory)
        alone = self._settings.socket is None
        message = "" if alone else AWAY
        if found is None:
            nothing = PartStatus(False, 0)
            return IndexStatus(nothing, nothing, message=message or "There is no index yet")
        try:
            with self._lock:
                reader = self._readers.get(found.path.name)
                if reader is None:
                    reader = KeywordReader(found.keyword_path)
                    self._readers = {found.path.name: reader}
                keyword = reader.snapshot()
                vectors = self._open_vectors(found)
        except (IndexMissing, VectorsDamagedError) as error:
            nothing = PartStatus(False, 0)
            return IndexStatus(nothing, nothing, message=message or str(error))
        counts = self._counter.count(keyword, vectors)
        semantic = PartStatus(alone and vectors is not None, counts.entries_behind, keyword.cursor)
        words = PartStatus(True, 0, keyword.cursor)
        return IndexStatus(words, semantic, counts.entries, counts.passages, found.manifest.model, message)

    def _open_vectors(self, found: disk.Generation) -> VectorSnapshot | None:
        if not found.manifest.fingerprint:
            return None
        fresh = VectorStore.open(found.vectors_path, found.manifest.dimension)
        if self._vectors is None or self._vectors.differs(fresh):
            self._vectors = fresh
        return self._vectors


def _as_status(raw: dict[str, Any]) -> IndexStatus:
    values = {name: value for name, value in raw.items() if name not in ("keyword", "semantic", "progress")}
    return IndexStatus(PartStatus(**raw["keyword"]), PartStatus(**raw["semantic"]), **values)


def _recount(status: IndexStatus, behind: Behind) -> IndexStatus:
    """The same with the entries that the keyword half has not followed counted by whoever knows the source."""
    count = behind(status.keyword.cursor)
    lacking = max(status.semantic.behind - status.keyword.behind, 0)
    return replace(
        status,
        keyword=replace(status.keyword, behind=count),
        semantic=replace(status.semantic, behind=count + lacking),
    )


class RemoteEncoder:
    """The encoder of the indexer's process, for questions and drafts. Safe between threads and after a fork.

    `fingerprint` is that of the encoder that answered last, empty before. `timeout` bounds one call in seconds.
    Connections are kept open for the next question; `close` lets go of them, and so does the end of the object.
    """

    def __init__(self, settings: IndexSettings, timeout: float = 1.0) -> None:
        if settings.socket is None:
            raise ValueError("a remote encoder needs a socket")
        self._path = settings.socket
        self._timeout = timeout
        # Taken and given back whole, which Python does without a lock that a fork could leave locked.
        self._idle: list[tuple[int, socket.socket]] = []
        self._silent_until = 0.0
        self.fingerprint = ""
        weakref.finalize(self, _close_all, self._idle)

    def close(self) -> None:
        """Let go of the connections; the next question opens a new one."""
        _close_all(self._idle)

    def encode(self, texts: Sequence[str]) -> Floats:
        """The vectors of `texts`, (len(texts), dimension) float32 of unit length.

        Raises EncoderUnavailable with a sentence for people when the indexer is away, still loads its model or does
        not answer in time, and EncoderBusy when it has too much to do. After an answer that did not come in time
        the next calls fail at once for a few seconds, so that one stuck process does not slow every page.
        """
        if time.monotonic() < self._silent_until:
            raise EncoderUnavailable(LATE)
        until = time.monotonic() + self._timeout
        try:
            message, raw = self._exchange({"do": "encode", "texts": list(texts), "seconds": self._timeout * 0.9}, until)
        except TimeoutError as error:
            self._silent_until = time.monotonic() + BREAK
            raise EncoderUnavailable(LATE) from error
        except OSError as error:
            raise EncoderUnavailable(AWAY_ENCODER) from error
        return self._vectors(message, raw)

    def _vectors(self, message: wire.Message, raw: bytes) -> Floats:
        match message.get("error"):
            case None:
                self.fingerprint = str(message["fingerprint"])
                return np.frombuffer(raw, dtype=np.float32).reshape(message["shape"])
            case "busy":
                raise EncoderBusy(str(message["message"]), int(message["retry_after"]))
            case _:
                raise EncoderUnavailable(str(message.get("message", LATE)))

    def _exchange(self, message: wire.Message, until: float) -> tuple[wire.Message, bytes]:
        """Ask on a kept connection; once more on a new one where the indexer was started anew in between."""
        kept = self._take()
        if kept is not None:
            try:
                return self._talk(kept, message, until)
            except TimeoutError:
                raise
            except OSError:
                self.close()
        return self._talk(wire.connect(self._path, max(until - time.monotonic(), 0.01)), message, until)

    def _talk(self, connection: socket.socket, message: wire.Message, until: float) -> tuple[wire.Message, bytes]:
        """One question and its answer; keeps the connection when both were whole, else closes it."""
        try:
            connection.settimeout(max(until - time.monotonic(), 0.01))
            wire.send(connection, message)
            received = wire.receive(connection, until)
            if received is None:
                raise wire.WireError("closed")
        except BaseException:
            connection.close()
            raise
        self._idle.append((os.getpid(), connection))
        return received

    def _take(self) -> socket.socket | None:
        """A kept connection of this process; those made before a fork are the parent's to use."""
        while self._idle:
            try:
                process, connection = self._idle.pop()
            except IndexError:
                return None
            if process == os.getpid():
                return connection
            connection.close()
        return None


def _close_all(idle: list[tuple[int, socket.socket]]) -> None:
    while idle:
        with contextlib.suppress(IndexError):
            idle.pop()[1].close()

"""The indexer's process: it follows the source, holds the encoder, and answers on a Unix socket.

The socket stands first, so a page that asks while the model loads hears so at once. The model (torch and all) is
imported by a thread of its own; another follows the source; one encodes questions; each connection has one more.
An error in following is logged, shown in the status and tried again after a pause. A thread that cannot go on ends
the process, for its supervisor to start anew: nothing here looks alive that is not.
"""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from typing import NoReturn

from indexer import service_wire as wire
from indexer.documents import IndexStatus, PartStatus, Source
from indexer.encoder import CachedEncoder, Encoder, EncoderBusy, load_encoder
from indexer.errors import EncoderUnavailable
from indexer.follower import Indexer
from indexer.manifest import DirectoryLock
from indexer.service_questions import LOADING, Questions
from indexer.service_wire import Message
from indexer.settings import IndexSettings

log = logging.getLogger(__name__)

POLL = 1.0
PAUSES = (1.0, 2.0, 5.0, 10.0, 30.0)
MODEL_PAUSE = 30.0
CONNECTIONS = 256
MAX_TEXTS = 64
ENDINGS = (signal.SIGTERM, signal.SIGINT)
# Python hands its lock from thread to thread this often: at the usual 5 ms each of the hundred steps of a forward
# pass would wait that long for a thread that indexes words.
SWITCH_INTERVAL = 0.0005


def serve(settings: IndexSettings, source: Source, *, ready: Callable[[], None] | None = None) -> None:
    """Run the indexer until SIGTERM or SIGINT. `ready` is called once the socket answers.

    Raises IndexBusy when another indexer is at work on the directory, and RuntimeError when a part of this one ended
    that must not end.
    """
    sys.setswitchinterval(SWITCH_INTERVAL)
    ending = threading.Event()
    with DirectoryLock(settings.directory) as lock:
        service = Service(settings, source, lock, ending)
        with ended_by_signals(ending):
            service.run(ready)


def leave() -> NoReturn:
    """End this process with 0, once `serve` has returned.

    A model that is still being loaded is not waited for. Python's own end would stop its thread in the middle of a
    library, and torch aborts the process at that.
    """
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


@contextlib.contextmanager
def ended_by_signals(ending: threading.Event) -> Iterator[None]:
    """Within it, SIGTERM and SIGINT set `ending`; in a thread that is not the main one they do what they did.

    The event is set by a thread that reads what Python's C handler writes. A handler in Python runs only when the main
    thread next executes Python: a signal that comes just before it begins to wait would be seen after the wait.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    reading, writing = os.pipe()
    os.set_blocking(writing, False)

    def pass_on() -> None:
        while number := os.read(reading, 1):
            if number[0] in ENDINGS:
                ending.set()

    passing = threading.Thread(target=pass_on, name="signals", daemon=True)
    passing.start()
    previous = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    before = {number: signal.signal(number, lambda *_: None) for number in ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(previous)
        os.close(writing)
        passing.join()
        os.close(reading)


class Service:
    """One running indexer. `run` returns when `ending` is set."""

    def __init__(self, settings: IndexSettings, source: Source, lock: DirectoryLock, ending: threading.Event) -> None:
        if settings.socket is None:
            raise ValueError("a service needs a socket")
        self._settings = settings
        self._path = settings.socket
        self._source = source
        self._lock = lock
        self._ending = ending
        self._wake = threading.Event()
        self._rebuild = threading.Event()
        self._questions = Questions()
        self._loaded: Encoder | None = None
        self._indexer: Indexer | None = None
        self._trouble = ""
        self._model_trouble = LOADING
        self._failed = ""
        self._rate = Rate()
        self._open = 0

    def run(self, ready: Callable[[], None] | None = None) -> None:
        """Serve until the end."""
        listener = wire.listen(self._path)
        following = threading.Thread(target=self._vital, args=(self._follow,), name="follow", daemon=True)
        loading = threading.Thread(target=self._vital, args=(self._load,), name="load", daemon=True)
        accepting = threading.Thread(target=self._vital, args=(self._accept, listener), name="accept", daemon=True)
        try:
            self._questions.start()
            accepting.start()
            if ready is not None:
                ready()
            following.start()
            loading.start()
            self._ending.wait()
        finally:
            self._ending.set()
            self._wake.set()
            wire.remove(self._path)
            _close(listener)
            self._questions.stop()
            if following.ident is not None:
                following.join()
        if self._failed:
            raise RuntimeError(self._failed)

    def _vital(self, work: Callable[..., None], *arguments: object) -> None:
        """Run a thread that the service cannot do without: if it fails, so does the process."""
        try:
            work(*arguments)
        except BaseException as error:
            log.critical("the thread %s ended", threading.current_thread().name, exc_info=True)
            self._failed = f"{threading.current_thread().name} ended: {error}"
            self._ending.set()

    # -- threads ---------------------------------------------------------------------------------------------------

    def _load(self) -> None:
        """Load the model, again after a pause where it is not there yet."""
        while not self._ending.is_set():
            try:
                started = time.monotonic()
                encoder = load_encoder(self._settings)
                encoder.encode(["The first call is slow, so it is made here."])
                log.info("the model %s is loaded after %.1f s", encoder.name, time.monotonic() - started)
                self._questions.use(CachedEncoder(encoder))
                self._loaded, self._model_trouble = encoder, ""
                self._wake.set()
                return
            except EncoderUnavailable as error:
                log.error("%s", error)
                self._model_trouble = str(error)
                self._questions.lack(str(error))
                self._ending.wait(MODEL_PAUSE)

    def _follow(self) -> None:
        """Step after step; wait for a nudge or a second when there is nothing to do, longer after an error."""
        failures = 0
        try:
            while not self._ending.is_set():
                try:
                    busy = self._step()
                    failures, self._trouble = 0, ""
                except Exception as error:  # the source or the disk: shown, logged and tried again
                    log.exception("following the content failed")
                    pause = PAUSES[min(failures, len(PAUSES) - 1)]
                    failures += 1
                    self._trouble = f"The index cannot follow the content ({error}); trying again"
                    self._ending.wait(pause)
                    continue
                if not busy:
                    self._wake.wait(POLL)
                self._wake.clear()
        finally:
            if self._indexer is not None:
                self._indexer.close()

    def _step(self) -> bool:
        if self._indexer is None:
            self._indexer = Indexer(self._settings, self._source, None, self._questions.let_pass, self._lock)
        if self._loaded is not None:
            self._indexer.use(self._loaded)
            self._loaded = None
        if self._rebuild.is_set():
            self._rebuild.clear()
            self._indexer.begin_rebuild()
        busy = self._indexer.step()
        self._rate.note(self._indexer.encoded)
        return busy

    # -- the socket ------------------------------------------------------------------------------------------------

    def _accept(self, listener: socket.socket) -> None:
        while not self._ending.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                if self._ending.is_set():
                    return
                raise
            if self._open >= CONNECTIONS:
                connection.close()
                continue
            self._open += 1
            threading.Thread(target=self._converse, args=(connection,), daemon=True).start()

    def _converse(self, connection: socket.socket) -> None:
        """Answer one connection until the other side closes it."""
        try:
            with connection:
                while not self._ending.is_set() and (received := wire.receive(connection)) is not None:
                    message, raw = self._answer(received[0])
                    wire.send(connection, message, raw)
        except OSError as error:
            log.debug("a connection ended: %s", error)
        finally:
            self._open -= 1

    def _answer(self, message: Message) -> tuple[Message, bytes]:
        try:
            match message.get("do"):
                case "encode":
                    return self._encode(message)
                case "status":
                    return {"status": self.status()}, b""
                case "nudge":
                    self._wake.set()
                    return {}, b""
                case "rebuild":
                    self._rebuild.set()
                    self._wake.set()
                    return {}, b""
                case other:
                    return {"error": "unknown", "message": f"The indexer cannot {other!r}"}, b""
        except EncoderBusy as error:
            return {"error": "busy", "message": str(error), "retry_after": error.retry_after}, b""
        except EncoderUnavailable as error:
            return {"error": "unavailable", "message": str(error)}, b""
        except Exception as error:  # a bug or an odd text must not cost the asker more than this answer
            log.exception("a question could not be answered")
            return {"error": "failed", "message": f"The indexer failed on this question ({error})"}, b""

    def _encode(self, message: Message) -> tuple[Message, bytes]:
        texts = message.get("texts")
        if not isinstance(texts, list) or len(texts) > MAX_TEXTS or not all(isinstance(text, str) for text in texts):
            return {"error": "unknown", "message": f"encode takes a list of at most {MAX_TEXTS} texts"}, b""
        vectors = self._questions.ask(texts, float(message.get("seconds", 1.0)))
        return {"shape": list(vectors.shape), "fingerprint": self._questions.fingerprint}, vectors.tobytes()

    def status(self) -> Message:
        """The status as plain values: those of IndexStatus, and `progress`."""
        indexer = self._indexer
        if indexer is None:
            empty = PartStatus(False, 1)
            return {**asdict(IndexStatus(empty, empty, message="The index is being opened")), "progress": None}
        counts = indexer.counts()
        left = counts.passages - counts.embedded
        rate = self._rate.per_second()
        seconds_left = round(left / rate) if rate and left else None
        message = self._trouble or self._model_trouble or _sentence(left, counts.passages, seconds_left)
        progress = {
            "embedded": counts.embedded,
            "total": counts.passages,
            "rate": round(rate, 1),
            "seconds_left": seconds_left,
        }
        return {**asdict(indexer.status(message)), "progress": progress}


def _sentence(left: int, total: int, seconds_left: int | None) -> str:
    """What people read while embedding catches up; nothing where it is about to be done."""
    if left < 50:
        return ""
    minutes = "" if seconds_left is None else f", about {max(round(seconds_left / 60), 1)} min left"
    return f"Search by meaning knows {total - left:,} of {total:,} passages{minutes}"


def _close(listener: socket.socket) -> None:
    """Close and wake whoever waits in accept."""
    try:
        listener.shutdown(socket.SHUT_RDWR)
    finally:
        listener.close()


class Rate:
    """Passages encoded a second, over the last half minute of work."""

    WINDOW = 30.0

    def __init__(self) -> None:
        self._marks: list[tuple[float, int]] = []

    def note(self, encoded: int) -> None:
        """So many have been encoded in all by now."""
        now = time.monotonic()
        if not self._marks or self._marks[-1][1] != encoded:
            self._marks.append((now, encoded))
        while len(self._marks) > 2 and self._marks[0][0] < now - self.WINDOW:
            self._marks.pop(0)

    def per_second(self) -> float:
        """0 where too little is known."""
        marks = list(self._marks)
        if len(marks) < 2 or marks[-1][0] - marks[0][0] < 0.2:
            return 0.0
        return (marks[-1][1] - marks[0][1]) / (marks[-1][0] - marks[0][0])

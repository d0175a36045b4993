"""Questions at the encoder: they go before bulk work, a few together, and never queue without end.

Every connection's thread puts its texts here and waits; one thread takes all that wait (up to a bound) and has them
encoded in one call. Bulk work calls `let_pass` before each small batch. Whoever cannot be answered in time is told
so at once, which is kinder than a page that hangs.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from indexer.encoder import CachedEncoder, EncoderBusy, Floats
from indexer.errors import EncoderUnavailable

# Questions that may wait at one time, and texts encoded together.
LONGEST_QUEUE = 64
TOGETHER = 8
# Bulk work goes on after so many seconds even when questions never stop, or embedding would starve.
BULK_PATIENCE = 1.0

LOADING = "The search model is loading; search by meaning will be there in a moment"
BUSY = "The search model has more questions than it can answer; try again in a moment"
STOPPED = "The indexer is stopping"


@dataclass
class _Question:
    texts: list[str]
    until: float
    done: threading.Event = field(default_factory=threading.Event)
    vectors: Floats | None = None
    error: Exception | None = None


class Questions:
    """The queue before the encoder. `start` begins to answer, `use` brings the encoder, `stop` ends it."""

    def __init__(self) -> None:
        self._encoder: CachedEncoder | None = None
        self._missing = LOADING
        self._waiting: deque[_Question] = deque()
        self._active = False
        self._changed = threading.Condition()
        self._stopped = False
        self._seconds_each = 0.0
        self._thread = threading.Thread(target=self._run, name="questions", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer nothing more; those who wait are told."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
        if self._thread.ident is not None:
            self._thread.join(5)

    def use(self, encoder: CachedEncoder) -> None:
        """Answer by `encoder` from now on."""
        with self._changed:
            self._encoder = encoder
            self._changed.notify_all()

    @property
    def fingerprint(self) -> str:
        """That of the encoder that answers; empty while there is none."""
        return self._encoder.fingerprint if self._encoder is not None else ""

    def lack(self, sentence: str) -> None:
        """Say `sentence` to whoever asks while there is no encoder."""
        self._missing = sentence

    def ask(self, texts: Sequence[str], seconds: float) -> Floats:
        """The vectors of questions or drafts, within that many seconds.

        Raises EncoderUnavailable while there is no encoder, and EncoderBusy when the answer would come too late.
        """
        encoder = self._encoder
        if encoder is None:
            raise EncoderUnavailable(self._missing)
        known = encoder.recall(texts)
        if known is not None:
            return known
        question = _Question(list(texts), time.monotonic() + seconds)
        with self._changed:
            self._admit(seconds)
            self._waiting.append(question)
            self._changed.notify_all()
        if not question.done.wait(seconds):
            raise EncoderBusy(BUSY, self._patience())
        if question.error is not None:
            raise question.error
        assert question.vectors is not None, "done without an error"
        return question.vectors

    def _admit(self, seconds: float) -> None:
        """Refuse now what would be answered too late."""
        waiting = len(self._waiting)
        if self._stopped:
            raise EncoderUnavailable(STOPPED)
        if waiting >= LONGEST_QUEUE or waiting * self._seconds_each > seconds:
            raise EncoderBusy(BUSY, self._patience())

    def _patience(self) -> int:
        """Seconds after which what waits now will have been answered."""
        return max(1, math.ceil(len(self._waiting) * self._seconds_each))

    def let_pass(self) -> None:
        """Wait while questions are waiting or being answered; for bulk work, before each of its batches."""
        until = time.monotonic() + BULK_PATIENCE
        with self._changed:
            while (self._waiting or self._active) and not self._stopped and time.monotonic() < until:
                self._changed.wait(0.05)

    def _run(self) -> None:
        while True:
            part = self._take()
            if part is None:
                return
            started = time.monotonic()
            self._answer(part)
            each = (time.monotonic() - started) / max(len(part), 1)
            self._seconds_each += 0.2 * (each - self._seconds_each)
            with self._changed:
                self._active = False
                self._changed.notify_all()

    def _take(self) -> list[_Question] | None:
        """The next questions to encode together, without those whose asker has gone; None at the end."""
        with self._changed:
            while not self._waiting and not self._stopped:
                self._changed.wait()
            if self._stopped:
                for question in self._waiting:
                    question.error = EncoderUnavailable(STOPPED)
                    question.done.set()
                return None
            part: list[_Question] = []
            texts = 0
            while self._waiting and (not part or texts + len(self._waiting[0].texts) <= TOGETHER):
                question = self._waiting.popleft()
                if question.until > time.monotonic():
                    part.append(question)
                    texts += len(question.texts)
            self._active = True
            return part

    def _answer(self, part: list[_Question]) -> None:
        """Encode them in one call; one by one where that fails, so that an odd text spoils no one else's answer."""
        try:
            self._encode(part)
        except Exception as error:  # noqa: BLE001 - whatever it is, it belongs to the one who asked
            if len(part) == 1:
                part[0].error = error
            else:
                for question in part:
                    self._answer([question])
        finally:
            for question in part:
                question.done.set()

    def _encode(self, part: list[_Question]) -> None:
        encoder = self._encoder
        assert encoder is not None, "only asked once there is one"
        vectors = encoder.encode([text for question in part for text in question.texts])
        start = 0
        for question in part:
            question.vectors = vectors[start : start + len(question.texts)]
            start += len(question.texts)

"""Questions before the encoder: together, before bulk work, bounded, and each with its own answer."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence

import numpy as np
import pytest

from indexer import service_questions
from indexer.encoder import CachedEncoder, EncoderBusy, Floats, HashEncoder
from indexer.errors import EncoderUnavailable
from indexer.service_questions import Questions

pytestmark = pytest.mark.alone


class Slow(HashEncoder):
    """Answers when `go` is set; says in `calls` what it was given and in `begun` that it has started."""

    def __init__(self) -> None:
        self.go, self.begun = threading.Event(), threading.Event()
        self.calls: list[list[str]] = []

    def encode(self, texts: Sequence[str], *, query: bool = True) -> Floats:
        self.calls.append(list(texts))
        self.begun.set()
        assert self.go.wait(10)
        if "poison" in texts:
            raise ValueError("no such text")
        return super().encode(texts, query=query)


@pytest.fixture
def slow() -> Slow:
    return Slow()


@pytest.fixture
def questions(slow: Slow) -> Iterator[Questions]:
    made = Questions()
    made.use(CachedEncoder(slow))
    made.start()
    yield made
    slow.go.set()
    made.stop()


class Asker(threading.Thread):
    """Asks one question in a thread and keeps the answer."""

    def __init__(self, questions: Questions, *texts: str, seconds: float = 5.0) -> None:
        super().__init__()
        self.questions, self.texts, self.seconds = questions, list(texts), seconds
        self.answer: Floats | None = None
        self.error: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            self.answer = self.questions.ask(self.texts, self.seconds)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.error = error


def waiting(questions: Questions, count: int) -> None:
    end = time.monotonic() + 5
    while len(questions._waiting) != count:
        assert time.monotonic() < end
        time.sleep(0.002)


def test_those_who_wait_are_answered_together(questions: Questions, slow: Slow) -> None:
    first = Asker(questions, "first")
    assert slow.begun.wait(5)
    others = [Asker(questions, f"a{n}", f"b{n}") for n in range(3)]
    waiting(questions, 3)
    slow.go.set()
    for asker in [first, *others]:
        asker.join()
        assert np.array_equal(asker.answer, HashEncoder().encode(asker.texts))
    assert [len(call) for call in slow.calls] == [1, 6]


def test_no_call_holds_more_texts_than_are_bearable(questions: Questions, slow: Slow) -> None:
    askers = [Asker(questions, "first")]
    assert slow.begun.wait(5)
    askers += [Asker(questions, *(f"{n} {m}" for m in range(3))) for n in range(7)]
    waiting(questions, 7)
    slow.go.set()
    for asker in askers:
        asker.join()
    assert max(len(call) for call in slow.calls) <= service_questions.TOGETHER


def test_who_would_wait_too_long_is_told_at_once(questions: Questions, slow: Slow) -> None:
    asker = Asker(questions, "first")
    assert slow.begun.wait(5)
    askers = [Asker(questions, f"{n}") for n in range(service_questions.LONGEST_QUEUE)]
    waiting(questions, service_questions.LONGEST_QUEUE)
    started = time.monotonic()
    with pytest.raises(EncoderBusy) as caught:
        questions.ask(["one too many"], 5)
    assert time.monotonic() - started < 0.5
    assert caught.value.retry_after > 0
    slow.go.set()
    for thread in [asker, *askers]:
        thread.join()


def test_a_slow_encoder_shortens_the_queue(questions: Questions, slow: Slow) -> None:
    asker = Asker(questions, "first")
    assert slow.begun.wait(5)
    time.sleep(0.5)
    slow.go.set()
    asker.join()
    slow.go.clear()
    slow.begun.clear()
    held = Asker(questions, "second")
    assert slow.begun.wait(5)
    others = [Asker(questions, f"{n}") for n in range(3)]
    waiting(questions, 3)
    with pytest.raises(EncoderBusy):
        questions.ask(["hurried"], 0.2)
    slow.go.set()
    for thread in [held, *others]:
        thread.join()


def test_who_has_gone_is_not_encoded_for(questions: Questions, slow: Slow) -> None:
    held = Asker(questions, "first")
    assert slow.begun.wait(5)
    with pytest.raises(EncoderBusy):
        questions.ask(["impatient"], 0.05)
    slow.go.set()
    held.join()
    assert np.array_equal(questions.ask(["later"], 5), HashEncoder().encode(["later"]))
    assert ["impatient"] not in slow.calls


def test_an_odd_text_spoils_only_its_own_answer(questions: Questions, slow: Slow) -> None:
    held = Asker(questions, "first")
    assert slow.begun.wait(5)
    odd, fine = Asker(questions, "poison"), Asker(questions, "fine")
    waiting(questions, 2)
    slow.go.set()
    for asker in (held, odd, fine):
        asker.join()
    assert isinstance(odd.error, ValueError)
    assert np.array_equal(fine.answer, HashEncoder().encode(["fine"]))
    assert np.array_equal(questions.ask(["after it"], 5), HashEncoder().encode(["after it"]))


def test_what_is_remembered_does_not_wait(questions: Questions, slow: Slow) -> None:
    slow.go.set()
    known = questions.ask(["known"], 5)
    slow.go.clear()
    slow.begun.clear()
    held = Asker(questions, "in the way")
    assert slow.begun.wait(5)
    assert np.array_equal(questions.ask(["known"], 0.2), known)
    slow.go.set()
    held.join()


def test_bulk_work_lets_questions_pass_but_not_for_ever(
    questions: Questions, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = time.monotonic()
    questions.let_pass()
    assert time.monotonic() - started < 0.1
    monkeypatch.setattr(service_questions, "BULK_PATIENCE", 0.4)
    held = Asker(questions, "first")
    assert slow.begun.wait(5)
    started = time.monotonic()
    questions.let_pass()
    assert 0.3 < time.monotonic() - started < 2.0
    threading.Timer(0.1, slow.go.set).start()
    monkeypatch.setattr(service_questions, "BULK_PATIENCE", 30.0)
    started = time.monotonic()
    questions.let_pass()
    assert time.monotonic() - started < 5.0
    held.join()


def test_without_an_encoder_the_reason_is_said() -> None:
    questions = Questions()
    with pytest.raises(EncoderUnavailable, match="loading"):
        questions.ask(["a"], 1)
    questions.lack("There is no model")
    with pytest.raises(EncoderUnavailable, match="no model"):
        questions.ask(["a"], 1)


def test_the_end_is_told_to_those_who_wait(questions: Questions, slow: Slow) -> None:
    held = Asker(questions, "first")
    assert slow.begun.wait(5)
    late = Asker(questions, "second")
    waiting(questions, 1)
    threading.Timer(0.1, slow.go.set).start()
    questions.stop()
    late.join()
    held.join()
    assert isinstance(late.error, EncoderUnavailable)
    with pytest.raises(EncoderUnavailable):
        questions.ask(["third"], 1)

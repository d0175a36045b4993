"""The indexer's process, for real: its socket, its status, kills, errors, and what those who ask are told."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from indexer import Document, EncoderUnavailable, IndexClient, IndexerAwayError, IndexSettings, RemoteEncoder
from indexer import service_wire as wire
from indexer.encoder import HashEncoder
from indexer.service import ENDINGS, ended_by_signals
from tests.integration.follower_world import contents, fresh, write_past
from tests.integration.service_world import Running, until
from tests.needs import ROOT

pytestmark = pytest.mark.alone


@pytest.fixture
def running(tmp_path: Path):
    with Running(tmp_path / "it") as started:
        yield started


def caught_up(client: IndexClient, cursor: str) -> bool:
    status = client.status()
    return status.keyword.cursor == cursor and status.keyword.behind == status.semantic.behind == 0


def test_it_follows_encodes_and_ends(running: Running) -> None:
    client, encoder = IndexClient(running.settings), RemoteEncoder(running.settings)
    until(lambda: client.status().semantic.ready)
    write_past(running.history, 30, 1)
    running.keep()
    client.nudge()
    until(lambda: caught_up(client, running.history.tip()))
    assert client.status().message == ""
    assert client.status().entries == len(running.history.now())
    texts = ["first question", "second"]
    assert np.array_equal(encoder.encode(texts), HashEncoder().encode(texts))
    assert encoder.fingerprint == HashEncoder.fingerprint
    assert running.process is not None
    running.process.terminate()
    assert running.process.wait(10) == 0
    assert running.settings.socket is not None
    assert not running.settings.socket.exists()
    assert contents(running.settings) == fresh(running.directory / "fresh", running.history)


def test_it_answers_a_third_of_a_second_after_it_was_started(tmp_path: Path) -> None:
    took = []
    for number in range(3):
        started = time.monotonic()
        with Running(tmp_path / str(number)) as running:
            IndexClient(running.settings).status()
            took.append(time.monotonic() - started)
    # The best of three: the bound is the program's, not that of a machine which does other things beside it.
    assert min(took) < 1.0


def test_it_ends_whenever_it_is_told_to_in_its_first_moments(tmp_path: Path) -> None:
    # A signal that came just before the main thread began to wait was missed once in twenty starts like these.
    for number in range(20):
        with Running(tmp_path / str(number)) as running:
            client = IndexClient(running.settings)
            for _ in range(50):
                client.nudge()
            time.sleep(number * 0.0006)
            assert running.process is not None
            running.process.terminate()
            assert running.process.wait(10) == 0


def test_signals_set_the_event_and_then_do_again_what_they_did() -> None:
    ending, handlers = threading.Event(), [signal.getsignal(number) for number in ENDINGS]
    with ended_by_signals(ending):
        os.kill(os.getpid(), signal.SIGTERM)
        assert ending.wait(5)
    assert [signal.getsignal(number) for number in ENDINGS] == handlers


def test_it_ends_at_once_and_in_good_order_while_the_model_is_being_loaded(tmp_path: Path) -> None:
    with Running(tmp_path / "it", model="bundled") as running:
        assert running.process is not None
        maps = Path(f"/proc/{running.process.pid}/maps")
        until(lambda: b"libtorch_cpu" in maps.read_bytes())
        running.process.terminate()
        started = time.monotonic()
        assert running.process.wait(20) == 0
        assert time.monotonic() - started < 2.0


def test_only_this_user_can_ask(running: Running) -> None:
    assert running.settings.socket is not None
    assert stat.S_IMODE(running.settings.socket.stat().st_mode) == 0o600


def test_a_save_is_found_soon_without_a_nudge_and_at_once_with_one(running: Running) -> None:
    client = IndexClient(running.settings)
    until(lambda: client.status().semantic.ready)
    for nudges in (False, True):
        running.history.put(Document(f"e{nudges}", "A title", f"a body {nudges}"))
        running.keep()
        started = time.monotonic()
        if nudges:
            client.nudge()
        until(lambda: caught_up(client, running.history.tip()), 5)
        assert time.monotonic() - started < (1.0 if nudges else 3.0)


def test_a_killed_one_is_replaced_and_carries_on(running: Running) -> None:
    client, encoder = IndexClient(running.settings), RemoteEncoder(running.settings)
    until(lambda: client.status().semantic.ready)
    encoder.encode(["keeps a connection"])
    assert running.process is not None
    running.process.send_signal(signal.SIGKILL)
    running.process.wait()
    assert running.process.stdout is not None
    running.process.stdout.close()
    assert running.settings.socket is not None
    assert running.settings.socket.exists(), "a kill leaves the socket's file behind"
    with pytest.raises(EncoderUnavailable, match="not running"):
        encoder.encode(["nobody there"])
    assert "not running" in client.status().message
    client.nudge()
    write_past(running.history, 10, 2)
    running.keep()
    running.start()
    until(lambda: caught_up(client, running.history.tip()))
    assert encoder.encode(["again"]).shape == (1, 64)


def test_a_second_one_is_refused_and_disturbs_nothing(running: Running) -> None:
    command = [sys.executable, "-m", "tests.integration.service_world", str(running.directory)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=20, check=False)
    assert second.returncode != 0
    assert "Another indexer" in second.stderr
    until(lambda: IndexClient(running.settings).status().semantic.ready)
    assert RemoteEncoder(running.settings).encode(["still here"]).shape == (1, 64)


def test_an_error_of_the_source_is_shown_and_made_up_for(running: Running) -> None:
    client = IndexClient(running.settings)
    until(lambda: client.status().semantic.ready)
    (running.directory / "broken").touch()
    until(lambda: "cannot follow" in client.status().message)
    assert "the repository is away" in client.status().message
    assert RemoteEncoder(running.settings).encode(["questions go on"]).shape == (1, 64)
    running.history.put(Document("late", "Late", "but there"))
    running.keep()
    (running.directory / "broken").unlink()
    until(lambda: caught_up(client, running.history.tip()))
    assert client.status().message == ""


def test_a_rebuild_is_asked_for_and_done(running: Running) -> None:
    client = IndexClient(running.settings)
    write_past(running.history, 20, 3)
    running.keep()
    until(lambda: caught_up(client, running.history.tip()))
    before = (running.settings.directory / "current").readlink()
    client.rebuild()
    until(lambda: (running.settings.directory / "current").readlink() != before)
    until(lambda: caught_up(client, running.history.tip()))


def test_a_model_that_is_not_there_leaves_words_and_says_so(tmp_path: Path) -> None:
    with Running(tmp_path / "it", model="/nowhere/at/all") as running:
        client, encoder = IndexClient(running.settings), RemoteEncoder(running.settings)
        write_past(running.history, 5, 4)
        running.keep()
        until(lambda: client.status().keyword.cursor == running.history.tip())
        until(lambda: "could not be loaded" in client.status().message, 60)
        assert not client.status().semantic.ready
        with pytest.raises(EncoderUnavailable, match="/nowhere/at/all"):
            encoder.encode(["anything"])


def test_a_path_of_any_length_will_do(tmp_path: Path) -> None:
    deep = tmp_path / ("a-rather-long-name-" * 5) / ("another-one-" * 8) / "run" / "indexer.sock"
    with Running(tmp_path / "it", socket=str(deep)) as running:
        until(lambda: IndexClient(running.settings).status().semantic.ready)
        assert RemoteEncoder(running.settings).encode(["far away"]).shape == (1, 64)
        assert stat.S_IMODE(deep.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "sent",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        struct.pack(">II", 2**31, 0),
        struct.pack(">II", 4, 0) + b"null",
        struct.pack(">II", 5, 0) + b"{oops",
        struct.pack(">II", 40, 0) + b"cut off",
        b"",
    ],
)
def test_what_is_no_question_ends_the_connection_and_nothing_else(running: Running, sent: bytes) -> None:
    assert running.settings.socket is not None
    with wire.connect(running.settings.socket, 2) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(100) == b""
    until(lambda: IndexClient(running.settings).status().semantic.ready)


@pytest.mark.parametrize("message", [{}, {"do": "dance"}, {"do": "encode"}, {"do": "encode", "texts": ["a"] * 65}])
def test_what_cannot_be_done_is_said(running: Running, message: dict[str, object]) -> None:
    assert running.settings.socket is not None
    with wire.connect(running.settings.socket, 2) as connection:
        wire.send(connection, message)
        received = wire.receive(connection, time.monotonic() + 5)
        assert received is not None
        assert received[0]["error"] == "unknown"


def test_many_ask_at_once_and_each_gets_its_own(running: Running) -> None:
    encoder = RemoteEncoder(running.settings, timeout=10)
    until(lambda: IndexClient(running.settings).status().semantic.ready)
    wrong: list[object] = []

    def ask(number: int) -> None:
        for turn in range(25):
            texts = [f"question {number} {turn}", f"draft {turn}"]
            if not np.array_equal(encoder.encode(texts), HashEncoder().encode(texts)):
                wrong.append(texts)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_connection_is_not_shared_across_a_fork(running: Running) -> None:
    encoder = RemoteEncoder(running.settings)
    until(lambda: IndexClient(running.settings).status().semantic.ready)
    encoder.encode(["before"])
    child = os.fork()
    if child == 0:
        right = np.array_equal(encoder.encode(["in the child"]), HashEncoder().encode(["in the child"]))
        os._exit(0 if right else 1)
    assert np.array_equal(encoder.encode(["in the parent"]), HashEncoder().encode(["in the parent"]))
    assert os.waitpid(child, 0)[1] == 0


# -- without an indexer ------------------------------------------------------------------------------------------------


def test_without_an_indexer_everything_is_said_and_nothing_raised(tmp_path: Path) -> None:
    settings = IndexSettings(tmp_path / "index", model="hash", socket=tmp_path / "run" / "no.sock")
    client = IndexClient(settings)
    client.nudge()
    status = client.status()
    assert "not running" in status.message
    assert not status.keyword.ready
    assert client.progress() is None
    with pytest.raises(IndexerAwayError, match="not running"):
        client.rebuild()
    with pytest.raises(EncoderUnavailable, match="not running"):
        RemoteEncoder(settings).encode(["a"])


def test_the_status_comes_from_the_files_when_nobody_runs(running: Running) -> None:
    client = IndexClient(running.settings)
    write_past(running.history, 20, 6)
    running.keep()
    until(lambda: caught_up(client, running.history.tip()))
    alive = client.status()
    assert running.process is not None
    running.process.terminate()
    running.process.wait(10)
    away = client.status(behind=lambda cursor: 3 if cursor == alive.keyword.cursor else 0)
    assert (away.entries, away.passages, away.model) == (alive.entries, alive.passages, alive.model)
    assert (away.keyword.ready, away.keyword.behind, away.semantic.behind) == (True, 3, 3)
    assert not away.semantic.ready


def test_a_nudge_costs_the_writer_next_to_nothing(running: Running) -> None:
    client = IndexClient(running.settings)
    took = []
    for _ in range(50):
        started = time.perf_counter()
        client.nudge()
        took.append(time.perf_counter() - started)
    assert sorted(took)[25] < 0.005


def test_one_that_hangs_delays_one_question_and_not_the_next(tmp_path: Path) -> None:
    settings = IndexSettings(tmp_path / "index", socket=tmp_path / "indexer.sock")
    assert settings.socket is not None
    with wire.listen(settings.socket):
        encoder = RemoteEncoder(settings, timeout=0.2)
        started = time.monotonic()
        with pytest.raises(EncoderUnavailable, match="in time"):
            encoder.encode(["never answered"])
        assert 0.15 < time.monotonic() - started < 1.0
        started = time.monotonic()
        for _ in range(50):
            with pytest.raises(EncoderUnavailable, match="in time"):
                encoder.encode(["asked at once"])
        assert time.monotonic() - started < 0.1
        started = time.monotonic()
        IndexClient(settings, timeout=0.2).status()
        assert time.monotonic() - started < 1.0

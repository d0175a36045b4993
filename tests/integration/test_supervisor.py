"""The supervisor with real processes: what dies comes back, what is told to stop stops, nothing is left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from tests.live import LiveServer, wait_for
from tests.needs import ROOT

pytestmark = pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="processes are found through /proc")


def processes_of(instance: Path, word: str = "") -> list[int]:
    """The living processes whose environment names this instance and whose command line holds `word`."""
    found = []
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes().decode(errors="replace")
            state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if f"HINDSIGHT_INSTANCE={instance}\0".encode() in environment and word in command and state != "Z":
            found.append(int(folder.name))
    return sorted(found)


def parent_of(pid: int) -> int | None:
    """None when the process has ended since it was listed."""
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return None


def masters(server: LiveServer) -> list[int]:
    """gunicorn's first process, the one that the supervisor started; none while it waits to start the next."""
    assert server.process
    return [pid for pid in processes_of(server.instance, "gunicorn") if parent_of(pid) == server.process.pid]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[LiveServer]:
    running = LiveServer(tmp_path / "instance", env={"HINDSIGHT_WORKERS": "2"}).start()
    yield running
    running.stop()
    wait_for(lambda: not processes_of(running.instance), 15, lambda: f"left: {processes_of(running.instance)}")


def answers(server: LiveServer) -> bool:
    try:
        return httpx.get(server.url + "/healthz", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_a_page_is_there_soon_and_the_terminal_says_where(tmp_path: Path) -> None:
    started = time.monotonic()
    server = LiveServer(tmp_path / "instance").start()
    try:
        assert time.monotonic() - started < 15
        assert server.url in "".join(server.output)
        assert server.first_account_link().startswith(server.url + "/first-account/")
        server.wiki("user", "create", "ada", "--role", "administrator", given="correct horse battery\n")
    finally:
        server.stop()
    again = LiveServer(tmp_path / "instance").start()
    try:
        assert "first-account" not in "".join(again.output)
    finally:
        again.stop()


def test_a_second_server_is_told_who_runs(server: LiveServer) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "wiki", "serve", "--instance", str(server.instance), "--port", "0"],
        cwd=ROOT, capture_output=True, text=True, timeout=30, check=False,
    )  # fmt: skip
    assert server.process
    assert done.returncode == 1
    assert f"process {server.process.pid} at {server.url}" in done.stderr
    assert "Traceback" not in done.stderr
    assert answers(server)


def test_a_port_in_use_is_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "wiki", "serve", "--instance", str(tmp_path / "i"), "--port", port],
            cwd=ROOT, capture_output=True, text=True, timeout=30, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert f"Port {port} is in use." in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_it_stops_cleanly_within_seconds(server: LiveServer, number: signal.Signals) -> None:
    assert server.process
    started = time.monotonic()
    server.process.send_signal(number)
    assert server.process.wait(12) == 0
    assert time.monotonic() - started < 10
    assert not processes_of(server.instance)
    assert "Stopped." in "".join(server.output)


def test_a_killed_web_application_comes_back_on_the_same_port(server: LiveServer) -> None:
    [before] = masters(server)
    os.kill(before, signal.SIGKILL)
    wait_for(lambda: masters(server) not in ([], [before]), 20)
    assert "web application ended (SIGKILL)" in "".join(server.output)
    [head] = masters(server)
    # The killed one's workers answer until they see that it is gone; then it is the new one's that must.
    wait_for(lambda: sum(parent_of(pid) == head for pid in processes_of(server.instance, "gunicorn")) == 2, 20)
    wait_for(lambda: len(processes_of(server.instance, "gunicorn")) == 3, 20)
    assert answers(server)


def test_a_killed_worker_is_replaced(server: LiveServer) -> None:
    wait_for(lambda: len(processes_of(server.instance, "gunicorn")) == 3, 20)
    [head] = masters(server)
    workers = [pid for pid in processes_of(server.instance, "gunicorn") if pid != head]
    for pid in workers:
        os.kill(pid, signal.SIGKILL)
    wait_for(lambda: len(set(processes_of(server.instance, "gunicorn")) - {head, *workers}) == 2, 20)
    assert answers(server)


def test_a_killed_indexer_comes_back_and_catches_up(server: LiveServer) -> None:
    server.wait_indexed(part="keyword")
    [before] = processes_of(server.instance, "index\0serve")
    os.kill(before, signal.SIGKILL)
    assert answers(server), "pages need no indexer"
    wait_for(lambda: processes_of(server.instance, "index\0serve") not in ([], [before]), 20)
    server.wait_indexed()


def test_children_end_with_a_killed_supervisor_and_the_next_one_starts(server: LiveServer) -> None:
    assert server.process
    wait_for(lambda: len(processes_of(server.instance)) >= 4, 20)
    server.process.kill()
    server.process.wait(5)
    wait_for(lambda: not processes_of(server.instance), 15, lambda: f"left: {processes_of(server.instance)}")
    again = LiveServer(server.instance).start()
    try:
        again.wait_indexed()
    finally:
        again.stop()


def test_what_keeps_dying_is_started_with_growing_pauses(tmp_path: Path) -> None:
    from wiki.supervisor import Child

    said: list[str] = []
    child = Child("helper", [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ), ())
    for _ in range(3):
        child.due = 0.0
        child.tend(said.append)
        assert child.process
        child.process.wait(10)
        child.tend(said.append)
        assert child.process is None
    assert [line.split("starts again in ")[1] for line in said] == ["0.5 s.", "1 s.", "2 s."]
    assert all("exit code 3" in line for line in said)


def test_packing_runs_beside_and_leaves_references_alone(tmp_path: Path) -> None:
    from wiki.content import Author, Change, ContentStore
    from wiki.supervisor import Upkeep

    store = ContentStore.create(tmp_path / "content.git", tmp_path / "run")
    tip = store.apply([Change("pages/a.md", b"a")], author=Author("x", "X"), message="a")
    said: list[str] = []
    upkeep = replace(Upkeep.packing(str(tmp_path / "content.git")), due=0.0)
    upkeep.tend(said.append)
    assert upkeep.process
    upkeep.process.wait(30)
    upkeep.tend(said.append)
    assert said == []
    assert upkeep.process is None
    assert store.tip() == tip
    assert (tmp_path / "content.git" / "refs" / "heads" / "main").exists()

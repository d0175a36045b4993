"""A real server on a temporary instance: `python -m wiki serve` with the real model, and the commands beside it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parent.parent
ADDRESS = re.compile(r"https?://[\w.:\[\]-]+:\d+")
PASSWORD = "a long benchmark password"


@dataclass
class Server:
    """A wiki in processes of its own. `started` is when it was begun (time.perf_counter)."""

    instance: Path
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    url: str = ""
    started: float = 0.0
    output: list[str] = field(default_factory=list)

    @property
    def pid(self) -> int:
        """The supervisor's process id."""
        assert self.process is not None
        return self.process.pid

    def environment(self) -> dict[str, str]:
        """Ours, with the settings of this server."""
        return {**os.environ, "PORT": "0", "HOST": "127.0.0.1", **self.env}

    def command(self, *arguments: str) -> list[str]:
        """`python -m wiki --instance ... arguments`."""
        return [sys.executable, "-m", "wiki", "--instance", str(self.instance), *arguments]

    def start(self) -> float:
        """Start it; seconds until the first page was answered."""
        self.output.clear()
        self.started = time.perf_counter()
        self.process = subprocess.Popen(
            self.command("serve"),
            cwd=ROOT,
            env=self.environment(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        wait(lambda: bool(self._address()), 60, self.explain)
        self.url = self._address()
        wait(self._answers, 60, self.explain)
        return time.perf_counter() - self.started

    def _read(self) -> None:
        assert self.process and self.process.stdout
        self.output.extend(self.process.stdout)

    def _address(self) -> str:
        found = ADDRESS.search("".join(self.output))
        return found.group(0) if found else ""

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url + "/", timeout=5).status_code < 500
        except httpx.HTTPError:
            return False

    def explain(self) -> str:
        """What it printed last."""
        return "".join(self.output[-30:])

    def stop(self) -> None:
        """End it as Ctrl+C would."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(5)
        self.process = None

    def wiki(self, *arguments: str, given: str = "") -> str:
        """Run a command on the instance; its standard output."""
        done = subprocess.run(
            self.command(*arguments),
            cwd=ROOT,
            env=self.environment(),
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(arguments)}: {done.stderr}{done.stdout}")
        return done.stdout

    def account(self, name: str = "bench", role: str = "facilitator") -> str:
        """Make an account where there is none of that name; a token of it that may write."""
        if name not in self.wiki("user", "list").split():
            self.wiki("user", "create", name, "--role", role, given=PASSWORD + "\n")
        return self.wiki("token", "create", name, "--scope", "write").strip()

    def client(self, token: str) -> httpx.Client:
        """A program with that token, over connections that stay open."""
        headers = {"Authorization": f"Bearer {token}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=60)

    def health(self) -> dict[str, Any]:
        """What /healthz says."""
        answer: dict[str, Any] = httpx.get(self.url + "/healthz", timeout=10).json()
        return answer

    def caught_up(self, part: str) -> bool:
        """Whether that half of the index has followed everything."""
        state = self.health()["index"][part]
        return bool(state["ready"] and state["behind"] == 0)

    def wait_index(self, part: str, timeout: float = 900) -> None:
        """Wait until that half of the index has followed everything."""
        wait(lambda: self.caught_up(part), timeout, lambda: f"{self.health()}\n{self.explain()}", pause=0.05)


def wait(done: Callable[[], bool], timeout: float, explain: Callable[[], str], pause: float = 0.005) -> None:
    """Poll until `done`; raise TimeoutError with the explanation."""
    end = time.perf_counter() + timeout
    while not done():
        if time.perf_counter() > end:
            raise TimeoutError(f"nothing after {timeout:.0f} s\n{explain()}")
        time.sleep(pause)


@contextmanager
def gunicorn(application: str, workers: int, threads: int) -> Iterator[tuple[str, int]]:
    """A bare application on the same gunicorn as the wiki; its address and its process id."""
    command = [sys.executable, "-m", "gunicorn", "-k", "gthread", "-w", str(workers), "--threads", str(threads)]
    process = subprocess.Popen(
        [*command, "-b", "127.0.0.1:0", "--keep-alive", "15", "--log-level", "info", application],
        cwd=ROOT,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    lines: list[str] = []
    threading.Thread(target=lambda: lines.extend(process.stderr or ()), daemon=True).start()
    try:
        wait(lambda: "Booting worker" in "".join(lines), 30, lambda: "".join(lines))
        found = ADDRESS.search("".join(lines))
        assert found, lines
        yield found.group(0), process.pid
    finally:
        process.terminate()
        process.wait(20)

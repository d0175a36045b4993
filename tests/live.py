"""A real server in processes of its own, for tests that talk to it over loopback."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from tests.needs import ROOT

ADDRESS = re.compile(r"http://[\w.:\[\]-]+")


@dataclass
class LiveServer:
    """`python -m wiki serve` on a temporary instance. `url` has no slash at its end; `output` is what it printed."""

    instance: Path
    model: str = "hash"
    env: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[str] | None = None
    url: str = ""
    output: list[str] = field(default_factory=list)

    def start(self, timeout: float = 30.0) -> LiveServer:
        """Start it and wait until /healthz answers."""
        env = {**os.environ, "PORT": "0", "HOST": "127.0.0.1", "HINDSIGHT_MODEL": self.model, **self.env}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wiki", "--instance", str(self.instance), "serve"],
            cwd=ROOT,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        wait_for(self._find_url, timeout, lambda: "no address was printed:\n" + "".join(self.output))
        wait_for(self._answers, timeout, lambda: "no answer from /healthz:\n" + "".join(self.output))
        return self

    def _read(self) -> None:
        assert self.process and self.process.stdout
        for line in self.process.stdout:
            self.output.append(line)

    def _find_url(self) -> bool:
        found = [ADDRESS.search(line) for line in list(self.output)]
        urls = [match.group(0) for match in found if match]
        if urls:
            self.url = urls[0].rstrip("/")
        return bool(urls)

    def _answers(self) -> bool:
        try:
            return httpx.get(self.url + "/healthz", timeout=2).status_code == 200
        except httpx.HTTPError:
            return False

    def health(self) -> dict[str, object]:
        """What /healthz says."""
        answer: dict[str, object] = httpx.get(self.url + "/healthz", timeout=10).json()
        return answer

    def wait_indexed(self, timeout: float = 60.0, part: str = "semantic") -> None:
        """Wait until that half of the index has caught up."""

        def done() -> bool:
            index = self.health()["index"]
            assert isinstance(index, dict)
            return bool(index[part]["ready"] and index[part]["behind"] == 0)

        wait_for(done, timeout, lambda: f"the index did not catch up: {self.health()}\n" + "".join(self.output[-30:]))

    def wiki(self, *arguments: str, given: str = "") -> str:
        """Run `python -m wiki ...` on this instance; its standard output. Fails on a non-zero exit."""
        done = subprocess.run(
            [sys.executable, "-m", "wiki", "--instance", str(self.instance), *arguments],
            cwd=ROOT,
            env={**os.environ, "HINDSIGHT_MODEL": self.model, **self.env},
            input=given,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    def token(self, name: str = "ada", role: str = "author", scope: str = "write") -> str:
        """Create an account and a token of it; returns the token."""
        self.wiki("user", "create", name, "--role", role, given="correct horse battery\n")
        return self.wiki("token", "create", name, "--scope", scope).strip()

    def first_account_link(self) -> str:
        """The one-time link that the terminal shows while there is no account."""
        wait_for(lambda: any("/first/" in line or "first-account" in line for line in self.output), 10)
        for line in self.output:
            for address in re.findall(r"http://\S+", line):
                if "first" in address:
                    return str(address)
        raise AssertionError("no link was printed:\n" + "".join(self.output))

    def stop(self) -> None:
        """End it as Ctrl+C would; kill what is left after ten seconds."""
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait(5)
        if self.process.stdout:
            self.process.stdout.close()


def wait_for(
    condition: Callable[[], bool], timeout: float = 10.0, explain: Callable[[], str] = lambda: "it did not happen"
) -> None:
    """Poll until `condition` holds, or fail with the explanation."""
    end = time.monotonic() + timeout
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError(f"after {timeout} s: {explain()}")

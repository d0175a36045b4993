"""`python -m wiki serve`: one small process that keeps the web application and the indexer running.

It prepares the instance, locks it, opens the listening socket and starts both as children. A child that dies is
started again, after pauses that grow while it keeps dying. SIGTERM, SIGINT and SIGHUP end everything within seconds;
when this process itself is killed, the children notice through `wiki.lifeline`.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from types import FrameType

from wiki import lifeline
from wiki.config import SETTINGS, Config
from wiki.services import ROOT

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
HEALTHY_AFTER = 30.0
STOP_WITHIN = 8.0
UPKEEP_EVERY = 3600.0
FIRST_REMINDERS = 600.0
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

Say = Callable[[str], None]


@dataclass
class Child:
    """A process that is to run for as long as the supervisor does. `pause` is how long the next restart waits."""

    name: str
    command: Sequence[str]
    env: Mapping[str, str]
    descriptors: tuple[int, ...]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    due: float = 0.0
    pause: float = FIRST_PAUSE

    def start(self) -> None:
        """Start it in a session of its own, so that a Ctrl+C at the terminal reaches the supervisor alone."""
        self.process = subprocess.Popen(
            self.command, env=self.env, pass_fds=self.descriptors, start_new_session=True, stdin=subprocess.DEVNULL
        )
        self.started = time.monotonic()

    def tend(self, say: Say) -> None:
        """Start it when it is due; when it has died, say so and plan its return."""
        now = time.monotonic()
        if self.process is None:
            if now >= self.due:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.signal_group(signal.SIGTERM)  # its own children, if it left any
        if now - self.started >= HEALTHY_AFTER:
            self.pause = FIRST_PAUSE
        say(f"The {self.name} ended ({_reason(code)}); it starts again in {self.pause:g} s.")
        self.process = None
        self.due = now + self.pause
        self.pause = min(self.pause * 2, LONGEST_PAUSE)

    def signal_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and everything that it started."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, number)

    def terminate(self) -> None:
        """Ask the process itself to end; it looks after its own children."""
        if self.process is not None and self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.process.terminate()


@dataclass
class Upkeep:
    """A command that runs beside the children once an hour, with low priority, and ends by itself."""

    name: str
    command: Sequence[str]
    cwd: str
    env: Mapping[str, str] | None = None
    due: float = field(default_factory=lambda: time.monotonic() + UPKEEP_EVERY)
    process: subprocess.Popen[bytes] | None = None

    @classmethod
    def packing(cls, repository: str) -> Upkeep:
        """`git gc --auto`: it does nothing until there is enough to pack, and never touches references."""
        command = ["git", "-c", "gc.packRefs=false", "-c", "gc.autoDetach=false", "gc", "--auto", "--quiet"]
        return cls("packing of the content repository", command, repository)

    @classmethod
    def reminding(cls, env: Mapping[str, str]) -> Upkeep:
        """`python -m wiki remind`, the first time soon after the start: a machine may be off at night."""
        command = [sys.executable, "-m", "wiki", "remind", "--quiet"]
        return cls("round of reminders", command, str(ROOT), env, time.monotonic() + FIRST_REMINDERS)

    def tend(self, say: Say) -> None:
        """Start it when due, and collect it when done."""
        if self.process is not None:
            code = self.process.poll()
            if code is None:
                return
            if code:
                say(f"The {self.name} ended with {_reason(code)}; it is tried again in an hour.")
            self.process = None
        if time.monotonic() >= self.due:
            self.due = time.monotonic() + UPKEEP_EVERY
            self.start(say)

    def start(self, say: Say) -> None:
        """Run it in the background."""
        try:
            self.process = subprocess.Popen(
                ["nice", *self.command], cwd=self.cwd, env=self.env, stdin=subprocess.DEVNULL, start_new_session=True
            )
        except OSError as error:
            say(f"The {self.name} cannot be started: {error}.")

    def stop(self) -> None:
        """End it; what it does can be ended anywhere and begun again."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(STOP_WITHIN)


def environment(config: Config) -> dict[str, str]:
    """The environment of the children: ours, with every setting in force spelled out."""
    env = dict(os.environ)
    for setting in SETTINGS:
        value = getattr(config, setting.field)
        if value is None:
            env.pop(setting.env, None)
        else:
            env[setting.env] = str(value)
    env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(ROOT), env.get("PYTHONPATH", "")]))
    # numpy's threads wait for each other by spinning; what gains from several cores is shared out by `indexer.cores`.
    env.setdefault("OPENBLAS_NUM_THREADS", "1")
    return env


class Supervisor:
    """Keeps the children running until it is told to stop."""

    def __init__(self, config: Config, listener: socket.socket, say: Say) -> None:
        self._say = say
        self._stopping = False
        self._lifeline, self._held = os.pipe()
        listener.set_inheritable(True)
        env = environment(config) | {lifeline.VARIABLE: str(self._lifeline)}
        address = listener.fileno()
        web = [sys.executable, "-m", "gunicorn", "-c", "python:wiki.gunicorn_conf", "-b", f"fd://{address}"]
        self._children = [
            Child("web application", [*web, "wiki.wsgi:application()"], env, (address, self._lifeline)),
            Child("indexer", [sys.executable, "-m", "wiki", "index", "serve"], env, (self._lifeline,)),
        ]
        self._upkeep = [Upkeep.packing(str(config.content_path)), Upkeep.reminding(environment(config))]

    def run(self) -> None:
        """Until SIGTERM, SIGINT or SIGHUP: start what is due, notice what died. Then stop everything."""
        with _wakeup(self._stop) as wakeup:
            try:
                while not self._stopping:
                    for child in self._children:
                        child.tend(self._say)
                    for upkeep in self._upkeep:
                        upkeep.tend(self._say)
                    select.select([wakeup], [], [], self._until_due())
                    _drain(wakeup)
            finally:
                self._stop_children()
                os.close(self._held)
                os.close(self._lifeline)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _until_due(self) -> float:
        """Seconds to sleep: until the next planned start, at most a second."""
        waits = [child.due - time.monotonic() for child in self._children if child.process is None]
        return max(0.0, min([1.0, *waits]))

    def _stop_children(self) -> None:
        for child in self._children:
            child.terminate()
        for upkeep in self._upkeep:
            upkeep.stop()
        end = time.monotonic() + STOP_WITHIN
        for child in self._children:
            if child.process is None:
                continue
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.process.wait(max(0.0, end - time.monotonic()))
            child.signal_group(signal.SIGKILL)
            child.process.wait()


@contextlib.contextmanager
def _wakeup(stop: Callable[[int, FrameType | None], None]) -> Iterator[int]:
    """A descriptor that becomes readable with each signal, so that the loop can sleep between them."""
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    os.set_blocking(writing, False)
    before = {number: signal.signal(number, stop) for number in SIGNALS}
    before[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    previous = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    try:
        yield reading
    finally:
        signal.set_wakeup_fd(previous)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(reading)
        os.close(writing)


def _drain(descriptor: int) -> None:
    with contextlib.suppress(BlockingIOError):
        os.read(descriptor, 4096)


def _reason(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return signal.Signals(-code).name
    return f"signal {-code}"

"""A running indexer in a process of its own, for tests of the service. Also that process.

`python -m tests.integration.service_world DIRECTORY` serves the history kept in DIRECTORY, which it reads again
whenever the file changes.
"""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from indexer import Changes, IndexSettings, leave, serve
from tests.integration.follower_world import History
from tests.needs import ROOT


class Kept:
    """A history in a file that another process writes."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def tip(self) -> str:
        """As `History.tip`; a file named `broken` beside it makes the source fail."""
        if (self._path.parent / "broken").exists():
            raise OSError("the repository is away")
        return History.load(self._path).tip()

    def changes(self, since: str) -> Changes:
        """As `History.changes`."""
        return History.load(self._path).changes(since)


def settings_of(directory: Path) -> IndexSettings:
    """What `options.json` in the directory says, else the small encoder and a socket beside the index."""
    options = directory / "options.json"
    values = json.loads(options.read_text()) if options.exists() else {}
    socket = Path(values.pop("socket", directory / "run" / "indexer.sock"))
    return IndexSettings(directory / "index", socket=socket, **{"model": "hash", **values})


class Running:
    """The process. `start` returns when it answers; leave the block to end it."""

    def __init__(self, directory: Path, **options: object) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        (directory / "options.json").write_text(json.dumps(options))
        self.settings = settings_of(directory)
        self.history = History()
        self.keep()
        self.process: subprocess.Popen[str] | None = None

    def keep(self) -> None:
        """Let the process see the history as it is now."""
        path = self.directory / "history.json"
        beside = path.with_suffix(".new")
        self.history.save(beside)
        beside.replace(path)

    def start(self) -> Running:
        """Start it and wait for its first word."""
        command = [sys.executable, "-m", "tests.integration.service_world", str(self.directory)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        assert self.process.stdout.readline() == "ready\n"
        return self

    def __enter__(self) -> Running:
        return self.start()

    def __exit__(self, *_: object) -> None:
        assert self.process is not None
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                raise
            finally:
                self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def until(found: Callable[[], bool], seconds: float = 20.0, what: str = "it") -> None:
    """Wait until that holds."""
    end = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < end, f"{what} did not come about in {seconds} s"
        time.sleep(0.02)


def main(directory: Path) -> None:
    """Serve until SIGTERM."""
    logging.basicConfig(level=logging.INFO)
    settings = settings_of(directory)
    serve(settings, Kept(directory / "history.json"), ready=lambda: print("ready", flush=True))
    leave()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

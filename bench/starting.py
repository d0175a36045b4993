"""Import, cold start, catching up, memory."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.measure import timed
from bench.processes import pss_mib
from bench.rows import Row
from bench.server import ROOT, Server
from bench.setting import Setting, lessons_file

PART = "start"


def import_lessons(server: Server, data: Path) -> Row:
    """Bring the lessons into an instance that is not served; nothing is embedded meanwhile."""
    with timed() as clock:
        server.wiki("import", str(lessons_file(data)), "--kind", "lesson")
    with timed() as again:
        server.wiki("import", str(lessons_file(data)), "--kind", "lesson")
    note = f"a second time, with nothing to do: {again.seconds:.1f} s"
    return Row(PART, "import of 1,637 lessons", clock.seconds, "s", at_most=60, note=note)


def cold_start(server: Server) -> Iterator[Row]:
    """From the start of the process to the first page, and to an index that has followed everything."""
    seconds = server.start()
    bare = _bare_start()
    yield Row(PART, "server start to first page", seconds, "s", at_most=3, reference=bare, against="import flask")
    server.wait_index("keyword")
    words = time.perf_counter() - server.started
    yield Row(PART, "… to all lessons found by keyword", words, "s")
    server.wait_index("semantic")
    meaning = time.perf_counter() - server.started
    index = server.health()["index"]
    rate = index["passages"] / max(0.001, meaning - words)
    note = f"{index['entries']:,} entries, {index['passages']:,} passages, {rate:.0f} passages/s"
    yield Row(PART, "… to all lessons found by meaning", meaning, "s", note=note)
    held = pss_mib(server.pid, "index serve")
    yield Row(PART, "memory of the indexer when all of them are encoded, PSS", held, "MiB", at_most=1200)


def warm_start(server: Server) -> Iterator[Row]:
    """Stop it and start it again with everything indexed."""
    server.stop()
    seconds = server.start()
    yield Row(PART, "second start to first page", seconds, "s", at_most=3)
    server.wait_index("semantic")
    yield Row(PART, "… to search by meaning", time.perf_counter() - server.started, "s")


def memory(setting: Setting) -> Iterator[Row]:
    """What the processes hold, after everything else was measured."""
    pid = setting.server.pid
    yield Row("memory", "indexer, PSS", pss_mib(pid, "index serve"), "MiB", at_most=1200)
    yield Row("memory", "web application, PSS", pss_mib(pid, "gunicorn"), "MiB")
    yield Row("memory", "all processes, PSS", pss_mib(pid), "MiB")
    instance = setting.server.instance
    for name in ("content.git", "derived"):
        yield Row("memory", f"disk, {name}", _size(instance / name) / 2**20, "MiB")


def _size(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _bare_start() -> float:
    with timed() as clock:
        subprocess.run([sys.executable, "-c", "import flask; flask.Flask('x')"], cwd=ROOT, check=True)
    return clock.seconds

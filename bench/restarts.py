"""The indexer's process at 100,000 passages: its restart, a save, its memory over thousands of saves."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import collection, served
from bench.measure import percentile, timed
from bench.processes import pss_mib
from bench.rows import Row
from bench.server import ROOT, wait
from bench.world import settings_of
from indexer import IndexClient, IndexSettings, RemoteEncoder, Searcher, SearchRequest

PART = "scale"
SAVES = 20


def rows(root: Path, passages: int, pool: list[str], saves: int) -> Iterator[Row]:
    """All of it."""
    settings = settings_of(root, passages)
    yield from restart(root, passages, settings)
    with served.indexer(root, passages) as indexer:
        yield from found(settings, passages, pool, indexer.pid)
        note = "its model loaded, after searches and saves"
        yield Row(PART, "memory of the indexer's process, PSS", pss_mib(indexer.pid), "MiB", at_most=1200, note=note)
    yield from flat(root, passages, pool, saves)


def restart(root: Path, passages: int, settings: IndexSettings) -> Iterator[Row]:
    """Processes of their own, from their first line to the first answer."""
    code = (
        "import sys; from pathlib import Path; from indexer import *\n"
        f"found = Searcher(IndexSettings(Path({str(settings.directory)!r}))).search(\n"
        "    SearchRequest('pressure valve', mode='keyword'))\n"
        "sys.exit(0 if found.hits and not found.degraded else 1)"
    )
    with timed() as clock:
        subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    what = f"restart at {passages:,} passages, first answer"
    yield Row(PART, f"{what} by words", clock.seconds, "s", at_most=2)
    searcher = Searcher(settings, RemoteEncoder(settings))
    with timed() as clock, served.indexer(root, passages):
        pass
    with timed() as clock:
        process = served.begun(root, passages, "serve")
        wait(lambda: _answers(searcher), 120, process.line, pause=0.02)
    process.end()
    yield Row(PART, f"{what} by words and meaning", clock.seconds, "s", at_most=15)


def _answers(searcher: Searcher) -> bool:
    found = searcher.search(SearchRequest("pressure valve"))
    return bool(found.hits) and found.degraded is None


def found(settings: IndexSettings, passages: int, pool: list[str], pid: int) -> Iterator[Row]:
    """Saves of three sections one after the other, each until its words and its meaning are found."""
    searcher, client = Searcher(settings, RemoteEncoder(settings)), IndexClient(settings)
    source = collection.Recombined((), 0, settings.directory.parent / "saved.jsonl")
    stamp = int(time.time())
    texts = list(collection.documents(pool, SAVES, seed=stamp))
    searcher.search(SearchRequest("warm up"))
    words, meaning = [], []
    before = _written(pid)
    for number, text in enumerate(texts):
        mark = f"zyx{stamp}n{number}"
        source.save(collection.saved(f"saved{stamp}-{number}", f"{mark} {text.title}", text.body))
        started = time.perf_counter()
        client.nudge()
        words.append(_seconds(started, lambda m=mark: bool(searcher.search(SearchRequest(m, mode="keyword")).hits)))  # type: ignore[misc]
        meaning.append(_seconds(started, lambda: client.status().semantic.behind == 0))
    each = (_written(pid) - before) / SAVES / 2**20
    what = f"after one save among {passages:,} passages"
    yield Row(PART, f"{what}, found by words, p95", percentile(words, 0.95), "s", at_most=0.5)
    yield Row(PART, f"{what}, found by meaning, p95", percentile(meaning, 0.95), "s", at_most=1.5)
    size = sum(path.stat().st_size for path in settings.directory.rglob("*") if path.is_file()) / 2**20
    note = f"the index has {size:,.0f} MiB"
    yield Row(PART, "written to the disk for each save", each, "MiB", at_most=size / 100, note=note)


def _seconds(started: float, done: Callable[[], bool]) -> float:
    wait(done, 30, lambda: "the save was not found")
    return time.perf_counter() - started


def _written(pid: int) -> int:
    """Bytes that a process has handed to the system so far."""
    for line in Path(f"/proc/{pid}/io").read_text().splitlines():
        if line.startswith("wchar:"):
            return int(line.split()[1])
    raise RuntimeError(f"/proc/{pid}/io tells nothing")


def flat(root: Path, passages: int, pool: list[str], saves: int) -> Iterator[Row]:
    """The memory of a process that follows one save after the other."""
    texts = [[text.title, text.body] for text in collection.documents(pool, 200, seed=int(time.time()))]
    (root / "followed.json").write_text(json.dumps(texts), encoding="utf-8")
    process = served.begun(root, passages, "follow", str(saves))
    told = json.loads(process.line())
    process.end()
    memory = told["memory"]
    note = "MiB after each tenth: " + ", ".join(f"{found:.0f}" for found in memory)
    yield Row(PART, f"memory after {saves:,} saves", memory[-1], "MiB", at_most=1200, note=note)
    yield Row(PART, "… times that after a tenth of them", memory[-1] / memory[0], "", at_most=1.05)
    yield Row(PART, "saves followed", told["rate"], "/s")

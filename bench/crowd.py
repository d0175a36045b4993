"""Several at once: ten who search, searches while passages are embedded, and an encoder that is asked too much."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from bench import collection, served
from bench.measure import median, percentile
from bench.rows import Row
from bench.served import Answers, Process
from bench.world import folder_of, settings_of
from indexer import EncoderUnavailable, IndexClient, IndexSettings, RemoteEncoder
from indexer.encoder import EncoderBusy

PART = "scale"
ASKERS = 10
QUESTIONS = 300
IMPORTED = 300
"""Entries that are embedded while others ask."""
FLOOD = 100
FLOOD_SECONDS = 5.0


def rows(root: Path, passages: int, pool: list[str]) -> Iterator[Row]:
    """All of it, on the collection of that size, through the running indexer."""
    with served.indexer(root, passages) as indexer:
        embedded(settings_of(root, passages))  # what an interrupted run has left
        yield from ten(root, passages, pool, indexer)
        yield from during_bulk(root, passages, pool)
        yield from flooded(settings_of(root, passages), pool)


def ten(root: Path, passages: int, pool: list[str], indexer: Process) -> Iterator[Row]:
    """Ten askers in as many processes as there are cores, as the web application has them; and on one core."""
    count = os.cpu_count() or 1
    texts = collection.questions(pool, 2 * QUESTIONS, seed=int(time.time()))
    many = served.ask(root, passages, texts[:QUESTIONS], count, -(-ASKERS // count), "hybrid")
    note = (
        f"median {median(many.times):.0f}, p95 {percentile(many.times, 0.95):.0f} ms, {many.degraded} without meaning"
    )
    what = f"{ASKERS} searchers at once among {passages:,} passages"
    yield Row(PART, f"{what}, longest answer", max(many.times), "ms", at_most=1000, note=note)
    yield Row(PART, f"{what}, answers by words and meaning", 1 - many.degraded / QUESTIONS, "", at_least=0.99)
    if count < 2:
        return
    cores = os.sched_getaffinity(0)
    first = {min(cores)}
    pin(indexer.pid, first)
    one = served.ask(root, passages, texts[QUESTIONS:], count, -(-ASKERS // count), "hybrid", first)
    pin(indexer.pid, cores)
    note = f"{one.rate:.1f} on one"
    yield Row(PART, f"{what}, answers", many.rate, "/s", note=note)
    yield Row(PART, f"throughput on {count} cores, times that on one", many.rate / one.rate, "", at_least=0.75 * count)


def pin(pid: int, cores: set[int]) -> None:
    """Keep every thread of a process on those cores."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), cores)


def during_bulk(root: Path, passages: int, pool: list[str]) -> Iterator[Row]:
    """Searches and drafts one after the other, alone and while an import is being embedded."""
    settings = settings_of(root, passages)
    seed = int(time.time())
    asked = {
        "search": collection.questions(pool, 160, seed=seed),
        "related": collection.drafts(pool, 80, seed=seed),
    }
    quiet = {mode: _alone(root, passages, texts[::2], mode) for mode, texts in asked.items()}
    source = collection.Recombined((), 0, folder_of(root, passages) / "saved.jsonl")
    for document in collection.documents(pool, IMPORTED, seed=seed):
        source.save(document)
    client = IndexClient(settings)
    client.nudge()
    served.wait(lambda: client.status().semantic.behind > 1, 30, lambda: str(client.status()))
    for mode, texts in asked.items():
        busy = _alone(root, passages, texts[1::2], mode)
        before, during = percentile(quiet[mode].times, 0.95), percentile(busy.times, 0.95)
        still = client.status().semantic.behind > 0
        note = f"p95 {before:.0f} and {during:.0f} ms" + ("" if still else "; embedding was done before the end")
        yield Row(PART, f"{mode} while embedding in bulk, p95, times that", during / before, "", at_most=3, note=note)
    embedded(settings)


def embedded(settings: IndexSettings) -> None:
    """Wait until every passage has its vector."""
    client = IndexClient(settings)
    served.wait(lambda: client.status().semantic.behind == 0, 600, lambda: str(client.status()), pause=0.2)


def _alone(root: Path, passages: int, texts: list[str], mode: str) -> Answers:
    return served.ask(root, passages, texts, 1, 1, mode)


def flooded(settings: IndexSettings, pool: list[str]) -> Iterator[Row]:
    """Many who ask the encoder for long drafts at once: it refuses some at once rather than letting all wait."""
    texts = iter(collection.drafts(pool, 4000, words=240, seed=int(time.time())))
    told: dict[str, list[float]] = {"answered": [], "busy": [], "unavailable": []}
    lock = threading.Lock()
    end = time.perf_counter() + FLOOD_SECONDS

    def flood() -> None:
        encoder = RemoteEncoder(settings)
        while time.perf_counter() < end:
            with lock:
                text = next(texts, "nothing is left")
            started = time.perf_counter()
            said = "answered"
            try:
                encoder.encode([text])
            except EncoderBusy as error:
                said = "busy"
                time.sleep(error.retry_after / 10)
            except EncoderUnavailable:
                said = "unavailable"
                time.sleep(0.1)
            with lock:
                told[said].append(time.perf_counter() - started)

    threads = [threading.Thread(target=flood) for _ in range(FLOOD)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    note = ", ".join(f"{len(times):,} {said}" for said, times in told.items())
    yield Row(PART, f"encoder asked by {FLOOD} at once, longest wait for a vector", max(told["answered"]), "s", 1.0)
    yield Row(PART, "… refused with when to ask again", float(len(told["busy"])), "", at_least=1, note=note)

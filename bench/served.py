"""Processes beside the measuring one: the indexer on a large collection, those who ask it, and one that only follows.

`python -m bench.served ROOT PASSAGES serve`, `... ask FILE THREADS MODE` and `... follow SAVES`. They print one line
when they are ready and what they found as JSON. Together they are what the supervisor runs, without the web.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench import collection
from bench.processes import rss_mib
from bench.server import ROOT, wait
from bench.world import folder_of, settings_of, world
from indexer import IndexClient, Indexer, IndexSettings, RelatedRequest, RemoteEncoder, Searcher, SearchRequest, serve

FOLLOWED = 500
"""Entries that the saves change in turn."""


@dataclass
class Process:
    """One of the processes, begun; `line` reads what it prints next."""

    running: subprocess.Popen[str]

    @property
    def pid(self) -> int:
        """Its id."""
        return self.running.pid

    def line(self) -> str:
        """Its next line; raises RuntimeError when it has ended."""
        assert self.running.stdout is not None
        found = self.running.stdout.readline()
        if not found:
            raise RuntimeError(f"{self.running.args} ended with {self.running.wait()}")
        return found.strip()

    def go(self) -> None:
        """Let it begin."""
        assert self.running.stdin is not None
        self.running.stdin.write("\n")
        self.running.stdin.flush()

    def end(self) -> None:
        """End it as the supervisor would."""
        self.running.terminate()
        self.running.communicate(timeout=30)


def begun(root: Path, passages: int, *arguments: str, cores: set[int] | None = None) -> Process:
    """A process that does so; on those cores only."""
    command = [sys.executable, "-m", "bench.served", str(root), str(passages), *arguments]
    running = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    if cores:
        os.sched_setaffinity(running.pid, cores)
    return Process(running)


@contextmanager
def indexer(root: Path, passages: int, cores: set[int] | None = None) -> Iterator[Process]:
    """The indexer on a collection, its model loaded."""
    made = begun(root, passages, "serve", cores=cores)
    try:
        made.line()
        client = IndexClient(settings_of(root, passages))
        wait(lambda: client.status().semantic.ready, 120, lambda: str(client.status()), pause=0.02)
        yield made
    finally:
        made.end()


@dataclass
class Answers:
    """How long each answer took, in milliseconds, by what some askers were told; `seconds` it was in all."""

    times: list[float] = field(default_factory=list)
    degraded: int = 0
    seconds: float = 0.0

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds


def ask(root: Path, passages: int, texts: Sequence[str], processes: int, threads: int, mode: str,
        cores: set[int] | None = None) -> Answers:  # fmt: skip
    """Texts asked by so many threads in each of so many processes, each text once."""
    askers = []
    for number in range(processes):
        file = folder_of(root, passages) / f"asked-{number}.json"
        file.write_text(json.dumps(texts[number::processes]), encoding="utf-8")
        askers.append(begun(root, passages, "ask", str(file), str(threads), mode, cores=cores))
    for asker in askers:
        asker.line()
    started = time.perf_counter()
    for asker in askers:
        asker.go()
    found = Answers()
    for asker in askers:
        told = json.loads(asker.line())
        found.times += told["times"]
        found.degraded += told["degraded"]
    found.seconds = time.perf_counter() - started
    for asker in askers:
        asker.end()
    return found


def asking(settings: IndexSettings, texts: list[str], threads: int, mode: str) -> dict[str, Any]:
    """Ask them all, each by the next thread that is free."""
    searcher = Searcher(settings, RemoteEncoder(settings))
    answers = Answers()
    waiting = iter(texts)
    lock = threading.Lock()

    def one(text: str) -> None:
        started = time.perf_counter()
        if mode == "related":
            results = searcher.related(RelatedRequest("A draft", text))
        else:
            results = searcher.search(SearchRequest(text, mode="keyword" if mode == "keyword" else "hybrid"))
        took = (time.perf_counter() - started) * 1000
        with lock:
            answers.times.append(took)
            answers.degraded += results.degraded is not None

    def work() -> None:
        while True:
            with lock:
                text = next(waiting, None)
            if text is None:
                return
            one(text)

    searcher.search(SearchRequest("warm up"))
    print("ready", flush=True)
    sys.stdin.readline()
    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return {"times": answers.times, "degraded": answers.degraded}


def following(root: Path, passages: int, saves: int) -> dict[str, Any]:
    """Follow saves of one entry after the other, with the model loaded; the memory after each tenth of them."""
    made = world(root, passages)
    made.encoder.encode(["warm up"])
    texts = json.loads((root / "followed.json").read_text(encoding="utf-8"))
    memory = []
    with Indexer(made.settings, made.source, made.encoder) as one:
        one.catch_up()
        started = time.perf_counter()
        for number in range(saves):
            title, body = texts[number % len(texts)]
            made.source.save(collection.saved(f"followed{number % FOLLOWED}", f"{title} {number}", body))
            while one.step():
                pass
            if (number + 1) % max(1, saves // 10) == 0:
                memory.append(rss_mib(os.getpid()))
        seconds = time.perf_counter() - started
    return {"memory": memory, "rate": saves / seconds}


def main(root: Path, passages: int, what: str, *arguments: str) -> None:
    """Be one of the processes."""
    match what:
        case "serve":
            source = collection.Recombined((), 0, folder_of(root, passages) / "saved.jsonl")
            with suppress(KeyboardInterrupt):
                serve(settings_of(root, passages), source, ready=lambda: print("ready", flush=True))
        case "ask":
            texts = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
            print(json.dumps(asking(settings_of(root, passages), texts, int(arguments[1]), arguments[2])), flush=True)
        case "follow":
            print(json.dumps(following(root, passages, int(arguments[0]))), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], *sys.argv[4:])

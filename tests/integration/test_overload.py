"""An encoder that is asked far more than it can answer: it refuses in time, and who searches is told and served."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from itertools import count

import httpx
import pytest

from indexer import EncoderUnavailable, RemoteEncoder
from tests.live import LiveServer, wait_for
from wiki.composition import index_settings
from wiki.config import load_config

ASKERS = 24
LONG = " ".join(f"excessively{n}" for n in range(6_000))
"""What even the small encoder needs a good part of a second for."""


@contextmanager
def flood(server: LiveServer) -> Iterator[list[float]]:
    """Ask the indexer's socket for the vectors of long texts, each a new one, without a pause; the refusals' times."""
    settings = index_settings(load_config({}, instance=server.instance))
    numbers, ending, waits = count(), threading.Event(), list[float]()

    def ask() -> None:
        encoder = RemoteEncoder(settings, timeout=1.0)
        while not ending.is_set():
            started = time.monotonic()
            with suppress(EncoderUnavailable):
                encoder.encode([f"{next(numbers)} {LONG}"])
            waits.append(time.monotonic() - started)
            time.sleep(0.02)
        encoder.close()

    threads = [threading.Thread(target=ask) for _ in range(ASKERS)]
    for thread in threads:
        thread.start()
    try:
        yield waits
    finally:
        ending.set()
        for thread in threads:
            thread.join()


@pytest.fixture
def program(live: LiveServer) -> Iterator[httpx.Client]:
    """A program with a token, after one lesson was written and indexed."""
    headers = {"Authorization": f"Bearer {live.token()}"}
    with httpx.Client(base_url=live.url, headers=headers, timeout=20) as client:
        lesson = {"kind": "lesson", "title": "Frozen valve", "body": "The hydrazine valve froze overnight."}
        assert client.post("/api/v1/entries", json=lesson).status_code == 201
        live.wait_indexed()
        yield client


def test_under_a_flood_words_answer_at_once_and_say_when_to_ask_again(live: LiveServer, program: httpx.Client) -> None:
    numbers = count()

    def search(mode: str) -> httpx.Response:
        return program.get("/api/v1/search", params={"q": f"valve {next(numbers)}", "mode": mode})

    assert search("hybrid").json()["degraded"] is None
    with flood(live) as waits:
        wait_for(lambda: search("hybrid").json()["retry_after"] is not None, 20)
        started = time.monotonic()
        both = search("hybrid")
        assert time.monotonic() - started < 3
        meaning = search("semantic")
        draft = {"title": "The valve froze again", "body": f"The hydrazine valve froze overnight {time.time()}."}
        related = program.post("/api/v1/related", json=draft)
        assert search("keyword").json()["degraded"] is None
    assert max(waits) < 3, "nobody waits without end"
    for answer in (both, related):
        assert answer.status_code == 200
        assert answer.json()["results"][0]["title"] == "Frozen valve"
        assert "by words only" in answer.json()["degraded"]
        assert int(answer.headers["Retry-After"]) == answer.json()["retry_after"] >= 1
    assert meaning.status_code == 503
    assert int(meaning.headers["Retry-After"]) >= 1
    assert "mode=hybrid" in meaning.json()["detail"]
    wait_for(lambda: search("semantic").status_code == 200, 20)
    wait_for(lambda: search("hybrid").json()["degraded"] is None, 20)

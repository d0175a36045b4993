"""Fifty questions in words that the lessons do not use, fixed before they were first run (tests/queries).

The goal is 40 among the first five of all 1,637 lessons and the starter content: hybrid finds 40, meaning alone 41.
`make bench` prints the goal and what is found; this test holds the ground among the lessons that come near (`past`), of
which 39 are found: how rare a word is differs a little there.
docs/search.md says what was tried.
"""

from __future__ import annotations

import json

import httpx
import pytest

from tests.live import LiveServer
from tests.needs import ROOT

QUERIES = [json.loads(line) for line in (ROOT / "tests/queries/llis50.jsonl").read_text("utf-8").splitlines()]
REACHED = 38
"""One fewer than are found: processors with and without bfloat16 differ by as much."""


@pytest.mark.slow
@pytest.mark.timeout(1200)
def test_hybrid_search_finds_no_fewer_lessons_than_it_did(past_copy: LiveServer) -> None:
    token = past_copy.token()
    past_copy.wait_indexed(60)
    found = 0
    missed = []
    with httpx.Client(base_url=past_copy.url, headers={"Authorization": f"Bearer {token}"}, timeout=30) as client:
        for row in QUERIES:
            answer = client.get("/api/v1/search", params={"q": row["query"], "limit": 5}).json()
            assert answer["degraded"] is None, answer["degraded"]
            sources = [client.get(f"/api/v1/entries/{hit['id']}").json()["source"] for hit in answer["results"]]
            if any(str(source).endswith("/" + row["lesson"]) for source in sources):
                found += 1
            else:
                missed.append(row)
    assert found >= REACHED, f"{found} of 50; missed: {missed}"

"""How long a save takes, and how soon it is found by its words and by its meaning."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pygit2

from bench.measure import each_ms, median, percentile
from bench.rows import Row
from bench.setting import Setting, json_lines

PART = "saves"
TIMES = 20
GIVEN_UP = 30.0
"""Seconds after which a save counts as not found."""
HERE = Path(__file__).resolve().parent


def saves(setting: Setting) -> Iterator[Row]:
    """New entries and changes, each on the disk before it is answered, against a bare flushed commit."""
    bare = median(bare_commits(setting.scratch))
    made: list[dict[str, Any]] = []

    def create(number: int) -> None:
        made.append(_create(setting, f"A save that is timed {number} {secrets.token_hex(4)}", "Timed. " * 60))

    create(-1)
    times = each_ms(create, 50)
    note = f"p95 {percentile(times, 0.95):.1f} ms"
    against = "a bare commit with fsync"
    yield Row(PART, "new entry, answered", median(times), "ms", at_most=25, reference=bare, against=against)
    changes = each_ms(lambda number: _change(setting, made[number]), 50)
    yield Row(PART, "change of an entry, answered", median(changes), "ms", at_most=25, reference=bare, against=against)
    yield Row(PART, "new entry, 95th percentile", percentile(times, 0.95), "ms", note=note)


def found(setting: Setting) -> Iterator[Row]:
    """From the beginning of the save to the first answer that holds the entry, medians of 20."""
    words, meanings = [], []
    for pair in json_lines(HERE / "saved_to_found.jsonl")[:TIMES]:
        word = "w" + secrets.token_hex(6)
        began = time.perf_counter()
        made = _create(setting, f"{pair['title']} {word}", pair["body"])
        words.append(_until(setting, began, made["id"], word, "keyword"))
        meanings.append(_until(setting, began, made["id"], pair["asked"], "semantic"))
        setting.client.delete(f"/api/v1/entries/{made['id']}", headers={"If-Match": f'"{made["revision"]}"'})
    yield Row(PART, "saved to found by keyword", median(words), "s", at_most=1, note=f"longest {max(words):.2f} s")
    yield Row(
        PART, "saved to found by meaning", median(meanings), "s", at_most=3, note=f"longest {max(meanings):.2f} s"
    )


def _create(setting: Setting, title: str, body: str) -> dict[str, Any]:
    entry = {"kind": "page", "title": title, "body": body}
    answer = setting.client.post("/api/v1/entries", json=entry)
    answer.raise_for_status()
    made: dict[str, Any] = answer.json()
    return made


def _change(setting: Setting, entry: dict[str, Any]) -> None:
    text = f"{entry['body']}\n\nChanged at {time.time_ns()}.\n"
    headers = {"If-Match": f'"{entry["revision"]}"'}
    answer = setting.client.put(f"/api/v1/entries/{entry['id']}", json={"body": text}, headers=headers)
    answer.raise_for_status()


def _until(setting: Setting, began: float, entry_id: str, question: str, mode: str) -> float:
    """Seconds since `began` until the entry is among the ten best answers; `GIVEN_UP` where it never was."""
    while time.perf_counter() - began < GIVEN_UP:
        asked: dict[str, str | int] = {"q": question, "mode": mode, "limit": 10}
        results = setting.client.get("/api/v1/search", params=asked).json()["results"]
        if entry_id in (result["id"] for result in results):
            return time.perf_counter() - began
        time.sleep(0.01)
    return GIVEN_UP


def bare_commits(scratch: Path, times: int = 50) -> list[float]:
    """Milliseconds of commits by libgit2 alone, with its own fsync, on the same disk."""
    repository = pygit2.init_repository(str(scratch / "bare.git"), bare=True)
    pygit2.option(pygit2.enums.Option.ENABLE_FSYNC_GITDIR, 1)
    author = pygit2.Signature("Bench", "bench@account.invalid")
    parents: list[pygit2.Oid] = []

    def commit(number: int) -> None:
        blob = repository.create_blob(os.urandom(2000))
        tree = repository.TreeBuilder()
        tree.insert("entry.md", blob, pygit2.enums.FileMode.BLOB)
        made = repository.create_commit("refs/heads/main", author, author, f"{number}", tree.write(), parents)
        parents[:] = [made]

    try:
        return each_ms(commit, times)
    finally:
        pygit2.option(pygit2.enums.Option.ENABLE_FSYNC_GITDIR, 0)

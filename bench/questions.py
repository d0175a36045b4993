"""The two questions on the real lessons: how fast they are answered, and whether the fifty queries are."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from bench.measure import each_ms, median, percentile
from bench.processes import cpu_ms
from bench.rows import Row
from bench.setting import Setting

PART = "search"
DRAFTS = 100


def speed(setting: Setting) -> Iterator[Row]:
    """Distinct questions one after the other; the time is the whole request, over loopback."""
    titles = [lesson["title"] for lesson in setting.lessons() if lesson["title"]][::16][:100]
    asked = [row["query"] for row in setting.queries()] + titles
    bare = median(each_ms(lambda _: _product(), 20))
    against = "one product, 10,000 × 384"
    for mode, target in (("hybrid", 50.0), ("keyword", None), ("semantic", None)):
        search(setting, "warm up", mode)
        before = cpu_ms(setting.server.pid)
        times = each_ms(partial(_ask, setting, asked, mode), len(asked))
        cpu = (cpu_ms(setting.server.pid) - before) / len(asked)
        note = f"p95 {percentile(times, 0.95):.0f} ms, CPU {cpu:.1f} ms"
        yield Row(PART, f"search, {mode} ({note})", median(times), "ms", target, reference=bare, against=against)
    repeated = each_ms(lambda _: search(setting, asked[0], "hybrid"), 50)
    yield Row(PART, "search, hybrid, the same again", median(repeated), "ms")


def _ask(setting: Setting, asked: list[str], mode: str, number: int) -> None:
    # the mode in the question keeps each mode's questions new to the encoder's cache
    search(setting, f"{asked[number]} {mode}", mode)


def related_speed(setting: Setting) -> Iterator[Row]:
    """Drafts made of real lessons, as somebody would write them again."""
    drafts = [lesson for lesson in setting.lessons() if len(lesson["lesson"]) > 300][:: max(1, 600 // DRAFTS)][:DRAFTS]

    def ask(number: int) -> None:
        lesson = drafts[number]
        draft = {"title": lesson["title"], "body": lesson["lesson"], "limit": 5}
        setting.client.post("/api/v1/related", json=draft).raise_for_status()

    ask(0)
    times = each_ms(ask, len(drafts))
    note = f"p95 {percentile(times, 0.95):.0f} ms"
    yield Row(PART, f"related while writing ({note})", median(times), "ms", at_most=150)


def fifty(setting: Setting) -> Iterator[Row]:
    """The share of the fifty queries whose lesson is among the first five, by each mode."""
    ids = lesson_ids(setting)
    queries = setting.queries()
    for mode, target in (("hybrid", 0.8), ("semantic", None), ("keyword", None)):
        missed = []
        for row in queries:
            results = search(setting, row["query"], mode, 5)["results"]
            if ids[row["lesson"]] not in [result["id"] for result in results]:
                missed.append(row["lesson"])
        share = 1 - len(missed) / len(queries)
        note = f"missed {', '.join(missed)}" if missed and target else ""
        yield Row(PART, f"50 queries in other words, {mode}", share, "in the first 5", at_least=target, note=note)


def search(setting: Setting, question: str, mode: str, limit: int = 10) -> dict[str, Any]:
    """Ask as a program does."""
    answer = setting.client.get("/api/v1/search", params={"q": question, "mode": mode, "limit": limit})
    answer.raise_for_status()
    found: dict[str, Any] = answer.json()
    return found


def lesson_ids(setting: Setting) -> dict[str, str]:
    """The entry of each lesson, by the address that it came from."""
    by_source: dict[str, str] = {}
    cursor = ""
    while True:
        asked: dict[str, str | int] = {"kind": "lesson", "limit": 200, **({"cursor": cursor} if cursor else {})}
        page = setting.client.get("/api/v1/entries", params=asked).json()
        by_source.update((entry["source"], entry["id"]) for entry in page["entries"] if entry["source"])
        cursor = page["next_cursor"]
        if not cursor:
            break
    return {lesson["id"]: by_source[lesson["url"]] for lesson in setting.lessons() if lesson["url"] in by_source}


_MATRIX = np.random.default_rng(0).standard_normal((10_000, 384), dtype=np.float32)


def _product() -> float:
    return float((_MATRIX @ _MATRIX[0]).max())

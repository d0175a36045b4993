"""How good is the ranking? Measured on judged sets in the BEIR layout, through the very code that answers search.

A set is a folder with corpus.jsonl (`_id`, `title`, `text`), queries.jsonl (`_id`, `text`) and qrels/test.tsv
(query, document, grade). Figures: nDCG at 10 with linear gain, recall at 100, MRR at 10, each the mean over the
judged queries, the query's own id removed from what is found; and the time of one search as the searcher saw it.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from indexer.documents import Changes, Document, Mode, SearchRequest
from indexer.encoder import Encoder, QueryEncoder
from indexer.errors import DataMissing
from indexer.follower import Indexer
from indexer.search import Searcher
from indexer.settings import IndexSettings

Judgements = Mapping[str, Mapping[str, float]]


@dataclass(frozen=True, slots=True)
class JudgedSet:
    """One set, read: the documents, the judged queries, and for each query the grades of its answers."""

    name: str
    documents: tuple[Document, ...]
    queries: Mapping[str, str]
    judgements: Judgements


class Folder:
    """The documents of a judged set as a source that never changes."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._documents = tuple(documents)

    def tip(self) -> str:
        """There is one state."""
        return "1"

    def changes(self, since: str) -> Changes:
        """Everything, unless it was asked for already."""
        return Changes("1", () if since == "1" else self._documents, complete=since != "1")


def read_set(directory: Path) -> JudgedSet:
    """Read a BEIR folder. Raises DataMissing with a sentence where a file is missing or not in that layout."""
    try:
        documents = tuple(
            Document(str(row["_id"]), str(row.get("title") or ""), str(row.get("text") or ""))
            for row in _lines(directory / "corpus.jsonl")
        )
        queries = {str(row["_id"]): str(row["text"]) for row in _lines(directory / "queries.jsonl")}
        judgements = _judgements(directory / "qrels" / "test.tsv")
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise DataMissing(
            f"{directory} is not a BEIR folder with corpus.jsonl, queries.jsonl and qrels/test.tsv ({error})"
        ) from error
    judged = {name: queries[name] for name in judgements if name in queries}
    return JudgedSet(directory.resolve().name, documents, judged, judgements)


def write_set(judged: JudgedSet, directory: Path) -> None:
    """Write a set as a BEIR folder, which `read_set` reads; `directory` is made where it is missing.

    Names hold no control characters. Grades are written as whole numbers; a judgement of 0 is kept in the file, and is
    none when it is read.
    """
    (directory / "qrels").mkdir(parents=True, exist_ok=True)
    documents = ({"_id": d.id, "title": d.title, "text": d.body} for d in judged.documents)
    _write_lines(directory / "corpus.jsonl", documents)
    _write_lines(directory / "queries.jsonl", ({"_id": name, "text": text} for name, text in judged.queries.items()))
    with (directory / "qrels" / "test.tsv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, delimiter="\t", lineterminator="\n")
        rows.writerow(["query-id", "corpus-id", "score"])
        for name, grades in judged.judgements.items():
            rows.writerows((name, found, int(grade)) for found, grade in grades.items())


def _write_lines(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)


def _judgements(path: Path) -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t"):
            if len(row) >= 3 and row[0] != "query-id" and float(row[2]) > 0:
                found.setdefault(row[0], {})[row[1]] = float(row[2])
    return found


def build(judged: JudgedSet, directory: Path, encoder: Encoder | None) -> IndexSettings:
    """Index a set's documents in `directory`, as the follower does for a wiki; what is there already is kept."""
    settings = IndexSettings(directory)
    indexer = Indexer(settings, Folder(judged.documents), encoder)
    try:
        indexer.catch_up()
    finally:
        indexer.close()
    return settings


def evaluate(
    judged: JudgedSet, settings: IndexSettings, encoder: QueryEncoder | None, modes: Sequence[Mode]
) -> dict[str, Any]:
    """The figures of a set whose documents are indexed.

    Times are of a page of ten results, each question asked for the first time.
    """
    searcher = Searcher(settings, encoder)
    figures = {mode: _measure(judged, searcher, mode) for mode in modes}
    return {"set": judged.name, "docs": len(judged.documents), "queries": len(judged.queries), "modes": figures}


def _measure(judged: JudgedSet, searcher: Searcher, mode: Mode) -> dict[str, float]:
    gains: list[tuple[float, float, float]] = []
    times: list[float] = []
    for name, text in judged.queries.items():
        started = time.perf_counter()
        searcher.search(SearchRequest(text, mode, None))
        times.append((time.perf_counter() - started) * 1000)
        results = searcher.search(SearchRequest(text, mode, None, limit=101))
        found = [hit.id for hit in results.hits if hit.id != name][:100]
        grades = judged.judgements[name]
        gains.append((ndcg(found, grades, 10), recall(found, grades, 100), reciprocal_rank(found, grades, 10)))
    means = np.mean(gains, axis=0) if gains else np.zeros(3)
    p50, p95 = np.percentile(times, (50, 95)) if times else (0.0, 0.0)
    return {
        "ndcg@10": round(float(means[0]), 4),
        "recall@100": round(float(means[1]), 4),
        "mrr@10": round(float(means[2]), 4),
        "p50_ms": round(float(p50), 2),
        "p95_ms": round(float(p95), 2),
    }


def ndcg(found: Sequence[str], grades: Mapping[str, float], depth: int) -> float:
    """Normalised discounted cumulative gain with linear gain, 0 to 1."""
    gain = sum(grades.get(name, 0.0) / np.log2(place + 2) for place, name in enumerate(found[:depth]))
    ideal = sorted(grades.values(), reverse=True)[:depth]
    best = sum(grade / np.log2(place + 2) for place, grade in enumerate(ideal))
    return float(gain / best) if best else 0.0


def recall(found: Sequence[str], grades: Mapping[str, float], depth: int) -> float:
    """The share of the answers that is among the first `depth`."""
    return len(set(found[:depth]) & set(grades)) / len(grades) if grades else 0.0


def reciprocal_rank(found: Sequence[str], grades: Mapping[str, float], depth: int) -> float:
    """One over the place of the first answer, 0 where there is none among the first `depth`."""
    for place, name in enumerate(found[:depth], 1):
        if name in grades:
            return 1.0 / place
    return 0.0

"""Ranking and related past experiences on the public judged sets, through `python -m indexer`, as they are served."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.rows import Row
from bench.server import ROOT
from bench.setting import json_lines, lessons_file
from indexer.documents import Document
from indexer.evaluation import JudgedSet, write_set

PART = "ranking"
BM25 = {"scifact": 0.679, "duplicates_hadoop": 0.576}
"""nDCG@10 of an independent BM25 (bm25s, lucene variant, k1 1.2, b 0.75, English stemmer) on the same sets."""
HYBRID = {"scifact": 0.730, "duplicates_hadoop": 0.630}
EMPTY = {
    "lorem": "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore et "
    "dolore magna aliqua. Ut enim ad minim veniam, quis nostrud exercitation ullamco laboris nisi ut aliquip ex ea "
    "commodo.",
    "template": "## What happened\n\n<!-- In order, without blame. -->\n\n## Why it matters\n\n## Lesson\n\n- [ ] \n",
    "nothing": "",
}
"""Drafts that say nothing. They are so few that each must find nothing for their target to be met."""


def rows(data: Path, scratch: Path) -> Iterator[Row]:
    """nDCG@10 of the three modes on each set, and what drafts are shown; indexes are made in `scratch`."""
    strangers = ("--strangers", str(data / "scifact"), "--strangers", str(_written(scratch / "empty", {}, EMPTY)))
    yield from _search(data / "scifact", scratch)
    reports = data / "duplicates_hadoop"
    yield from _search(reports, scratch)
    half = _asked("related", reports, scratch, *strangers)
    yield from _drafts(reports.name, "half of a later report: an older one is among 5", half, at_least=68)
    restated = _restated(data, scratch)
    yield from _search(restated, scratch)
    whole = _asked("related", restated, scratch, "--whole", *strangers)
    yield from _drafts(restated.name, "an abstract, indexed without it: its lesson is among 5", whole, at_least=92)


def _restated(data: Path, scratch: Path) -> Path:
    """The lessons without their abstracts, and each abstract as a question for its lesson."""
    lessons = {row["id"]: row for row in json_lines(lessons_file(data))}
    documents = {name: (row["title"], f"## Lesson\n\n{row['lesson']}\n") for name, row in lessons.items()}
    abstracts = {name: row["abstract"] for name, row in lessons.items() if row["abstract"]}
    return _written(scratch / "restated_lessons", documents, abstracts)


def _search(folder: Path, scratch: Path) -> Iterator[Row]:
    name, modes = folder.name, _asked("eval", folder, scratch)["modes"]
    bare = BM25.get(name)
    floors = {"hybrid": HYBRID.get(name), "keyword": bare and bare - 0.01}
    for mode in ("hybrid", "keyword", "semantic"):
        figures = modes[mode]
        note = f"recall@100 {figures['recall@100']:.3f}, mrr@10 {figures['mrr@10']:.3f}, {figures['p50_ms']:.0f} ms"
        what = f"{name}, {mode} ({note})"
        target = floors.get(mode)
        yield Row(PART, what, figures["ndcg@10"], "nDCG@10", at_least=target, reference=bare, against="BM25")
    better = max(modes["keyword"]["ndcg@10"], modes["semantic"]["ndcg@10"])
    times = modes["hybrid"]["ndcg@10"] / better
    yield Row(PART, f"{name}, hybrid, times the better of its parts", times, "", at_least=1)


def _drafts(name: str, what: str, told: dict[str, Any], at_least: float) -> Iterator[Row]:
    drafts = told["drafts"]
    note = f"of {drafts['drafts']}, {drafts['shown']:.1f} shown for each, {drafts['p50_ms']:.0f} ms"
    yield Row(PART, f"{name}, draft is {what}", 100 * drafts["found@5"], "%", at_least=at_least, note=note)
    for other, whose in (("scifact", "claims of scifact"), ("empty", "lorem ipsum, an empty template, nothing")):
        silent = told[f"strangers of {other}"]
        note = f"of {silent['drafts']}"
        yield Row(
            PART, f"{name}, draft is {whose}: nothing is shown", 100 * silent["silent"], "%", at_least=95, note=note
        )


def _written(folder: Path, documents: dict[str, tuple[str, str]], questions: dict[str, str]) -> Path:
    """A BEIR folder of documents (title, text) in which each question asks for the document of its name."""
    found = tuple(Document(name, title, text) for name, (title, text) in documents.items())
    asked = {f"of {name}": text for name, text in questions.items()}
    write_set(JudgedSet(folder.name, found, asked, {f"of {name}": {name: 1.0} for name in questions}), folder)
    return folder


def _asked(command: str, folder: Path, scratch: Path, *options: str) -> dict[str, Any]:
    """What `python -m indexer COMMAND --json` prints for a BEIR folder; one index serves all that is asked of it."""
    index = str(scratch / f"{folder.name}-index")
    asked = [sys.executable, "-m", "indexer", command, str(folder), "--index", index, "--json", *options]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"indexer {command} {folder}: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found

"""Ranking on the public judged sets, through `python -m indexer eval`, the code that answers search."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.rows import Row
from bench.server import ROOT

PART = "ranking"
BM25 = {"scifact": 0.679, "duplicates_hadoop": 0.576}
"""nDCG@10 of an independent BM25 (bm25s, lucene variant, k1 1.2, b 0.75, English stemmer) on the same sets."""
HYBRID = {"scifact": 0.730, "duplicates_hadoop": 0.630}


def sets(data: Path) -> Iterator[Row]:
    """nDCG@10 of the three modes on each set."""
    for name, target in HYBRID.items():
        modes = evaluate(data / name)["modes"]
        for mode in ("hybrid", "keyword", "semantic"):
            figures = modes[mode]
            note = f"recall@100 {figures['recall@100']:.3f}, mrr@10 {figures['mrr@10']:.3f}, {figures['p50_ms']:.0f} ms"
            floor = target if mode == "hybrid" else BM25[name] - 0.01 if mode == "keyword" else None
            what = f"{name}, {mode} ({note})"
            yield Row(PART, what, figures["ndcg@10"], "nDCG@10", at_least=floor, reference=BM25[name], against="BM25")


def evaluate(folder: Path) -> dict[str, Any]:
    """What `python -m indexer eval --json` prints for a BEIR folder."""
    command = [sys.executable, "-m", "indexer", "eval", str(folder), "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"indexer eval {folder}: {done.stderr}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found

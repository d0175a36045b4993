"""The quality that search must not fall below, on a fixed part of the public sets with the real model.

`make bench` runs the whole sets; the floors here are a little below what this part reached when it was chosen.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bench.ranking import EMPTY
from indexer import CachedEncoder, IndexSettings, Searcher, load_encoder
from indexer.documents import Document, RelatedRequest
from indexer.evaluation import JudgedSet, build, evaluate, read_set
from indexer.evaluation_related import JudgedDraft, evaluate_related, strangers_of
from tests import needs


@pytest.fixture(scope="module")
def encoder() -> CachedEncoder:
    return CachedEncoder(load_encoder(IndexSettings(Path("unused"))))


def part_of(whole: JudgedSet, queries: int, others: int) -> JudgedSet:
    """The first queries with their answers, among the first other documents."""
    chosen = dict(list(whole.queries.items())[:queries])
    wanted = {name for query in chosen for name in whole.judgements[query]}
    documents = [d for n, d in enumerate(whole.documents) if d.id in wanted or n < others]
    return JudgedSet(whole.name, tuple(documents), chosen, {query: whole.judgements[query] for query in chosen})


def test_words_alone_are_as_good_as_an_independent_bm25(tmp_path: Path) -> None:
    judged = read_set(needs.data("duplicates_hadoop"))
    figures = evaluate(judged, build(judged, tmp_path, None), None, ["keyword"])["modes"]["keyword"]
    assert figures["ndcg@10"] >= 0.60  # bm25s: 0.576
    assert figures["recall@100"] >= 0.88


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_both_together_are_better_than_either(tmp_path: Path, encoder: CachedEncoder) -> None:
    judged = part_of(read_set(needs.data("scifact")), 40, 120)
    settings = build(judged, tmp_path, encoder)
    modes = evaluate(judged, settings, encoder, ["keyword", "semantic", "hybrid"])["modes"]
    assert modes["hybrid"]["ndcg@10"] >= max(modes["keyword"]["ndcg@10"], modes["semantic"]["ndcg@10"]) - 0.005
    assert modes["hybrid"]["ndcg@10"] >= 0.85
    assert modes["keyword"]["ndcg@10"] >= 0.78
    assert modes["semantic"]["ndcg@10"] >= 0.75


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_related_shows_what_was_restated_and_nothing_to_strangers(tmp_path: Path, encoder: CachedEncoder) -> None:
    rows = [json.loads(line) for line in needs.data("llis/lessons.jsonl").read_text("utf-8").splitlines()[:200]]
    documents = tuple(Document(r["id"], r["title"], f"## Lesson\n\n{r['lesson']}\n", "lesson") for r in rows)
    searcher = Searcher(build(JudgedSet("llis", documents, {}, {}), tmp_path, encoder), encoder)
    restated = [
        JudgedDraft(RelatedRequest("", row["abstract"], audiences=None), [row["id"]]) for row in rows if row["abstract"]
    ][:50]
    assert evaluate_related(searcher, restated)["found@5"] >= 0.92
    claims = list(read_set(needs.data("scifact")).queries.values())[:60]
    assert evaluate_related(searcher, strangers_of(claims))["silent"] >= 0.95
    assert evaluate_related(searcher, strangers_of(EMPTY.values()))["silent"] == 1.0

"""The same question again: answered from memory for as long as nothing has changed, and for nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer import HashEncoder, Indexer, Searcher
from indexer.documents import Document, Results, SearchRequest
from indexer.errors import EncoderUnavailable
from indexer.evaluation import Folder
from tests.integration.ranking_world import index_of

PUMP = Document("pump", "Coolant pump stopped", "The coolant pump stopped because the breaker tripped.", "lesson")
RED = Document("red", "Pump of the red team", "The coolant pump burst.", "lesson", audience=("red",))
ASKED = SearchRequest("coolant pump")


class Counting(HashEncoder):
    """Counts what it is asked, and is away when told so."""

    asked = 0
    away = False

    def encode(self, texts: Sequence[str], *, query: bool = True) -> np.ndarray:
        if self.away:
            raise EncoderUnavailable("The search model is away")
        self.asked += query
        return super().encode(texts, query=query)


def same(one: Results, other: Results) -> bool:
    return replace(one, took_ms=0) == replace(other, took_ms=0)


def test_the_same_question_is_answered_from_memory_until_something_changes(tmp_path: Path) -> None:
    encoder = Counting()
    settings = index_of(tmp_path, [PUMP, RED])
    searcher = Searcher(settings, encoder)
    first = searcher.search(ASKED)
    assert same(searcher.search(ASKED), first)
    assert encoder.asked == 1
    with Indexer(settings, Folder((replace(PUMP, title="Pump repaired"), RED)), HashEncoder()) as indexer:
        indexer.rebuild()
    assert [hit.title for hit in searcher.search(ASKED).hits] == ["Pump repaired"]
    assert encoder.asked == 2


def test_an_answer_is_for_those_who_may_see_the_same(tmp_path: Path) -> None:
    searcher = Searcher(index_of(tmp_path, [PUMP, RED]), HashEncoder())
    for _ in range(2):
        assert {hit.id for hit in searcher.search(replace(ASKED, audiences=frozenset({"red"}))).hits} == {"pump", "red"}
        assert {hit.id for hit in searcher.search(ASKED).hits} == {"pump"}
        assert len(searcher.search(replace(ASKED, audiences=None, limit=1)).hits) == 1


def test_an_answer_that_lacks_something_is_asked_for_again(tmp_path: Path) -> None:
    encoder = Counting()
    searcher = Searcher(index_of(tmp_path, [PUMP]), encoder)
    encoder.away = True
    assert searcher.search(ASKED).degraded is not None
    encoder.away = False
    assert searcher.search(ASKED).degraded is None


def test_what_is_remembered_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.search_memory.MOST_HITS", 4)
    encoder = Counting()
    searcher = Searcher(index_of(tmp_path, [PUMP]), encoder)
    for text in ("coolant", "pump", "breaker", "pump", "breaker", "coolant"):
        assert searcher.search(SearchRequest(text)).hits
    assert encoder.asked == 4  # each hit counts with its question: two of them fit

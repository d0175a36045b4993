"""What a lesson's standing does to its place, and that it is said."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from indexer.documents import MODES, Document, Mode, RelatedRequest, SearchRequest
from indexer.standing import DEMOTED, TIE, Standings
from tests.integration.ranking_world import searcher_of

TEXT = "The relief valve of the oxygen tank froze in the night because nobody had drained the line before."
OTHERS = tuple(Document(f"z{n}", f"Other {n}", f"Something about paint number {n} and a brush.") for n in range(8))


def order(directory: Path, documents: list[Document], mode: Mode) -> list[str]:
    searcher = searcher_of(directory, [*documents, *OTHERS])
    hits = searcher.search(SearchRequest("relief valve froze", mode)).hits
    return [hit.id for hit in hits if hit.id in {document.id for document in documents}]


@pytest.mark.parametrize("mode", MODES)
def test_what_no_longer_holds_comes_after_what_does(tmp_path: Path, mode: Mode) -> None:
    twins = [
        Document("a", "Valve", TEXT, "lesson", status="retired"),
        Document("b", "Valve", TEXT, "lesson", replaced=True, status="learned"),
        Document("c", "Valve", TEXT, "lesson", status="rejected"),
        Document("d", "Valve", TEXT, "lesson"),
    ]
    assert order(tmp_path, twins, mode)[0] == "d"


@pytest.mark.parametrize("mode", MODES)
def test_among_equals_the_validated_and_the_applied_come_first_and_dates_do_not_count(
    tmp_path: Path, mode: Mode
) -> None:
    twins = [
        Document("a", "Valve", TEXT, "lesson", status="identified", date="2026-11-20"),
        Document("b", "Valve", TEXT, "lesson", status="validated", date="1999-01-01"),
        Document("c", "Valve", TEXT, "lesson", status="validated", applied=3, date="1998-01-01"),
        Document("d", "Valve", TEXT, "lesson", status="identified", date="1997-01-01"),
    ]
    assert order(tmp_path, twins, mode) == ["c", "b", "a", "d"]


def test_a_better_match_is_not_passed_by_a_validated_one(tmp_path: Path) -> None:
    better = Document("better", "Valve", "The relief valve froze.", "lesson", date="1990-01-01")
    worse = Document(
        "worse", "Valve", f"{TEXT} It took a week to mend.", "lesson", status="learned", applied=50, date="2026-01-01"
    )
    assert order(tmp_path, [better, worse], "keyword") == ["better", "worse"]


def test_why_says_what_moved_it(tmp_path: Path) -> None:
    searcher = searcher_of(
        tmp_path,
        [
            Document("a", "Valve one", TEXT, "lesson", status="retired"),
            Document("b", "Valve two", TEXT, "lesson", replaced=True),
            Document("c", "Valve three", TEXT, "lesson", status="learned", applied=2),
            Document("d", "Valve four", TEXT, "lesson", status="identified", applied=-1),
            *OTHERS,
        ],
    )
    why = {hit.id: hit.why for hit in searcher.search(SearchRequest("relief valve froze")).hits}
    assert why["a"].standing == "This lesson is retired: it no longer holds, so it ranks lower."
    assert why["b"].standing == "This lesson was replaced by another one, so it ranks lower."
    assert why["c"].standing == "It is a lesson learned. It was applied 2 times and held."
    assert why["d"].standing == ""
    assert all(one.summary.endswith(one.standing) for one in why.values())


def test_related_experiences_follow_the_same_rule(tmp_path: Path) -> None:
    twins = [Document("a", "Valve", TEXT, "lesson", status="retired"), Document("b", "Valve", TEXT, "lesson")]
    searcher = searcher_of(tmp_path, [*twins, *OTHERS])
    hits = searcher.related(RelatedRequest("A frozen valve", TEXT)).hits
    assert [hit.id for hit in hits][:2] == ["b", "a"]


def test_the_move_is_a_standard_deviation_of_what_competes() -> None:
    standings = Standings(np.array([False, True, False]), np.array([0.0, 0.0, 1.0]))
    scores = np.array([1.0, 3.0, 5.0])
    spread = float(scores.std())
    moved = standings.moved(scores, np.ones(3, bool))
    assert np.allclose(moved, [1.0, 3.0 - DEMOTED * spread, 5.0 + TIE * spread])

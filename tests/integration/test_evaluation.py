"""`python -m indexer eval` and `related` on a judged set, and the folder that such a set is."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from indexer.__main__ import main
from indexer.documents import Document
from indexer.evaluation import JudgedSet, read_set, write_set

NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=8).filter(
    lambda name: name != "query-id"
)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
GRADES = st.dictionaries(NAMES, st.integers(0, 2), max_size=3)


@given(st.dictionaries(NAMES, st.tuples(TEXTS, TEXTS), max_size=4), st.dictionaries(NAMES, st.tuples(TEXTS, GRADES)))
def test_what_is_written_is_read_again(
    documents: dict[str, tuple[str, str]], asked: dict[str, tuple[str, dict]]
) -> None:
    held = tuple(Document(name, title, body) for name, (title, body) in documents.items())
    judgements = {name: {found: float(grade) for found, grade in grades.items()} for name, (_, grades) in asked.items()}
    with tempfile.TemporaryDirectory() as folder:
        write_set(JudgedSet("any", held, {name: text for name, (text, _) in asked.items()}, judgements), Path(folder))
        found = read_set(Path(folder))
    assert found.documents == held
    graded = {name: {other: grade for other, grade in some.items() if grade} for name, some in judgements.items()}
    assert found.judgements == {name: some for name, some in graded.items() if some}
    assert found.queries == {name: asked[name][0] for name in found.judgements}


@pytest.fixture
def valves(tmp_path: Path) -> Path:
    """Two reports of one valve, the later one judged to be the earlier one again, and one of something else."""
    documents = (
        Document("a", "Frozen valve", "The hydrazine valve froze overnight because its heater had no power."),
        Document("b", "Paper", "Ask at the front desk for paper, staples and envelopes of any size."),
        Document("c", "", "Nobody knows who has the keys. The hydrazine valve froze, its heater had no power."),
    )
    folder = tmp_path / "valves"
    write_set(JudgedSet("valves", documents, {"c": documents[2].body}, {"c": {"a": 1.0}}), folder)
    return folder


@pytest.fixture
def cooking(tmp_path: Path) -> Path:
    folder = tmp_path / "cooking"
    soup = "Simmer onions slowly, stir in butter, then season with thyme."
    write_set(JudgedSet("cooking", (), {"soup": soup}, {"soup": {"none": 1.0}}), folder)
    return folder


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments), "--model", "hash"])


def test_the_ranking_of_a_set_is_measured_by_every_way_of_searching(valves: Path, tmp_path: Path) -> None:
    done = run("eval", valves, "--json", "--index", tmp_path / "index")
    assert done.exit_code == 0, done.output
    figures = json.loads(done.stdout)
    assert (figures["set"], figures["docs"], figures["queries"]) == ("valves", 3, 1)
    assert {mode: row["ndcg@10"] for mode, row in figures["modes"].items()} == dict.fromkeys(figures["modes"], 1.0)
    assert set(figures["modes"]) == {"keyword", "semantic", "hybrid"}
    words = run("eval", valves, "--modes", "keyword", "--index", tmp_path / "index")
    assert "valves: 3 documents, 1 queries" in words.stdout
    assert "keyword" in words.stdout
    assert "hybrid" not in words.stdout


def test_drafts_are_halves_or_whole_and_strangers_are_told_apart(valves: Path, cooking: Path, tmp_path: Path) -> None:
    asked = ("related", valves, "--json", "--index", tmp_path / "index", "--strangers", cooking, "--strangers", valves)
    half, whole = (json.loads(run(*asked, *more).stdout) for more in ((), ("--whole",)))
    assert half["set"] == "valves"
    assert half["drafts"]["found@5"] == 0, "half of it speaks of keys"
    assert whole["drafts"]["found@5"] == 1
    for told in (half, whole):
        assert (told["strangers of cooking"]["drafts"], told["strangers of cooking"]["silent"]) == (1, 1)
        assert told["strangers of valves"]["silent"] == 0
    spoken = run(*(part for part in asked if part != "--json"))
    assert "valves, strangers of cooking  drafts 1" in spoken.stdout


@pytest.mark.parametrize("command", ["eval", "related"])
def test_what_is_no_set_is_refused_with_a_sentence(command: str, tmp_path: Path) -> None:
    done = run(command, tmp_path)
    assert done.exit_code == 2
    assert f"{tmp_path} is not a BEIR folder with corpus.jsonl, queries.jsonl and qrels/test.tsv" in done.stderr
    assert done.stdout == ""


def test_a_way_of_searching_that_there_is_not_is_refused(valves: Path) -> None:
    done = run("eval", valves, "--modes", "telepathy")
    assert done.exit_code == 2
    assert "--modes takes a comma-separated choice of hybrid, keyword, semantic" in done.stderr

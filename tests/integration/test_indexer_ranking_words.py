"""Ranking by words: BM25 against bm25s, and the same scores as a fresh index whatever happened before."""

from __future__ import annotations

import random
import tempfile
from collections import Counter
from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer import HashEncoder, IndexSettings, Searcher, keyword_segment
from indexer.documents import Document, SearchRequest
from indexer.errors import IndexBusy
from indexer.keyword import KeywordIndex
from indexer.keyword_segment import read_side, write_side
from indexer.keyword_snapshot import Snapshot
from indexer.search_match import rarest
from tests.integration.ranking_world import searcher_of

WORDS = ["pump", "valve", "ice", "probe", "launch", "tank", "checklist", "crew", "radio", "battery", "fuse", "orbit"]
text = st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map(" ".join)


def scores(snapshot: Snapshot, question: str, audiences: frozenset[str] | None = None) -> dict[str, float]:
    """The BM25 score of every entry that the asker may see, by id."""
    audience = snapshot.audience(audiences)
    terms = Counter(question.split())
    found = snapshot.bm25([(snapshot.term(term, audience), float(n)) for term, n in terms.items()], audience)
    return {snapshot.ids[n]: float(found[n]) for n in np.flatnonzero(audience.seen)}


def plain(directory: Path, documents: list[Document]) -> KeywordIndex:
    index = KeywordIndex.create_or_open(directory, "none")
    index.apply(documents, (), "1")
    return index


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(text, text), min_size=2, max_size=12), text)
def test_scores_are_those_of_bm25s(texts: list[tuple[str, str]], question: str) -> None:
    reference = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    reference.index([f"{title} {body}".split() for title, body in texts], show_progress=False)
    known = [word for word in question.split() if word in reference.vocab_dict]
    # bm25s raises IndexError for a question without a known word, of which every score is 0.
    expected = reference.get_scores(known) if known else np.zeros(len(texts))
    with tempfile.TemporaryDirectory() as directory:
        documents = [Document(str(n), title, body) for n, (title, body) in enumerate(texts)]
        found = scores(plain(Path(directory), documents).snapshot(), question)
    np.testing.assert_allclose([found[str(n)] for n in range(len(texts))], expected, rtol=1e-5, atol=1e-6)


@settings(max_examples=12, deadline=None)
@given(st.randoms(use_true_random=False))
def test_after_any_history_scores_are_exactly_those_of_a_rebuild(rng: random.Random) -> None:
    with tempfile.TemporaryDirectory() as one, tempfile.TemporaryDirectory() as other:
        index = KeywordIndex.create_or_open(Path(one), "none")
        truth: dict[str, Document] = {}
        for step in range(12):
            batch = [
                Document(
                    f"e{rng.randrange(8)}", rng.choice(WORDS), " ".join(rng.choices(WORDS, k=rng.randrange(1, 400)))
                )
                for _ in range(rng.randrange(4))
            ]
            gone = [f"e{rng.randrange(8)}"] if rng.random() < 0.4 else []
            gone = [name for name in gone if name not in {d.id for d in batch}]
            index.apply(batch, gone, str(step), merge=rng.choice(["nothing", "small", "all"]))
            truth.update({document.id: document for document in batch})
            for name in gone:
                truth.pop(name, None)
            if rng.random() < 0.3:
                index.compact()
        fresh = plain(Path(other), list(truth.values())).snapshot()
        held = index.snapshot()
        assert held.cursor == "11"
        assert held.counts() == fresh.counts()
        assert held.live_hashes() == fresh.live_hashes()
        assert scores(held, "pump ice ice orbit") == scores(fresh, "pump ice ice orbit")


@settings(max_examples=15, deadline=None)
@given(
    st.lists(st.tuples(text, st.sampled_from(["", "red", "blue"])), min_size=1, max_size=20),
    st.sets(st.integers(0, 19)),
    st.lists(st.sampled_from([*WORDS, "unheard"]), max_size=13),
    st.integers(1, 6),
)
def test_the_rarest_terms_are_those_that_the_fewest_visible_titles_and_passages_hold(
    texts: list[tuple[str, str]], deleted: set[int], terms: list[str], number: int
) -> None:
    with tempfile.TemporaryDirectory() as directory:
        documents = [
            Document(str(n), body.split()[0], body, audience=(who,) if who else ())
            for n, (body, who) in enumerate(texts)
        ]
        index = plain(Path(directory), documents)
        index.apply([], [str(n) for n in deleted], "2")
        snapshot = index.snapshot()
        for audiences in (None, frozenset({"red"}), frozenset[str]()):
            audience = snapshot.audience(audiences)
            seen = [
                set(part.split())
                for n, (body, who) in enumerate(texts)
                if n not in deleted and (audiences is None or not who or who in audiences)
                for part in (body.split()[0], body)
            ]
            held = {term: sum(term in words for words in seen) for term in terms}
            expected = sorted((count, term) for term, count in held.items() if count)[:number]
            found = rarest(snapshot, terms, audience, number)
            assert [(snapshot.seen_frequency(hit.term, audience), hit.term) for hit in found] == expected


def test_a_small_segment_whose_terms_are_kept_answers_like_a_large_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    documents = [Document(str(n), word, f"{word} caf\u00e9 {WORDS[n - 1]}") for n, word in enumerate(WORDS)]
    plain(tmp_path, documents)
    asked = [*WORDS, "cafe", "caf\u00e9", "unheard", "\ud800"]

    def answers() -> list[tuple[int, list[int], list[float]]]:
        snapshot = KeywordIndex.create_or_open(tmp_path, "none").snapshot()
        everyone = snapshot.audience(None)
        counts = [snapshot.frequency(term) for term in asked]
        hits = [snapshot.term(term, everyone) for term in asked]
        return [(count, hit.entries.tolist(), hit.totals.tolist()) for count, hit in zip(counts, hits, strict=True)]

    kept = answers()
    monkeypatch.setattr(keyword_segment, "SMALL", 0)
    assert kept == answers()
    assert kept[0][0] == 3
    assert kept[-2] == (0, [], [])


def test_forty_updates_of_one_entry_change_no_other_score(tmp_path: Path) -> None:
    documents = [Document(f"e{n}", WORDS[n], f"{WORDS[n]} {WORDS[(n + 1) % 12]} pump") for n in range(12)]
    index = plain(tmp_path / "a", documents)
    before = scores(index.snapshot(), "pump valve")
    for n in range(40):
        index.apply([documents[3]], (), f"again {n}", merge="small")
    assert scores(index.snapshot(), "pump valve") == before
    assert len(index.snapshot().segments) < 12


def test_a_reader_keeps_its_snapshot_while_the_writer_goes_on(tmp_path: Path) -> None:
    index = plain(tmp_path, [Document("a", "pump", "the pump failed")])
    held = index.snapshot()
    for n in range(30):
        index.apply([Document("a", "valve", f"valve {n}")], (), str(n), merge="small")
    index.compact()
    assert held.part(int(held.starts[0]) + 1)["text"] == "the pump failed"
    assert scores(held, "pump")["a"] > 0
    assert scores(index.snapshot(), "pump")["a"] == 0


def test_texts_to_encode_can_be_had_again_from_the_index_alone(tmp_path: Path) -> None:
    index = KeywordIndex.create_or_open(tmp_path, "english")
    given_back = index.apply([Document("a", "Pump", "# Why\nIt broke. " + "More words here. " * 120)], (), "1")
    assert len(given_back) > 1
    again = KeywordIndex.create_or_open(tmp_path, "english")
    assert dict(again.texts_for(name for name, _ in given_back)) == dict(given_back)
    assert again.live_hashes() == {name for name, _ in given_back}


def test_a_second_writer_is_told_instead_of_hanging(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.keyword.LOCK_SECONDS", 0.2)
    index = KeywordIndex.create_or_open(tmp_path, "english")
    held = index._writer()
    with pytest.raises(IndexBusy):
        KeywordIndex.create_or_open(tmp_path, "english").apply([], (), "2")
    held.cancel()
    index.apply([], (), "3")
    assert index.cursor() == "3"


def test_a_failed_batch_leaves_the_index_as_it_was(tmp_path: Path) -> None:
    index = plain(tmp_path, [Document("a", "pump", "pump")])
    with pytest.raises(TypeError):
        index.apply([Document("b", "valve", None)], (), "2")  # type: ignore[arg-type]
    assert index.cursor() == "1"
    assert index.snapshot().ids.count("a") == 1
    index.apply([Document("b", "valve", "valve")], (), "2")
    assert index.counts() == (2, 2)


def test_side_files_can_be_lost(tmp_path: Path) -> None:
    index = plain(tmp_path, [Document("a", "pump", "pump ice"), Document("b", "ice", "orbit")])
    before = scores(index.snapshot(), "ice pump")
    for path in tmp_path.glob("*.side"):
        path.unlink()
    again = KeywordIndex.create_or_open(tmp_path, "none")
    assert scores(again.snapshot(), "ice pump") == before
    assert again.cursor() == "1"


def test_words_are_mended_in_an_index_from_before_its_words_were_kept(tmp_path: Path) -> None:
    searcher = searcher_of(tmp_path, [Document("pump", "Coolant pump", "The breaker tripped.")])
    assert searcher.search(SearchRequest("braeker", "keyword")).suggestion == "breaker"
    sides = list(tmp_path.rglob("*.side"))
    assert sides
    for path in sides:
        side = read_side(path)
        assert side is not None
        write_side(path, {name: array for name, array in side.items() if "word" not in name})
    older = Searcher(IndexSettings(tmp_path, model="hash"), HashEncoder())
    assert older.search(SearchRequest("braeker", "keyword")).suggestion == "breaker"

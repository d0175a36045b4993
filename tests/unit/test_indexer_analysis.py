"""What is typed finds what is written: identifiers whole and in parts, folded accents, stems, other scripts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import Analyser, analyser, fold

ENGLISH = analyser("english")


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("Databases failing", "database fails"),
        ("a résumé, naïvely", "resume naive"),
        ("INV-2041 was paid", "inv-2041"),
        ("INV-2041 was paid", "2041"),
        ("read s3a://bucket/path", "s3a://bucket/path"),
        ("read s3a://bucket/path", "bucket"),
        ("foo_bar() hangs", "foo_bar()"),
        ("foo_bar() hangs", "foo_bar"),
        ("foo_bar() hangs", "bar"),
        ("host 10.2.0.14 down", "10.2.0.14"),
        ("on 2026-11-24 it broke", "2026-11-24"),
        ("on 2026-11-24 it broke", "2026"),
        ("サーバー障害が発生した", "障害"),
        ("Straße", "strasse"),
        ("Ёлка", "елка"),
    ],
)
def test_the_one_finds_the_other(written: str, typed: str) -> None:
    assert set(ENGLISH.terms(typed)) <= set(ENGLISH.terms(written))


def test_a_whole_identifier_is_told_from_its_parts() -> None:
    assert "=inv-2041" in ENGLISH.terms("INV-2041")
    assert "=inv-2041" not in ENGLISH.terms("INV 2041")


def test_stop_words_are_dropped_but_keep_their_place() -> None:
    assert [(t.term, t.position) for t in ENGLISH.tokens("the end of the line")] == [("end", 1), ("line", 4)]
    assert ENGLISH.terms("to be or not to be") == []
    assert len(ENGLISH.terms("to be or not to be", keep_stop_words=True)) == 6


def test_other_languages_have_their_own_stems_and_none_has_none() -> None:
    german, none = Analyser("german"), Analyser("none")
    assert german.terms("Häuser") == german.terms("Hauser")
    assert "und" not in german.terms("Haus und Hof")
    assert none.terms("running the races") == ["running", "the", "races"]


def test_a_language_without_a_stemmer_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="klingon"):
        Analyser("klingon")


def test_other_scripts_keep_the_marks_that_make_letters() -> None:
    assert fold("Й") == "й"
    assert fold("が") == "が"


@given(st.text(max_size=300))
def test_tokens_lie_in_the_text_and_positions_never_go_back(text: str) -> None:
    tokens = list(ENGLISH.tokens(text))
    plain = [t for t in tokens if not t.term.startswith("=")]
    assert all(0 <= t.start < t.end <= len(text) for t in tokens)
    assert all(t.term for t in plain)
    assert [t.position for t in plain] == sorted(t.position for t in plain)
    assert ENGLISH.terms(text) == [t.term for t in tokens]


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyzABCDEFé _-.12漢字", max_size=60))
def test_analysing_is_the_same_in_capitals_and_the_second_time(text: str) -> None:
    assert Analyser("english").terms(text.upper()) == ENGLISH.terms(text.upper())
    assert ENGLISH.terms(text) == ENGLISH.terms(text)


WORDS = [
    *("pump", "Pumps", "the", "foo_bar", "foo", "INV-2041", "s3a://bucket", "サーバー障害", "résumé", "___", "-"),
    *("10.2.0.14", "pumping", "pump_", "pumppump", "x" * 70, "x" * 71),
]


TEXTS = st.lists(st.sampled_from(WORDS), max_size=20).map(" ".join)


@given(st.lists(TEXTS, max_size=4), st.lists(st.sampled_from(WORDS), max_size=4))
def test_what_is_looked_for_is_found_where_the_terms_stand(texts: list[str], typed: list[str]) -> None:
    wanted = set(ENGLISH.terms(" ".join(typed)))
    expected = [[t._replace(position=0) for t in ENGLISH.tokens(text) if t.term in wanted] for text in texts]
    assert ENGLISH.find(texts, wanted) == expected


def test_what_is_looked_for_is_found_by_many_at_once_and_after_all_was_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is remembered of words is shared by threads, and begun anew where it has become too much."""
    monkeypatch.setattr("indexer.analysis.MOST_REMEMBERED", 50)
    shared, texts = Analyser("english"), [f"pump{n} pumps Pumped word{n} other{n} PUMP" for n in range(400)]

    def found(text: str) -> list[str]:
        return [text[token.start : token.end] for token in shared.find([text], {"pump"})[0]]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(found, texts * 5)) == [["pumps", "Pumped", "PUMP"]] * 2000


def test_lines_without_blanks_are_remembered_up_to_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indexer.analysis.MOST_CHARACTERS", 100)
    shared = Analyser("english")
    for text in [f"弁が凍る{n} 予算" * 5 for n in range(60)] * 2:
        for wanted in (set(shared.terms("凍る")), set(shared.terms("予算"))):
            expected = [token._replace(position=0) for token in shared.tokens(text) if token.term in wanted]
            assert expected and shared.find([text], wanted) == [expected]

"""Searching and relating as people do it: operators, marks, audiences, odd questions, and what is missing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer import HashEncoder, Indexer, IndexSettings, Searcher, floor
from indexer.documents import MODES, Changes, Document, Filters, Mode, RelatedRequest, SearchRequest
from indexer.errors import EncoderUnavailable
from indexer.evaluation import Folder
from tests.integration.ranking_world import index_of, searcher_of

PUMP = "The coolant pump stopped because the breaker INV-2041 tripped. Nobody had tested foo_bar() on host 10.2.0.14."
WORLD = (
    Document("pump", "Coolant pump stopped", PUMP, "lesson", ("power", "cooling"), "ops", date="2020-05-01"),
    Document(
        "ice",
        "Ice on the launch pad",
        "Ice fell from the tank at launch. The crew waited.",
        "lesson",
        date="2021-02-03",
    ),
    Document("cafe", "Résumé of the cafeteria", "The pump of the coffee machine is naïve.", "page", status="retired"),
    Document("secret", "Zeppelin failure", "The zeppelin pump burst over the launch pad.", "lesson", audience=("red",)),
    Document("japan", "障害", "サーバー障害が発生した。", kind="page", former_titles=("Outage in Tokyo",)),
    *(Document(f"filler{n}", f"Filler number {n}", f"Text {n} about gardens and music.", "topic") for n in range(12)),
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    return searcher_of(tmp_path_factory.mktemp("world"), WORLD)


def found(searcher: Searcher, text: str, mode: Mode = "keyword", **more: object) -> list[str]:
    request = replace(SearchRequest(text, mode, frozenset()), **more)  # type: ignore[arg-type]
    return [hit.id for hit in searcher.search(request).hits]


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("INV-2041", "pump"),
        ("2041", "pump"),
        ("foo_bar()", "pump"),
        ("10.2.0.14", "pump"),
        ("breakers tripping", "pump"),
        ("resume", "cafe"),
        ("障害", "japan"),
        ("outage in tokyo", "japan"),
        ("of the", "cafe"),
    ],
)
def test_words_find_what_they_name(searcher: Searcher, question: str, first: str) -> None:
    assert found(searcher, question)[0] == first


def test_operators_ask_for_more_than_words(searcher: Searcher) -> None:
    assert found(searcher, '"launch pad"') == ["ice"]
    assert set(found(searcher, "pump")) == {"pump", "cafe"}
    assert found(searcher, "pump -coffee") == ["pump"]
    assert found(searcher, "break*") == ["pump"]
    assert set(found(searcher, "pump kind:lesson")) == {"pump"}
    assert found(searcher, "kind:lesson before:2021") == ["pump"]
    assert found(searcher, "kind:lesson") == ["ice", "pump"]
    assert found(searcher, "tag:cooling tag:other year:2020") == ["pump"]
    assert found(searcher, "pump", filters=Filters(status=("retired",))) == ["cafe"]
    assert found(searcher, "pump kind:page", filters=Filters(kind=("lesson",))) == []


def test_a_phrase_that_nothing_holds_is_searched_as_words_and_said_so(searcher: Searcher) -> None:
    results = searcher.search(SearchRequest('"pad launch"', "keyword"))
    assert [hit.id for hit in results.hits] == ["ice"]
    assert results.degraded is not None
    assert "phrase" in results.degraded


@pytest.mark.parametrize("mode", MODES)
def test_an_exact_title_comes_first(searcher: Searcher, mode: Mode) -> None:
    hit = searcher.search(SearchRequest("ice on the LAUNCH pad!", mode)).hits[0]
    assert hit.id == "ice"
    assert hit.why.title_match


def test_marks_are_the_words_that_were_found(searcher: Searcher) -> None:
    hit = searcher.search(SearchRequest("breaker tripping foo_bar", "keyword")).hits[0]
    assert [hit.passage[a:b] for a, b in hit.marks] == ["breaker", "tripped", "foo_bar"]
    assert hit.why.words
    assert hit.why.keyword is not None
    assert "breaker" in hit.why.summary


def test_a_hit_by_meaning_alone_marks_its_closest_sentence(tmp_path: Path) -> None:
    class Meaning(HashEncoder):
        def encode(self, texts: Sequence[str], *, query: bool = True) -> np.ndarray:
            vectors = np.zeros((len(texts), self.dimension), np.float32)
            for row, text in enumerate(texts):
                cold = "frost" in text or "cold" in text
                vectors[row, 1 if cold else 2] = 1.0
            return vectors

    body = "All was quiet that day. The frost burst a pipe. Then we went home."
    settings = index_of(tmp_path, [Document("a", "Pipe", body), Document("b", "Other", "Nothing here.")], Meaning())
    hits = Searcher(settings, Meaning()).search(SearchRequest("coldness", "semantic")).hits
    assert hits[0].id == "a"
    assert [hits[0].passage[a:b] for a, b in hits[0].marks] == ["The frost burst a pipe."]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "question", ["pump", "launch pad zeppelin", "zeppelins", "Zeppelin failure", "zeppe*", "kind:lesson", "zepelin"]
)
def test_the_answer_is_that_of_a_wiki_without_what_one_may_not_see(
    searcher: Searcher, tmp_path: Path, mode: Mode, question: str
) -> None:
    visible = searcher_of(tmp_path, [document for document in WORLD if not document.audience])
    request = SearchRequest(question, mode, frozenset({"blue"}), facets=True)
    one, other = searcher.search(request), visible.search(request)
    assert replace(one, took_ms=0) == replace(other, took_ms=0)


def test_those_who_may_see_it_do(searcher: Searcher) -> None:
    assert found(searcher, "zeppelin", audiences=frozenset({"red"})) == ["secret"]
    assert found(searcher, "zeppelin", audiences=None) == ["secret"]
    assert found(searcher, "zeppelin") == []


def test_spelling_comes_from_what_one_may_see(searcher: Searcher) -> None:
    assert searcher.search(SearchRequest("coolent breakr", "keyword")).suggestion == "coolant breaker"
    assert searcher.search(SearchRequest("coolnat", "keyword")).suggestion == "coolant"
    assert searcher.search(SearchRequest("cuulent", "keyword")).suggestion is None
    assert searcher.search(SearchRequest("zepelin", "keyword")).suggestion is None
    assert searcher.search(SearchRequest("zepelin", "keyword", None)).suggestion == "zeppelin"
    assert searcher.search(SearchRequest("coolant", "keyword")).suggestion is None


def test_what_is_shown_leaves_only_for_what_is_clearly_closer(tmp_path: Path) -> None:
    text = "The relief valve of the oxygen tank froze in the night because nobody had drained the line."
    past = [Document(name, "Valve", f"{text} {more}") for name, more in (("a", ""), ("b", "It was cold."))]
    others = [Document(f"z{n}", f"Other {n}", f"Something about paint number {n} and a brush.") for n in range(9)]
    searcher = searcher_of(tmp_path, [*past, *others])

    def first(*shown: str) -> str:
        draft = RelatedRequest("A frozen valve", text, limit=1, shown=frozenset(shown))
        return searcher.related(draft).hits[0].id

    assert first() == first("a") == "a"
    assert first("b") == "b"
    assert first("z1") == "a"


class Placed(HashEncoder):
    """Texts that hold one of these words lie as close to every draft as is said of it; drafts name themselves."""

    def __init__(self, cosines: dict[str, float]) -> None:
        super().__init__()
        self._cosines = {"draft": 1.0} | cosines

    def encode(self, texts: Sequence[str], *, query: bool = True) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in enumerate(texts):
            cosine = next((value for word, value in self._cosines.items() if word in text), 0.0)
            vectors[row, :2] = cosine, np.sqrt(1 - cosine**2)
        return vectors


def test_just_above_the_floor_words_must_help(tmp_path: Path) -> None:
    encoder = Placed({"quarks": 0.47, "breaker": 0.47, "violins": 0.6, "fuses": 0.4})
    past = [Document(word, word, f"All about {word} here.") for word in ("quarks", "breaker", "violins", "fuses")]
    searcher = Searcher(index_of(tmp_path, past, encoder), encoder)
    hits = searcher.related(RelatedRequest("A draft", "The breaker and the fuses went, and it was dark.")).hits
    assert floor.DEFAULT == 0.42
    assert {hit.id for hit in hits} == {"breaker", "violins"}


def test_one_word_that_stands_everywhere_is_no_help(tmp_path: Path) -> None:
    encoder = Placed({"quarks": 0.47, "breaker": 0.47})
    named = [Document(word, word, f"All about {word} in this place.") for word in ("quarks", "breaker")]
    others = [Document(f"other{n}", f"Number {n}", f"Text {n} of that place.") for n in range(8)]
    fillers = [Document(f"filler{n}", f"Filler {n}", "Gardens and music.") for n in range(10)]
    searcher = Searcher(index_of(tmp_path, [*named, *others, *fillers], encoder), encoder)
    # Of either draft "place" is well more than a tenth; only the second one shares what few others hold.
    assert searcher.related(RelatedRequest("A draft", "The fuses of the place went.")).hits == ()
    hits = searcher.related(RelatedRequest("A draft", "The breaker of the place went.")).hits
    assert {hit.id for hit in hits} == {"breaker"}


def test_in_a_small_wiki_a_title_alone_finds_what_shares_its_words(tmp_path: Path) -> None:
    encoder = Placed({"ladders": 0.445})
    past = [Document("a", "Ladders", "All about ladders: a backup that was restored.")]
    others = [Document(f"other{n}", f"Number {n}", f"Text {n} of a backup that was restored.") for n in range(5)]
    fillers = [Document(f"filler{n}", f"Filler {n}", "Gardens and music, as could be.") for n in range(22)]
    searcher = Searcher(index_of(tmp_path, [*past, *others, *fillers], encoder), encoder)
    hits = searcher.related(RelatedRequest("A draft: backup could not be restored", "")).hits
    assert [hit.id for hit in hits] == ["a"]


def test_related_leaks_nothing_and_leaves_out_what_is_excluded(searcher: Searcher) -> None:
    draft = RelatedRequest(
        "Zeppelin failure", "The zeppelin pump burst over the launch pad in the storm.", audiences=frozenset()
    )
    assert "secret" not in [hit.id for hit in searcher.related(draft).hits]
    seeing = replace(draft, audiences=frozenset({"red"}))
    hits = searcher.related(seeing).hits
    assert hits[0].id == "secret"
    assert hits[0].why.words
    assert "secret" not in [h.id for h in searcher.related(replace(seeing, exclude=frozenset({"secret"}))).hits]


@pytest.mark.parametrize(
    "body", ["", "## What happened\n\n<!-- hint -->\n\n## Why\n\n- [ ] \n", "of the and to", "!!! ???"]
)
def test_an_empty_template_relates_to_nothing(searcher: Searcher, body: str) -> None:
    assert searcher.related(RelatedRequest("", body, audiences=None)).hits == ()


ODD = {
    "nothing": "",
    "blanks": " \t\n ",
    "punctuation": "!?.,;:()[]{}*-\"'",
    "stop words": "to be or not to be",
    "one letter": "x",
    "no blank": "x" * 10_000,
    "a trace": "java.lang.NullPointerException: null\n" + "".join(
        f"\tat org.example.pkg{n}.Class{n}.method{n}(File{n}.java:{n})\n" for n in range(350)
    ),
    "a draft": "The pump stopped and the breaker tripped before launch. " * 2_000,
    "lone quote": 'pump "launch',
    "parentheses": "((((pump AND OR NOT",
    "surrogate": "pump \ud800",
    "NUL": "pump \x00 ice",
    "operators only": "-pump",
    "wild": "* ** pu* ?",
    "colons": "kind: tag:: before:never x:y",
}  # fmt: skip


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", ODD)
def test_no_question_is_too_odd(searcher: Searcher, name: str, mode: Mode) -> None:
    started = time.perf_counter()
    results = searcher.search(SearchRequest(ODD[name], mode, None, facets=True))
    assert time.perf_counter() - started < 2.0
    assert results.total >= len(results.hits)
    assert all(0 <= a < b <= len(hit.passage) for hit in results.hits for a, b in hit.marks)
    related = searcher.related(RelatedRequest(ODD[name][:300], ODD[name], audiences=None))
    assert len(related.hits) <= 5


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("breaker", ["pump"]),
        ("Why did the coolant pump stop, and who had tested it?", ["pump", "cafe"]),
        (ODD["a trace"] + "\tat foo_bar(Breaker.java:2041)\n", ["pump"]),
        (ODD["a draft"], ["pump", "ice", "cafe"]),
        (ODD["stop words"], []),
        (ODD["punctuation"], []),
        (ODD["no blank"], []),
    ],
    ids=["one word", "a question", "a trace", "a draft", "stop words", "punctuation", "no blank"],
)
def test_short_long_and_odd_questions_find_what_they_name(
    searcher: Searcher, question: str, expected: list[str]
) -> None:
    hits = found(searcher, question)
    assert hits[: len(expected)] == expected
    assert bool(hits) == bool(expected)


@pytest.mark.parametrize(
    ("language", "question", "expected"),
    [("german", "Häuser", ["haus"]), ("german", "hauser", ["haus"]), ("none", "hauser", [])],
)
def test_another_team_chooses_another_stemmer(
    tmp_path: Path, language: str, question: str, expected: list[str]
) -> None:
    settings = IndexSettings(tmp_path, model="hash", language=language)
    source = Folder([Document("haus", "Wohnungen", "Im Haus brannte es."), Document("b", "Garten", "Nichts weiter.")])
    indexer = Indexer(settings, source, HashEncoder())
    indexer.catch_up()
    indexer.close()
    assert found(Searcher(settings, HashEncoder()), question) == expected


@pytest.mark.parametrize("name", ["lone quote", "parentheses", "surrogate", "NUL", "wild"])
def test_odd_questions_with_words_find_by_their_words(searcher: Searcher, name: str) -> None:
    assert "pump" in found(searcher, ODD[name])


def test_offset_and_limit_walk_through_the_whole(searcher: Searcher) -> None:
    whole = found(searcher, "gardens music", limit=50)
    assert len(whole) == 12
    assert [name for at in range(0, 12, 5) for name in found(searcher, "gardens music", limit=5, offset=at)] == whole
    assert found(searcher, "gardens", limit=0) == []
    assert found(searcher, "gardens", offset=100) == []


def test_facets_count_what_was_found(searcher: Searcher) -> None:
    results = searcher.search(SearchRequest("pump", "keyword", None, facets=True))
    assert results.facets["kind"] == {"lesson": 2, "page": 1}
    assert results.facets["tag"] == {"cooling": 1, "power": 1}
    assert results.facets["year"] == {"2020": 1}


def test_without_an_index_the_answer_is_empty_and_says_why(tmp_path: Path) -> None:
    results = Searcher(IndexSettings(tmp_path / "none"), HashEncoder()).search(SearchRequest("pump"))
    assert results.hits == ()
    assert results.degraded is not None


def test_without_the_encoder_words_answer_and_it_is_said(tmp_path: Path) -> None:
    class Away(HashEncoder):
        def encode(self, texts: Sequence[str], *, query: bool = True) -> np.ndarray:
            raise EncoderUnavailable("The indexer is not running")

    settings = index_of(tmp_path, WORLD)
    away = Searcher(settings, Away())
    results = away.search(SearchRequest("pump", "semantic"))
    assert results.mode == "keyword"
    assert results.degraded == "The indexer is not running. These results are by words only."
    assert {hit.id for hit in results.hits} == {"pump", "cafe"}
    assert away.related(RelatedRequest("Coolant pump stopped", PUMP)).hits[0].id == "pump"


def test_a_searcher_notices_what_was_written_since(tmp_path: Path) -> None:
    settings = index_of(tmp_path, WORLD[:2])
    live = Searcher(settings, HashEncoder())
    assert found(live, "zeppelin", audiences=None) == []

    class Moved:
        def tip(self) -> str:
            return "2"

        def changes(self, since: str) -> Changes:
            return Changes("2", WORLD[3:4], ("ice",))

    indexer = Indexer(settings, Moved(), HashEncoder())
    indexer.catch_up()
    indexer.close()
    assert found(live, "zeppelin", audiences=None) == ["secret"]
    assert found(live, "ice", audiences=None) == []

"""Acronyms find what they stand for and the other way round, as far as the asker may know of both."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from indexer import HashEncoder, Searcher
from indexer.documents import Document, SearchRequest
from tests.integration.ranking_world import index_of, searcher_of

GLOSSARY = (
    "Our words.\n\n| Short | Long |\n| --- | --- |\n| BOP | blowout preventer |\n| **ops** | night shift |\n"
    "\n- FOD: foreign object debris\n\nSRB\n: solid rocket booster\n"
)
PAST = (
    Document("spelt", "Visitors", "The Kennedy Space Center (KSC) was closed when the storm came.", "lesson"),
    Document("short", "Crane", "A crane at KSC dropped its load on the road.", "lesson"),
    Document("long", "Fence", "The fence of the Kennedy Space Center was cut by a mower.", "lesson"),
    Document("parts", "Estate", "Kennedy rented a space in the center of town.", "lesson"),
    Document("valve", "Well", "The blowout preventer did not close.", "lesson"),
    Document("rig", "Rig", "The BOP was tested on Tuesday.", "lesson"),
    Document("debris", "Runway", "Foreign object debris was found on the runway.", "lesson"),
    Document("words", "Glossary", GLOSSARY, "page"),
    Document("hidden", "Secret", "The Special Access Programme (SAP) is ours.", "lesson", audience=("red",)),
    Document("sap", "Trees", "The special access programme of the park.", "lesson"),
    Document("it", "Help desk", "Information technology (IT) is slow.", "lesson"),
    Document("late", "Train", "Information technology made it late.", "lesson"),
)


@pytest.fixture(scope="module")
def searcher(tmp_path_factory: pytest.TempPathFactory) -> Searcher:
    return searcher_of(tmp_path_factory.mktemp("forms"), PAST)


def found(searcher: Searcher, text: str, audiences: frozenset[str] = frozenset()) -> list[str]:
    return [hit.id for hit in searcher.search(SearchRequest(text, "keyword", audiences)).hits]


def asked_of(directory: Path, past: Sequence[Document], text: str) -> list[str]:
    """What the encoder is asked when somebody searches for that text."""
    asked: list[str] = []

    class Listening(HashEncoder):
        def encode(self, texts: Sequence[str], *, query: bool = True) -> np.ndarray:
            asked.extend(texts)
            return super().encode(texts, query=query)

    Searcher(index_of(directory, past), Listening()).search(SearchRequest(text))
    return asked


def test_either_form_finds_the_other_as_the_entries_explain_it(searcher: Searcher) -> None:
    assert set(found(searcher, "KSC")) == {"spelt", "short", "long"}
    assert set(found(searcher, "ksc")) == {"spelt", "short", "long"}
    by_long = found(searcher, "kennedy space center")
    assert set(by_long) >= {"spelt", "short", "long"}


def test_the_glossary_teaches_what_no_text_explains(searcher: Searcher) -> None:
    assert "valve" in found(searcher, "BOP")
    assert "rig" in found(searcher, "blowout preventer")
    assert "debris" in found(searcher, "FOD")


def test_what_another_team_explains_is_not_known(searcher: Searcher) -> None:
    assert found(searcher, "SAP") == []
    assert set(found(searcher, "SAP", frozenset({"red"}))) == {"hidden", "sap"}


def test_a_small_word_is_no_acronym(searcher: Searcher) -> None:
    assert "late" in found(searcher, "IT slow")
    assert "late" not in found(searcher, "was it slow")


def test_a_word_that_people_mostly_write_small_is_an_acronym_only_where_it_is_written_as_one(
    tmp_path: Path,
) -> None:
    cards = [Document(f"card{n}", f"Board {n}", f"A circuit card burnt in rack {n}.", "lesson") for n in range(5)]
    spelt = Document("spelt", "Shuttle", "The Constellation Architecture Requirements Document (CARD) grew.", "lesson")
    long = Document("long", "Orbiter", "A constellation architecture requirements document was lost.", "lesson")
    fod = Document("fod", "Runway", "Foreign object debris (FOD) on the runway; the FOD walk found a bolt.", "lesson")
    apron = Document("apron", "Apron", "Foreign object debris lay on the apron.", "lesson")
    searcher = searcher_of(tmp_path, (*cards, spelt, long, fod, apron))
    assert "long" not in found(searcher, "burnt card")
    assert "long" in found(searcher, "the CARD is late")
    assert not set(found(searcher, "constellation architecture requirements document")) & {card.id for card in cards}
    assert set(found(searcher, "fod walk")) == {"fod", "apron"}


def test_one_meaning_in_several_numbers_is_one(tmp_path: Path) -> None:
    ways = ("discharge", "discharges", "discharge", "discharging")
    past = [
        Document(f"e{n}", f"Case {n}", f"The electrostatic {way} (ESD) came.", "lesson") for n, way in enumerate(ways)
    ]
    past.append(Document("school", "School", "The early scientific diploma (ESD) is a school's.", "lesson"))
    assert asked_of(tmp_path, past, "ESD") == ["ESD", "electrostatic discharge", "early scientific diploma"]


def test_what_the_other_form_found_is_marked(searcher: Searcher) -> None:
    hits = {hit.id: hit for hit in searcher.search(SearchRequest("KSC", "keyword")).hits}
    marked = [hits["long"].passage[start:end] for start, end in hits["long"].marks]
    assert marked == ["Kennedy", "Space", "Center"]
    assert "Kennedy" in hits["long"].why.summary


def test_meaning_is_asked_with_the_acronym_spelt_out(tmp_path: Path) -> None:
    assert asked_of(tmp_path, PAST, "crane at KSC") == ["crane at KSC", "crane at Kennedy Space Center"]

"""Acronyms are learned from how people write, and from the page where they keep their words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.acronyms import Pair, glossary, learn, pairs_of
from indexer.documents import Document


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("At the Kennedy Space Center (KSC) it rained.", [("KSC", "Kennedy Space Center")]),
        ("EVA (extravehicular activity) was late.", [("EVA", "extravehicular activity")]),
        ("the Failure Modes and Effects Analysis (FMEA)", [("FMEA", "Failure Modes and Effects Analysis")]),
        ("guard against electro-static discharge (ESD)", [("ESD", "electro-static discharge")]),
        ("two Line Replaceable Units (LRUs) failed", [("LRUs", "Line Replaceable Units")]),
        ("He agreed (OK). They left (ASAP).", []),
        ("The valve (see Figure 3) leaked (badly).", []),
        ("It stopped. Nobody knew (NASA).", []),
    ],
)
def test_pairs_are_read_from_running_text(text: str, pairs: list[Pair]) -> None:
    assert list(learn(text)) == pairs


def test_a_glossary_may_be_a_table_a_list_or_definitions() -> None:
    body = "| Term | Means |\n|---|:--|\n| [BOP] | *blowout* preventer |\n| ops | night shift; operations. |\n\n"
    body += "- **FOD**: foreign object debris\n* EVA — space walk\n\nSRB\n: solid rocket booster\n"
    assert list(glossary(body)) == [
        ("BOP", "blowout preventer"),
        ("ops", "night shift"),
        ("ops", "operations"),
        ("FOD", "foreign object debris"),
        ("EVA", "space walk"),
        ("SRB", "solid rocket booster"),
    ]


def test_only_a_page_of_that_name_or_tag_is_one() -> None:
    body = "- BOP: blowout preventer\n"
    assert pairs_of(Document("a", " glossary ", body, "page")) == [("BOP", "blowout preventer")]
    assert pairs_of(Document("a", "Our words", body, "page", ("glossary",))) == [("BOP", "blowout preventer")]
    assert pairs_of(Document("a", "Glossary", body, "lesson")) == []
    assert pairs_of(Document("a", "Our words", body, "page")) == []


@given(st.text(alphabet="AB ab().|-:*\n", max_size=400))
def test_no_text_is_too_odd(text: str) -> None:
    for short, long in [*learn(text), *glossary(text)]:
        assert short
        assert long


def test_hostile_texts_take_no_time() -> None:
    started = time.process_time()
    for text in (
        "(" * 200_000,
        "AB (C" * 40_000,
        "|a" * 100_000,
        "- a" * 60_000,
        "a\n: b\n" * 30_000,
        "AB (Aa Bb) " * 9_000,
    ):
        pairs_of(Document("a", "Glossary", text, "page"))
        pairs_of(Document("a", "b", text))
    assert time.process_time() - started < 5

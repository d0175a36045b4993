"""The question grammar: what it understands, and that everything else is words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import Filters
from indexer.queries import LONGEST, Query, both, parse


def test_every_operator_is_read() -> None:
    query = parse(
        'valve "stuck open" data* -drill -"dry run" kind:lesson tag:"cold start" tag:ice year:2020 before:2021-5'
    )
    assert query.text == "valve stuck open"
    assert query.phrases == ("stuck open",)
    assert query.prefixes == ("data",)
    assert query.without == ("drill", "dry run")
    assert query.filters == Filters(kind=("lesson",), tag=("cold start", "ice"), year=("2020",), before="2021-05-01")


@pytest.mark.parametrize(
    "text",
    [
        "s3a://bucket",
        "org:apache",
        'a "lone quote',
        "before:tomorrow",
        "kind:",
        "a - b",
        "-",
        '""',
        "* **",
        "10:30",
        "-c -D",
    ],
)
def test_what_is_no_operator_is_words(text: str) -> None:
    assert parse(text) == Query(text)


def test_what_was_pasted_is_words() -> None:
    trace = 'Exception in thread "main"\n  at -foo kind:lesson'
    assert parse(trace) == Query(trace)
    long = "word -word " * 40
    assert parse(long) == Query(long.strip())


@given(st.text(max_size=400))
def test_no_text_is_too_odd(text: str) -> None:
    query = parse(text)
    assert len(query.text) <= LONGEST
    assert query == parse(text)


@given(st.lists(st.from_regex(r"[a-z]{1,8}", fullmatch=True), max_size=6))
def test_plain_words_stay_as_they_are(words: list[str]) -> None:
    assert parse(" ".join(words)) == Query(" ".join(words))


def test_filters_of_box_and_page_must_both_hold() -> None:
    assert both(Filters(tag=("a", "b")), Filters(tag=("b", "c"))) == Filters(tag=("b",))
    assert both(Filters(kind=("lesson",)), Filters(kind=("topic",))) is None
    assert both(Filters(before="2020-01-01"), Filters(before="2019-01-01")) == Filters(before="2019-01-01")
    assert both(Filters(), Filters(after="2019-01-01")) == Filters(after="2019-01-01")

"""What the API takes: every field reads what it documents and refuses the rest with a sentence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.api.fields import Choice, Field, FieldError, InputFaults, Number, Text, Texts, read_object, read_query
from wiki.api.openapi import document
from wiki.api.schemas import CREATE_FIELDS, RELATED_FIELDS, SEARCH_QUERY
from wiki.api.table import OPERATIONS, PREFIX

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)


@pytest.mark.parametrize("bad", ["\ud800", "a\x00b", 3, None, ["a"], "too long"])
def test_text_is_text(bad: object) -> None:
    with pytest.raises(FieldError, match=r"\.$"):
        Text(5).read(bad)


def test_null_clears_a_field_that_may_be_empty() -> None:
    assert Text(5, nullable=True).read(None) == ""
    assert Texts(5, 5, nullable=True).read(None) == ()


@pytest.mark.parametrize("bad", ["0", "11", "1.5", "", "٣x", "1e3", "9" * 13, "9" * 5000, True, 2.5, None])
def test_numbers_have_bounds(bad: object) -> None:
    with pytest.raises(FieldError, match="from 1 to 10"):
        Number(1, 10).read(bad)
    assert Number(1, 10).read("7") == Number(1, 10).read(7) == 7


def test_all_faults_are_told_at_once() -> None:
    with pytest.raises(InputFaults) as caught:
        read_object({"title": 3, "kind": "x", "nope": 1}, CREATE_FIELDS, frozenset())
    assert {fault.name for fault in caught.value.faults} == {"title", "body", "nope"}


def test_a_query_collects_what_may_be_repeated() -> None:
    fields = (Field("kind", Text(5), "", many=True), Field("mode", Choice(("a", "b")), ""))
    found = read_query({"kind": ["x", "", "y"], "mode": ["a"], "other": ["z"]}, fields)
    assert found == {"kind": ("x", "y"), "mode": "a"}
    with pytest.raises(InputFaults):
        read_query({"kind": ["x"] * 51}, fields)
    with pytest.raises(InputFaults):
        read_query({"mode": [""]}, fields)


@given(st.dictionaries(st.sampled_from([f.name for f in CREATE_FIELDS]) | st.text(max_size=5), JSON, max_size=8))
def test_no_json_brings_the_reading_down(value: dict[str, Any]) -> None:
    for fields, ignored in ((CREATE_FIELDS, frozenset[str]()), (RELATED_FIELDS, None)):
        try:
            read_object(value, fields, ignored)
        except InputFaults as faults:
            assert faults.faults


@given(st.dictionaries(st.sampled_from([f.name for f in SEARCH_QUERY]), st.lists(st.text(max_size=20)), max_size=6))
def test_no_query_brings_the_reading_down(values: dict[str, list[str]]) -> None:
    try:
        read_query(values, SEARCH_QUERY)
    except InputFaults as faults:
        assert faults.faults


def test_the_description_names_every_operation_and_resolves() -> None:
    found = document(OPERATIONS, PREFIX, "1")
    assert sum(len(methods) for methods in found["paths"].values()) == len(OPERATIONS)
    names = [methods[m]["operationId"] for methods in found["paths"].values() for m in methods]
    assert len(set(names)) == len(names)
    for operation in OPERATIONS:
        assert operation.answer is None or operation.answer in found["components"]["schemas"]

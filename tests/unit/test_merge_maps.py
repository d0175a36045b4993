"""Lists of maps with ids: two people's changes of them are joined wherever they do not contradict each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki import frontmatter
from wiki.merge import merge
from wiki.merge_maps import MAX_ITEMS, merge_maps


def items(ids: str, **why: str) -> list[dict[str, Any]]:
    return [{"id": key, **({"why": why[key]} if key in why else {})} for key in ids]


def order(found: Any) -> str:
    return "".join(item["id"] for item in found)


@pytest.mark.parametrize(
    ("base", "ours", "theirs", "joined"),
    [
        ("abc", "abcd", "abce", "abcde"),
        ("abc", "dabc", "abce", "dabce"),
        ("abcd", "bcda", "acbd", "cbda"),
        ("abcd", "acd", "abc", "ac"),
        ("abcd", "dabc", "abxcd", "dabxc"),
        ("", "ab", "ba", "ab"),
        ("abc", "cba", "cba", "cba"),
        ("abc", "", "abc", ""),
    ],
)
def test_additions_moves_and_removals_of_two_people_are_joined(base: str, ours: str, theirs: str, joined: str) -> None:
    assert order(merge_maps(items(base), items(ours), items(theirs))) == joined


def test_two_names_of_one_map_changed_by_two_people_are_joined() -> None:
    base, ours, theirs = [{"id": "a", "why": "x"}], [{"id": "a", "why": "y"}], [{"id": "a", "why": "x", "note": "n"}]
    assert merge_maps(base, ours, theirs) == [{"id": "a", "why": "y", "note": "n"}]
    assert merge_maps({"to": "x"}, {"to": "x", "note": "n"}, {}) == {"note": "n"}


def test_the_same_name_changed_differently_is_a_conflict() -> None:
    assert merge_maps(items("ab", a="1"), items("ab", a="2"), items("ab", a="3")) is None


def test_a_map_changed_here_and_taken_away_there_is_a_conflict() -> None:
    assert merge_maps(items("ab", a="1"), items("b"), items("ab", a="3")) is None


@pytest.mark.parametrize("odd", ["text", ["a"], [{"why": "no id"}], [{"id": "a"}, {"id": "a"}], items("a") * 2])
def test_what_is_no_list_of_maps_with_ids_is_left_alone(odd: Any) -> None:
    assert merge_maps(items("a"), items("ab"), odd) is None


def test_lists_that_nobody_keeps_by_hand_are_not_joined() -> None:
    long = [{"id": f"i{number}"} for number in range(MAX_ITEMS + 1)]
    assert merge_maps(long, long[1:], long[2:]) is None


@given(st.permutations("abcdefgh"), st.permutations("abcdefgh"), st.sets(st.sampled_from("abcdefgh")))
def test_nothing_is_lost_or_doubled_whatever_two_people_move(one: Any, other: Any, gone: set[str]) -> None:
    ours, theirs = "".join(one), "".join(key for key in other if key not in gone)
    joined = order(merge_maps(items("abcdefgh"), items(ours), items(theirs)))
    assert sorted(joined) == sorted(theirs)


def test_files_are_joined_map_by_map() -> None:
    def file(*maps: dict[str, str]) -> bytes:
        return f"---\nid: abcdefgh2345\n{frontmatter.line('curated', list(maps)) if maps else ''}---\nText.\n".encode()

    one, two = {"id": "a", "why": "First: it hurt."}, {"id": "b", "why": "yes"}
    assert merge(file(one), file(one, two), file({**one, "passage": "It froze."})) == file(
        {**one, "passage": "It froze."}, two
    )
    assert merge(file(), file(one), file(two)) == file(one, two)


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=40).map(lambda text: text.replace("\0", "") or "x")
MAPS = st.lists(
    st.dictionaries(st.sampled_from(["id", "why", "tags", "to be"]), TEXT | st.lists(TEXT, min_size=1), min_size=1),
    min_size=1,
    max_size=4,
)


@given(MAPS)
def test_maps_are_read_back_as_they_were_written(maps: Any) -> None:
    assert frontmatter.read(frontmatter.line("curated", maps)) == {"curated": maps}
    assert frontmatter.read(frontmatter.line("rule", maps[0])) == {"rule": maps[0]}

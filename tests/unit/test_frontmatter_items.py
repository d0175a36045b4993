"""Lists of maps in the front matter: written with a line for each name, and changed without touching other lines."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki import frontmatter

BLOCK = """actions:
  # most urgent first
  - id: a1
    what: "Turn the certificates: by a job"   # weekly
    state: open
    note: |
      Two lines
      of text
  - id: a2
    what: Ask who is told
    ticket: [OPS-1, OPS-2]
team: ops
"""


def actions() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = frontmatter.read(BLOCK)["actions"]
    return found


def test_a_change_to_one_name_of_one_map_changes_one_line() -> None:
    changed = actions()
    changed[0]["state"] = "done"
    assert frontmatter.edit(BLOCK, {"actions": changed}, ["actions"]) == BLOCK.replace("state: open", "state: done")


def test_maps_are_added_and_taken_out() -> None:
    more = [*actions(), {"id": "a3", "what": "- odd: # text", "tags": ["x", "y"]}]
    edited = frontmatter.edit(BLOCK, {"actions": more}, ["actions"])
    assert frontmatter.read(edited)["actions"] == more
    assert edited.startswith(BLOCK.removesuffix("team: ops\n"))
    fewer = frontmatter.edit(BLOCK, {"actions": actions()[1:]}, ["actions"])
    assert frontmatter.read(fewer)["actions"] == actions()[1:]
    assert "actions" not in frontmatter.edit(BLOCK, {"actions": []}, ["actions"])


@pytest.mark.parametrize(
    "block", ["actions: [{id: a1, state: open}]\n", "actions:\n- {id: a1, state: open}\n", "actions:\n- state: open\n"]
)
def test_a_list_laid_out_some_other_way_is_written_anew(block: str) -> None:
    wanted = [{"id": "a1", "state": "done"}]
    assert frontmatter.read(frontmatter.edit(block, {"actions": wanted}, ["actions"]))["actions"] == wanted


WORDS = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0\x7f"), min_size=1, max_size=30).map(
    lambda text: "".join(char for char in text if char.isprintable() or char == "\n") or "x"
)
MAPS = st.lists(
    st.fixed_dictionaries({"id": st.sampled_from("abcdef")}, optional={"what": WORDS, "odd": WORDS}),
    max_size=5,
    unique_by=lambda one: one["id"],
)


@given(MAPS, MAPS)
def test_whatever_is_written_reads_back(first: list[dict[str, Any]], second: list[dict[str, Any]]) -> None:
    block = frontmatter.edit("team: ops\n", {"actions": first}, ["actions"])
    assert frontmatter.read(block).get("actions", []) == first
    block = frontmatter.edit(block, {"actions": second}, ["actions"])
    assert frontmatter.read(block).get("actions", []) == second
    assert frontmatter.read(block)["team"] == "ops"

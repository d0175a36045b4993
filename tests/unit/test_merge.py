"""Three-way merge: what does not meet is joined, what meets is a conflict, nothing is ever lost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.merge import merge, merge_lines

BASE = b"""---
id: abcdefgh2345
title: A title
tags: [a, b]
# a comment
custom: 1
---

First.

Second.

Third.
"""


def with_(*pairs: tuple[bytes, bytes]) -> bytes:
    text = BASE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


def test_changes_of_different_paragraphs_are_joined() -> None:
    merged = merge(BASE, with_((b"First.", b"First!")), with_((b"Third.", b"Third?")))
    assert merged == with_((b"First.", b"First!"), (b"Third.", b"Third?"))


def test_the_same_line_changed_twice_is_a_conflict() -> None:
    assert merge(BASE, with_((b"First.", b"First!")), with_((b"First.", b"First?"))) is None


def test_the_same_change_twice_is_made_once() -> None:
    both = with_((b"First.", b"First!"))
    assert merge(BASE, with_((b"First.", b"First!"), (b"Third.", b"3")), both) == with_(
        (b"First.", b"First!"), (b"Third.", b"3")
    )


def test_two_texts_added_at_the_same_place_are_a_conflict() -> None:
    assert merge(BASE, BASE + b"\nMine.\n", BASE + b"\nTheirs.\n") is None


def test_a_line_added_beside_a_changed_one_is_joined() -> None:
    assert merge_lines("- a\n- b\n", "- a\n- B\n", "- a\n- b\n- c\n") == "- a\n- B\n- c\n"


def test_a_deleted_line_that_the_other_changed_is_a_conflict() -> None:
    assert merge_lines("a\nb\nc\n", "a\nc\n", "a\nB\nc\n") is None


def test_front_matter_is_merged_name_by_name() -> None:
    ours = with_((b"A title", b"Another title"), (b"[a, b]", b"[b, c]"))
    theirs = with_((b"tags: [a, b]", b"tags:\n- a\n- b\n- d\nteam: ops"), (b"custom: 1", b"custom: 2"))
    merged = merge(BASE, ours, theirs)
    assert merged == with_(
        (b"A title", b"Another title"), (b"tags: [a, b]", b"tags: [b, c, d]\nteam: ops"), (b"custom: 1", b"custom: 2")
    )


def test_a_title_changed_by_both_is_a_conflict() -> None:
    assert merge(BASE, with_((b"A title", b"Mine")), with_((b"A title", b"Theirs"))) is None


def test_an_audience_changed_by_both_is_never_widened_by_joining() -> None:
    base = with_((b"custom", b"audience: [a, b]\ncustom"))
    ours = base.replace(b"audience: [a, b]", b"audience: [a]")
    theirs = base.replace(b"audience: [a, b]", b"audience: [a, b, c]")
    assert merge(base, ours, theirs) is None


def test_a_name_that_one_side_removed_goes() -> None:
    assert merge(BASE, with_((b"custom: 1\n", b"")), with_((b"First.", b"1"))) == with_(
        (b"custom: 1\n", b""), (b"First.", b"1")
    )


def test_broken_front_matter_is_merged_as_lines() -> None:
    base = b"---\na: [\nb: 1\n---\nx\n\ny\n"
    merged = merge(base, base.replace(b"x", b"X"), base.replace(b"y", b"Y"))
    assert merged == b"---\na: [\nb: 1\n---\nX\n\nY\n"


def test_files_that_are_not_text_merge_only_where_one_side_left_them() -> None:
    assert merge(b"\xff1", b"\xff2", b"\xff1") == b"\xff2"
    assert merge(b"\xff1", b"\xff2", b"\xff3") is None


def test_a_missing_last_newline_does_not_make_a_conflict() -> None:
    assert merge_lines("a\n\nb", "A\n\nb", "a\n\nb\nc\n") == "A\n\nb\nc\n"
    assert merge_lines("a\n\nb", "A\n\nb", "a\n\nB") == "A\n\nB"


LINES = st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=12)


def text(lines: list[str]) -> str:
    return "".join(line + "\n" for line in lines)


@settings(max_examples=500)
@given(LINES, LINES, LINES)
def test_merging_is_the_same_from_both_sides(base: list[str], ours: list[str], theirs: list[str]) -> None:
    one = merge_lines(text(base), text(ours), text(theirs))
    assert one == merge_lines(text(base), text(theirs), text(ours))


@settings(max_examples=500)
@given(st.lists(st.integers(0, 9), min_size=3, max_size=20, unique=True), st.data())
def test_edits_of_lines_of_their_own_never_conflict(numbers: list[int], data: st.DataObject) -> None:
    """Each side replaces lines that the other leaves alone; the result has both, against a slow reference."""
    base = [str(number) for number in numbers]
    sides = data.draw(st.lists(st.sampled_from(["none", "ours", "theirs"]), min_size=len(base), max_size=len(base)))
    ours = [f"o{line}" if side == "ours" else line for line, side in zip(base, sides, strict=True)]
    theirs = [f"t{line}" if side == "theirs" else line for line, side in zip(base, sides, strict=True)]
    expected = [
        f"o{line}" if side == "ours" else f"t{line}" if side == "theirs" else line
        for line, side in zip(base, sides, strict=True)
    ]
    assert merge_lines(text(base), text(ours), text(theirs)) == text(expected)


@pytest.mark.timeout(10)
def test_a_megabyte_is_merged_in_no_time() -> None:
    base = ("word\n\n" * 160_000) + "end\n"
    assert merge_lines(base, "start\n" + base, base + "more\n") == "start\n" + base + "more\n"


# --- lists of maps ----------------------------------------------------------------------------------------------------

ACTIONS = """---
id: k7m2qhx4tw9c
actions:
- id: a1
  what: "Turn the certificates: by a job"   # weekly
  due: 2026-12-01
  state: open
# kept by the board
- id: a2
  what: Ask who is told
  state: open
  ticket: [OPS-1, OPS-2]
---
Text.
"""


def test_two_people_who_tick_two_actions_do_not_meet() -> None:
    ours = ACTIONS.replace("state: open\n# kept", "state: done\n# kept")
    theirs = ACTIONS.replace("state: open\n  ticket", "state: doing\n  ticket")
    merged = merge(ACTIONS.encode(), ours.encode(), theirs.encode())
    assert merged is not None
    assert merged.decode() == ours.replace("state: open\n  ticket", "state: doing\n  ticket")


def test_two_people_who_change_two_names_of_one_action_do_not_meet() -> None:
    ours = ACTIONS.replace("due: 2026-12-01", "due: 2026-12-24")
    theirs = ACTIONS.replace("state: open\n# kept", "state: done\n# kept")
    merged = merge(ACTIONS.encode(), ours.encode(), theirs.encode())
    assert merged is not None
    assert merged.decode() == ours.replace("state: open\n# kept", "state: done\n# kept")
    assert merge(ACTIONS.encode(), ours.encode(), ACTIONS.replace("2026-12-01", "2027-01-01").encode()) is None


def test_actions_added_by_two_people_are_both_there() -> None:
    new = "- id: {0}\n  what: Another\n---\nText"
    ours, theirs = (ACTIONS.replace("---\nText", new.format(name)) for name in ("a3", "a4"))
    merged = merge(ACTIONS.encode(), ours.encode(), theirs.encode())
    assert merged is not None
    assert merged.decode() == ACTIONS.replace("---\nText", "- id: a3\n  what: Another\n" + new.format("a4"))


def test_an_action_taken_out_by_one_and_changed_by_the_other_is_a_conflict() -> None:
    gone = ACTIONS.replace(ACTIONS[ACTIONS.index("- id: a2") : ACTIONS.index("---\nText")], "")
    changed = ACTIONS.replace("Ask who is told", "Ask whom it wakes")
    assert merge(ACTIONS.encode(), gone.encode(), changed.encode()) is None
    kept = ACTIONS.replace("2026-12-01", "2026-12-02")
    merged = merge(ACTIONS.encode(), gone.encode(), kept.encode())
    assert merged is not None
    assert merged.decode() == gone.replace("2026-12-01", "2026-12-02")

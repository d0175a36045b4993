"""Pictures of a draft that has no entry yet."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.web.held import LIFETIME_SECONDS, MAX_FILES, HeldFiles, HoldError, safe_name

PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 20


@pytest.fixture
def held(tmp_path: Path) -> HeldFiles:
    return HeldFiles(tmp_path / "held")


def test_a_file_is_held_for_its_owner_and_draft_alone(held: HeldFiles) -> None:
    kept = held.put("a1", "new:lesson:x", "Screen Shot.PNG", PNG)
    assert kept.name == "screen-shot.png" and kept.picture_type == "image/png"
    assert held.get("a1", "new:lesson:x", "screen-shot.png") == kept
    assert held.get("a2", "new:lesson:x", "screen-shot.png") is None
    assert held.get("a1", "new:lesson:y", "screen-shot.png") is None
    held.drop("a1", "new:lesson:x")
    assert held.all("a1", "new:lesson:x") == []


def test_the_same_bytes_are_held_once_and_other_bytes_get_another_name(held: HeldFiles) -> None:
    first = held.put("a", "new:page:x", "image.png", PNG)
    assert held.put("a", "new:page:x", "image.png", PNG) == first
    assert held.put("a", "new:page:x", "image.png", PNG + b"1").name == "image-2.png"


def test_only_real_pictures_are_shown(held: HeldFiles) -> None:
    assert held.put("a", "new:page:x", "image.png", b"<script>").picture_type is None
    assert held.put("a", "new:page:x", "x.svg", b"<svg onload=alert(1)>").picture_type is None


def test_a_draft_holds_a_bounded_number(held: HeldFiles) -> None:
    for number in range(MAX_FILES):
        held.put("a", "new:page:x", "n.bin", str(number).encode())
    with pytest.raises(HoldError):
        held.put("a", "new:page:x", "n.bin", b"one more")
    with pytest.raises(HoldError):
        held.put("a", "new:page:y", "n.bin", b"")


def test_what_nobody_came_back_for_goes(held: HeldFiles, tmp_path: Path) -> None:
    held.put("a", "new:page:old", "n.bin", b"old")
    folder = next((tmp_path / "held").iterdir())
    past = time.time() - LIFETIME_SECONDS - 60
    os.utime(folder, (past, past))
    held.put("a", "new:page:new", "n.bin", b"new")
    assert held.all("a", "new:page:old") == []
    assert len(held.all("a", "new:page:new")) == 1


@given(st.text(max_size=100))
def test_every_name_is_safe_and_can_be_fetched_again(filename: str) -> None:
    name = safe_name(filename)
    assert name and "/" not in name and not name.startswith(".") and len(name) <= 70


@pytest.mark.parametrize("name", ["..", "../x", "a/b", ".hidden", "", "A.png", "x" * 200])
def test_names_that_are_none_of_ours_find_nothing(held: HeldFiles, name: str) -> None:
    held.put("a", "new:page:x", "n.bin", b"x")
    assert held.get("a", "new:page:x", name) is None

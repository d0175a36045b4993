"""The stylesheet's colours can be read: WCAG 2.2 AA in both themes, measured from the properties themselves."""

from __future__ import annotations

import re

import pytest

from wiki.web.static import FOLDER

TOKENS = (FOLDER / "css" / "hindsight" / "01-tokens.css").read_text()
TEXT_PAIRS = [
    *((ink, ground) for ink in ("ink", "ink-2", "accent") for ground in ("page", "surface", "sunken")),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("accent-strong", "accent-soft"),
    ("mark-ink", "mark"),
    ("bad", "page"),
    ("bad", "surface"),
    *((tone, f"{tone}-soft") for tone in ("info", "good", "warn", "bad", "violet")),
    *(("ink", ground) for ground in ("info-soft", "warn-soft", "bad-soft", "good-soft", "violet-soft")),
    *(("ink", ground) for ground in ("added", "added-strong", "removed", "removed-strong")),
    *((f"code-{name}", "surface") for name in ("comment", "keyword", "string", "number", "name")),
]
SHAPE_PAIRS = [(edge, ground) for edge in ("line-strong", "focus", "accent") for ground in ("page", "surface")]


def colours(dark: bool) -> dict[str, str]:
    light, chosen = TOKENS.split("@media", 1)[0], TOKENS.split(':root[data-theme="dark"] {')[1]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", light))
    if dark:
        found |= dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", chosen))
    return found


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT_PAIRS)
def test_text_can_be_read(ink: str, ground: str, dark: bool) -> None:
    values = colours(dark)
    assert contrast(values[ink], values[ground]) >= 4.5


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize(("edge", "ground"), SHAPE_PAIRS)
def test_edges_can_be_seen(edge: str, ground: str, dark: bool) -> None:
    values = colours(dark)
    assert contrast(values[edge], values[ground]) >= 3

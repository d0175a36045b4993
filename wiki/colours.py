"""The colours of the stylesheet and how well they stand out from each other (pure).

The stylesheet's properties are the only place where a colour is named; this reads them from there, so that the page of
the design and the tests measure what browsers are given. Contrast as WCAG 2.2 defines it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_PROPERTY = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")
_DARK = ':root[data-theme="dark"] {'

TEXT, SHAPE = 4.5, 3.0
"""What AA asks for: of text on its ground, and of the edges of what can be used."""

# What is written on what.
TEXT_PAIRS: tuple[tuple[str, str], ...] = (
    *((ink, ground) for ink in ("ink", "ink-2", "accent") for ground in ("page", "surface", "sunken")),
    ("accent-ink", "accent"),
    ("accent-ink", "accent-strong"),
    ("accent-strong", "accent-soft"),
    ("mark-ink", "mark"),
    ("bad", "page"),
    ("bad", "surface"),
    *((tone, f"{tone}-soft") for tone in ("info", "good", "warn", "bad", "violet")),
    *(("ink", ground) for ground in ("info-soft", "warn-soft", "bad-soft", "good-soft", "violet-soft", "accent-soft")),
    *(("ink", ground) for ground in ("added", "added-strong", "removed", "removed-strong")),
    ("ink-2", "raised"),
    ("ink", "raised"),
    *((f"code-{name}", "surface") for name in ("comment", "keyword", "string", "number", "name")),
)
# Edges and shapes that must be seen against what is around them.
SHAPE_PAIRS: tuple[tuple[str, str], ...] = tuple(
    (edge, ground) for edge in ("line-strong", "focus", "accent") for ground in ("page", "surface")
)


@dataclass(frozen=True, slots=True)
class Pair:
    """One colour on another, with the contrast of both themes and what is asked of it."""

    ink: str
    ground: str
    light: float
    dark: float
    at_least: float

    @property
    def holds(self) -> bool:
        """Whether both themes reach what is asked."""
        return min(self.light, self.dark) >= self.at_least


def palette(stylesheet: str, *, dark: bool = False) -> dict[str, str]:
    """The colours that a stylesheet names, as `#rrggbb` by property without its dashes."""
    light, _, chosen = stylesheet.partition(_DARK)
    found = dict(_PROPERTY.findall(light.split("@media", 1)[0]))
    return found | dict(_PROPERTY.findall(chosen)) if dark else found


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`, 0 to 1."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """How far two colours stand apart, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def measured(stylesheet: str) -> list[Pair]:
    """Every pair that pages use, measured in both themes."""
    light, dark = palette(stylesheet), palette(stylesheet, dark=True)
    return [
        Pair(ink, ground, contrast(light[ink], light[ground]), contrast(dark[ink], dark[ground]), at_least)
        for pairs, at_least in ((TEXT_PAIRS, TEXT), (SHAPE_PAIRS, SHAPE))
        for ink, ground in pairs
    ]

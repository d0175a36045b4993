"""Pairs of entries that tell nearly the same and that nobody has put together yet: near duplicates and recurrences.

The indexer finds the closest pairs; here goes what a person need not look at: what the viewer may not see, what is
linked already (a link, or a recurrence, in either direction), what was kept apart, and what anybody has called not
related.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer import pairs

if TYPE_CHECKING:
    from wiki.catalog import CatalogEntry
    from wiki.services import Services
    from wiki.viewer import Viewer


@dataclass(frozen=True, slots=True)
class OpenPair:
    """Two entries that nobody has linked or dismissed, with the passages in which they are closest."""

    a: CatalogEntry
    b: CatalogEntry
    score: float
    passage_a: str
    passage_b: str


Wanted = Callable[[OpenPair], bool]


def open_pairs(parts: Services, viewer: Viewer, *, limit: int = 50, floor: float = 0.0) -> list[OpenPair]:
    """The closest pairs that are left to look at, closest first, of a cosine of at least `floor`.

    Empty while the indexer has not compared the entries yet.
    """
    return pairs_page(parts, viewer, 0, limit, floor=floor)[0]


def pairs_page(
    parts: Services, viewer: Viewer, offset: int, limit: int, wanted: Wanted | None = None, *, floor: float = 0.0
) -> tuple[list[OpenPair], int]:
    """A slice of these pairs, of those only that are `wanted`, and how many there are."""
    from wiki.composition import index_settings

    candidates = pairs.closest(index_settings(parts.config), floor=floor)
    ids = {name for pair in candidates for name in (pair.a, pair.b)}
    known = parts.catalog.entries_by_id(ids, viewer)
    settled = parts.catalog.curation.settled_pairs(ids)
    dismissed = parts.people.judgements.unrelated()
    found: list[OpenPair] = []
    for pair in candidates:
        a, b = known.get(pair.a), known.get(pair.b)
        if a is None or b is None or a.id == b.id:
            continue
        if (pair.a, pair.b) in dismissed or frozenset((a.id, b.id)) in settled:
            continue
        one = OpenPair(a, b, pair.score, pair.passage_a, pair.passage_b)
        if wanted is None or wanted(one):
            found.append(one)
    return found[offset : offset + limit], len(found)

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


@dataclass(frozen=True, slots=True)
class Light:
    """A pair before its entries are looked up: their kinds, and what the indexer found."""

    pair: pairs.Pair
    kind_a: str
    kind_b: str


Wanted = Callable[[Light], bool]


def open_pairs(parts: Services, viewer: Viewer, *, limit: int = 50, floor: float = 0.0) -> list[OpenPair]:
    """The closest pairs that are left to look at, closest first, of a cosine of at least `floor`.

    Empty while the indexer has not compared the entries yet.
    """
    return pairs_page(parts, viewer, 0, limit, floor=floor)[0]


def pairs_page(
    parts: Services, viewer: Viewer, offset: int, limit: int, wanted: Wanted | None = None, *, floor: float = 0.0
) -> tuple[list[OpenPair], int]:
    """A slice of these pairs, of those only that are `wanted`, and how many there are."""
    found = [one for one in pairs_left(parts, viewer, floor) if wanted is None or wanted(one)]
    part = [one.pair for one in found[offset : offset + limit]]
    known = parts.catalog.entries_by_id({name for pair in part for name in (pair.a, pair.b)}, viewer)
    shown = [
        OpenPair(known[pair.a], known[pair.b], pair.score, pair.passage_a, pair.passage_b)
        for pair in part
        if pair.a in known and pair.b in known
    ]
    return shown, len(found)


def pairs_left(parts: Services, viewer: Viewer, floor: float = 0.0) -> list[Light]:
    """What is left to look at, by ids alone: two thousand pairs are gone through for each page."""
    from wiki.composition import index_settings

    candidates = pairs.closest(index_settings(parts.config), floor=floor)
    ids = {name for pair in candidates for name in (pair.a, pair.b)}
    kinds = parts.catalog.curation.kinds_of(ids, viewer)
    settled = parts.catalog.curation.settled_pairs(ids)
    dismissed = parts.people.judgements.unrelated()
    return [
        Light(pair, kinds[pair.a], kinds[pair.b])
        for pair in candidates
        if pair.a in kinds
        and pair.b in kinds
        and (pair.a, pair.b) not in dismissed
        and (pair.a, pair.b) not in settled
        and (pair.b, pair.a) not in settled
    ]

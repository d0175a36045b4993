"""Pairs of entries that tell nearly the same and that nobody has put together yet: near duplicates and recurrences.

The indexer finds the closest pairs; here goes what a person need not look at: what the viewer may not see, what is
linked already (a link, or a recurrence, in either direction), and what anybody has called not related.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from indexer import pairs

if TYPE_CHECKING:
    from wiki.catalog import Catalog, CatalogEntry
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


def open_pairs(parts: Services, viewer: Viewer, *, limit: int = 50, floor: float = 0.0) -> list[OpenPair]:
    """The closest pairs that are left to look at, closest first, of a cosine of at least `floor`.

    Empty while the indexer has not compared the entries yet.
    """
    from wiki.composition import index_settings

    found: list[OpenPair] = []
    dismissed = parts.people.judgements.unrelated()
    candidates = pairs.closest(index_settings(parts.config), floor=floor)
    known = parts.catalog.entries_by_id({name for pair in candidates for name in (pair.a, pair.b)}, viewer)
    for pair in candidates:
        a, b = known.get(pair.a), known.get(pair.b)
        if a is None or b is None or (pair.a, pair.b) in dismissed or _linked(parts.catalog, a.id, b.id, viewer):
            continue
        found.append(OpenPair(a, b, pair.score, pair.passage_a, pair.passage_b))
        if len(found) == limit:
            break
    return found


def _linked(catalog: Catalog, one: str, other: str, viewer: Viewer) -> bool:
    """Whether either names the other, in its text or as the experience that came back."""
    return other in _linking(catalog, one, viewer) or one in _linking(catalog, other, viewer)


def _linking(catalog: Catalog, entry_id: str, viewer: Viewer) -> Iterator[str]:
    """The entries that name this one."""
    yield from (entry.id for entry in catalog.backlinks(entry_id, viewer))
    yield from (entry.id for entry in catalog.recurrences(entry_id, viewer))

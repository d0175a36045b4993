"""The queues of the curator's desk: for each its rows as the viewer may see them, page by page, and their number."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from wiki.catalog import CatalogEntry, Count
from wiki.catalog.topics import TopicFacts
from wiki.curation.names import unknown
from wiki.library.standing import today
from wiki.pairs import Light, pairs_left, pairs_page
from wiki.services import Services
from wiki.viewer import Viewer
from wiki.words import say

PER_PAGE = 20
TAGS_PER_PAGE = 200
FEW = 5
MANY = 3
DUPLICATE = 0.93
"""From this cosine on, two entries of one kind are taken for the same text rather than for the same experience."""
ALMOST = re.compile(r"[\s_-]+")


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of a queue: its rows, and how many there are in all."""

    rows: Sequence[Any]
    total: int


@dataclass(frozen=True, slots=True)
class Thin:
    """A topic that people look for and that holds little."""

    facts: TopicFacts
    entries: int
    asked: int


@dataclass(frozen=True, slots=True)
class TagRow:
    """A tag with its count; `alike` are tags that are written almost the same."""

    tag: str
    count: int
    alike: tuple[str, ...] = ()


Find = Callable[[Services, Viewer, int, int], Slice]


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue: `label` on its tab, `lead` a sentence on what to do, `nothing` what it says when it is empty."""

    name: str
    label: str
    lead: str
    nothing: str
    find: Find


def new(parts: Services, viewer: Viewer, offset: int, limit: int) -> Slice:
    """What others wrote since the viewer looked last."""
    since = parts.people.curating.seen_until(str(viewer.account_id))
    return Slice(*parts.catalog.curation.created_since(int(since.timestamp()), viewer, offset, limit))


def waiting(parts: Services, viewer: Viewer, offset: int, limit: int) -> Slice:
    """Lessons that nobody has validated."""
    return Slice(*parts.catalog.curation.waiting(viewer, offset, limit))


def overdue(parts: Services, viewer: Viewer, offset: int, limit: int) -> Slice:
    """Topics past their review-by date, the longest first."""
    found = [one for one in parts.catalog.topics.all(viewer) if one.review_by is not None and one.review_by < today()]
    return _cut(sorted(found, key=lambda one: (one.review_by or dt.date.min, one.entry.title)), offset, limit)


def unkept(parts: Services, viewer: Viewer, offset: int, limit: int) -> Slice:
    """Topics without a steward, or whose steward has no active account here."""
    topics = parts.catalog.topics.all(viewer)
    active = parts.people.curating.active(one.steward for one in topics if one.steward)
    return _cut([one for one in topics if one.steward not in active], offset, limit)


def thin(parts: Services, viewer: Viewer, offset: int, limit: int) -> Slice:
    """Topics with few entries that many searched for, the most wanted first."""
    asked, sizes = parts.people.curating.times_asked(), parts.catalog.topics.sizes(viewer)
    found = [
        Thin(one, sizes.get(one.entry.id, 0), asked.get(one.entry.id, 0))
        for one in parts.catalog.topics.all(viewer)
        if sizes.get(one.entry.id, 0) < FEW and asked.get(one.entry.id, 0) >= MANY
    ]
    return _cut(sorted(found, key=lambda one: (-one.asked, one.entries, one.facts.entry.title)), offset, limit)


def is_duplicate(one: Light) -> bool:
    """Whether two close entries look like one text rather than like one experience twice."""
    return one.kind_a == one.kind_b and one.pair.score >= DUPLICATE


def duplicates(parts: Services, viewer: Viewer, offset: int, limit: int) -> Slice:
    """Pairs that look like the same text twice."""
    return Slice(*pairs_page(parts, viewer, offset, limit, is_duplicate))


def recurrences(parts: Services, viewer: Viewer, offset: int, limit: int) -> Slice:
    """Pairs that look like the same experience twice."""
    return Slice(*pairs_page(parts, viewer, offset, limit, lambda pair: not is_duplicate(pair)))


def broken_links(parts: Services, viewer: Viewer, offset: int, limit: int) -> Slice:
    """Links that lead nowhere."""
    return Slice(*parts.catalog.curation.broken_links(viewer, offset, limit))


def orphans(parts: Services, viewer: Viewer, offset: int, limit: int) -> Slice:
    """Reviews and lessons that nothing leads to."""
    return Slice(*parts.catalog.curation.orphans(viewer, offset, limit))


def tags(parts: Services, viewer: Viewer, offset: int, limit: int) -> Slice:
    """Every tag, those that are written almost alike first."""
    found = parts.catalog.tags(viewer)
    limit = TAGS_PER_PAGE if limit == PER_PAGE else limit
    return _cut(_tag_rows(found), offset // PER_PAGE * TAGS_PER_PAGE if limit == TAGS_PER_PAGE else offset, limit)


def named(parts: Services, viewer: Viewer, offset: int, limit: int) -> Slice:
    """Names of people who have no account here, those that somebody claims first."""
    return _cut(unknown(parts, viewer), offset, limit)


def _tag_rows(found: Sequence[Count]) -> list[TagRow]:
    groups: dict[str, list[str]] = {}
    for one in found:
        groups.setdefault(_plain(one.value), []).append(one.value)
    rows = [
        TagRow(one.value, one.count, tuple(tag for tag in groups[_plain(one.value)] if tag != one.value))
        for one in found
    ]
    return sorted(rows, key=lambda row: (not row.alike, _plain(row.tag) if row.alike else "", -row.count, row.tag))


def _plain(tag: str) -> str:
    """What two tags that mean the same mostly share: no hyphens and spaces, no plural."""
    joined = ALMOST.sub("", tag)
    return joined[:-1] if len(joined) > 3 and joined.endswith("s") and not joined.endswith("ss") else joined


def _cut(rows: Sequence[Any], offset: int, limit: int) -> Slice:
    return Slice(rows[offset : offset + limit], len(rows))


QUEUES: dict[str, Queue] = {
    queue.name: queue
    for queue in (
        Queue(
            "new",
            say("New"),
            say("What others wrote since you looked last."),
            say("Nothing new since you looked last."),
            new,
        ),
        Queue(
            "validate",
            say("To validate"),
            say("Lessons that nobody has validated yet, the oldest first. Is this a lesson, and is it true?"),
            say("Every lesson has been looked at."),
            waiting,
        ),
        Queue(
            "review",
            say("Past review-by"),
            say("Topics that were to be looked through by now."),
            say("No topic is past its review-by date."),
            overdue,
        ),
        Queue(
            "steward",
            say("Without steward"),
            say("Topics that nobody answers for."),
            say("Every topic has a steward."),
            unkept,
        ),
        Queue(
            "thin",
            say("Thin"),
            say("Topics that people searched for in the last ninety days and that hold few entries."),
            say("No topic is both wanted and thin."),
            thin,
        ),
        Queue(
            "recurrences",
            say("Recurrences"),
            say("Two entries that may tell of the same thing happening again."),
            say("No two entries look like a recurrence."),
            recurrences,
        ),
        Queue(
            "duplicates",
            say("Duplicates"),
            say("Two entries that may be one."),
            say("No two entries look like duplicates."),
            duplicates,
        ),
        Queue(
            "links",
            say("Broken links"),
            say("Links to what nobody has written."),
            say("Every link leads somewhere."),
            broken_links,
        ),
        Queue(
            "orphans",
            say("Orphans"),
            say("Reviews and lessons that nothing links to and no topic holds."),
            say("Everything hangs together."),
            orphans,
        ),
        Queue(
            "names",
            say("Names"),
            say(
                "People whom entries name and who have no account here. Confirm who says that it is they, or give "
                "the name to an account: its duties follow."
            ),
            say("Everybody whom entries name has an account here."),
            named,
        ),
        Queue(
            "tags", say("Tags"), say("Choose tags, and give all of them one name."), say("There is no tag yet."), tags
        ),
    )
}
"""Every queue of the desk, in the order of its tabs."""


def counts(parts: Services, viewer: Viewer) -> dict[str, int]:
    """How many rows each queue has."""
    left = pairs_left(parts, viewer)
    alike = sum(1 for one in left if is_duplicate(one))
    pairs = {"recurrences": len(left) - alike, "duplicates": alike}
    return {
        name: pairs[name] if name in pairs else queue.find(parts, viewer, 0, 0).total for name, queue in QUEUES.items()
    }


def entry_of(row: CatalogEntry | TopicFacts | Thin) -> CatalogEntry:
    """The entry that a row is about."""
    if isinstance(row, Thin):
        return row.facts.entry
    return row.entry if isinstance(row, TopicFacts) else row

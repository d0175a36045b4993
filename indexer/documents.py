"""The words that the indexer shares with whoever feeds and asks it.

Nothing here knows Flask, git or a web page: a caller hands in `Document`s through a `Source`, and asks with a
`SearchRequest` or a `RelatedRequest`. Every class is a frozen value, safe to share between threads.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Protocol

Mode = Literal["hybrid", "keyword", "semantic"]
MODES: tuple[Mode, ...] = ("hybrid", "keyword", "semantic")


@dataclass(frozen=True, slots=True)
class Document:
    """One entry as the index sees it.

    `body` is Markdown without front matter. `date` is an ISO date (`2026-11-24`) or empty. `audience` holds the
    slugs of the teams that may find it; empty means every member. `former_titles` are searched like the title,
    with less weight. `links` are the ids of entries that this one names as the same experience (`recurrence_of`).
    `replaced` is set where another entry took its place; `applied` counts how often it held when it was applied, less
    how often it did not.
    """

    id: str
    title: str
    body: str
    kind: str = ""
    tags: tuple[str, ...] = ()
    team: str = ""
    status: str = ""
    date: str = ""
    audience: tuple[str, ...] = ()
    former_titles: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    replaced: bool = False
    applied: int = 0


@dataclass(frozen=True, slots=True)
class Changes:
    """What happened between two cursors.

    `upserts` may be a lazy iterator and is read once. With `complete` set it holds every document there is, and
    whatever the index holds beside them is to go (the cursor asked for was unknown, or there was none).
    """

    cursor: str
    upserts: Iterable[Document]
    deletes: tuple[str, ...] = ()
    complete: bool = False


class Source(Protocol):
    """Where documents come from; the wiki implements it on git, the evaluation on a folder."""

    def tip(self) -> str:
        """The newest cursor, cheap enough to ask many times a second; empty when there is nothing yet."""
        ...

    def changes(self, since: str) -> Changes:
        """What changed after `since`; everything, marked complete, where `since` is empty or unknown."""
        ...


@dataclass(frozen=True, slots=True)
class Filters:
    """What a result must be, beside matching. Within a field any value will do; the fields must all hold.

    `before` and `after` are ISO dates, both exclusive of the day itself for `before` and inclusive for `after`;
    a document without a date passes neither. `within` names the only documents that may be found. Empty fields ask
    nothing, but for an empty `within`, in which nothing is.
    """

    kind: tuple[str, ...] = ()
    tag: tuple[str, ...] = ()
    team: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    year: tuple[str, ...] = ()
    before: str = ""
    after: str = ""
    within: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """A question in one box. `audiences` are the teams of the asker; None may see everything."""

    text: str
    mode: Mode = "hybrid"
    audiences: frozenset[str] | None = frozenset()
    filters: Filters = Filters()
    limit: int = 10
    offset: int = 0
    facets: bool = False


@dataclass(frozen=True, slots=True)
class RelatedRequest:
    """A draft, or a published entry, that asks what happened before.

    `passage` is the paragraph being written, if known; `exclude` are ids never to be shown (the draft's own
    entry, what was marked not related, what is already cited). `shown` are the ids that the writer sees at this
    moment: they give way only to what is clearly more related.
    """

    title: str
    body: str
    passage: str = ""
    kind: str = ""
    exclude: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()
    audiences: frozenset[str] | None = frozenset()
    limit: int = 5


@dataclass(frozen=True, slots=True)
class Why:
    """Why a hit stands where it stands, in parts that a page can show.

    `summary` is one plain sentence. `words` are the words of the question found in the entry, as they stand
    there. `keyword` is its BM25 score and `similarity` the best passage's cosine, each None where that half
    took no part. `title_match` is set for an exact title; `standing` is a short sentence where the lesson's
    status moved it.
    """

    summary: str
    words: tuple[str, ...] = ()
    keyword: float | None = None
    similarity: float | None = None
    title_match: bool = False
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Hit:
    """One entry found, with the passage that made it rank.

    `marks` are (start, end) character offsets into `passage` to highlight, sorted and not overlapping.
    """

    id: str
    title: str
    kind: str
    score: float
    passage: str
    heading: str
    why: Why
    marks: tuple[tuple[int, int], ...] = ()
    tags: tuple[str, ...] = ()
    team: str = ""
    status: str = ""
    date: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """The answer to either question.

    `total` counts all that matched, before limit and offset; in the modes that rank by meaning it counts what
    passed the floor or matched a word. `degraded` is a sentence for people when a part was missing, else None.
    `retry_after` are the seconds after which it may be there, where it was refused for lack of time.
    `facets` maps kind, tag, team, status and year to counts by value. `suggestion` is the question with its
    misspelt words mended, or None. `took_ms` is the time inside the searcher.
    """

    hits: tuple[Hit, ...]
    total: int
    mode: Mode
    degraded: str | None = None
    took_ms: float = 0.0
    suggestion: str | None = None
    facets: dict[str, dict[str, int]] = field(default_factory=dict)
    retry_after: int | None = None


@dataclass(frozen=True, slots=True)
class PartStatus:
    """How far one half of the index is: `behind` counts entries not yet followed."""

    ready: bool
    behind: int
    cursor: str = ""


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What `/healthz` and the status command show. `message` is a sentence when something is amiss."""

    keyword: PartStatus
    semantic: PartStatus
    entries: int = 0
    passages: int = 0
    model: str = ""
    message: str = ""

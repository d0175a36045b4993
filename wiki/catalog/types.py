"""What the catalog answers with: frozen values, safe to share and to put into a template."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Order = Literal["updated", "title", "date"]
Action = Literal["created", "edited", "moved", "deleted", "restored"]
ADMINISTRATORS_ONLY = "!administrators"
"""Stands in `audience` where a file cannot be read and may have been restricted. No team can have this slug, so
only viewers who see everything see the entry."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """Who did something, when (UTC) and in which commit. `author_id` is empty for a commit pushed from outside."""

    at: dt.datetime
    author_id: str
    author_name: str
    commit: str


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """An entry as lists and links show it. The text itself is in the store under `revision`.

    `url` is the address of its page. `date` is the day of the event; `year` is its year. `error` is a sentence
    when the file's front matter cannot be read (then `title` comes from the path), else None.
    """

    id: str
    path: str
    url: str
    kind: str
    title: str
    tags: tuple[str, ...]
    team: str | None
    date: dt.date | None
    year: int | None
    status: str | None
    audience: tuple[str, ...]
    source: str | None
    recurrence_of: tuple[str, ...]
    former_titles: tuple[str, ...]
    revision: str
    error: str | None
    created: Stamp
    updated: Stamp


@dataclass(frozen=True, slots=True)
class Redirect:
    """An old address of `entry`: answer with a permanent redirect to `entry.url`."""

    entry: CatalogEntry


@dataclass(frozen=True, slots=True)
class Page:
    """A slice of a list. `total` counts the whole list; `next_cursor` fetches the next slice, None at the end."""

    items: tuple[CatalogEntry, ...]
    next_cursor: str | None
    total: int


@dataclass(frozen=True, slots=True)
class Count:
    """A value of a facet and how many entries that the viewer may see carry it."""

    value: str
    count: int


@dataclass(frozen=True, slots=True)
class Counts:
    """How many entries the viewer may see, in all and by kind, status and year (newest year first)."""

    total: int
    kinds: dict[str, int]
    statuses: dict[str, int]
    years: dict[int, int]


@dataclass(frozen=True, slots=True)
class Version:
    """One change in the life of an entry: the text is the blob `revision` (of the last text, for a deletion).

    `title` and `audience` are what they were then.
    """

    commit: str
    revision: str
    path: str
    at: dt.datetime
    author_id: str
    author_name: str
    message: str
    action: Action
    title: str
    audience: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contributor:
    """Somebody who changed an entry, without blame: how often, first and last."""

    author_id: str
    name: str
    edits: int
    first_at: dt.datetime
    last_at: dt.datetime


@dataclass(frozen=True, slots=True)
class Deleted:
    """An entry that was deleted and can be restored from `revision`, the last text that it had."""

    id: str
    path: str
    kind: str
    title: str
    audience: tuple[str, ...]
    revision: str
    deleted: Stamp


@dataclass(frozen=True, slots=True)
class RecentChange:
    """A line of the list of recent changes; `entry` is None when the entry is deleted by now."""

    id: str
    title: str
    kind: str
    entry: CatalogEntry | None
    version: Version


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file kept beside an entry. `size` is in bytes, `url` its address."""

    path: str
    name: str
    revision: str
    size: int
    url: str


class CatalogError(Exception):
    """A question that the catalog cannot answer (a bad cursor or order); the message is a sentence for people."""

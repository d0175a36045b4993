"""What callers hand to the library and what comes back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from wiki.catalog.types import CatalogEntry
from wiki.entries import Entry
from wiki.life.front import Action, Life
from wiki.topics.front import Topic
from wiki.words import say


@dataclass(frozen=True, slots=True)
class LifeFields:
    """What a lesson or review has beside its text: None leaves a part as it is, an empty value clears it."""

    steward: str | None = None
    evidence: str | None = None
    loop: str | None = None
    reason: str | None = None
    replaced_by: str | None = None
    actions: tuple[Action, ...] | None = None

    def on(self, life: Life) -> Life:
        """The life with these parts in it."""
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return replace(life, **{name: value for name, value in given.items() if value is not None})


@dataclass(frozen=True, slots=True)
class EntryFields:
    """What a person may fill in. None leaves a field as it is (or empty, for a new entry); an empty value clears it.

    `date` takes a date or `2026-11-24`. `recurrence_of` holds ids of entries that tell of the same experience,
    `kept_apart` of those that only look alike. `life` is for lessons and reviews, `topic` for topic pages.
    """

    kind: str | None = None
    title: str | None = None
    body: str | None = None
    tags: tuple[str, ...] | None = None
    team: str | None = None
    date: dt.date | str | None = None
    audience: tuple[str, ...] | None = None
    status: str | None = None
    source: str | None = None
    recurrence_of: tuple[str, ...] | None = None
    kept_apart: tuple[str, ...] | None = None
    life: LifeFields | None = None
    topic: Topic | None = None


Draft = EntryFields


@dataclass(frozen=True, slots=True)
class SaveResult:
    """The entry after a save; `merged` says that somebody else's change, made meanwhile, is in it too."""

    entry: CatalogEntry
    revision: str
    merged: bool


@dataclass(frozen=True, slots=True)
class ReadEntry:
    """An entry with its text: unpacks as (item, entry, raw).

    `entry` is the file as read; where the front matter is broken (`item.error`) its body is the raw text.
    """

    item: CatalogEntry
    entry: Entry
    raw: bytes

    def __iter__(self) -> Iterator[Any]:
        yield from (self.item, self.entry, self.raw)


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file beside an entry, ready to be served. `inline` is set only for types that are safe to show in a page."""

    path: str
    name: str
    revision: str
    data: bytes
    media_type: str
    inline: bool


@dataclass(frozen=True, slots=True)
class BulkItem:
    """One entry of an import. `id` must be the same each time the same thing is imported.

    `key` names it in the report (a file name, a row number). `original` is a Markdown file whose unknown front
    matter is to survive. `attachments` are (file name, content) pairs kept beside the entry. `path` is where to keep
    it, if that is free; by default its kind, day and title say so.
    """

    key: str
    id: str
    fields: EntryFields
    original: bytes | None = None
    attachments: tuple[tuple[str, bytes], ...] = ()
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Something that was not imported, and why, in a sentence."""

    key: str
    reason: str


@dataclass(slots=True)
class BulkReport:
    """What an import did: how many entries were created, updated, found the same, or kept because they were
    edited (or deleted) here since; and all that was refused. `commits` are the commits made."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0
    refused: list[Refusal] = field(default_factory=list)
    commits: list[str] = field(default_factory=list)


class LibraryError(Exception):
    """Something asked of the library cannot be done; the message is a sentence for people."""


class NotFound(LibraryError):
    """There is no such entry, version or attachment, or the viewer may not see it: which of them is not told."""

    def __init__(self, message: str = say("There is no such page, or it is not shared with you.")) -> None:
        super().__init__(message)


class Forbidden(LibraryError):
    """The viewer sees the entry but may not do this."""


class EditConflict(LibraryError):
    """Somebody else changed the same lines; nothing was saved and nothing is lost.

    `base`, `theirs` and `yours` are whole entries. `revision` is theirs: save on top of it once the texts are joined.
    `deleted` is set when theirs is a deletion; then theirs has no text and `revision` is empty.
    """

    def __init__(self, base: Entry, theirs: Entry, yours: Entry, revision: str, *, deleted: bool = False) -> None:
        super().__init__("Somebody else changed the same lines. Compare both texts and save again.")
        self.base = base
        self.theirs = theirs
        self.yours = yours
        self.revision = revision
        self.deleted = deleted

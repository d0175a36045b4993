"""What an entry is: its kinds, its front matter, and what may stand in it (signatures first; the code follows)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

MAX_TITLE = 300
LESSON_STATUSES = ("observation", "identified", "validated", "action-under-way", "learned", "rejected", "retired")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entry: data, not a class. `folder` is where new ones are kept; `dated` adds year and month."""

    slug: str
    label: str
    plural: str
    folder: str
    dated: bool


KINDS: dict[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind("after-action-review", "After-action review", "After-action reviews", "reviews", dated=True),
        Kind("lesson", "Lesson", "Lessons", "lessons", dated=True),
        Kind("topic", "Topic page", "Topic pages", "topics", dated=False),
        Kind("page", "Page", "Pages", "pages", dated=False),
    )
}


class EntryError(ValueError):
    """Something in an entry cannot be accepted: a sentence that says what to do, and the field it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as its file says. `extra` holds the unknown front matter, read as plain strings, lists and maps."""

    id: str
    kind: str
    title: str
    body: str
    tags: tuple[str, ...] = ()
    team: str | None = None
    date: dt.date | None = None
    audience: tuple[str, ...] = ()
    status: str | None = None
    source: str | None = None
    recurrence_of: tuple[str, ...] = ()
    former_paths: tuple[str, ...] = ()
    former_titles: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


def parse(raw: bytes, path: str = "") -> Entry:
    """Read a file. What the front matter lacks comes from `path` (id, kind by folder, title). Raises EntryError."""
    raise NotImplementedError


def render(entry: Entry, original: bytes | None = None) -> bytes:
    """Write a file; everything unknown in `original`'s front matter stays byte for byte, with order and comments."""
    raise NotImplementedError


def validate(entry: Entry, max_body_bytes: int = 1_000_000) -> None:
    """Raise EntryError for what a person may not save."""
    raise NotImplementedError

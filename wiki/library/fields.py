"""From what a person filled in to an entry that may be saved (pure)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import replace

from wiki.entries import (
    FIRST_LESSON_STATUS,
    Entry,
    EntryError,
    Kind,
    check_source,
    clean_tags,
    clean_text,
    clean_title,
    kind_of,
    read_date,
    validate,
)
from wiki.library.types import EntryFields
from wiki.slugs import slugify
from wiki.words import say


def apply_fields(entry: Entry, fields: EntryFields) -> Entry:
    """`entry` with the given fields; a title that was replaced becomes a former one. Raises EntryError."""
    title = entry.title if fields.title is None else clean_title(fields.title)
    kind = entry.kind if fields.kind is None else fields.kind.strip().casefold()
    return replace(
        entry,
        kind=kind,
        title=title,
        body=entry.body if fields.body is None else clean_text(fields.body),
        tags=entry.tags if fields.tags is None else clean_tags(fields.tags),
        team=entry.team if fields.team is None else fields.team.strip().casefold() or None,
        date=entry.date if fields.date is None else _date(fields.date),
        audience=entry.audience if fields.audience is None else _slugs(fields.audience),
        status=_status(entry, kind, fields.status),
        source=entry.source if fields.source is None else check_source(fields.source),
        recurrence_of=entry.recurrence_of if fields.recurrence_of is None else _ids(fields.recurrence_of, entry.id),
        kept_apart=entry.kept_apart if fields.kept_apart is None else _ids(fields.kept_apart, entry.id),
        life=entry.life if fields.life is None else fields.life.on(entry.life),
        topic=entry.topic if fields.topic is None else fields.topic,
        former_titles=retitled(entry, title),
    )


def retitled(entry: Entry, title: str) -> tuple[str, ...]:
    """The former titles once the entry is called `title`."""
    if not entry.title or title == entry.title:
        return entry.former_titles
    return tuple(dict.fromkeys(old for old in (*entry.former_titles, entry.title) if old != title))


def moved(entry: Entry, old: str, new: str) -> tuple[str, ...]:
    """The former paths once the entry has moved from `old` to `new`."""
    if old == new:
        return entry.former_paths
    return tuple(dict.fromkeys(path for path in (*entry.former_paths, old) if path != new))


def _date(value: dt.date | str) -> dt.date | None:
    return read_date(value) if isinstance(value, str) else value


def _slugs(teams: Collection[str]) -> tuple[str, ...]:
    return tuple(sorted({team.strip().casefold() for team in teams if team.strip()}))


def _ids(ids: Collection[str], own: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(other.strip() for other in ids if other.strip() and other.strip() != own))


def _status(entry: Entry, kind: str, status: str | None) -> str | None:
    if kind != "lesson":
        return None
    return (entry.status if status is None else status.strip()) or FIRST_LESSON_STATUS


def check_entry(entry: Entry, kinds: Collection[str], max_body_bytes: int) -> None:
    """Raise EntryError for an entry that may not be saved here; `kinds` are those that this wiki has."""
    validate(entry, max_body_bytes)
    if entry.kind not in kinds:
        raise EntryError(
            say(
                "There is no kind “%(kind)s”. Choose one of %(kinds)s.",
                kind=entry.kind[:60],
                kinds=", ".join(sorted(kinds)),
            ),
            "kind",
        )


def home(entry: Entry, today: dt.date) -> tuple[str, str]:
    """Where a new entry goes: its folder, and its name without `.md` (not yet made unique)."""
    kind: Kind = kind_of(entry.kind)
    day = entry.date or today
    folder = f"{kind.folder}/{day.year:04}/{day.month:02}" if kind.dated else kind.folder
    return folder, slugify(entry.title)

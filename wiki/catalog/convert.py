"""Rows into the values that the catalog answers with."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any, cast
from urllib.parse import quote

from wiki.catalog.types import Action, Attachment, CatalogEntry, Stamp, Version

ENTRY_COLUMNS = (
    "e.id, e.path, e.kind, e.title, e.tags, e.team, e.date, e.year, e.status, e.audience, e.source, e.recurrence_of,"
    " e.former_titles, e.revision, e.error, e.created_at, e.created_by, e.created_name, e.created_commit,"
    " e.updated_at, e.updated_by, e.updated_name, e.updated_commit"
)
ENTRY_WIDTH = 23
VERSION_COLUMNS = (
    'v."commit", v.revision, v.path, v.at, v.author_id, v.author_name, v.message, v.action, v.title, v.audience'
)


def url_of(path: str) -> str:
    """The address of the page of an entry."""
    return "/wiki/" + quote(path.removesuffix(".md"))


def attachment_url(path: str) -> str:
    """The address of a file beside an entry."""
    return "/attachments/" + quote(path)


def moment(seconds: int) -> dt.datetime:
    """Seconds since 1970 as a time in UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC)


def _strings(text: str) -> tuple[str, ...]:
    return () if text == "[]" else tuple(json.loads(text))


def to_entry(row: Sequence[Any]) -> CatalogEntry:
    """The entry of a row of ENTRY_COLUMNS (whatever follows them is ignored)."""
    return CatalogEntry(
        id=row[0],
        path=row[1],
        url=url_of(row[1]),
        kind=row[2],
        title=row[3],
        tags=_strings(row[4]),
        team=row[5],
        date=dt.date.fromisoformat(row[6]) if row[6] else None,
        year=row[7],
        status=row[8],
        audience=_strings(row[9]),
        source=row[10],
        recurrence_of=_strings(row[11]),
        former_titles=_strings(row[12]),
        revision=row[13],
        error=row[14],
        created=Stamp(moment(row[15]), row[16], row[17], row[18]),
        updated=Stamp(moment(row[19]), row[20], row[21], row[22]),
    )


def to_attachment(row: Sequence[Any]) -> Attachment:
    """The attachment of a row of path, name, revision and size."""
    path, name, revision, size = row
    return Attachment(path, name, revision, size, attachment_url(path))


def to_version(row: Sequence[Any]) -> Version:
    """The version of a row of VERSION_COLUMNS."""
    return Version(
        commit=row[0],
        revision=row[1],
        path=row[2],
        at=moment(row[3]),
        author_id=row[4],
        author_name=row[5],
        message=row[6],
        action=cast(Action, row[7]),
        title=row[8],
        audience=_strings(row[9]),
    )

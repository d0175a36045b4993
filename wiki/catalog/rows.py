"""The rows of one entry: written from its file and its history, or taken away."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from typing import Any

from wiki.catalog import life_rows, topic_rows
from wiki.catalog.reading import FileReading, link_key
from wiki.entries import Entry
from wiki.markdown import link_targets
from wiki.words import say

_CHILDREN = (
    "entry_tags",
    "entry_audience",
    "names",
    "links",
    "recurrences",
    "redirects",
    *life_rows.TABLES,
    *topic_rows.TABLES,
)
DUPLICATE = say(
    "An older page has the same id. Give this file an id of its own, or remove the line that starts with id:."
)


def remove(db: sqlite3.Connection, entry_id: str) -> None:
    """Take away every row of an entry."""
    for table in _CHILDREN:
        db.execute(f"DELETE FROM {table} WHERE entry_id = ?", (entry_id,))  # noqa: S608 - our own names
    db.execute("DELETE FROM entries WHERE id = ?", (entry_id,))


def write(
    db: sqlite3.Connection,
    entry_id: str,
    path: str,
    revision: str,
    reading: FileReading,
    audience: tuple[str, ...],
    touched: int,
    *,
    duplicate: bool,
) -> None:
    """Write every row of an entry, whose old rows are removed and whose versions are there already: they say who made
    it and when."""
    entry = reading.entry
    first = _version(db, entry_id, "ASC")
    last = _version(db, entry_id, "DESC")
    db.execute(
        f"INSERT INTO entries VALUES ({','.join('?' * 28)})",  # noqa: S608 - question marks
        (
            entry_id,
            path,
            entry.kind,
            entry.title,
            link_key(entry.title),
            entry.team,
            entry.date.isoformat() if entry.date else None,
            entry.date.year if entry.date else None,
            entry.status if reading.error is None else None,
            entry.source,
            revision,
            reading.error or (DUPLICATE if duplicate else None),
            _json(entry.tags),
            _json(audience),
            _json(entry.recurrence_of),
            _json(entry.former_titles),
            1 if audience else 0,
            touched,
            *first,
            *last,
        ),
    )
    _write_children(db, entry_id, path, reading, audience)


def _version(db: sqlite3.Connection, entry_id: str, direction: str) -> tuple[Any, ...]:
    row: tuple[Any, ...] = db.execute(
        'SELECT number, at, author_id, author_name, "commit" FROM versions WHERE entry_id = ? '  # noqa: S608
        f"ORDER BY number {direction} LIMIT 1",
        (entry_id,),
    ).fetchone()
    return row


def _json(values: Iterable[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)


def _write_children(
    db: sqlite3.Connection, entry_id: str, path: str, reading: FileReading, audience: tuple[str, ...]
) -> None:
    entry = reading.entry
    db.executemany("INSERT OR IGNORE INTO entry_tags VALUES (?, ?)", [(tag, entry_id) for tag in entry.tags])
    db.executemany("INSERT OR IGNORE INTO entry_audience VALUES (?, ?)", [(team, entry_id) for team in audience])
    db.executemany(
        "INSERT OR IGNORE INTO names VALUES (?, ?, ?)",
        [(key, rank, entry_id) for key, rank in _names(entry_id, path, entry)],
    )
    if reading.error is not None:
        return
    db.executemany(
        "INSERT OR IGNORE INTO links VALUES (?, ?, ?, ?, ?)",
        [
            (entry_id, place, target, link_key(target), link_key(target.partition("#")[0]) if "#" in target else "")
            for place, target in enumerate(link_targets(entry.body))
        ],
    )
    db.executemany(
        "INSERT OR IGNORE INTO recurrences VALUES (?, ?)",
        [(entry_id, other) for other in entry.recurrence_of if other != entry_id],
    )
    db.executemany(
        "INSERT OR IGNORE INTO redirects VALUES (?, ?)", [(old, entry_id) for old in entry.former_paths if old != path]
    )
    life_rows.write(db, entry_id, entry)
    topic_rows.write(db, entry_id, entry)


def _names(entry_id: str, path: str, entry: Entry) -> list[tuple[str, int]]:
    stem = path.removesuffix(".md")
    names = [(link_key(entry_id), 0), (link_key(entry.title), 1)]
    names += [(link_key(stem), 2), (link_key(stem.rsplit("/", 1)[-1]), 2)]
    names += [(link_key(former), 3) for former in (*entry.former_titles, *entry.former_ids)]
    best: dict[str, int] = {}
    for key, rank in names:
        best.setdefault(key, rank)
    return list(best.items())

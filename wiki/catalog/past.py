"""The life of an entry: its versions and who made them, read from a derived table, so it is fast however long the
history of the repository is."""

from __future__ import annotations

import sqlite3

from wiki.catalog.convert import VERSION_COLUMNS, moment, to_version
from wiki.catalog.types import Contributor, Version


def history(db: sqlite3.Connection, entry_id: str, limit: int, before: str | None) -> list[Version]:
    """Versions, newest first; after the commit `before` of that list, where it is given."""
    last = 1 << 62
    if before is not None:
        row = db.execute(
            'SELECT MIN(number) FROM versions WHERE entry_id = ? AND "commit" = ?', (entry_id, before)
        ).fetchone()
        if row[0] is None:
            return []
        last = row[0]
    rows = db.execute(
        f"SELECT {VERSION_COLUMNS} FROM versions v WHERE v.entry_id = ? AND v.number < ?"  # noqa: S608
        " ORDER BY v.number DESC LIMIT ?",
        (entry_id, last, max(1, limit)),
    )
    return [to_version(row) for row in rows]


def version(db: sqlite3.Connection, entry_id: str, revision: str) -> Version | None:
    """The newest version with this blob, or made by this commit."""
    row = db.execute(
        f'SELECT {VERSION_COLUMNS} FROM versions v WHERE v.entry_id = ? AND (v.revision = ? OR v."commit" = ?)'  # noqa: S608
        " ORDER BY v.action = 'deleted', v.number DESC LIMIT 1",
        (entry_id, revision, revision),
    ).fetchone()
    return to_version(row) if row else None


def contributors(db: sqlite3.Connection, entry_id: str) -> list[Contributor]:
    """Who took part, in the order in which they joined. An account is one person under its latest name; people of
    pushed commits are told apart by name."""
    people: dict[str, Contributor] = {}
    rows = db.execute("SELECT author_id, author_name, at FROM versions WHERE entry_id = ? ORDER BY number", (entry_id,))
    for author_id, name, at in rows:
        key = author_id or f"\0{name}"
        known = people.get(key)
        first, edits = (known.first_at, known.edits + 1) if known else (moment(at), 1)
        people[key] = Contributor(author_id, name, edits, first, moment(at))
    return list(people.values())

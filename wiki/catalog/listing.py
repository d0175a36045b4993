"""Lists, counts and suggestions: what a viewer may not see is left out in SQL, before anything is counted."""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from wiki.catalog.convert import ENTRY_COLUMNS, ENTRY_WIDTH, to_entry, to_version
from wiki.catalog.convert import VERSION_COLUMNS as VERSION
from wiki.catalog.reading import link_key
from wiki.catalog.types import CatalogEntry, CatalogError, Count, Counts, Deleted, Order, Page, RecentChange, Stamp
from wiki.viewer import Viewer

MAX_LIMIT = 500
_ORDERS: dict[str, tuple[str, str]] = {
    "updated": ("e.updated_seq", "DESC"),
    "title": ("e.title_key", "ASC"),
    "date": ("COALESCE(e.date, '')", "DESC"),
}


@dataclass(slots=True)
class Where:
    """Conditions that must all hold, with their values."""

    parts: list[str] = field(default_factory=list)
    values: list[Any] = field(default_factory=list)

    def add(self, condition: str, *values: Any) -> None:
        """One more condition."""
        self.parts.append(condition)
        self.values.extend(values)

    @property
    def sql(self) -> str:
        """The clause, empty where there are no conditions."""
        return " WHERE " + " AND ".join(self.parts) if self.parts else ""


def visible(viewer: Viewer, where: Where | None = None) -> Where:
    """The condition that an entry `e` may be seen by the viewer."""
    where = where or Where()
    audiences = viewer.audiences
    if audiences is None:
        return where
    if not audiences:
        where.add("e.restricted = 0")
        return where
    marks = ",".join("?" * len(audiences))
    where.add(
        f"(e.restricted = 0 OR e.id IN (SELECT entry_id FROM entry_audience WHERE team IN ({marks})))",  # noqa: S608
        *sorted(audiences),
    )
    return where


def entries(
    db: sqlite3.Connection,
    viewer: Viewer,
    filters: dict[str, Any],
    order: Order,
    limit: int,
    cursor: str | None,
) -> Page:
    """A slice of the filtered list, and the size of the whole."""
    if order not in _ORDERS:
        raise CatalogError("A list is ordered by updated, title or date.")
    where = _filtered(viewer, filters)
    total = db.execute(f"SELECT COUNT(*) FROM entries e{where.sql}", where.values).fetchone()[0]  # noqa: S608
    key, direction = _ORDERS[order]
    if cursor:
        value, entry_id = _read_cursor(cursor, order)
        where.add(f"({key}, e.id) {'<' if direction == 'DESC' else '>'} (?, ?)", value, entry_id)
    limit = max(1, min(limit, MAX_LIMIT))
    rows = db.execute(
        f"SELECT {ENTRY_COLUMNS}, {key} FROM entries e{where.sql}"  # noqa: S608
        f" ORDER BY {key} {direction}, e.id {direction} LIMIT ?",
        [*where.values, limit + 1],
    ).fetchall()
    more = len(rows) > limit
    rows = rows[:limit]
    following = _cursor(order, rows[-1][ENTRY_WIDTH], rows[-1][0]) if more else None
    return Page(tuple(to_entry(row) for row in rows), following, total)


def _filtered(viewer: Viewer, filters: dict[str, Any]) -> Where:
    where = visible(viewer)
    for column in ("kind", "team", "status", "year"):
        if filters.get(column) is not None:
            where.add(f"e.{column} = ?", filters[column])
    if filters.get("tag") is not None:
        where.add("e.id IN (SELECT entry_id FROM entry_tags WHERE tag = ?)", filters["tag"].lower())
    if filters.get("author") is not None:
        where.add("e.id IN (SELECT entry_id FROM versions WHERE author_id = ?)", filters["author"])
    return where


def _cursor(order: str, value: Any, entry_id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([order, value, entry_id]).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, order: str) -> tuple[Any, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        made_for, value, entry_id = json.loads(base64.urlsafe_b64decode(padded))
        if made_for != order or not isinstance(value, str | int) or not isinstance(entry_id, str):
            raise ValueError(order)
        if isinstance(value, int) and abs(value) >= 1 << 62:
            raise ValueError(value)
    except (ValueError, TypeError) as error:
        raise CatalogError("This cursor does not belong to this list. Start again without one.") from error
    return value, entry_id


def by_ids(db: sqlite3.Connection, ids: Iterable[str], viewer: Viewer) -> dict[str, CatalogEntry]:
    """Those of the entries that there are and that the viewer may see, one that was merged under its former id too."""
    wanted = list(dict.fromkeys(ids))
    found: dict[str, CatalogEntry] = {}
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        where = visible(viewer)
        where.add(f"e.id IN ({','.join('?' * len(part))})", *part)
        sql = f"SELECT {ENTRY_COLUMNS} FROM entries e{where.sql}"  # noqa: S608
        for row in db.execute(sql, where.values):
            found[row[0]] = to_entry(row)
    return found | merged_into(db, [entry_id for entry_id in wanted if entry_id not in found], viewer)


def merged_into(db: sqlite3.Connection, ids: list[str], viewer: Viewer) -> dict[str, CatalogEntry]:
    """The entries that those with these ids were merged into, by the former id."""
    found: dict[str, CatalogEntry] = {}
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        where = visible(viewer)
        where.add(f"a.former_id IN ({','.join('?' * len(part))})", *part)
        where.add("NOT EXISTS (SELECT 1 FROM entries p WHERE p.id = a.former_id)")
        sql = (
            f"SELECT {ENTRY_COLUMNS}, a.former_id FROM aliases a JOIN entries e ON e.id = a.entry_id{where.sql}"  # noqa: S608
            " ORDER BY e.created_seq DESC, e.id DESC"
        )
        for row in db.execute(sql, where.values):
            found[row[ENTRY_WIDTH]] = to_entry(row)
    return found


def tags(db: sqlite3.Connection, viewer: Viewer) -> list[Count]:
    """Tags with their counts, most used first."""
    where = visible(viewer)
    sql = (
        "SELECT t.tag, COUNT(*) AS n FROM entry_tags t JOIN entries e ON e.id = t.entry_id"  # noqa: S608
        f"{where.sql} GROUP BY t.tag ORDER BY n DESC, t.tag"
    )
    return [Count(*row) for row in db.execute(sql, where.values)]


def teams(db: sqlite3.Connection, viewer: Viewer) -> list[Count]:
    """Teams with their counts, most used first."""
    where = visible(viewer)
    where.add("e.team IS NOT NULL")
    sql = f"SELECT e.team, COUNT(*) AS n FROM entries e{where.sql} GROUP BY e.team ORDER BY n DESC, e.team"  # noqa: S608
    return [Count(*row) for row in db.execute(sql, where.values)]


def counts(db: sqlite3.Connection, viewer: Viewer) -> Counts:
    """Totals, in one pass over the entries that may be seen."""
    where = visible(viewer)
    kinds: dict[str, int] = {}
    statuses: dict[str, int] = {}
    years: dict[int, int] = {}
    total = 0
    sql = f"SELECT e.kind, e.status, e.year, COUNT(*) FROM entries e{where.sql} GROUP BY 1, 2, 3"  # noqa: S608
    for kind, status, year, count in db.execute(sql, where.values):
        total += count
        kinds[kind] = kinds.get(kind, 0) + count
        if status is not None:
            statuses[status] = statuses.get(status, 0) + count
        if year is not None:
            years[year] = years.get(year, 0) + count
    return Counts(total, kinds, statuses, dict(sorted(years.items(), reverse=True)))


def _seen_then(viewer: Viewer, column: str) -> Where:
    """The condition that the JSON list in `column`, an audience as it was once, is open to the viewer."""
    where = Where()
    audiences = viewer.audiences
    if audiences is None:
        return where
    if not audiences:
        where.add(f"{column} = '[]'")
        return where
    marks = ",".join("?" * len(audiences))
    where.add(
        f"({column} = '[]' OR EXISTS (SELECT 1 FROM json_each({column}) WHERE value IN ({marks})))",  # noqa: S608
        *sorted(audiences),
    )
    return where


def recent(db: sqlite3.Connection, viewer: Viewer, limit: int) -> list[RecentChange]:
    """The newest changes that were open to the viewer then, of entries that are so now."""
    where = _seen_then(viewer, "v.audience")
    now = visible(viewer)
    where.add(f"(e.id IS NULL OR ({' AND '.join(now.parts) or '1'}))", *now.values)
    gone = _seen_then(viewer, "COALESCE(g.audience, '[]')")
    for part in gone.parts:
        where.add(part, *gone.values)
    sql = (
        f"SELECT {ENTRY_COLUMNS}, {VERSION}, v.entry_id, g.kind FROM versions v"  # noqa: S608
        " LEFT JOIN entries e ON e.id = v.entry_id LEFT JOIN gone g ON g.id = v.entry_id"
        f"{where.sql} ORDER BY v.number DESC LIMIT ?"
    )
    changes = []
    for row in db.execute(sql, [*where.values, max(1, min(limit, MAX_LIMIT))]):
        entry = to_entry(row) if row[0] is not None else None
        version = to_version(row[ENTRY_WIDTH:])
        kind = entry.kind if entry else (row[-1] or "page")
        changes.append(RecentChange(row[-2], version.title, kind, entry, version))
    return changes


_GONE = 'g.id, g.path, g.kind, g.title, g.audience, g.revision, g.at, g.author_id, g.author_name, g."commit"'


def _to_deleted(row: tuple[Any, ...]) -> Deleted:
    at = to_version(("", "", "", row[6], "", "", "", "deleted", "", "[]")).at
    stamp = Stamp(at, row[7], row[8], row[9])
    return Deleted(row[0], row[1], row[2], row[3], tuple(json.loads(row[4])), row[5], stamp)


def deleted(db: sqlite3.Connection, viewer: Viewer, limit: int) -> list[Deleted]:
    """Entries that were deleted, latest first."""
    where = _seen_then(viewer, "g.audience")
    where.add("g.listed = 1")
    sql = f"SELECT {_GONE} FROM gone g{where.sql} ORDER BY g.seq DESC, g.id LIMIT ?"  # noqa: S608
    return [_to_deleted(row) for row in db.execute(sql, [*where.values, limit])]


def deleted_entry(db: sqlite3.Connection, entry_id: str) -> Deleted | None:
    """One deleted entry, whoever asks."""
    row = db.execute(f"SELECT {_GONE} FROM gone g WHERE g.id = ? AND g.listed = 1", (entry_id,)).fetchone()  # noqa: S608
    return _to_deleted(row) if row else None


def suggest_titles(db: sqlite3.Connection, prefix: str, viewer: Viewer, limit: int) -> list[CatalogEntry]:
    """Entries whose title starts with the prefix, then those with a word that does."""
    key = link_key(prefix).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    where = visible(viewer)
    where.add(r"(e.title_key LIKE ? ESCAPE '\' OR e.title_key LIKE ? ESCAPE '\')", f"{key}%", f"% {key}%")
    sql = (
        f"SELECT {ENTRY_COLUMNS} FROM entries e{where.sql}"  # noqa: S608
        r" ORDER BY e.title_key NOT LIKE ? ESCAPE '\', e.title_key, e.id LIMIT ?"
    )
    return [to_entry(row) for row in db.execute(sql, [*where.values, f"{key}%", max(1, min(limit, MAX_LIMIT))])]

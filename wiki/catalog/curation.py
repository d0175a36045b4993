"""What those who keep the whole in order look for: what is new, what waits, what hangs loose, which tags there are."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass

from wiki.catalog.convert import ENTRY_COLUMNS, ENTRY_WIDTH, to_entry
from wiki.catalog.listing import Where, deleted_entry, merged_into, visible
from wiki.catalog.reading import link_key
from wiki.catalog.types import CatalogEntry, Deleted
from wiki.viewer import Viewer

WAITING = ("observation", "identified")
"""The statuses of a lesson that nobody has validated yet."""


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """A `[[target]]` in an entry's text that means nothing."""

    entry: CatalogEntry
    target: str


class Curation:
    """Questions of curators; what the viewer may not see is left out of every answer and count."""

    def __init__(self, connection: Callable[[], sqlite3.Connection]) -> None:
        self._connection = connection

    def created_since(self, since: int, viewer: Viewer, offset: int, limit: int) -> tuple[list[CatalogEntry], int]:
        """Entries that others made after this second (since 1970), newest first, and how many there are."""
        where = visible(viewer)
        where.add("e.created_at > ? AND e.created_by != ?", since, viewer.account_id or "")
        return self._page(where, "e.created_seq DESC, e.id", offset, limit)

    def waiting(self, viewer: Viewer, offset: int, limit: int) -> tuple[list[CatalogEntry], int]:
        """Lessons that nobody has validated yet, those that wait longest first."""
        where = visible(viewer)
        where.add(f"e.kind = 'lesson' AND e.status IN ({','.join('?' * len(WAITING))})", *WAITING)
        return self._page(where, "e.created_seq, e.id", offset, limit)

    def orphans(self, viewer: Viewer, offset: int, limit: int) -> tuple[list[CatalogEntry], int]:
        """Reviews and lessons that no link leads to, that link nowhere, and that no topic holds; newest first."""
        seen, values = _seen("s", viewer)
        where = visible(viewer)
        where.add("e.kind NOT IN ('topic', 'page')")
        where.add(
            "NOT EXISTS (SELECT 1 FROM topic_items i JOIN entries s ON s.id = i.entry_id"  # noqa: S608
            f" WHERE i.item = e.id{seen})",
            *values,
        )
        where.add("NOT EXISTS (SELECT 1 FROM links l JOIN names n ON n.key = l.key WHERE l.entry_id = e.id)")
        where.add(
            "NOT EXISTS (SELECT 1 FROM names n JOIN links l ON l.key = n.key JOIN entries s ON s.id = l.entry_id"  # noqa: S608
            f" WHERE n.entry_id = e.id AND s.id != e.id{seen})",
            *values,
        )
        where.add("NOT EXISTS (SELECT 1 FROM recurrences r WHERE r.entry_id = e.id)")
        where.add(
            f"NOT EXISTS (SELECT 1 FROM recurrences r JOIN entries s ON s.id = r.entry_id WHERE r.of = e.id{seen})",  # noqa: S608
            *values,
        )
        return self._page(where, "e.created_seq DESC, e.id", offset, limit)

    def broken_links(self, viewer: Viewer, offset: int, limit: int) -> tuple[list[BrokenLink], int]:
        """Links that mean nothing, by the title of the entry that they stand in."""
        where = visible(viewer)
        where.add("NOT EXISTS (SELECT 1 FROM names n WHERE n.key IN (l.key, l.short))")
        where.add("l.position = (SELECT MIN(m.position) FROM links m WHERE m.entry_id = l.entry_id AND m.key = l.key)")
        joined = f"FROM links l JOIN entries e ON e.id = l.entry_id{where.sql}"
        db = self._connection()
        total = db.execute(f"SELECT COUNT(*) {joined}", where.values).fetchone()[0]
        sql = f"SELECT {ENTRY_COLUMNS}, l.target {joined} ORDER BY e.title_key, e.id, l.position LIMIT ? OFFSET ?"
        rows = db.execute(sql, [*where.values, limit, offset])
        return [BrokenLink(to_entry(row), row[ENTRY_WIDTH]) for row in rows], total

    def tagged(self, tags: Collection[str], viewer: Viewer) -> list[CatalogEntry]:
        """The entries with any of these tags."""
        where = visible(viewer)
        marks = ",".join("?" * len(tags))
        where.add(f"e.id IN (SELECT entry_id FROM entry_tags WHERE tag IN ({marks}))", *tags)  # noqa: S608
        return self._page(where, "e.created_seq, e.id", 0, -1)[0]

    def kinds_of(self, ids: Iterable[str], viewer: Viewer) -> dict[str, str]:
        """The kinds of those of the entries that the viewer may see, by id."""
        where = visible(viewer)
        where.add("e.id IN (SELECT value FROM json_each(?))", json.dumps(sorted(set(ids))))
        sql = f"SELECT e.id, e.kind FROM entries e{where.sql}"  # noqa: S608
        return dict(self._connection().execute(sql, where.values).fetchall())

    def settled_pairs(self, ids: Iterable[str]) -> set[tuple[str, str]]:
        """Pairs of these entries that need no attention, one way round: kept apart, linked, or one a recurrence of the
        other."""
        sql = (
            "WITH wanted AS (SELECT value AS id FROM json_each(?))"
            " SELECT entry_id, other FROM kept_apart WHERE entry_id IN (SELECT id FROM wanted)"
            " UNION SELECT entry_id, of FROM recurrences WHERE entry_id IN (SELECT id FROM wanted)"
            " UNION SELECT l.entry_id, n.entry_id FROM links l JOIN names n ON n.key = l.key"
            " WHERE l.entry_id IN (SELECT id FROM wanted)"
        )
        return set(self._connection().execute(sql, (json.dumps(sorted(set(ids))),)).fetchall())

    def successor(self, former_id: str, viewer: Viewer) -> CatalogEntry | None:
        """The entry that the one with this id was merged into."""
        return merged_into(self._connection(), [former_id], viewer).get(former_id)

    def merged_from(self, entry_id: str, viewer: Viewer) -> list[Deleted]:
        """The entries that were merged into this one, each as it was last; their histories are still there."""
        db = self._connection()
        rows = db.execute("SELECT former_id FROM aliases WHERE entry_id = ? ORDER BY former_id", (entry_id,)).fetchall()
        found = [deleted_entry(db, row[0]) for row in rows]
        return [one for one in found if one is not None and viewer.may_see(one.audience)]

    def last_change_by(self, account_id: str) -> int | None:
        """When somebody changed anything last, in seconds since 1970; None where they never did."""
        row = self._connection().execute("SELECT MAX(at) FROM versions WHERE author_id = ?", (account_id,)).fetchone()
        return None if row[0] is None else int(row[0])

    def touched_by(self, commit: str) -> list[tuple[str, str, str]]:
        """What a commit did to entries: (entry id, path, audience as JSON) of each."""
        sql = 'SELECT entry_id, path, audience FROM versions WHERE "commit" = ? ORDER BY number'
        return self._connection().execute(sql, (commit,)).fetchall()

    def targets_written(self, entry_id: str, target: str) -> list[str]:
        """How an entry's text writes the links that mean the same as `target`."""
        sql = "SELECT target FROM links WHERE entry_id = ? AND key = ? ORDER BY position"
        return [row[0] for row in self._connection().execute(sql, (entry_id, link_key(target)))]

    def _page(self, where: Where, order: str, offset: int, limit: int) -> tuple[list[CatalogEntry], int]:
        db = self._connection()
        total = db.execute(f"SELECT COUNT(*) FROM entries e{where.sql}", where.values).fetchone()[0]  # noqa: S608
        if limit == 0:
            return [], total
        sql = f"SELECT {ENTRY_COLUMNS} FROM entries e{where.sql} ORDER BY {order} LIMIT ? OFFSET ?"  # noqa: S608
        return [to_entry(row) for row in db.execute(sql, [*where.values, limit, offset])], total


def _seen(alias: str, viewer: Viewer) -> tuple[str, tuple[str, ...]]:
    """The condition that the entry `alias` may be seen, to be put behind others, and its values."""
    if viewer.audiences is None:
        return "", ()
    teams = tuple(sorted(viewer.audiences))
    marks = ",".join("?" * len(teams))
    sql = f"{alias}.id IN (SELECT entry_id FROM entry_audience WHERE team IN ({marks}))"  # noqa: S608
    return f" AND ({alias}.restricted = 0 OR {sql})", teams

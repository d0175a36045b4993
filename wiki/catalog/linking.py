"""What `[[links]]` mean, who links here, and what is linked to but not written yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

from wiki.catalog.convert import ENTRY_COLUMNS, ENTRY_WIDTH, to_entry
from wiki.catalog.listing import visible
from wiki.catalog.reading import link_key
from wiki.catalog.types import CatalogEntry, Count
from wiki.viewer import Viewer

_BEST = " ORDER BY n.rank, e.created_seq, e.id"


def resolve(db: sqlite3.Connection, targets: Iterable[str], viewer: Viewer) -> dict[str, CatalogEntry | None]:
    """What targets mean for this viewer: an id before a title, a title before a file name, former titles last; of two
    the older. `Title#heading` means the entry `Title` where nothing is called so in full."""
    wanted = {target: (link_key(target), link_key(target.partition("#")[0])) for target in targets}
    keys = sorted({key for pair in wanted.values() for key in pair if key})
    best: dict[str, CatalogEntry] = {}
    for start in range(0, len(keys), 400):
        part = keys[start : start + 400]
        where = visible(viewer)
        where.add(f"n.key IN ({','.join('?' * len(part))})", *part)
        sql = f"SELECT {ENTRY_COLUMNS}, n.key FROM names n JOIN entries e ON e.id = n.entry_id{where.sql}{_BEST}"  # noqa: S608
        for row in db.execute(sql, where.values):
            if row[ENTRY_WIDTH] not in best:
                best[row[ENTRY_WIDTH]] = to_entry(row)
    return {target: best.get(full) or best.get(short) for target, (full, short) in wanted.items()}


def links_of(db: sqlite3.Connection, entry_id: str, viewer: Viewer) -> dict[str, CatalogEntry | None]:
    """The targets of an entry, in the order of the text, and what they mean."""
    rows = db.execute("SELECT target FROM links WHERE entry_id = ? ORDER BY position", (entry_id,)).fetchall()
    return resolve(db, [target for (target,) in rows], viewer) if rows else {}


def backlinks(db: sqlite3.Connection, entry_id: str, viewer: Viewer) -> list[CatalogEntry]:
    """Entries whose links mean this one; a link that means another entry by the same name does not count."""
    where = visible(viewer)
    where.add("e.id != ?", entry_id)
    joined = (
        f"SELECT {ENTRY_COLUMNS}, n.key FROM names n JOIN links l ON {{0}} JOIN entries e ON e.id = l.entry_id"  # noqa: S608
        f"{where.sql} AND n.entry_id = ?"
    )
    whole = joined.format("l.key = n.key")
    before_hash = joined.format("l.short = n.key AND NOT EXISTS (SELECT 1 FROM names m WHERE m.key = l.key)")
    sql = f"{whole} UNION {before_hash} ORDER BY 4, 1"
    values = [*where.values, entry_id]
    owned: dict[str, bool] = {}
    found: dict[str, CatalogEntry] = {}
    for row in db.execute(sql, values + values).fetchall():
        key = row[ENTRY_WIDTH]
        if key not in owned:
            best = db.execute(
                f"SELECT n.entry_id FROM names n JOIN entries e ON e.id = n.entry_id WHERE n.key = ?{_BEST} LIMIT 1",  # noqa: S608
                (key,),
            ).fetchone()
            owned[key] = best[0] == entry_id
        if owned[key]:
            found.setdefault(row[0], to_entry(row))
    return list(found.values())


def recurrences(db: sqlite3.Connection, entry_id: str, viewer: Viewer) -> list[CatalogEntry]:
    """Entries that tell of the same experience again, newest first."""
    where = visible(viewer)
    where.add("r.of IN (SELECT ? UNION SELECT former_id FROM aliases WHERE entry_id = ?)", entry_id, entry_id)
    sql = (
        f"SELECT {ENTRY_COLUMNS} FROM recurrences r JOIN entries e ON e.id = r.entry_id{where.sql}"  # noqa: S608
        " ORDER BY COALESCE(e.date, '') DESC, e.created_seq DESC, e.id"
    )
    return [to_entry(row) for row in db.execute(sql, where.values)]


def wanted(db: sqlite3.Connection, viewer: Viewer, limit: int) -> list[Count]:
    """Link targets that mean nothing, with how many entries name them."""
    where = visible(viewer)
    where.add("NOT EXISTS (SELECT 1 FROM names n WHERE n.key IN (l.key, l.short))")
    sql = (
        "SELECT MIN(l.target), COUNT(DISTINCT l.entry_id) AS c FROM links l JOIN entries e ON e.id = l.entry_id"  # noqa: S608
        f"{where.sql} GROUP BY l.key ORDER BY c DESC, l.key LIMIT ?"
    )
    return [Count(*row) for row in db.execute(sql, [*where.values, limit])]

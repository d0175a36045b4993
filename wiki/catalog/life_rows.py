"""The rows of a lesson's (or review's) life: its actions, who looks after it, and the steps of its history."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable

from wiki.entries import Entry
from wiki.life.front import LIFE_KINDS, NO_LIFE, Life, iso, people_of
from wiki.lifecycle import Standing, skipped

TABLES = ("lives", "actions", "named_people")


def write(db: sqlite3.Connection, entry_id: str, entry: Entry) -> None:
    """Write those of an entry whose old rows are removed."""
    life = entry.life
    if entry.kind in LIFE_KINDS and life != NO_LIFE:
        _write_life(db, entry_id, life)
    topic = entry.topic
    named = {*people_of(life), topic.steward, topic.deputy, topic.handover.to if topic.handover else ""} - {""}
    db.executemany("INSERT OR IGNORE INTO named_people VALUES (?, ?)", [(name, entry_id) for name in sorted(named)])


def _write_life(db: sqlite3.Connection, entry_id: str, life: Life) -> None:
    held = [one for one in life.applied if one.held]
    failed = [one for one in life.applied if not one.held]
    days = [max((iso(one.on) for one in some), default="") for some in (held, failed)]
    db.execute(
        "INSERT INTO lives VALUES (?,?,?,?,?,?,?)",
        (entry_id, life.steward, life.replaced_by, len(held), len(failed), *days),
    )
    db.executemany(
        "INSERT INTO actions VALUES (?,?,?,?,?,?,?,?,?,?)",
        [
            (entry_id, place, one.id, one.what, one.owner, iso(one.due) or None, one.state, one.shows, one.reason,
             one.happened)
            for place, one in enumerate(life.actions)
        ],
    )  # fmt: skip


def write_step(
    db: sqlite3.Connection, number: int, entry_id: str, entry: Entry, previous: Callable[[], Entry | None]
) -> None:
    """Note a step of a lesson where its version `number` is one: another status than before, or a recurrence.
    `previous` reads the version before, None for the first."""
    row = db.execute(
        "SELECT after, known FROM steps WHERE entry_id = ? ORDER BY number DESC LIMIT 1", (entry_id,)
    ).fetchone()
    known = [one.id for one in entry.life.recurred]
    if row is not None and row[0] == entry.status and set(known) <= set(json.loads(row[1])):
        return
    new = [one for one in known if row is None or one not in json.loads(row[1])]
    before = previous() if row is not None else None
    was = Standing(before.status, before.life) if before is not None and before.status else None
    life, after = entry.life, entry.status or ""
    detail = {"learned": life.evidence, "rejected": life.reason, "retired": life.reason}.get(after, "")
    db.execute(
        "INSERT INTO steps VALUES (?,?,?,?,?,?,?,?,?,?)",
        (
            number,
            entry_id,
            row[0] if row is not None else "",
            after,
            json.dumps(new if row is not None else []),
            json.dumps(known),
            detail,
            life.loop if after == "learned" else "",
            life.replaced_by if after == "retired" else "",
            skipped(was, Standing(after, life)),
        ),
    )

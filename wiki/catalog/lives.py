"""What the catalog knows of the lives of lessons: their steps, and the actions that came of lessons and reviews."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from wiki.catalog.convert import ENTRY_COLUMNS, ENTRY_WIDTH, VERSION_COLUMNS, to_entry, to_version
from wiki.catalog.listing import Where, visible
from wiki.catalog.types import CatalogEntry, Version
from wiki.life.front import UNDER_WAY, Action
from wiki.viewer import Viewer

_ACTION = "a.id, a.what, a.owner, a.due, a.state, a.shows, a.reason, a.happened"
_MARKS = ",".join("?" * len(UNDER_WAY))
MAX_PEOPLE = 900


@dataclass(frozen=True, slots=True)
class StepLine:
    """A step as the history tells it. `before` is empty for the first; `recurred` are the entries in which it came
    back then, `detail` the evidence or the reason, `skipped` what a push left out."""

    version: Version
    before: str
    after: str
    recurred: tuple[str, ...]
    detail: str
    loop: str
    replaced_by: str
    skipped: str

    @property
    def said(self) -> str:
        """What its author said of it, without the words that stand there anyway."""
        first = self.version.message.partition("\n")[0]
        return first.partition(": ")[2] if first.startswith(("Now ", "It happened again")) else first


@dataclass(frozen=True, slots=True)
class ActionRow:
    """An action with the entry that it belongs to."""

    entry: CatalogEntry
    action: Action


@dataclass(frozen=True, slots=True)
class Care:
    """Who looks after an entry, and how often it held and did not when somebody applied it, with the last days."""

    steward: str = ""
    replaced_by: str = ""
    held: int = 0
    failed: int = 0
    held_on: str = ""
    failed_on: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which actions are asked for. `owners`: of these people; with `teams` those of entries of these teams, too.
    `open_only` leaves out what is settled or done; `before`: due before this day."""

    owners: Collection[str] | None = None
    teams: Collection[str] = ()
    open_only: bool = True
    before: dt.date | None = None
    entry_id: str | None = None


class Lives:
    """Questions about lives; those that take a viewer leave out what the viewer may not see."""

    def __init__(self, connection: Callable[[], sqlite3.Connection]) -> None:
        self._connection = connection

    def steps(self, entry_id: str) -> list[StepLine]:
        """The steps of a lesson, oldest first. NOT filtered: ask only for an entry that the viewer may see."""
        rows = self._connection().execute(
            f"SELECT {VERSION_COLUMNS}, s.before, s.after, s.recurred, s.detail, s.loop, s.replaced_by, s.skipped"  # noqa: S608
            " FROM steps s JOIN versions v ON v.number = s.number WHERE s.entry_id = ? ORDER BY s.number",
            (entry_id,),
        )
        return [StepLine(to_version(row), row[10], row[11], tuple(json.loads(row[12])), *row[13:17]) for row in rows]

    def care(self, entry_id: str) -> Care:
        """Who looks after an entry and how it fared. NOT filtered by viewer."""
        row = self._connection().execute(
            "SELECT steward, replaced_by, held, failed, held_on, failed_on FROM lives WHERE entry_id = ?", (entry_id,)
        )
        found = row.fetchone()
        return Care(*found) if found else Care()

    def actions(self, viewer: Viewer, asked: Asked, offset: int = 0, limit: int = 50) -> tuple[list[ActionRow], int]:
        """A slice of the actions, the most urgent first, and how many there are."""
        where = _asked(viewer, asked)
        joined = f"FROM actions a JOIN entries e ON e.id = a.entry_id{where.sql}"
        db = self._connection()
        total = db.execute(f"SELECT COUNT(*) {joined}", where.values).fetchone()[0]
        rows = db.execute(
            f"SELECT {ENTRY_COLUMNS}, {_ACTION} {joined}"
            " ORDER BY a.due IS NULL, a.due, e.title_key, a.entry_id, a.position LIMIT ? OFFSET ?",
            [*where.values, limit, max(0, offset)],
        )
        return [ActionRow(to_entry(row), _action(row[ENTRY_WIDTH:])) for row in rows], total

    def count(self, viewer: Viewer, asked: Asked) -> int:
        """How many actions there are of these."""
        where = _asked(viewer, asked)
        sql = f"SELECT COUNT(*) FROM actions a JOIN entries e ON e.id = a.entry_id{where.sql}"  # noqa: S608
        return int(self._connection().execute(sql, where.values).fetchone()[0])

    def due(self, until: dt.date) -> list[tuple[str, str, Action]]:
        """(entry id, address, action) of every open action with an owner that is due by this day. NOT filtered."""
        rows = self._connection().execute(
            f"SELECT e.id, e.path, {_ACTION} FROM actions a JOIN entries e ON e.id = a.entry_id"  # noqa: S608
            f" WHERE a.state IN ({_MARKS}) AND a.due IS NOT NULL AND a.due <= ? AND a.owner != '' ORDER BY a.due",
            (*UNDER_WAY, until.isoformat()),
        )
        return [(row[0], row[1], _action(row[2:])) for row in rows]

    def came_back(self, since: dt.datetime) -> list[tuple[str, str]]:
        """(lesson, entry in which it came back) for entries changed since then. NOT filtered by viewer."""
        rows = self._connection().execute(
            "SELECT r.of, r.entry_id FROM recurrences r JOIN entries e ON e.id = r.entry_id"
            " JOIN entries o ON o.id = r.of WHERE e.updated_at >= ? ORDER BY r.of, r.entry_id",
            (int(since.timestamp()),),
        )
        return [(row[0], row[1]) for row in rows]

    def named(self, viewer: Viewer) -> dict[str, list[str]]:
        """Everybody whom entries name as owner, steward, deputy or judge, as written: the ids of those entries."""
        where = visible(viewer)
        rows = self._connection().execute(
            f"SELECT n.name, n.entry_id FROM named_people n JOIN entries e ON e.id = n.entry_id{where.sql}"  # noqa: S608
            " ORDER BY n.name, e.title_key, n.entry_id",
            where.values,
        )
        found: dict[str, list[str]] = {}
        for name, entry_id in rows:
            found.setdefault(name, []).append(entry_id)
        return found


def _asked(viewer: Viewer, asked: Asked) -> Where:
    where = visible(viewer)
    if asked.entry_id is not None:
        where.add("a.entry_id = ?", asked.entry_id)
    if asked.open_only:
        where.add(f"a.state IN ({_MARKS})", *UNDER_WAY)
    if asked.before is not None:
        where.add("a.due < ?", asked.before.isoformat())
    if asked.owners is not None:
        people, teams = sorted(asked.owners)[:MAX_PEOPLE], sorted(asked.teams)[:MAX_PEOPLE]
        theirs = f"a.owner IN ({','.join('?' * len(people))})"
        in_teams = f"e.team IN ({','.join('?' * len(teams))})"
        where.add(f"({theirs} OR {in_teams})", *people, *teams)
    return where


def _action(row: Sequence[Any]) -> Action:
    known, what, owner, due, state, shows, reason, happened = row
    day = dt.date.fromisoformat(due) if due else None
    return Action(known, what, owner, day, state, shows, reason, happened)

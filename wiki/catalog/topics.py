"""What the catalog knows of topic pages: their people and dates, the curated list, and what their rules propose."""

from __future__ import annotations

import datetime as dt
import json
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from wiki.catalog.convert import ENTRY_COLUMNS, ENTRY_WIDTH, to_entry
from wiki.catalog.listing import Where, by_ids, visible
from wiki.catalog.types import CatalogEntry
from wiki.topics.front import Rule
from wiki.viewer import Viewer

_FACTS = "t.steward, t.deputy, t.away_until, t.review_by, t.offered_to, t.rule"
# CROSS: topics first, which are few; left to itself SQLite goes through all entries that are open to everybody.
_TOPICS = "FROM topics t CROSS JOIN entries e ON e.id = t.entry_id"


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """A topic in a list: its page, its people (account ids, empty for none), its dates and its rule."""

    entry: CatalogEntry
    steward: str
    deputy: str
    away_until: dt.date | None
    review_by: dt.date | None
    offered_to: str
    rule: Rule


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a curated list, as the list says (`position` from 0, `item` the id written there) and as it is
    now. `revision` is the version that `passage` was cited from."""

    position: int
    item: str
    why: str
    passage: str
    revision: str
    entry: CatalogEntry


@dataclass(frozen=True, slots=True)
class Proposals:
    """A slice of what a rule proposes, and how much there is."""

    items: tuple[CatalogEntry, ...]
    total: int


class Topics:
    """Questions about topics; what the viewer may not see is left out of every answer and count."""

    def __init__(self, connection: Callable[[], sqlite3.Connection]) -> None:
        self._connection = connection

    def all(self, viewer: Viewer) -> list[TopicFacts]:
        """Every topic, by title."""
        sql = f"SELECT {ENTRY_COLUMNS}, {_FACTS} {_TOPICS}"
        where = visible(viewer)
        rows = self._connection().execute(f"{sql}{where.sql} ORDER BY e.title_key, e.id", where.values)
        return [_facts(row) for row in rows]

    def named(self, viewer: Viewer) -> list[tuple[str, tuple[str, ...]]]:
        """The id of every topic and what it is called by: its title and the tags of its rule. Asked for each search,
        so nothing else is read."""
        where = visible(viewer)
        sql = f"SELECT e.id, e.title, t.rule {_TOPICS}{where.sql}"
        rows = self._connection().execute(sql, where.values)
        return [(entry_id, (title, *json.loads(rule)["tags"])) for entry_id, title, rule in rows]

    def facts(self, topic_id: str, viewer: Viewer) -> TopicFacts | None:
        """One topic, None where there is none that the viewer may see."""
        where = visible(viewer)
        where.add("t.entry_id = ?", topic_id)
        sql = f"SELECT {ENTRY_COLUMNS}, {_FACTS} {_TOPICS}{where.sql}"
        row = self._connection().execute(sql, where.values).fetchone()
        return _facts(row) if row else None

    def items(self, topic_id: str, viewer: Viewer, offset: int = 0, limit: int = 50) -> tuple[list[Item], int]:
        """A slice of the curated list in its order, and how many of the list the viewer may see."""
        rows = self._named("topic_items", "position, item, why, passage, revision", topic_id)
        meant = self._meant([row[1] for row in rows], viewer)
        # Two that were merged into one since stand in the list once, where the first of them stood.
        first: dict[str, tuple[Any, ...]] = {}
        for row in rows:
            if row[1] in meant:
                first.setdefault(meant[row[1]], row)
        there = list(first.values())
        part = there[offset : offset + limit]
        entries = by_ids(self._connection(), [row[1] for row in part], viewer)
        items = [
            Item(place, item, why, passage, revision, entries[item])
            for place, item, why, passage, revision in part
            if item in entries
        ]
        return items, len(there)

    def listed(self, topic_id: str, viewer: Viewer) -> frozenset[str]:
        """The ids in the curated list that mean an entry which the viewer may see, as the list writes them."""
        return frozenset(self._meant([row[0] for row in self._named("topic_items", "item", topic_id)], viewer))

    def steps(self, topic_id: str, viewer: Viewer) -> list[tuple[CatalogEntry, str]]:
        """The reading path: each entry with the word on it."""
        rows = self._named("topic_steps", "item, note", topic_id)
        entries = by_ids(self._connection(), [row[0] for row in rows], viewer)
        return [(entries[item], note) for item, note in rows if item in entries]

    def left_out(self, topic_id: str, viewer: Viewer, limit: int = 200) -> list[CatalogEntry]:
        """The proposals that were dismissed, by title."""
        where = visible(viewer)
        where.add("o.entry_id = ?", topic_id)
        sql = f"SELECT {ENTRY_COLUMNS} FROM topic_left_out o JOIN entries e ON e.id = o.item{where.sql}"  # noqa: S608
        rows = self._connection().execute(f"{sql} ORDER BY e.title_key LIMIT ?", [*where.values, limit])
        return [to_entry(row) for row in rows]

    def sizes(self, viewer: Viewer) -> dict[str, int]:
        """How many curated entries that the viewer may see each topic has, by its id; those without any are left
        out."""
        where = visible(viewer)
        sql = f"SELECT i.entry_id, COUNT(*) FROM topic_items i JOIN entries e ON e.id = i.item{where.sql} GROUP BY 1"  # noqa: S608
        return dict(self._connection().execute(sql, where.values).fetchall())

    def curating(self, entry_id: str, viewer: Viewer) -> list[CatalogEntry]:
        """The topics whose curated lists hold an entry, by title."""
        where = visible(viewer)
        where.add("i.item = ?", entry_id)
        sql = f"SELECT {ENTRY_COLUMNS} FROM topic_items i JOIN entries e ON e.id = i.entry_id{where.sql}"  # noqa: S608
        return [to_entry(row) for row in self._connection().execute(sql + " ORDER BY e.title_key", where.values)]

    def proposals(
        self, topic_id: str, rule: Rule, found: Sequence[str], viewer: Viewer, offset: int = 0, limit: int = 20
    ) -> Proposals:
        """What the rule's tags and teams and the ids in `found` (what its query finds) propose: neither curated nor
        left out yet, what changed last first."""
        where = _proposed(topic_id, rule, found, viewer)
        if where is None:
            return Proposals((), 0)
        db = self._connection()
        total = db.execute(f"SELECT COUNT(*) FROM entries e{where.sql}", where.values).fetchone()[0]  # noqa: S608
        rows = db.execute(
            f"SELECT {ENTRY_COLUMNS} FROM entries e{where.sql} ORDER BY e.updated_seq DESC, e.id LIMIT ? OFFSET ?",  # noqa: S608
            [*where.values, limit, offset],
        )
        return Proposals(tuple(to_entry(row) for row in rows), total)

    def _named(self, table: str, columns: str, topic_id: str) -> list[tuple[Any, ...]]:
        sql = f"SELECT {columns} FROM {table} WHERE entry_id = ? ORDER BY position"  # noqa: S608 - our own names
        return self._connection().execute(sql, (topic_id,)).fetchall()

    def _meant(self, ids: Sequence[str], viewer: Viewer) -> dict[str, str]:
        """The ids that mean an entry which the viewer may see, each with the id that it has now."""
        db = self._connection()
        where = visible(viewer)
        where.add("e.id IN (SELECT value FROM json_each(?))", json.dumps(list(ids)))
        found = {row[0]: row[0] for row in db.execute(f"SELECT e.id FROM entries e{where.sql}", where.values)}  # noqa: S608
        merged = by_ids(db, [one for one in ids if one not in found], viewer)
        return found | {former: entry.id for former, entry in merged.items()}


def _proposed(topic_id: str, rule: Rule, found: Sequence[str], viewer: Viewer) -> Where | None:
    """The condition that an entry is proposed; None where the rule proposes nothing."""
    ways: list[str] = []
    values: list[str] = []
    if rule.tags:
        ways.append(f"e.id IN (SELECT entry_id FROM entry_tags WHERE tag IN ({','.join('?' * len(rule.tags))}))")  # noqa: S608
        values += rule.tags
    if rule.teams:
        ways.append(f"e.team IN ({','.join('?' * len(rule.teams))})")
        values += rule.teams
    if found:
        ways.append(f"e.id IN ({','.join('?' * len(found))})")
        values += found
    if not ways:
        return None
    where = visible(viewer)
    where.add(f"({' OR '.join(ways)})", *values)
    where.add("e.id != ? AND e.kind != 'topic'", topic_id)
    where.add("e.id NOT IN (SELECT item FROM topic_items WHERE entry_id = ?)", topic_id)
    where.add("e.id NOT IN (SELECT item FROM topic_left_out WHERE entry_id = ?)", topic_id)
    where.add(
        "e.id NOT IN (SELECT a.entry_id FROM aliases a JOIN topic_items i ON i.item = a.former_id"
        " WHERE i.entry_id = ?)",
        topic_id,
    )
    return where


def _facts(row: Sequence[str]) -> TopicFacts:
    steward, deputy, away, review, offered, rule = row[ENTRY_WIDTH : ENTRY_WIDTH + 6]
    read = json.loads(rule)
    return TopicFacts(
        entry=to_entry(row),
        steward=steward,
        deputy=deputy,
        away_until=dt.date.fromisoformat(away) if away else None,
        review_by=dt.date.fromisoformat(review) if review else None,
        offered_to=offered,
        rule=Rule(tuple(read["tags"]), tuple(read["teams"]), read["query"]),
    )

"""The rows of what curation says of an entry: merged ids, kept apart, and all that a topic page keeps in order."""

from __future__ import annotations

import json
import sqlite3

from wiki.entries import Entry

TABLES = ("aliases", "kept_apart", "topics", "topic_items", "topic_left_out", "topic_steps")


def write(db: sqlite3.Connection, entry_id: str, entry: Entry) -> None:
    """Write them for an entry whose old rows are removed."""
    db.executemany(
        "INSERT OR IGNORE INTO aliases VALUES (?, ?)",
        [(former, entry_id) for former in entry.former_ids if former != entry_id],
    )
    db.executemany(
        "INSERT OR IGNORE INTO kept_apart VALUES (?, ?)",
        [(entry_id, other) for other in entry.kept_apart if other != entry_id],
    )
    if entry.kind == "topic":
        _write_topic(db, entry_id, entry)


def _write_topic(db: sqlite3.Connection, entry_id: str, entry: Entry) -> None:
    topic = entry.topic
    rule = {"tags": topic.rule.tags, "teams": topic.rule.teams, "query": topic.rule.query}
    db.execute(
        "INSERT INTO topics VALUES (?,?,?,?,?,?,?)",
        (
            entry_id,
            topic.steward,
            topic.deputy,
            topic.away_until.isoformat() if topic.away_until else None,
            topic.review_by.isoformat() if topic.review_by else None,
            topic.handover.to if topic.handover else "",
            json.dumps(rule, ensure_ascii=False),
        ),
    )
    db.executemany(
        "INSERT INTO topic_items VALUES (?,?,?,?,?,?)",
        [
            (entry_id, place, one.id, one.why, one.passage, one.revision)
            for place, one in enumerate(topic.curated)
            if one.id != entry_id
        ],
    )
    db.executemany(
        "INSERT OR IGNORE INTO topic_left_out VALUES (?, ?)", [(entry_id, other) for other in topic.left_out]
    )
    db.executemany(
        "INSERT INTO topic_steps VALUES (?,?,?,?)",
        [(entry_id, place, step.id, step.note) for place, step in enumerate(topic.reading_path)],
    )

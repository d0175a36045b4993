"""What a team writes together while it discusses: the joint text by parts, and the timeline of events.

Each save of the text is a version. A save that started from an older one is merged with what others wrote since, part
by part and line by line; where they wrote the same lines, both texts come back and nothing is saved.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select

from wiki.entries import clean_text
from wiki.merge import merge_lines
from wiki.people import schema
from wiki.people.database import Database
from wiki.people.rules import askable, clean_line, new_id, now
from wiki.reviews.rules import MAX_EVENT, check_text, moment_of
from wiki.reviews.store import in_phase
from wiki.reviews.types import MAX_EVENTS, MAX_PART, Event, Joint, Phase, ReviewError, TextConflict
from wiki.words import say

_TEXT = schema.review_text
_EVENT = schema.review_event
KEPT_VERSIONS = 200
MAX_PARTS = 50


class Joints:
    """The joint text and the timeline of each review."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def text(self, review_id: str) -> Joint:
        """The newest version; an empty one of revision 0 before anybody wrote."""
        with self._database.read() as connection:
            return _newest(connection, review_id)

    def save(self, review_id: str, parts: Mapping[str, str], *, base: int, account_id: str) -> Joint:
        """Save the parts that are given on top of version `base`; others stay. Possible while the team discusses.

        Raises TextConflict where somebody else changed the same lines since, ReviewError for what cannot be kept.
        """
        given = _clean(parts)
        with self._database.write() as connection:
            in_phase(connection, review_id, Phase.DISCUSSING)
            newest = _newest(connection, review_id)
            before = newest if base == newest.revision else _version(connection, review_id, base)
            result = _merged(before.parts, given, newest)
            sent = {**before.parts, **given}
            merged = result != sent
            revision = newest.revision
            for version in [sent, result] if merged else [result]:
                if merged or version != newest.parts:
                    revision += 1
                    self._write(connection, review_id, revision, version, account_id)
        return Joint(result, revision, merged, yours=revision - 1 if merged else revision)

    def _write(
        self, connection: Connection, review_id: str, revision: int, parts: Mapping[str, str], account_id: str
    ) -> None:
        row = {"review_id": review_id, "revision": revision, "parts": json.dumps(parts, ensure_ascii=False)}
        connection.execute(insert(_TEXT).values(row | {"account_id": account_id, "saved_at": now()}))
        old = (_TEXT.c.review_id == review_id) & (_TEXT.c.revision <= revision - KEPT_VERSIONS)
        connection.execute(delete(_TEXT).where(old))

    # --- the timeline ------------------------------------------------------------------------------------------------

    def events(self, review_id: str) -> list[Event]:
        """What happened, in order."""
        question = select(_EVENT).where(_EVENT.c.review_id == review_id).order_by(_EVENT.c.at, _EVENT.c.id)
        with self._database.read() as connection:
            return [Event(row.id, row.at, row.zone, row.text) for row in connection.execute(question)]

    def add_event(self, review_id: str, at: str, zone: str, text: str, *, event_id: str = "") -> Event:
        """Add something that happened, by the clock on the wall of its zone. The same `event_id` adds it once.

        Raises ReviewError.
        """
        moment, said = moment_of(at, zone), clean_line(text, "text", say("An event"), MAX_EVENT)
        if not said:
            raise ReviewError("Say what happened at that time.", "text")
        event = Event(askable(event_id, 12) or new_id(), moment, zone, said)
        with self._database.write() as connection:
            in_phase(connection, review_id, Phase.DISCUSSING)
            count = select(func.count()).where(_EVENT.c.review_id == review_id)
            if connection.execute(count).scalar_one() >= MAX_EVENTS:
                raise ReviewError(
                    say("A timeline takes at most %(max_events)s events. Remove one first.", max_events=MAX_EVENTS),
                    "text",
                )
            known = connection.execute(select(_EVENT.c.review_id).where(_EVENT.c.id == event.id)).scalar()
            if known is None:
                row = {"id": event.id, "review_id": review_id, "at": moment, "zone": zone, "text": said}
                connection.execute(insert(_EVENT).values(row))
            elif known != review_id:
                raise ReviewError("Load the page again, then add the event.")
        return event

    def remove_event(self, review_id: str, event_id: str) -> None:
        """Take an event out of the timeline; nothing happens if it is not there."""
        gone = (_EVENT.c.review_id == review_id) & (_EVENT.c.id == askable(event_id, 12))
        with self._database.write() as connection:
            in_phase(connection, review_id, Phase.DISCUSSING)
            connection.execute(delete(_EVENT).where(gone))


def _clean(parts: Mapping[str, str]) -> dict[str, str]:
    if len(parts) > MAX_PARTS:
        raise ReviewError(say("A joint text has at most %(max_parts)s parts.", max_parts=MAX_PARTS), "parts")
    found = {}
    for key, text in parts.items():
        if not 1 <= len(key) <= 200 or not key.isprintable():
            raise ReviewError("A part is named by the heading that it stands under.", "parts")
        found[key] = clean_text(text).strip("\n")
        check_text(found[key], MAX_PART, key, say("A part of the joint text"))
    return found


def _merged(before: Mapping[str, str], given: Mapping[str, str], newest: Joint) -> dict[str, str]:
    result, met = dict(newest.parts), []
    for key, mine in given.items():
        base, theirs = before.get(key, ""), newest.parts.get(key, "")
        joined = merge_lines(base, mine, theirs)
        if joined is None:
            met.append(key)
        else:
            result[key] = joined
    if met:
        raise TextConflict(newest, given, before, met)
    return result


def _newest(connection: Connection, review_id: str) -> Joint:
    question = select(_TEXT).where(_TEXT.c.review_id == review_id).order_by(_TEXT.c.revision.desc()).limit(1)
    return _joint(connection.execute(question).first())


def _version(connection: Connection, review_id: str, revision: int) -> Joint:
    """An old version; one that is kept no longer counts as empty, so that what differs is shown and not overwritten."""
    wanted = (_TEXT.c.review_id == review_id) & (_TEXT.c.revision == max(0, min(revision, 2**31 - 1)))
    return _joint(connection.execute(select(_TEXT).where(wanted)).first())


def _joint(row: Any) -> Joint:
    return Joint() if row is None else Joint(json.loads(row.parts), row.revision)

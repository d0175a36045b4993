"""Drafts: what somebody is typing, kept until it is published or thrown away, across sessions and devices."""

from __future__ import annotations

import json
from collections.abc import Collection
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert
from wiki.people.errors import DraftMoved, PeopleError
from wiki.people.models import Draft, DraftSaved
from wiki.people.rules import askable, now
from wiki.words import say

MAX_BYTES = 2_000_000
MAX_DRAFTS = 200
MAX_SEQUENCE = 2**53 - 1  # what a browser can count to
TOMBSTONE_LIFE = timedelta(days=7)
_TABLE = schema.draft


class Drafts:
    """Each account's own drafts by key (`new:lesson:1`, `entry:<id>`)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save(
        self,
        account_id: str,
        key: str,
        payload: dict[str, Any],
        *,
        sequence: int | None = None,
        expects: Collection[int] | None = None,
    ) -> DraftSaved:
        """Keep `payload` under `key`, unless a save with a higher sequence is there already (or the draft was dropped
        at a higher one): requests overtake each other, and the older text must not win.

        Without a sequence the save counts as the newest. `expects` are the numbers of the saves that this text may go
        on from, 0 for none; where what is there is another, DraftMoved is raised and nothing changes. Raises
        PeopleError when the draft is too large.
        """
        _check_key(key)
        text = _encode(payload)
        with self._database.write() as connection:
            present = connection.execute(
                select(_TABLE).where(_TABLE.c.account_id == account_id, _TABLE.c.key == key).with_for_update()
            ).first()
            if expects is not None:
                _check_known(present, expects)
            if present is None:
                self._room_for_one_more(connection, account_id)
            number = _sequence(sequence, present)
            row = {"account_id": account_id, "key": key, "payload": text, "sequence": number, "saved_at": now()}
            statement = insert(self._database, _TABLE).values(row)
            fresh = statement.excluded
            statement = statement.on_conflict_do_update(
                index_elements=[_TABLE.c.account_id, _TABLE.c.key],
                set_={"payload": fresh.payload, "sequence": fresh.sequence, "saved_at": fresh.saved_at},
                where=(fresh.sequence > _TABLE.c.sequence)
                | ((fresh.sequence == _TABLE.c.sequence) & _TABLE.c.payload.is_not(None)),
            )
            stored = connection.execute(statement.returning(_TABLE.c.sequence)).first() is not None
            kept = connection.execute(
                select(_TABLE.c.sequence, _TABLE.c.saved_at).where(
                    _TABLE.c.account_id == account_id, _TABLE.c.key == key
                )
            ).one()
        return DraftSaved(stored, kept.sequence, kept.saved_at)

    def get(self, account_id: str, key: str) -> Draft | None:
        """The draft under `key`, or None."""
        mine = (_TABLE.c.account_id == account_id) & (_TABLE.c.key == askable(key))
        with self._database.read() as connection:
            row = connection.execute(select(_TABLE).where(mine, _TABLE.c.payload.is_not(None))).first()
        return None if row is None else _draft(row)

    def list(self, account_id: str) -> list[Draft]:
        """The account's drafts, the newest first."""
        question = (
            select(_TABLE)
            .where(_TABLE.c.account_id == account_id, _TABLE.c.payload.is_not(None))
            .order_by(_TABLE.c.saved_at.desc(), _TABLE.c.key)
        )
        with self._database.read() as connection:
            return [_draft(row) for row in connection.execute(question)]

    def count(self, account_id: str) -> int:
        """How many drafts the account has."""
        question = select(func.count()).where(_TABLE.c.account_id == account_id, _TABLE.c.payload.is_not(None))
        with self._database.read() as connection:
            return int(connection.execute(question).scalar_one())

    def drop(self, account_id: str, key: str, *, sequence: int | None = None) -> bool:
        """Throw the draft away (published, or not wanted); whether there was one.

        `sequence` is the client's number at that moment: a save with a lower or equal one that arrives late brings
        nothing back. Without it the number of the last save counts.
        """
        _check_key(key)
        mine = (_TABLE.c.account_id == account_id) & (_TABLE.c.key == key)
        number = min(max(sequence or 0, 0), MAX_SEQUENCE)
        with self._database.write() as connection:
            old = _TABLE.c.payload.is_(None) & (_TABLE.c.saved_at < now() - TOMBSTONE_LIFE)
            connection.execute(delete(_TABLE).where(_TABLE.c.account_id == account_id, old))
            present = connection.execute(select(_TABLE).where(mine).with_for_update()).first()
            if present is None and sequence is None:
                return False
            values = {"payload": None, "sequence": max(number, present.sequence if present else 0), "saved_at": now()}
            if present is None:
                row = {"account_id": account_id, "key": key, **values}
                connection.execute(insert(self._database, _TABLE).values(row).on_conflict_do_nothing())
            else:
                connection.execute(update(_TABLE).where(mine).values(values))
        return present is not None and present.payload is not None

    @staticmethod
    def _room_for_one_more(connection: Any, account_id: str) -> None:
        mine = select(func.count()).where(_TABLE.c.account_id == account_id, _TABLE.c.payload.is_not(None))
        if connection.execute(mine).scalar_one() >= MAX_DRAFTS:
            raise PeopleError(
                say(
                    "You have %(max_drafts)s drafts. Publish or delete one, then this one is saved.",
                    max_drafts=MAX_DRAFTS,
                )
            )


def _check_known(present: Row[Any] | None, expects: Collection[int]) -> None:
    there = present if present is not None and present.payload is not None else None
    if (there.sequence if there is not None else 0) not in expects:
        raise DraftMoved(None if there is None else _draft(there))


def _sequence(given: int | None, present: Row[Any] | None) -> int:
    if given is None:
        return 1 if present is None else int(present.sequence) + 1
    if not 0 <= given <= MAX_SEQUENCE:
        raise PeopleError(
            say("A draft's sequence is a whole number from 0 to %(max_sequence)s.", max_sequence=MAX_SEQUENCE),
            "sequence",
        )
    return given


def _check_key(key: str) -> None:
    if not key or len(key) > 200 or not key.isprintable():
        raise PeopleError("A draft's key has 1 to 200 printable characters.", "key")


def _encode(payload: dict[str, Any]) -> str:
    try:
        text = json.dumps(payload, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
        size = len(text.encode())
    except (TypeError, ValueError, RecursionError) as error:
        raise PeopleError("This draft holds characters that cannot be kept.", "payload") from error
    if size > MAX_BYTES:
        raise PeopleError(
            say("A draft takes at most %(max_bytes)s MB. Publish it in parts.", max_bytes=MAX_BYTES // 1000000), "body"
        )
    return text


def _draft(row: Row[Any]) -> Draft:
    return Draft(key=row.key, payload=json.loads(row.payload), sequence=row.sequence, saved_at=row.saved_at)

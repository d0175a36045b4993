"""What is a person's own about curating: how far they have looked at the desk, and what of a reading path they read.

How often a topic is searched for is counted here too, by day and without saying who asked or what.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from sqlalchemy import delete, func, select

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert
from wiki.people.rules import askable, now

FIRST_LOOK = dt.timedelta(days=14)
ASKED_FOR = dt.timedelta(days=90)
_MARK, _STEP, _ASKED = schema.desk_mark, schema.reading_step, schema.topic_asked


class Curating:
    """Desk marks and reading progress by account, and counts by topic."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen_until(self, account_id: str) -> dt.datetime:
        """Up to when this person has seen what is new; two weeks ago for somebody who never said so."""
        with self._database.read() as connection:
            found = connection.execute(select(_MARK.c.seen_until).where(_MARK.c.account_id == account_id)).scalar()
        return found or now() - FIRST_LOOK

    def mark_seen(self, account_id: str, until: dt.datetime) -> None:
        """They have seen what came up to this moment (never less than they had)."""
        statement = insert(self._database, _MARK).values(account_id=account_id, seen_until=until)
        fresh = statement.excluded.seen_until
        statement = statement.on_conflict_do_update(
            index_elements=[_MARK.c.account_id], set_={"seen_until": fresh}, where=fresh > _MARK.c.seen_until
        )
        with self._database.write() as connection:
            connection.execute(statement)

    def read_of(self, account_id: str, topic_id: str) -> frozenset[str]:
        """The entries of a topic's reading path that this person has read."""
        question = select(_STEP.c.entry_id).where(
            _STEP.c.account_id == account_id, _STEP.c.topic_id == askable(topic_id)
        )
        with self._database.read() as connection:
            return frozenset(connection.execute(question).scalars())

    def set_read(self, account_id: str, topic_id: str, entry_id: str, *, read: bool) -> None:
        """Note that they have read an entry of a topic's path, or take that back."""
        row = {"account_id": account_id, "topic_id": topic_id, "entry_id": entry_id}
        with self._database.write() as connection:
            if read:
                values = {**row, "read_at": now()}
                connection.execute(insert(self._database, _STEP).values(values).on_conflict_do_nothing())
            else:
                connection.execute(delete(_STEP).where(*(_STEP.c[name] == value for name, value in row.items())))

    def active(self, account_ids: Iterable[str]) -> frozenset[str]:
        """Those of the ids that belong to active accounts."""
        account = schema.account
        wanted = sorted({one for one in map(askable, account_ids) if one})
        question = select(account.c.id).where(account.c.id.in_(wanted), account.c.active.is_(True))
        with self._database.read() as connection:
            return frozenset(connection.execute(question).scalars()) if wanted else frozenset()

    def asked(self, topic_ids: Iterable[str]) -> None:
        """Somebody searched for what these topics are about."""
        day = now().date().isoformat()
        rows = [{"topic_id": topic_id, "day": day, "times": 1} for topic_id in sorted(set(topic_ids))]
        if not rows:
            return
        statement = insert(self._database, _ASKED).values(rows)
        keys = [_ASKED.c.topic_id, _ASKED.c.day]
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"times": _ASKED.c.times + 1}))

    def times_asked(self) -> dict[str, int]:
        """How often each topic was searched for in the last ninety days."""
        since = (now() - ASKED_FOR).date().isoformat()
        question = (
            select(_ASKED.c.topic_id, func.sum(_ASKED.c.times)).where(_ASKED.c.day >= since).group_by(_ASKED.c.topic_id)
        )
        with self._database.read() as connection:
            return {row[0]: int(row[1]) for row in connection.execute(question)}

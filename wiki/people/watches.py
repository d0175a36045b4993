"""What somebody watches: an entry, a tag, a team, a search. What is new there is shown on their desk.

A subject is a kind and a value, written `entry:<id>`, `tag:<tag>`, `team:<slug>` or `search:<query of its address>`.
Whoever shows what is new filters by the reader's rights: watching something gives no right to see it.
"""

from __future__ import annotations

from sqlalchemy import delete, func, select

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert
from wiki.people.errors import PeopleError
from wiki.people.rules import askable, now
from wiki.words import say

KINDS = ("entry", "tag", "team", "search")
MAX_WATCHES = 500
_TABLE = schema.watch


class Watches:
    """Each account's own watches."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def watch(self, account_id: str, subject: str) -> bool:
        """Watch a subject from now on; whether that is new. Raises PeopleError for what cannot be watched."""
        kind, _, value = subject.partition(":")
        if kind not in KINDS or not value.strip() or not askable(subject):
            raise PeopleError("An entry, a tag, a team or a search can be watched.", "subject")
        row = {"account_id": account_id, "subject": subject, "since": now()}
        count = select(func.count()).where(_TABLE.c.account_id == account_id)
        with self._database.write() as connection:
            if int(connection.execute(count).scalar_one()) >= MAX_WATCHES:
                raise PeopleError(
                    say("You watch %(max_watches)s things. Stop watching one of them first.", max_watches=MAX_WATCHES),
                    "subject",
                )
            statement = insert(self._database, _TABLE).values(row).on_conflict_do_nothing()
            return connection.execute(statement.returning(_TABLE.c.subject)).first() is not None

    def unwatch(self, account_id: str, subject: str) -> bool:
        """Watch it no more; whether it was watched."""
        mine = (_TABLE.c.account_id == account_id) & (_TABLE.c.subject == askable(subject))
        with self._database.write() as connection:
            return connection.execute(delete(_TABLE).where(mine)).rowcount > 0

    def of(self, account_id: str) -> tuple[str, ...]:
        """What the account watches, the newest first."""
        question = (
            select(_TABLE.c.subject)
            .where(_TABLE.c.account_id == account_id)
            .order_by(_TABLE.c.since.desc(), _TABLE.c.subject)
        )
        with self._database.read() as connection:
            return tuple(connection.execute(question).scalars())

"""Claims: an account says that a name in the entries, of somebody who has no account here, is theirs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert
from wiki.people.errors import PeopleError
from wiki.people.rules import clean_line, now

_TABLE = schema.claim


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim that waits for an administrator."""

    account_id: str
    display_name: str
    name: str
    asked_at: datetime


class Claims:
    """What waits to be confirmed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, account_id: str, name: str) -> None:
        """Claim a name. Raises PeopleError."""
        cleaned = clean_line(name, "name", "A name")
        if not cleaned:
            raise PeopleError("Say which name in the entries is yours.", "name")
        row = {"account_id": account_id, "name": cleaned, "asked_at": now()}
        with self._database.write() as connection:
            connection.execute(insert(self._database, _TABLE).values(row).on_conflict_do_nothing())

    def all(self) -> list[Claim]:
        """Every claim that waits, oldest first."""
        account = schema.account
        question = (
            select(_TABLE.c.account_id, account.c.display_name, _TABLE.c.name, _TABLE.c.asked_at)
            .join(account, account.c.id == _TABLE.c.account_id)
            .order_by(_TABLE.c.asked_at, _TABLE.c.name)
        )
        with self._database.read() as connection:
            return [Claim(*row) for row in connection.execute(question)]

    def of(self, account_id: str) -> list[str]:
        """The names that an account has claimed and nobody has decided on."""
        question = select(_TABLE.c.name).where(_TABLE.c.account_id == account_id).order_by(_TABLE.c.name)
        with self._database.read() as connection:
            return list(connection.execute(question).scalars())

    def settle(self, name: str, account_id: str | None = None) -> None:
        """A name is decided on: all claims to it go, or that of one account alone."""
        gone = _TABLE.c.name == name
        if account_id is not None:
            gone &= _TABLE.c.account_id == account_id
        with self._database.write() as connection:
            connection.execute(delete(_TABLE).where(gone))

"""Names in the entries of people who have no account here: who says that one means them, and which account it is.

Entries name people by account id, or by whatever words somebody typed or another wiki brought along. Names are compared
without regard to case and spaces. A claim waits until a facilitator confirms it; then it stays, so that the same name
means the same account when it comes again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert
from wiki.people.errors import PeopleError
from wiki.people.rules import askable, clean_line, now, person_key
from wiki.viewer import Role

_TABLE = schema.claim
_KNOWN = schema.known_as
_CHUNK = 500


@dataclass(frozen=True, slots=True)
class Claim:
    """A name that an account says is theirs (or, `confirmed`, that is)."""

    account_id: str
    display_name: str
    name: str
    key: str
    asked_at: datetime
    confirmed: bool


class Claims:
    """What waits to be confirmed, and what was."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def ask(self, account_id: str, name: str) -> None:
        """Claim a name. Raises PeopleError."""
        cleaned = _cleaned(name)
        row = {"account_id": account_id, "name_key": person_key(cleaned), "name": cleaned, "asked_at": now()}
        with self._database.write() as connection:
            connection.execute(insert(self._database, _TABLE).values(row).on_conflict_do_nothing())

    def all(self) -> list[Claim]:
        """Every claim, oldest first; whoever shows them leaves out names that the reader sees nowhere."""
        account = schema.account
        question = (
            select(
                _TABLE.c.account_id, account.c.display_name, _TABLE.c.name, _TABLE.c.name_key, _TABLE.c.asked_at,
                _TABLE.c.confirmed_at,
            )
            .join(account, account.c.id == _TABLE.c.account_id)
            .where(account.c.active.is_(True))
            .order_by(_TABLE.c.asked_at, _TABLE.c.name_key)
        )  # fmt: skip
        with self._database.read() as connection:
            rows = connection.execute(question).all()
        return [Claim(*row[:5], confirmed=row.confirmed_at is not None) for row in rows]

    def confirm(self, name: str, account_id: str) -> None:
        """The name means this account from now on; other claims to it go. Raises PeopleError."""
        cleaned, moment = _cleaned(name), now()
        row = {"account_id": account_id, "name_key": person_key(cleaned), "name": cleaned, "asked_at": moment}
        with self._database.write() as connection:
            connection.execute(delete(_TABLE).where(_TABLE.c.name_key == row["name_key"]))
            connection.execute(_TABLE.insert().values(**row, confirmed_at=moment))

    def forget(self, name: str, account_id: str) -> bool:
        """The name does not mean this account; whether anybody had said so."""
        with self._database.write() as connection:
            return connection.execute(delete(_TABLE).where(_this(name), _TABLE.c.account_id == account_id)).rowcount > 0

    def account_of(self, name: str) -> str | None:
        """The account that a name was confirmed to mean."""
        question = select(_TABLE.c.account_id).where(_this(name), _TABLE.c.confirmed_at.is_not(None))
        with self._database.read() as connection:
            return connection.execute(question).scalar()

    def curators(self) -> list[str]:
        """Ids of the active accounts that may confirm a claim."""
        account, roles = schema.account, [Role.FACILITATOR.value, Role.ADMINISTRATOR.value]
        question = select(account.c.id).where(account.c.role.in_(roles), account.c.active.is_(True))
        with self._database.read() as connection:
            return list(connection.execute(question.order_by(account.c.id)).scalars())

    def remember(self, names: Mapping[str, str]) -> None:
        """What people are called whose account ids come from another wiki: an export says it."""
        rows = [{"id": one, "name": name[:80]} for one, name in names.items() if one and one == askable(one, 80)]
        with self._database.write() as connection:
            for row in rows:
                statement = insert(self._database, _KNOWN).values(row)
                fresh = {"name": statement.excluded.name}
                connection.execute(statement.on_conflict_do_update(index_elements=[_KNOWN.c.id], set_=fresh))

    def known_as(self, ids: Iterable[str]) -> dict[str, str]:
        """What those of the ids are called that come from another wiki."""
        wanted = sorted({one for one in ids if one and one == askable(one, 80)})
        found: dict[str, str] = {}
        with self._database.read() as connection:
            for start in range(0, len(wanted), _CHUNK):
                part = wanted[start : start + _CHUNK]
                rows = connection.execute(select(_KNOWN.c.id, _KNOWN.c.name).where(_KNOWN.c.id.in_(part)))
                found.update((row.id, row.name) for row in rows)
        return found


def _cleaned(name: str) -> str:
    cleaned = clean_line(name, "name", "A name")
    if not cleaned:
        raise PeopleError("Say which name in the entries is meant.", "name")
    return cleaned


def _this(name: str) -> ColumnElement[bool]:
    return _TABLE.c.name_key == askable(person_key(name), 240)

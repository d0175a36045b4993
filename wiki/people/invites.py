"""Invitations: a link by which newcomers make their own account, with the role and teams that it grants."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from sqlalchemy import Row, delete, select, update

from wiki.people import schema
from wiki.people.accounts import Accounts
from wiki.people.database import Database
from wiki.people.errors import NotFound, PeopleError
from wiki.people.models import Account, Invite
from wiki.people.rules import askable, clean_line, clean_role, digest, new_id, new_secret, now
from wiki.viewer import Role
from wiki.words import say

MOST_USES = 1000
LONGEST = timedelta(days=90)
GONE = say("This invitation is not valid any more. Ask an administrator for a new one.")
_TABLE = schema.invite


class Invites:
    """Invitations that administrators give out."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        self._database = database
        self._accounts = accounts

    def issue(
        self,
        role: str | Role,
        *,
        by: str | None,
        teams: Iterable[str] = (),
        uses: int = 1,
        valid_for: timedelta = timedelta(days=7),
        label: str = "",
    ) -> str:
        """A new invitation; its secret is returned here and nowhere else. Raises PeopleError."""
        if not 1 <= uses <= MOST_USES:
            raise PeopleError(say("An invitation can be used 1 to %(most_uses)s times.", most_uses=MOST_USES), "uses")
        if not timedelta(0) < valid_for <= LONGEST:
            raise PeopleError(say("An invitation is valid for 1 to %(days)s days.", days=LONGEST.days), "days")
        secret, moment = new_secret(), now()
        values = {
            "id": new_id(),
            "secret_hash": digest(secret),
            "label": clean_line(label, "label", "A note"),
            "role": clean_role(role).value,
            "teams": json.dumps(sorted(set(teams))),
            "uses_left": uses,
            "created_by": by,
            "created_at": moment,
            "expires_at": moment + valid_for,
        }
        with self._database.write() as connection:
            connection.execute(delete(_TABLE).where(_TABLE.c.expires_at <= moment))
            connection.execute(_TABLE.insert().values(values))
        return secret

    def look(self, secret: str) -> Invite:
        """The invitation behind a link that can still be used, or NotFound."""
        with self._database.read() as connection:
            row = connection.execute(select(_TABLE).where(_TABLE.c.secret_hash == digest(secret), _open())).first()
        if row is None:
            raise NotFound(GONE)
        return _invite(row)

    def open(self) -> list[Invite]:
        """The invitations that can still be used, newest first."""
        with self._database.read() as connection:
            rows = connection.execute(select(_TABLE).where(_open()).order_by(_TABLE.c.created_at.desc())).all()
        return [_invite(row) for row in rows]

    def accept(self, secret: str, name: str, password: str, *, display_name: str | None = None) -> Account:
        """Make the newcomer's account. A refusal costs the invitation nothing. Raises NotFound, PeopleError."""
        found = self.look(secret)
        prepared = self._accounts.prepare(name, found.role, password, display_name)
        taking = update(_TABLE).where(_TABLE.c.secret_hash == digest(secret), _open())
        with self._database.write() as connection:
            if connection.execute(taking.values(uses_left=_TABLE.c.uses_left - 1)).rowcount != 1:
                raise NotFound(GONE)
            self._accounts.add(connection, prepared, found.teams)
        return self._accounts.get(prepared["id"])

    def revoke(self, invite_id: str) -> None:
        """Take the invitation back. Raises NotFound."""
        with self._database.write() as connection:
            if connection.execute(delete(_TABLE).where(_TABLE.c.id == askable(invite_id))).rowcount != 1:
                raise NotFound("There is no such invitation any more.")


def _open() -> Any:
    return (_TABLE.c.uses_left > 0) & (_TABLE.c.expires_at > now())


def _invite(row: Row[Any]) -> Invite:
    return Invite(
        id=row.id,
        label=row.label,
        role=Role(row.role),
        teams=tuple(json.loads(row.teams)),
        uses_left=row.uses_left,
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
    )

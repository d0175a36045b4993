"""Links that open an account once: for the very first administrator, and for somebody who forgot a password."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import delete, select

from wiki.people import schema
from wiki.people.accounts import Accounts
from wiki.people.database import Database
from wiki.people.errors import NotFound, PeopleError
from wiki.people.models import Account
from wiki.people.rules import digest, new_secret, now
from wiki.viewer import Role
from wiki.words import say

SIGN_IN_VALID = timedelta(hours=1)
FIRST = "first-account"
SIGN_IN = "sign-in"
TAKEN = say("The first account has been made already. Sign in, or ask its owner for an invitation.")
USED = say("This link is not valid any more: it opens once, within an hour. Ask an administrator for a new one.")
_TABLE = schema.link


class Links:
    """One-time links, kept as digests."""

    def __init__(self, database: Database, accounts: Accounts) -> None:
        self._database = database
        self._accounts = accounts

    def first_account(self) -> str | None:
        """A new secret for the link of the first account, in place of any before it; None once there is an account."""
        if self._accounts.exist():
            return None
        secret = new_secret()
        with self._database.write(exclusive=True) as connection:
            connection.execute(delete(_TABLE).where(_TABLE.c.purpose == FIRST))
            values = {"secret_hash": digest(secret), "purpose": FIRST, "created_at": now()}
            connection.execute(_TABLE.insert().values(values))
        return secret

    def check_first_account(self, secret: str) -> None:
        """Raise NotFound with a sentence unless this link can still make the first account."""
        if self._accounts.exist():
            raise NotFound(TAKEN)
        valid = (_TABLE.c.secret_hash == digest(secret)) & (_TABLE.c.purpose == FIRST)
        with self._database.read() as connection:
            if connection.execute(select(_TABLE.c.secret_hash).where(valid)).first() is None:
                raise NotFound("This link is not the newest one. Open the link that the terminal printed last.")

    def create_first_account(
        self, secret: str, name: str, password: str, *, display_name: str | None = None
    ) -> Account:
        """Make the first account, an administrator. Of any number of attempts at once exactly one succeeds.

        Raises NotFound when it has been made or the link is not valid, PeopleError tied to a field.
        """
        self.check_first_account(secret)
        prepared = self._accounts.prepare(name, Role.ADMINISTRATOR, password, display_name)
        valid = (_TABLE.c.secret_hash == digest(secret)) & (_TABLE.c.purpose == FIRST)
        with self._database.write(exclusive=True) as connection:
            if connection.execute(select(schema.account.c.id).limit(1)).first() is not None:
                raise NotFound(TAKEN)
            if connection.execute(delete(_TABLE).where(valid)).rowcount != 1:
                raise NotFound(TAKEN)
            self._accounts.add(connection, prepared, ())
        return self._accounts.get(prepared["id"])

    def sign_in_link(self, account_id: str, *, by: str | None) -> str:
        """A secret that signs this account in once within an hour, in place of any before it. Raises PeopleError."""
        if not self._accounts.get(account_id).active:
            raise PeopleError("This account is switched off. Switch it on first.")
        secret, moment = new_secret(), now()
        old = (_TABLE.c.account_id == account_id) | (_TABLE.c.expires_at <= moment)
        with self._database.write() as connection:
            connection.execute(delete(_TABLE).where(_TABLE.c.purpose == SIGN_IN, old))
            values = {
                "secret_hash": digest(secret),
                "purpose": SIGN_IN,
                "account_id": account_id,
                "created_by": by,
                "created_at": moment,
                "expires_at": moment + SIGN_IN_VALID,
            }
            connection.execute(_TABLE.insert().values(values))
        return secret

    def look(self, secret: str) -> Account:
        """Whom a sign-in link is for, without using it up. Raises NotFound."""
        with self._database.read() as connection:
            row = connection.execute(select(_TABLE.c.account_id).where(_usable(secret))).first()
        if row is None:
            raise NotFound(USED)
        return self._active(row.account_id)

    def use(self, secret: str) -> Account:
        """Use a sign-in link up; the account that it opens. Raises NotFound."""
        with self._database.write() as connection:
            used = delete(_TABLE).where(_usable(secret)).returning(_TABLE.c.account_id)
            row = connection.execute(used).first()
        if row is None:
            raise NotFound(USED)
        return self._active(row.account_id)

    def _active(self, account_id: str) -> Account:
        found = self._accounts.get(account_id)
        if not found.active:
            raise NotFound(USED)
        return found


def _usable(secret: str) -> Any:
    mine = (_TABLE.c.secret_hash == digest(secret)) & (_TABLE.c.purpose == SIGN_IN)
    return mine & (_TABLE.c.expires_at > now())

"""Accounts: made, found, signed in to, changed and switched off."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, delete, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from wiki.people import attempts, schema
from wiki.people.attempts import Attempts
from wiki.people.database import Database
from wiki.people.errors import NotFound, PeopleError
from wiki.people.models import Account
from wiki.people.passwords import Passwords
from wiki.people.rules import (
    PASSWORD_MAX,
    askable,
    check_password,
    clean_line,
    clean_name,
    clean_role,
    name_key,
    new_id,
    now,
)
from wiki.viewer import Role
from wiki.words import say

WRONG = say("The name or the password is not right.")
_TABLE = schema.account


class Accounts:
    """All that happens to accounts. Whatever ends sessions raises `session_epoch`, which every request compares."""

    def __init__(self, database: Database, passwords: Passwords, attempts: Attempts) -> None:
        self._database = database
        self._passwords = passwords
        self._attempts = attempts

    # --- making and finding ------------------------------------------------------------------------------------------

    def create(
        self,
        name: str,
        role: str | Role,
        password: str | None,
        *,
        display_name: str | None = None,
        teams: Iterable[str] = (),
    ) -> Account:
        """A new account; without a password it is entered by a sign-in link. Raises PeopleError tied to a field."""
        prepared = self.prepare(name, role, password, display_name)
        with self._database.write() as connection:
            self.add(connection, prepared, teams)
        return self.get(prepared["id"])

    def prepare(self, name: str, role: str | Role, password: str | None, display_name: str | None) -> dict[str, Any]:
        """Check what was given and hash the password, outside any transaction since that takes long."""
        cleaned = clean_name(name)
        shown = clean_line(display_name or "", "display_name", say("The name that others see")) or cleaned
        chosen = clean_role(role)
        if password is not None:
            check_password(password, cleaned, shown)
        return {
            "id": new_id(),
            "name": cleaned,
            "name_key": name_key(cleaned),
            "display_name": shown,
            "role": chosen.value,
            "active": True,
            "session_epoch": 1,
            "password_hash": None if password is None else self._passwords.hash(password),
            "created_at": now(),
        }

    def add(self, connection: Connection, prepared: dict[str, Any], teams: Iterable[str]) -> None:
        """Insert what `prepare` gave, without teams that are gone by now. Raises PeopleError if the name is taken."""
        taken = select(_TABLE.c.id).where(_TABLE.c.name_key == prepared["name_key"])
        problem = PeopleError(
            say("The name %(prepared)s is taken. Choose another one.", prepared=prepared["name"]), "name"
        )
        if connection.execute(taken).first() is not None:
            raise problem
        try:
            connection.execute(_TABLE.insert().values(**prepared))
        except IntegrityError as error:  # PostgreSQL: somebody took it between the two statements
            raise problem from error
        wanted = set(teams)
        if wanted:
            found = connection.execute(select(schema.team.c.slug).where(schema.team.c.slug.in_(wanted))).scalars()
            rows = [{"account_id": prepared["id"], "team_slug": slug, "added_at": now()} for slug in found]
            if rows:
                connection.execute(schema.team_member.insert(), rows)

    def get(self, account_id: str) -> Account:
        """The account, or NotFound."""
        return self._one(_TABLE.c.id == askable(account_id))

    def by_name(self, name: str) -> Account:
        """The account with this sign-in name in any case, or NotFound."""
        return self._one(_TABLE.c.name_key == askable(name_key(name)))

    def meant(self, typed: str) -> Account:
        """The account that somebody means who types a sign-in name (with or without @), a display name that only one
        account has, or an id. Raises NotFound."""
        words = " ".join(typed.split())
        try:
            return self.by_name(words.removeprefix("@"))
        except NotFound:
            shown = [account for account in self.search(words, size=10)[0] if account.display_name == words]
            return shown[0] if len(shown) == 1 else self.get(words)

    def search(self, text: str = "", *, page: int = 1, size: int = 50) -> tuple[list[Account], int]:
        """Accounts whose sign-in or display name holds `text`, by name; the page (from 1) and how many there are."""
        if text != askable(text):
            return [], 0
        condition: Any = _TABLE.c.id.is_not(None)
        wanted = text.strip()
        if wanted:
            condition = or_(
                _TABLE.c.name_key.contains(name_key(wanted), autoescape=True),
                _TABLE.c.display_name.icontains(wanted, autoescape=True),
            )
        with self._database.read() as connection:
            total = connection.execute(select(func.count()).select_from(_TABLE).where(condition)).scalar_one()
            rows = connection.execute(
                select(_TABLE)
                .where(condition)
                .order_by(_TABLE.c.name_key)
                .limit(size)
                .offset(min(max(0, page - 1), total // size + 1) * size)
            ).all()
            teams = self._teams(connection, [row.id for row in rows])
        return [_account(row, teams.get(row.id, ())) for row in rows], int(total)

    def exist(self) -> bool:
        """Whether anybody has an account yet."""
        with self._database.read() as connection:
            return connection.execute(select(_TABLE.c.id).limit(1)).first() is not None

    # --- signing in --------------------------------------------------------------------------------------------------

    def sign_in(self, name: str, password: str, *, address: str | None = None, browser: str | None = None) -> Account:
        """The account that this name and password open.

        `browser` identifies one that has signed in by this very name before (the caller has proof of it): its failures
        count for it alone, and it is not locked out by those of others. Raises TooManyAttempts, or PeopleError with
        the same words for an unknown name and a wrong password.
        """
        by_name = attempts.for_browser(browser, name) if browser else attempts.for_name(name)
        by_address = None if browser else attempts.for_address(address)
        self._attempts.claim([by_name, by_address] if by_address else [by_name])
        row = self._row_by_name(name)
        kept = None if row is None or len(password) > PASSWORD_MAX else row.password_hash
        if not self._passwords.verify(kept, password[:PASSWORD_MAX]) or row is None:
            raise PeopleError(WRONG, "password")
        self._attempts.clear(by_name)
        if by_address:
            self._attempts.give_back(by_address)
        if not row.active:
            raise PeopleError("This account is switched off. Ask an administrator if you need it.", "name")
        self._note_sign_in(row, password)
        return self.get(row.id)

    def _row_by_name(self, name: str) -> Row[Any] | None:
        with self._database.read() as connection:
            return connection.execute(select(_TABLE).where(_TABLE.c.name_key == askable(name_key(name)))).first()

    def _note_sign_in(self, row: Row[Any], password: str) -> None:
        values: dict[str, Any] = {"signed_in_at": now()}
        if self._passwords.outdated(row.password_hash):
            values["password_hash"] = self._passwords.hash(password)
        unchanged = _TABLE.c.password_hash == row.password_hash
        with self._database.write() as connection:
            connection.execute(update(_TABLE).where(_TABLE.c.id == row.id, unchanged).values(**values))

    def confirm(self, account_id: str, password: str, field: str = "password") -> None:
        """Check the password of somebody signed in; counts as an attempt. Raises PeopleError, TooManyAttempts."""
        with self._database.read() as connection:
            row = connection.execute(select(_TABLE).where(_TABLE.c.id == askable(account_id))).first()
        if row is None:
            raise NotFound("This account is gone.")
        key = attempts.key(attempts.BY_SESSION, account_id)
        self._attempts.claim([key])
        if not self._passwords.verify(row.password_hash, password[: PASSWORD_MAX + 1]):
            raise PeopleError("This is not your present password.", field)
        self._attempts.clear(key)

    # --- changing ----------------------------------------------------------------------------------------------------

    def change_password(self, account_id: str, old: str, new: str) -> None:
        """A new password for somebody who knows the old one; every session of the account ends."""
        self.confirm(account_id, old, "old_password")
        if old == new:
            raise PeopleError("The new password is the old one. Choose another one.", "new_password")
        self.set_password(account_id, new)

    def set_password(self, account_id: str, new: str) -> None:
        """A new password without the old one (after a sign-in link, or by a command); every session ends."""
        found = self.get(account_id)
        check_password(new, found.name, found.display_name, field="new_password")
        self._change(account_id, password_hash=self._passwords.hash(new), session_epoch=_TABLE.c.session_epoch + 1)

    def set_display_name(self, account_id: str, display_name: str) -> None:
        """What others read. Raises PeopleError when it is empty or cannot be shown."""
        shown = clean_line(display_name, "display_name", say("The name that others see"))
        if not shown:
            raise PeopleError("Give the name that others see.", "display_name")
        self._change(account_id, display_name=shown)

    def set_reading(self, account_id: str, *, language: str | None = None, zone: str | None = None) -> None:
        """In which language and time zone pages are written; empty leaves it to the browser, None as it is."""
        values = {name: value or None for name, value in (("language", language), ("zone", zone)) if value is not None}
        self._change(account_id, **values)

    def end_sessions(self, account_id: str) -> None:
        """Sign the account out everywhere, at once."""
        self._change(account_id, session_epoch=_TABLE.c.session_epoch + 1)

    def set_role(self, account_id: str, role: str | Role) -> None:
        """Change what the account may do. Raises PeopleError when it is the last administrator."""
        chosen = clean_role(role)
        with self._database.write(exclusive=True) as connection:
            if chosen is not Role.ADMINISTRATOR:
                self._keep_an_administrator(connection, account_id, "role")
                connection.execute(delete(schema.invite).where(schema.invite.c.created_by == account_id))
            self._update(connection, account_id, role=chosen.value)

    def deactivate(self, account_id: str) -> None:
        """Switch the account off: sessions, API tokens, sign-in links and its open invitations end at once.

        What it wrote stays. Raises PeopleError when it is the last active administrator.
        """
        with self._database.write(exclusive=True) as connection:
            self._keep_an_administrator(connection, account_id, None)
            self._update(connection, account_id, active=False, session_epoch=_TABLE.c.session_epoch + 1)
            connection.execute(delete(schema.api_token).where(schema.api_token.c.account_id == account_id))
            connection.execute(delete(schema.link).where(schema.link.c.account_id == account_id))
            connection.execute(delete(schema.invite).where(schema.invite.c.created_by == account_id))

    def reactivate(self, account_id: str) -> None:
        """Switch the account on again; its old sessions and tokens stay dead."""
        self._change(account_id, active=True)

    def _change(self, account_id: str, **values: Any) -> None:
        with self._database.write() as connection:
            self._update(connection, account_id, **values)

    @staticmethod
    def _update(connection: Connection, account_id: str, **values: Any) -> None:
        if connection.execute(update(_TABLE).where(_TABLE.c.id == askable(account_id)).values(**values)).rowcount != 1:
            raise NotFound("There is no such account.")

    @staticmethod
    def _keep_an_administrator(connection: Connection, account_id: str, field: str | None) -> None:
        running = (_TABLE.c.role == Role.ADMINISTRATOR.value) & _TABLE.c.active
        active = set(connection.execute(select(_TABLE.c.id).where(running)).scalars())
        if active == {account_id}:
            raise PeopleError(
                "This is the last active administrator. Make somebody else an administrator first.", field
            )

    # --- reading rows ------------------------------------------------------------------------------------------------

    def _one(self, condition: Any) -> Account:
        with self._database.read() as connection:
            row = connection.execute(select(_TABLE).where(condition)).first()
            if row is None:
                raise NotFound("There is no account with this name.", "name")
            return _account(row, self._teams(connection, [row.id]).get(row.id, ()))

    @staticmethod
    def _teams(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
        member = schema.team_member
        rows = connection.execute(
            select(member.c.account_id, member.c.team_slug)
            .where(member.c.account_id.in_(ids))
            .order_by(member.c.team_slug)
        )
        found: dict[str, tuple[str, ...]] = {}
        for row in rows:
            found[row.account_id] = (*found.get(row.account_id, ()), row.team_slug)
        return found


def _account(row: Row[Any], teams: tuple[str, ...]) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        display_name=row.display_name,
        role=Role(row.role),
        active=bool(row.active),
        session_epoch=row.session_epoch,
        has_password=row.password_hash is not None,
        created_at=row.created_at,
        signed_in_at=row.signed_in_at,
        language=row.language or "",
        zone=row.zone or "",
        teams=teams,
    )

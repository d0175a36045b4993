"""API tokens: shown once, kept as a digest, checked by one query at most."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, delete, func, select, update

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.errors import NotFound, PeopleError
from wiki.people.models import TokenInfo
from wiki.people.reading import viewer_of, viewer_question
from wiki.people.remembered import Remembered
from wiki.people.rules import askable, clean_line, digest, new_id, new_secret, now
from wiki.viewer import Viewer
from wiki.words import say

SCOPES = ("read", "write")
PREFIX = "hs_"  # so that a secret scanner recognises a token that got into a repository
MOST_PER_ACCOUNT = 100
USED_RESOLUTION = timedelta(minutes=1)
_TABLE = schema.api_token
_CHECK = viewer_question(_TABLE.c.id, _TABLE.c.scope, _TABLE.c.last_used_at).join(
    _TABLE, _TABLE.c.account_id == schema.account.c.id
)
_BY_SECRET = _CHECK.where(_TABLE.c.secret_hash == bindparam("digest"))


class _Checked(NamedTuple):
    """A token that is valid, and whom it acts for."""

    id: str
    viewer: Viewer
    scope: str
    last_used_at: datetime | None


class Tokens:
    """Tokens by which programs act for an account. The scope write includes read."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._checked: Remembered[str, _Checked | None] = Remembered(database, self._of_digest)

    def issue(self, account_id: str, scope: str, label: str = "") -> str:
        """A new token; the secret is returned here and nowhere else. Raises PeopleError."""
        if scope not in SCOPES:
            raise PeopleError("Choose what the token may do: read or write.", "scope")
        shown = clean_line(label, "label", "A token's label") or "unnamed"
        secret = new_secret(PREFIX)
        with self._database.write() as connection:
            account = schema.account
            owner = connection.execute(select(account.c.active).where(account.c.id == account_id)).scalar()
            if not owner:
                raise NotFound("There is no active account for this token.", "name")
            count = select(func.count()).select_from(_TABLE).where(_TABLE.c.account_id == account_id)
            if connection.execute(count).scalar_one() >= MOST_PER_ACCOUNT:
                raise PeopleError(
                    say(
                        "You have %(most_per_account)s tokens. Revoke one that is not used any more.",
                        most_per_account=MOST_PER_ACCOUNT,
                    ),
                    "label",
                )
            values = {
                "id": new_id(),
                "account_id": account_id,
                "secret_hash": digest(secret),
                "hint": secret[: len(PREFIX) + 4],
                "scope": scope,
                "label": shown,
                "created_at": now(),
            }
            connection.execute(_TABLE.insert().values(values))
        return secret

    def check(self, secret: str) -> tuple[Viewer, str] | None:
        """The viewer and the scope that the token stands for, or None when it is not valid (any more)."""
        if not secret.startswith(PREFIX) or len(secret) > 100:
            return None
        found = self._checked.of(digest(secret))
        if found is None:
            return None
        self._note_use(found)
        return found.viewer, found.scope

    def _of_digest(self, secret_hash: str) -> _Checked | None:
        with self._database.read() as connection:
            rows = connection.execute(_BY_SECRET, {"digest": secret_hash}).all()
        if not rows or not rows[0].active:
            return None
        return _Checked(rows[0].id, viewer_of(rows), rows[0].scope, rows[0].last_used_at)

    def _note_use(self, token: _Checked) -> None:
        """Write down the use, at most once a minute, so that calls do not queue for the write lock."""
        moment = now()
        if token.last_used_at is not None and moment - token.last_used_at < USED_RESOLUTION:
            return
        with self._database.write() as connection:
            connection.execute(update(_TABLE).where(_TABLE.c.id == token.id).values(last_used_at=moment))

    def of(self, account_id: str) -> list[TokenInfo]:
        """The account's tokens, newest first."""
        question = select(_TABLE).where(_TABLE.c.account_id == account_id).order_by(_TABLE.c.created_at.desc())
        with self._database.read() as connection:
            rows = connection.execute(question).all()
        return [
            TokenInfo(row.id, row.account_id, row.label, row.scope, row.hint, row.created_at, row.last_used_at)
            for row in rows
        ]

    def revoke(self, account_id: str, token_id: str) -> None:
        """End one of the account's tokens at once. Raises NotFound."""
        mine = (_TABLE.c.id == askable(token_id)) & (_TABLE.c.account_id == account_id)
        with self._database.write() as connection:
            if connection.execute(delete(_TABLE).where(mine)).rowcount != 1:
                raise NotFound("There is no such token any more.")

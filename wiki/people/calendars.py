"""Secret addresses under which a calendar program, which cannot sign in, reads somebody's open actions."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert
from wiki.people.reading import viewer_of, viewer_question
from wiki.people.rules import digest, new_secret, now
from wiki.viewer import Viewer

_TABLE = schema.calendar_feed
_CHECK = viewer_question().join(_TABLE, _TABLE.c.account_id == schema.account.c.id)
_BY_SECRET = _CHECK.where(_TABLE.c.secret_hash == bindparam("digest"))


class Calendars:
    """At most one address for each account, kept as a digest: shown once, and ended at once."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, account_id: str) -> str:
        """A new secret in place of any before it."""
        secret = new_secret()
        statement = insert(self._database, _TABLE).values(
            account_id=account_id, secret_hash=digest(secret), made_at=now()
        )
        fresh = {"secret_hash": statement.excluded.secret_hash, "made_at": statement.excluded.made_at}
        with self._database.write() as connection:
            connection.execute(statement.on_conflict_do_update(index_elements=[_TABLE.c.account_id], set_=fresh))
        return secret

    def exists(self, account_id: str) -> bool:
        """Whether the account has an address."""
        with self._database.read() as connection:
            found = connection.execute(select(_TABLE.c.account_id).where(_TABLE.c.account_id == account_id)).first()
        return found is not None

    def revoke(self, account_id: str) -> None:
        """End the address at once."""
        with self._database.write() as connection:
            connection.execute(delete(_TABLE).where(_TABLE.c.account_id == account_id))

    def viewer(self, secret: str) -> Viewer | None:
        """Whose actions the secret shows, None when it is not valid (any more)."""
        if len(secret) > 100:
            return None
        with self._database.read() as connection:
            rows = connection.execute(_BY_SECRET, {"digest": digest(secret)}).all()
        return viewer_of(rows) if rows and rows[0].active else None

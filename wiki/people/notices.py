"""What somebody is told in the program: an action is due, a lesson of theirs came back, a review waits.

A notice is told once: its key says what it is about, and the same account never hears of the same key again, settled
or not. Whoever reads checks that the reader may still see the entry that it is about (`wiki.web.notices`), so a text
holds nothing that only some may read: the page puts the entry's title beside it.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Row, bindparam, select, update

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert
from wiki.people.errors import PeopleError
from wiki.people.models import Notice
from wiki.people.rules import askable, clean_line, now
from wiki.words import pack, say, unpack

MAX_TEXT = 500
MAX_OPEN = 500
_TABLE = schema.notice
# Asked for every page, so it is built once.
_SUBJECTS = (
    select(_TABLE.c.entry_id)
    .where(_TABLE.c.account_id == bindparam("account_id"), _TABLE.c.settled_at.is_(None))
    .limit(MAX_OPEN)
)


class Notices:
    """Each account's own notices by key."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def tell(self, account_id: str, *, key: str, kind: str, text: str, link: str, entry_id: str | None = None) -> bool:
        """Tell an account something, once for each `key`; whether it was new to them.

        `link` is a path of this site. False too where no active account has this id: entries name people who are
        gone, or who never had an account here. Raises PeopleError for what cannot be kept.
        """
        for value, longest, field in ((key, 200, "key"), (kind, 40, "kind"), (link, 500, "link")):
            if not value or len(value) > longest or not value.isprintable():
                raise PeopleError(
                    say(
                        "A notice's %(field)s has 1 to %(longest)s printable characters.", field=field, longest=longest
                    ),
                    field,
                )
        if not link.startswith("/") or link.startswith("//"):
            raise PeopleError("A notice leads to a page of this site: its link starts with one slash.", "link")
        row = {
            "account_id": account_id,
            "key": key,
            "kind": kind,
            "text": clean_line(text, "text", "A notice", MAX_TEXT),
            "said": pack(text),
            "link": link,
            "entry_id": entry_id,
            "told_at": now(),
        }
        active = select(schema.account.c.id).where(
            schema.account.c.id == askable(account_id, 12), schema.account.c.active.is_(True)
        )
        with self._database.write() as connection:
            if connection.execute(active).first() is None:
                return False
            statement = insert(self._database, _TABLE).values(row).on_conflict_do_nothing()
            return connection.execute(statement.returning(_TABLE.c.key)).first() is not None

    def open_for(self, account_id: str, limit: int = 50) -> list[Notice]:
        """What the account has been told and not settled, newest first."""
        question = (
            select(_TABLE)
            .where(_TABLE.c.account_id == account_id, _TABLE.c.settled_at.is_(None))
            .order_by(_TABLE.c.told_at.desc(), _TABLE.c.key)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_notice(row) for row in connection.execute(question)]

    def subjects(self, account_id: str) -> list[str | None]:
        """The entry that each open notice is about (None: about none), for counting those that may be seen."""
        with self._database.read() as connection:
            return list(connection.execute(_SUBJECTS, {"account_id": account_id}).scalars())

    def settle(self, account_id: str, key: str) -> bool:
        """The account has dealt with it; whether it was open."""
        return self.settle_all(account_id, [key]) == 1

    def settle_all(self, account_id: str, keys: Collection[str]) -> int:
        """The account has dealt with all of these; how many were open."""
        wanted = [key for key in map(askable, keys) if key][:MAX_OPEN]
        mine = (_TABLE.c.account_id == account_id) & _TABLE.c.settled_at.is_(None) & _TABLE.c.key.in_(wanted)
        with self._database.write() as connection:
            return connection.execute(update(_TABLE).where(mine).values(settled_at=now())).rowcount


def _notice(row: Row[tuple[object, ...]]) -> Notice:
    return Notice(
        key=row.key,
        kind=row.kind,
        text=unpack(row.said, row.text),
        link=row.link,
        entry_id=row.entry_id,
        told_at=row.told_at,
    )

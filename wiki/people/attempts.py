"""Attempts at sign-in, counted in SQL so that they count across workers, processes and machines.

An attempt is claimed before the password is looked at: a hundred requests at once get no further than a hundred in a
row. Success gives back what it took. A browser that somebody has signed in from before has a counter of its own, so
that a stranger's guesses lock the stranger out and not the owner of the name. Keys are kept as digests, since people
type passwords into the name's field.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import Connection, case, delete, func, literal, select, update

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert
from wiki.people.errors import TooManyAttempts
from wiki.people.rules import name_key, now
from wiki.words import say


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` failures within `window` from the first of them."""

    scope: str
    count: int
    window: timedelta


BY_NAME = Limit("name", 10, timedelta(minutes=15))
BY_ADDRESS = Limit("address", 50, timedelta(minutes=15))
BY_SESSION = Limit("session", 10, timedelta(minutes=15))
BY_BROWSER = Limit("browser", 10, timedelta(minutes=15))
PRUNE_ONE_IN = 50


@dataclass(frozen=True, slots=True)
class Key:
    """One thing that attempts are counted by."""

    limit: Limit
    digest: str


def key(limit: Limit, value: str) -> Key:
    """The counter of `value` (a name, an address) under `limit`."""
    mixed = f"{limit.scope}\0{value}".encode("utf-8", "surrogatepass")
    return Key(limit, hashlib.blake2b(mixed, digest_size=32).hexdigest())


def for_name(name: str) -> Key:
    """The counter of a sign-in name, whether or not it has an account."""
    return key(BY_NAME, name_key(name))


def for_browser(browser: str, name: str) -> Key:
    """The counter of a browser that is known to belong to the owner of this name."""
    return key(BY_BROWSER, f"{browser}\0{name_key(name)}")


def for_address(address: str | None, limit: Limit = BY_ADDRESS) -> Key:
    """The counter of a client: an IPv4 address, or the /64 that one IPv6 customer has to himself."""
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return key(limit, address or "unknown")
    if parsed.version == 6 and not parsed.ipv4_mapped:
        return key(limit, str(ip_network((parsed, 64), strict=False)))
    return key(limit, str(parsed.ipv4_mapped or parsed) if parsed.version == 6 else str(parsed))


class Attempts:
    """The counters. `claim` refuses, `give_back` and `clear` undo."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim(self, keys: Sequence[Key]) -> None:
        """Count one attempt under each key, or raise TooManyAttempts when one is used up (then none is counted)."""
        moment = now()
        with self._database.write() as connection:
            # one order for all, so that two claims cannot wait for each other in a ring
            spent = [self._add(connection, each, moment) for each in sorted(keys, key=lambda k: k.digest)]
            refused = [until for until in spent if until is not None]
            if refused:
                raise _refusal(max(refused), moment)
        if secrets.randbelow(PRUNE_ONE_IN) == 0:
            self.prune()

    def _add(self, connection: Connection, key: Key, moment: datetime) -> datetime | None:
        """Count one attempt, in a new window if the last one is over; the window's end when that is one too many."""
        table = schema.attempt
        over = table.c.expires_at <= moment
        fresh = literal(moment + key.limit.window, schema.Moment())
        statement = insert(self._database, table).values(key=key.digest, count=1, expires_at=fresh)
        row = connection.execute(
            statement.on_conflict_do_update(
                index_elements=[table.c.key],
                set_={
                    "count": case((over, 1), else_=table.c.count + 1),
                    "expires_at": case((over, fresh), else_=table.c.expires_at),
                },
            ).returning(table.c.count, table.c.expires_at)
        ).one()
        number, expires = row
        return expires if number > key.limit.count else None

    def prune(self) -> None:
        """Forget what is over."""
        with self._database.write() as connection:
            connection.execute(delete(schema.attempt).where(schema.attempt.c.expires_at <= now()))

    def give_back(self, key: Key) -> None:
        """Undo one claim: a success costs its address nothing, and cannot be used to wipe out failures either."""
        table = schema.attempt
        lowered = case((table.c.count > 0, table.c.count - 1), else_=0)
        with self._database.write() as connection:
            connection.execute(update(table).where(table.c.key == key.digest).values(count=lowered))

    def clear(self, key: Key) -> None:
        """Forget the failures under a key."""
        with self._database.write() as connection:
            connection.execute(delete(schema.attempt).where(schema.attempt.c.key == key.digest))

    def count(self, key: Key) -> int:
        """How many attempts stand under a key."""
        table = schema.attempt
        question = select(func.coalesce(func.sum(table.c.count), 0)).where(
            table.c.key == key.digest, table.c.expires_at > now()
        )
        with self._database.read() as connection:
            return int(connection.execute(question).scalar_one())


def _refusal(until: datetime, moment: datetime) -> TooManyAttempts:
    seconds = max(1, -int(-(until - moment).total_seconds() // 1))
    minutes = -(-seconds // 60)
    if minutes == 1:
        said = say(
            "There were too many attempts to sign in. Try again in a minute, or ask an administrator for a "
            "sign-in link."
        )
    else:
        said = say(
            "There were too many attempts to sign in. Try again in %(minutes)s minutes, or ask an administrator for a "
            "sign-in link.",
            minutes=minutes,
        )
    return TooManyAttempts(said, seconds, until)

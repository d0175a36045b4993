"""The connection to the people database: SQLite by default, PostgreSQL by URL.

Reads run without a transaction of their own (every statement sees what is committed). Writes run in one transaction
that takes SQLite's write lock at its beginning, so that a check and the change that depends on it cannot be torn
apart; on PostgreSQL `exclusive` takes an advisory lock for the same end.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import make_url

BUSY_MS = 15_000
_READ_OPTIONS: dict[str, dict[str, Any]] = {
    "sqlite": {"hindsight_read": True},  # no BEGIN at all: the driver commits each statement by itself
    "postgresql": {"isolation_level": "AUTOCOMMIT"},
}
EXCLUSIVE_LOCK = 0x48494E44  # "HIND": whatever must see all accounts stand still


class Database:
    """One engine. Safe to share between threads; open it after forking, not before."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        parsed = make_url(url)
        if parsed.drivername in {"postgres", "postgresql"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        self.dialect = parsed.get_backend_name()
        if self.dialect not in {"sqlite", "postgresql"}:
            raise ValueError(f"people are kept in SQLite or PostgreSQL, not in {self.dialect}")
        if self.dialect == "sqlite" and not parsed.database:
            raise ValueError("a SQLite database in memory is not shared by processes; name a file")
        if self.dialect == "sqlite" and parsed.database:
            _make_private(Path(parsed.database).absolute())
        options: dict[str, Any] = {"pool_size": pool_size, "max_overflow": 2 * pool_size}
        if self.dialect == "postgresql":
            options.update(pool_pre_ping=True, pool_recycle=1800)
        self.engine: Engine = create_engine(parsed, **options)
        self._reads = self.engine.execution_options(**_READ_OPTIONS[self.dialect])
        if self.dialect == "sqlite":
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        self._file = parsed.database if self.dialect == "sqlite" else None
        self._watcher: sqlite3.Connection | None = None
        self._watching = threading.Lock()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection for reading; each statement sees the newest committed state."""
        with self._reads.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, exclusive: bool = False) -> Iterator[Connection]:
        """One transaction: committed when the block ends, undone when it raises.

        `exclusive` lets no other exclusive transaction run beside it, on either database.
        """
        with self.engine.begin() as connection:
            if exclusive and self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": EXCLUSIVE_LOCK})
            yield connection

    def version(self) -> int | None:
        """A number that is another one after anything was committed, by whatever process; None where the database has
        no such number (PostgreSQL). It costs a fiftieth of a query.
        """
        if self._file is None:
            return None
        with self._watching:
            if self._watcher is None:  # of its own: a connection's number does not count what is written by itself
                self._watcher = sqlite3.connect(self._file, check_same_thread=False, isolation_level=None)
            return int(self._watcher.execute("PRAGMA data_version").fetchone()[0])

    def tidy(self, *tables: str) -> None:
        """Let go of what these tables held before, as far as the database can: SQLite empties its log, PostgreSQL takes
        old versions of rows away. Others who read at the moment keep it from that, and the next call makes up for it.
        """
        with self._reads.connect() as connection:
            if self.dialect == "postgresql":
                for table in tables:
                    connection.exec_driver_sql(f'VACUUM "{table}"')
                return
            connection.exec_driver_sql("PRAGMA busy_timeout=250")
            try:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").all()
            finally:
                connection.exec_driver_sql(f"PRAGMA busy_timeout={BUSY_MS}")

    def close(self) -> None:
        """Give all connections back."""
        with self._watching:
            if self._watcher is not None:
                self._watcher.close()
                self._watcher = None
        self.engine.dispose()


def _make_private(path: Path) -> None:
    """Make the file where it is missing, for its owner alone (SQLite gives its side files the same mode)."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves: Python's own would start deferred
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout={BUSY_MS}")
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")  # people are truth: what was answered survives a power cut
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA secure_delete=ON")  # what somebody took back is not left in free pages
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get("hindsight_read"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")

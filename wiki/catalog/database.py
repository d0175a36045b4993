"""SQLite connections of the catalog: one for each thread, readers never waiting for the writer (WAL)."""

from __future__ import annotations

import re
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from wiki.catalog.schema import ALL_TABLES, SCHEMA_VERSION, TABLES

BUSY_MS = 20_000


class Database:
    """The file at `path`, made with an empty catalog when it is missing or of another version.

    `synchronous=NORMAL` may lose the last transactions to a power cut, never the file's consistency; the cursor is in
    the same transaction as the data, so what was lost is followed again.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def connection(self) -> sqlite3.Connection:
        """This thread's connection, in autocommit mode."""
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._open()
            self._local.connection = connection
            with self._lock:
                self._all.append(connection)
        return connection

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._connect()
        except sqlite3.OperationalError:
            # Locked, or the disk is full: the file itself is sound.
            raise
        except sqlite3.DatabaseError:
            # Damaged. Nothing in it is needed: it comes back from the repository.
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self.path}{suffix}").unlink(missing_ok=True)
            return self._connect()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        try:
            _set_up(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def close(self) -> None:
        """Close every thread's connection. Nobody may be using one."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._local = threading.local()


def _set_up(connection: sqlite3.Connection) -> None:
    _use_wal(connection)
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute("PRAGMA temp_store=MEMORY")
    connection.execute("PRAGMA mmap_size=268435456")
    if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
        with transaction(connection):
            if connection.execute("PRAGMA user_version").fetchone()[0] != SCHEMA_VERSION:
                make_empty(connection)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging. SQLite does not wait when several processes do so at the same moment."""
    deadline = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)
        else:
            return


@contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    """All or nothing, holding the database's one write lock from the start."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """Several reads of one and the same state."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("ROLLBACK")


def make_empty(connection: sqlite3.Connection) -> None:
    """Drop whatever is there and make the tables anew, inside the caller's transaction."""
    present = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    for (name,) in present:
        if not name.startswith("sqlite_"):
            connection.execute(f'DROP TABLE "{name}"')
    for statement in re.sub(r"--.*", "", TABLES).split(";"):
        if statement.strip():
            connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def dump(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, sorted: what must be equal after a rebuild."""
    return {
        table: sorted(connection.execute(f"SELECT * FROM {table}").fetchall(), key=repr)  # noqa: S608 - our own names
        for table in ALL_TABLES
    }

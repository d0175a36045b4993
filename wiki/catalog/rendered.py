"""Rendered pages, kept in a small database of their own, so that keeping one never waits for the catalog's writer."""

from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

MAX_ROWS = 5_000
_PRUNE_EVERY = 100


class RenderedPages:
    """HTML by key. Bounded: every so often, all but the newest MAX_ROWS are dropped."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._local = threading.local()
        self._all: list[sqlite3.Connection] = []
        self._lock = threading.Lock()
        self._put = 0

    def _connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            connection = sqlite3.connect(self.path, timeout=0.05, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA synchronous=OFF")
            connection.execute("PRAGMA mmap_size=268435456")
            with self._lock:
                self._all.append(connection)
            self._local.connection = connection
            connection.execute(
                "CREATE TABLE IF NOT EXISTS pages (number INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, html TEXT)"
            )
        return connection

    def get(self, key: str) -> str | None:
        """The page with this key, None when it is not kept."""
        try:
            row = self._connection().execute("SELECT html FROM pages WHERE key = ?", (key,)).fetchone()
        except sqlite3.DatabaseError:
            # Busy or damaged: a cache that cannot answer is empty.
            return None
        return row[0] if row else None

    def put(self, key: str, html: str) -> None:
        """Keep a page, unless somebody else is writing right now: then it is kept the next time."""
        try:
            connection = self._connection()
            connection.execute("INSERT OR REPLACE INTO pages (key, html) VALUES (?, ?)", (key, html))
            self._put += 1
            if self._put % _PRUNE_EVERY == 0:
                connection.execute("DELETE FROM pages WHERE number <= (SELECT MAX(number) FROM pages) - ?", (MAX_ROWS,))
        except sqlite3.DatabaseError:
            return

    def close(self) -> None:
        """Close every thread's connection."""
        with self._lock:
            for connection in self._all:
                connection.close()
            self._all.clear()
        self._local = threading.local()

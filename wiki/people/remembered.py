"""Answers of the people database, remembered until anything is committed to it, by whatever process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from wiki.people.database import Database

MOST = 2_000
"""Answers to one question that one process remembers."""

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class Remembered(Generic[Key, Found]):
    """What `ask` found for each key: asked again after a commit, and each time where the database does not tell of
    commits (PostgreSQL). What is found must not be changed by whoever gets it. Safe between threads.
    """

    def __init__(self, database: Database, ask: Callable[[Key], Found]) -> None:
        self._database = database
        self._ask = ask
        self._lock = threading.Lock()
        self._version: int | None = None
        self._known: dict[Key, Found] = {}

    def of(self, key: Key) -> Found:
        """As `ask`, from memory where nothing has changed since."""
        version = self._database.version()
        if version is None:
            return self._ask(key)
        with self._lock:
            if version != self._version or len(self._known) >= MOST:
                self._version = version
                self._known.clear()
            elif key in self._known:
                return self._known[key]
        found = self._ask(key)
        with self._lock:
            if version == self._version:  # else somebody has seen a newer state than what was just read
                self._known[key] = found
        return found

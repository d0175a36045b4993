"""Passwords: argon2id, hashed anew when the parameters have changed since."""

from __future__ import annotations

import threading

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError


class Passwords:
    """Hashes and checks. Every check costs the same, also for a name that has no account or no password yet."""

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher()
        self._decoy: str | None = None
        self._lock = threading.Lock()

    @classmethod
    def quick(cls) -> Passwords:
        """Cheap parameters for tests; never for a wiki that people use."""
        return cls(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    def hash(self, password: str) -> str:
        """What is kept of a password."""
        return self._hasher.hash(_encoded(password))

    def verify(self, kept: str | None, password: str) -> bool:
        """Whether this is the password; with `kept` None, False after as long a time."""
        decoy = self._ready_decoy()
        try:
            self._hasher.verify(kept or decoy, _encoded(password))
        except (VerificationError, InvalidHashError):
            return False
        return kept is not None

    def outdated(self, kept: str) -> bool:
        """Whether `kept` was made with other parameters than today's."""
        return self._hasher.check_needs_rehash(kept)

    def _ready_decoy(self) -> str:
        """The hash that unknown names are checked against; made before the first check of any kind, so that the
        first unknown name is not told by its slowness."""
        with self._lock:
            if self._decoy is None:
                self._decoy = self._hasher.hash("no account has this password")
            return self._decoy


def _encoded(password: str) -> bytes:
    return password.encode("utf-8", "surrogatepass")

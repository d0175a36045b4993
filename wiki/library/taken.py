"""Which addresses a new entry cannot have."""

from __future__ import annotations

from collections.abc import Callable

from wiki.content.store import Snapshot


class Taken:
    """The paths that a new entry cannot have: files that are there (case aside), and addresses that redirect."""

    def __init__(self, snapshot: Snapshot, former: Callable[[str], bool]) -> None:
        self._snapshot = snapshot
        self._former = former
        self._folders: dict[str, set[str]] = {}
        self.added: set[str] = set()

    def __contains__(self, folded: object) -> bool:
        path = str(folded)
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            self._folders[folder] = {name.casefold() for name, _ in self._snapshot.files(folder)}
        return path in self._folders[folder] or path in self.added or self._former(path)

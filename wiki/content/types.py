"""The words of the git store: what is written, what comes back, and what can go wrong.

Paths are relative, with `/`, as they stand in the repository. Revisions are blob ids and commits are commit ids,
40 hexadecimal digits each.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

ACCOUNT_DOMAIN = "account.invalid"


@dataclass(frozen=True, slots=True)
class Author:
    """Who made a commit. `id` is the account's id, or empty for a commit pushed from outside.

    Git asks for a mail address; the field holds `<id>@account.invalid`, which can never be delivered to.
    """

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Blob:
    """One file as it stood in one commit."""

    path: str
    revision: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Saved:
    """What a save did. `merged` says that somebody else's change was merged in; `commit` is the tip after it."""

    commit: str
    path: str
    revision: str
    merged: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """One file to write (`data`) or to remove (`data` is None) in a commit."""

    path: str
    data: bytes | None


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file that a commit changed: `before` and `after` are blob ids, None where there was or is no file."""

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class CommitInfo:
    """One commit: who, when (UTC), why, and the files that differ from its first parent."""

    id: str
    parents: tuple[str, ...]
    at: dt.datetime
    author: Author
    message: str
    changes: tuple[FileChange, ...] = field(default=())


class ContentError(Exception):
    """The store could not do what was asked; the message is a sentence for people."""


class Missing(ContentError):
    """There is no such file, version or commit."""


class Exists(ContentError):
    """There is already a file at this path, or one whose path differs only in case."""


class UnknownCommit(ContentError):
    """A commit is not in the history of the tip: the history was rewritten, or it belongs to another repository."""


class Busy(ContentError):
    """Somebody else has been writing for so long that waiting was given up; nothing was written."""


class Conflict(ContentError):
    """Somebody else changed the same lines. Nothing was written; all three texts are here.

    `base` is what the writer started from, `theirs` what stands in the repository now (its blob id is
    `revision`), `yours` what was to be saved.
    """

    def __init__(self, base: bytes, theirs: bytes, yours: bytes, revision: str) -> None:
        super().__init__("Somebody else changed the same lines. Compare both texts and save again.")
        self.base = base
        self.theirs = theirs
        self.yours = yours
        self.revision = revision

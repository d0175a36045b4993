"""Every entry, every version of it, who wrote it and why, in a bare git repository."""

from wiki.content.store import ContentStore
from wiki.content.types import (
    Author,
    Blob,
    Busy,
    Change,
    CommitInfo,
    Conflict,
    ContentError,
    Exists,
    FileChange,
    Missing,
    Saved,
    UnknownCommit,
)

__all__ = [
    "Author",
    "Blob",
    "Busy",
    "Change",
    "CommitInfo",
    "Conflict",
    "ContentError",
    "ContentStore",
    "Exists",
    "FileChange",
    "Missing",
    "Saved",
    "UnknownCommit",
]

"""What pages, the API, the import and commands call. Nothing else writes entries."""

from wiki.library.library import Library
from wiki.library.types import (
    AttachedFile,
    BulkItem,
    BulkReport,
    Draft,
    EditConflict,
    EntryFields,
    Forbidden,
    LibraryError,
    NotFound,
    ReadEntry,
    Refusal,
    SaveResult,
)

__all__ = [
    "AttachedFile",
    "BulkItem",
    "BulkReport",
    "Draft",
    "EditConflict",
    "EntryFields",
    "Forbidden",
    "Library",
    "LibraryError",
    "NotFound",
    "ReadEntry",
    "Refusal",
    "SaveResult",
]

"""What pages, the API, the import and commands call. Nothing else writes entries."""

from wiki.library.library import Library
from wiki.library.living import StepTaken
from wiki.library.notes import automatic_notes
from wiki.library.types import (
    AttachedFile,
    BulkItem,
    BulkReport,
    Draft,
    EditConflict,
    EntryFields,
    Forbidden,
    LibraryError,
    LifeFields,
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
    "LifeFields",
    "NotFound",
    "ReadEntry",
    "Refusal",
    "SaveResult",
    "StepTaken",
    "automatic_notes",
]

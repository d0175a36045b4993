"""Which problem each refusal of the layers below becomes."""

from __future__ import annotations

from wiki.api.fields import InputFaults
from wiki.api.problems import Problem
from wiki.catalog import CatalogError
from wiki.content import Busy, ContentError, Exists, Missing
from wiki.entries import EntryError
from wiki.library import EditConflict, Forbidden, LibraryError, NotFound
from wiki.people import PeopleError


def translated(error: Exception) -> Problem | None:
    """The problem for an exception that is a refusal; None for one that nobody foresaw."""
    if isinstance(error, InputFaults):
        faults = [{"field": fault.name, "detail": fault.message} for fault in error.faults]
        return Problem(422, str(error), errors=faults)
    if isinstance(error, EntryError):
        return Problem(422, str(error), errors=[{"field": error.field or "body", "detail": str(error)}])
    if isinstance(error, EditConflict):
        return Problem(409, str(error), revision=error.revision)
    if isinstance(error, Busy):
        return Problem(503, str(error), headers={"Retry-After": "2"})
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return Problem(status, str(error))
    return None


_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (NotFound, 404),
    (Missing, 404),
    (Forbidden, 403),
    (Exists, 409),
    (LibraryError, 422),
    (ContentError, 422),
    (CatalogError, 422),
    (PeopleError, 422),
)

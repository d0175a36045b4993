"""The one-line observation: something noticed in passing, kept as a lesson that somebody sorts later."""

from __future__ import annotations

from wiki.catalog import CatalogEntry
from wiki.library import EntryFields
from wiki.reviews.passages import title_of
from wiki.reviews.rules import check_text
from wiki.reviews.types import ReviewError
from wiki.services import Services
from wiki.viewer import Viewer
from wiki.words import say

MAX_OBSERVATION = 2_000
STATUS = "observation"


def observe(parts: Services, text: str, viewer: Viewer, *, seen_at: str = "") -> CatalogEntry:
    """Keep an observation as a lesson with the status `observation`; its title is its first sentence.

    `seen_at` is the id of the entry that was being read, if one was: the observation links it, and is for the same
    readers. Raises ReviewError, Forbidden.
    """
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise ReviewError("Write a sentence about what you noticed.", "text")
    check_text(said, MAX_OBSERVATION, "text", say("An observation"))
    known = parts.catalog.entries_by_id([seen_at], viewer).get(seen_at) if seen_at else None
    body = said
    audience: tuple[str, ...] = ()
    if known is not None:
        label = " ".join(known.title.replace("[", " ").replace("]", " ").replace("|", " ").split())
        body, audience = f"{said}\n\nNoticed while reading [[{known.id}|{label}]].", tuple(known.audience)
    fields = EntryFields(
        kind="lesson",
        title=title_of(said) or said[:80],
        body=body + "\n",
        status=STATUS,
        audience=audience,
        team=known.team or "" if known is not None else "",
    )
    return parts.library.create(fields, viewer=viewer, message="Note an observation")

"""Which entry somebody means who types a title, an address or an id."""

from __future__ import annotations

from wiki.catalog import CatalogEntry, Redirect
from wiki.entries import EntryError
from wiki.services import Services
from wiki.viewer import Viewer
from wiki.words import say


def entry_named(parts: Services, text: str, viewer: Viewer) -> CatalogEntry:
    """The entry that is meant. Raises EntryError (field `named`), also for what the viewer may not see."""
    text = text.strip()
    path = text.partition("/wiki/")[2].partition("#")[0] or text
    found = parts.catalog.entry(text) or parts.catalog.by_path(path.strip("/"))
    entry = found.entry if isinstance(found, Redirect) else found
    if entry is None or not viewer.may_see(entry.audience):
        entry = parts.catalog.resolve([text], viewer).get(text) if text else None
    if entry is None:
        raise EntryError(
            say("There is no entry called “%(text)s”. Give its title or its address.", text=text[:80]), "named"
        )
    return entry

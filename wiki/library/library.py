"""The library: checks, writes, brings the catalog up to date and nudges the indexer, in that order, then answers."""

from __future__ import annotations

from wiki.catalog import CatalogEntry, Deleted, Version
from wiki.catalog.convert import url_of
from wiki.library.base import text_of
from wiki.library.naming import Naming
from wiki.library.types import NotFound, ReadEntry
from wiki.viewer import Viewer


class Library(Naming):
    """What pages, the API, the import and commands call; nothing else writes entries.

    Every write takes `viewer` (who asks: permissions, and by default the author of the commit) and may name another
    `author`. `message` says what changed and why; a plain one is made where it is empty. Errors carry a sentence for
    people: EntryError (with the field), NotFound, Forbidden and EditConflict (all LibraryError but the first), and
    ContentError (Busy and the like).
    """

    def read(self, id_or_path: str, viewer: Viewer) -> ReadEntry:
        """An entry and its text by id or path (`item, entry, raw = ...`); the id of one that was merged into another
        means that one. Raises NotFound, also for what the viewer may not see."""
        catalog = self._catalog
        found = (
            catalog.entry(id_or_path) or catalog.by_path(id_or_path) or catalog.curation.successor(id_or_path, viewer)
        )
        item = self._visible(found, viewer)
        raw = self._store.blob(item.revision)
        return ReadEntry(item, text_of(raw, item.id, item.path), raw)

    def read_version(self, entry_id: str, revision: str, viewer: Viewer) -> tuple[Version, ReadEntry]:
        """An old version, of a deleted entry too; the viewer must be allowed to see the entry both as it was and as
        it is. Raises NotFound."""
        gone = self._catalog.deleted_entry(entry_id)
        version = self._catalog.version(entry_id, revision)
        item = self._visible(self._catalog.entry(entry_id) or (_ghost(gone) if gone else None), viewer)
        if version is None or not viewer.may_see(version.audience):
            raise NotFound
        raw = self._store.blob(version.revision)
        return version, ReadEntry(item, text_of(raw, entry_id, version.path), raw)


def _ghost(gone: Deleted) -> CatalogEntry:
    """A deleted entry in the shape of one, as it was last."""
    return CatalogEntry(
        id=gone.id,
        path=gone.path,
        url=url_of(gone.path),
        kind=gone.kind,
        title=gone.title,
        tags=(),
        team=None,
        date=None,
        year=None,
        status=None,
        audience=gone.audience,
        source=None,
        recurrence_of=(),
        former_titles=(),
        revision=gone.revision,
        error=None,
        created=gone.deleted,
        updated=gone.deleted,
    )

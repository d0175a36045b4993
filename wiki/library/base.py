"""What all parts of the library share: the stores, who may do what, and what happens after a write."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from wiki.catalog import Catalog, CatalogEntry, Redirect
from wiki.catalog.reading import is_attachment
from wiki.config import Config
from wiki.content import Author, ContentStore
from wiki.content.store import Snapshot
from wiki.entries import Entry, EntryError, parse
from wiki.library.types import Forbidden, NotFound
from wiki.viewer import Viewer


class LibraryBase:
    """Holds the parts; see `Library` for what it is for."""

    def __init__(self, config: Config, store: ContentStore, catalog: Catalog, nudge: Callable[[], None]) -> None:
        self._config = config
        self._store = store
        self._catalog = catalog
        self._nudge = nudge

    def _require_writer(self, viewer: Viewer) -> None:
        if not viewer.can_write:
            raise Forbidden("Your account may read but not write. Ask an administrator to make you an author.")

    def _require_reader(self, viewer: Viewer) -> None:
        if viewer.role is None and not self._config.public:
            raise NotFound

    def _visible(self, entry: CatalogEntry | Redirect | None, viewer: Viewer) -> CatalogEntry:
        """The entry, if the viewer may see it. Raises NotFound for either reason."""
        self._require_reader(viewer)
        if isinstance(entry, Redirect):
            entry = entry.entry
        if entry is None or not viewer.may_see(entry.audience):
            raise NotFound
        return entry

    def _present(self, entry_id: str, viewer: Viewer) -> CatalogEntry:
        """The entry as it is now, the catalog brought up to date first. Raises NotFound."""
        self._catalog.catch_up(limit=None)
        return self._visible(self._catalog.entry(entry_id), viewer)

    def _present_in(self, snapshot: Snapshot, entry_id: str, viewer: Viewer) -> tuple[CatalogEntry, bytes]:
        """The entry and its text in a snapshot of the tip, while the write lock is held. Raises NotFound.

        Our own writers wait for that lock; should a push come between, the compare-and-swap fails and this is asked
        again.
        """
        item = self._present(entry_id, viewer)
        data = snapshot.data(item.path)
        if data is None:
            raise NotFound
        return item, data

    def _check_audience(self, audience: tuple[str, ...], viewer: Viewer) -> None:
        """Raises EntryError for an audience that would lock its writer out."""
        if not viewer.may_see(audience):
            raise EntryError(
                "You are in none of these teams, so you could not see the page yourself. Add one of your own teams.",
                "audience",
            )

    def _written(self, entry_id: str) -> CatalogEntry:
        """After a write: the catalog follows in the same request, the indexer is told, the entry comes back."""
        self._after_write()
        entry = self._catalog.entry(entry_id)
        if entry is None:
            raise NotFound("The page was deleted by somebody else at the same moment.")
        return entry

    def _after_write(self) -> None:
        self._catalog.catch_up(limit=None)
        self._nudge()

    def _attached(self, snapshot: Snapshot, item: CatalogEntry) -> list[str]:
        """The paths of all files that belong to an entry, those in folders below included."""
        return [
            path
            for path, _ in snapshot.files(stem(item.path))
            if is_attachment(path) and self._owner_id(path) == item.id
        ]

    def _owner_id(self, path: str) -> str | None:
        owner = self._catalog.owner_of(path)
        return owner.id if isinstance(owner, CatalogEntry) else None


def stem(path: str) -> str:
    """The path of an entry without `.md`: the folder of its attachments."""
    return path.removesuffix(".md")


def author_for(viewer: Viewer, author: Author | None) -> Author:
    """Whose name a commit carries."""
    return author or Author(viewer.account_id or "", viewer.name)


def text_of(raw: bytes, item_id: str, path: str) -> Entry:
    """A file as an entry; where it cannot be read, an entry that holds its raw text."""
    try:
        return replace(parse(raw, path), id=item_id)
    except EntryError:
        body = raw.decode("utf-8", "replace").replace("\0", "\ufffd")
        shell = parse(b"", path)
        return replace(shell, id=item_id, body=body)


def readable(raw: bytes, path: str, item_id: str) -> Entry | None:
    """A file as an entry, None where it cannot be read."""
    try:
        return replace(parse(raw, path), id=item_id)
    except EntryError:
        return None

"""The library (signatures first; the code follows)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from wiki.catalog import Attachment, Catalog, CatalogEntry, Version
from wiki.config import Config
from wiki.content import Author, ContentStore
from wiki.library.types import AttachedFile, BulkItem, BulkReport, EntryFields, ReadEntry, SaveResult
from wiki.viewer import Viewer


class Library:
    """Checks, writes, brings the catalog up to date and nudges the indexer, in that order, before it answers.

    Every write takes `viewer` (who asks; permissions) and an optional `author` (whose name the commit carries;
    the viewer's own by default). `message` says what changed and why; a plain one is made where it is empty.
    Errors, all with a sentence for people: EntryError (wiki.entries; has .field), NotFound, Forbidden, EditConflict,
    LibraryError (their base), ContentError (wiki.content: Busy and the like).
    """

    def __init__(self, config: Config, store: ContentStore, catalog: Catalog, nudge: Callable[[], None]) -> None: ...

    def create(
        self, fields: EntryFields, *, viewer: Viewer, author: Author | None = None, message: str | None = None
    ) -> CatalogEntry:
        """Write a new entry. Raises EntryError, Forbidden."""
        raise NotImplementedError

    def save(
        self,
        entry_id: str,
        fields: EntryFields,
        *,
        base_revision: str,
        viewer: Viewer,
        author: Author | None = None,
        message: str | None = None,
    ) -> SaveResult:
        """Save on top of the version `base_revision`; a changed title is kept as a former title, the path stays.

        Merges with what others saved meanwhile. Raises EditConflict, EntryError, NotFound, Forbidden.
        """
        raise NotImplementedError

    def save_raw(
        self,
        entry_id: str,
        raw: bytes,
        *,
        base_revision: str,
        viewer: Viewer,
        author: Author | None = None,
        message: str | None = None,
    ) -> SaveResult:
        """Save the whole file, front matter included: how an entry with broken front matter is mended."""
        raise NotImplementedError

    def move(
        self,
        entry_id: str,
        *,
        title: str | None = None,
        path: str | None = None,
        viewer: Viewer,
        author: Author | None = None,
        message: str | None = None,
    ) -> CatalogEntry:
        """Give an entry another title, or another address (`path`, with or without `.md`), or both.

        With a title alone, its path follows. Attachments move along; old address and old title keep working.
        """
        raise NotImplementedError

    def delete(
        self, entry_id: str, *, viewer: Viewer, author: Author | None = None, message: str | None = None,
        base_revision: str | None = None,
    ) -> str:
        """Remove an entry and its attachments; gives the commit. With `base_revision`: only if nobody saved since."""
        raise NotImplementedError

    def restore(
        self, entry_id: str, *, viewer: Viewer, author: Author | None = None, message: str | None = None,
        revision: str | None = None,
    ) -> CatalogEntry:
        """Bring a deleted entry back (with its attachments), or set a present one back to an old `revision`."""
        raise NotImplementedError

    def read(self, id_or_path: str, viewer: Viewer) -> ReadEntry:
        """An entry and its text by id or path (`item, entry, raw = ...`). Raises NotFound."""
        raise NotImplementedError

    def read_version(self, entry_id: str, revision: str, viewer: Viewer) -> tuple[Version, ReadEntry]:
        """An old version; the viewer must be allowed to see the entry both as it was and as it is."""
        raise NotImplementedError

    def attach(
        self, entry_id: str, filename: str, data: bytes, *, viewer: Viewer, author: Author | None = None,
        message: str | None = None,
    ) -> Attachment:
        """Keep a file beside an entry, under a safe name that is not taken; the same bytes are kept once."""
        raise NotImplementedError

    def detach(self, path: str, *, viewer: Viewer, author: Author | None = None, message: str | None = None) -> None:
        """Remove an attachment."""
        raise NotImplementedError

    def read_attachment(self, path: str, viewer: Viewer) -> AttachedFile:
        """A file beside an entry that the viewer may see; former paths of the entry work. Raises NotFound."""
        raise NotImplementedError

    def template(self, kind: str) -> str:
        """The text that a new entry of this kind starts with: `templates/<kind>.md` in the repository, or empty."""
        raise NotImplementedError

    def bulk(
        self, items: Iterable[BulkItem], *, author: Author, viewer: Viewer, message: str, batch: int = 200,
        update: bool = False, progress: Callable[[int], None] | None = None,
    ) -> BulkReport:
        """Import: one commit for each batch, idempotent by id. `progress` gets the number of items done."""
        raise NotImplementedError

    def seed(self, folder: Path, *, author: Author) -> int:
        """Copy starter content into an empty repository (nothing happens in one that has commits); gives files."""
        raise NotImplementedError

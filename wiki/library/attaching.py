"""Files beside entries: kept in git with them, seen by whoever may see the entry."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

import pygit2

from wiki.catalog import Attachment, CatalogEntry, Redirect
from wiki.content import Author, Change
from wiki.content.store import Snapshot
from wiki.entries import EntryError
from wiki.library.base import LibraryBase, author_for, stem
from wiki.library.sniffing import claims_otherwise, sniff, suffix_for
from wiki.library.types import AttachedFile, NotFound
from wiki.slugs import free_path, slugify
from wiki.viewer import Viewer
from wiki.words import say


class Attaching(LibraryBase):
    """The part of the library that keeps files."""

    def attach(
        self,
        entry_id: str,
        filename: str,
        data: bytes,
        *,
        viewer: Viewer,
        author: Author | None = None,
        message: str | None = None,
    ) -> Attachment:
        """Keep a file beside an entry, under a safe name that is not taken; the same bytes are kept once.

        Raises EntryError (field `file`) for what is empty, too large, or not what its name says.
        """
        self._require_writer(viewer)
        name = self.check_file(filename, data)
        revision = str(pygit2.hash(data))
        kept: dict[str, str] = {}

        def build(snapshot: Snapshot) -> Sequence[Change]:
            item, _ = self._present_in(snapshot, entry_id, viewer)
            folder = stem(item.path)
            present = dict(snapshot.files(folder))
            same = next((path for path, blob in present.items() if blob == revision), None)
            base, suffix = posixpath.splitext(name)
            kept["path"] = same or free_path(folder, base, {path.casefold() for path in present}, suffix)
            return [] if same else [Change(kept["path"], data)]

        note = message or f"Attach {name}"
        self._store.update(build, author=author_for(viewer, author), message=note)
        self._after_write()
        found = self._catalog.attachment(kept["path"])
        if found is None:
            raise NotFound("The page was moved or deleted by somebody else at the same moment.")
        return found

    def check_file(self, filename: str, data: bytes) -> str:
        """The name under which a file may be kept. Raises EntryError (field `file`)."""
        limit = self._config.max_attachment_bytes
        if not data:
            raise EntryError("This file is empty. Choose another.", "file")
        if len(data) > limit:
            raise EntryError(
                say(
                    "This file has %(size)s bytes; at most %(limit)s are possible.",
                    size=len(data),
                    limit=limit,
                ),
                "file",
            )
        name = safe_name(filename, data)
        if name.endswith(".md"):
            raise EntryError("A Markdown file is a page of its own: import it, or rename it to end with .txt.", "file")
        if claims_otherwise(data, name):
            raise EntryError(
                say("“%(name)s” is not what its name says. Save it as a picture or PDF again.", name=name), "file"
            )
        return name

    def detach(self, path: str, *, viewer: Viewer, author: Author | None = None, message: str | None = None) -> None:
        """Remove an attachment. Raises NotFound."""
        self._require_writer(viewer)
        self._catalog.catch_up(limit=None)
        self._owner(path, viewer)

        def build(snapshot: Snapshot) -> Sequence[Change]:
            if snapshot.revision(path) is None:
                raise NotFound
            return [Change(path, None)]

        note = message or f"Remove {posixpath.basename(path)}"
        self._store.update(build, author=author_for(viewer, author), message=note)
        self._after_write()

    def read_attachment(self, path: str, viewer: Viewer) -> AttachedFile:
        """A file beside an entry that the viewer may see; former paths of the entry work. Raises NotFound."""
        self._require_reader(viewer)
        found = self._owner(path, viewer)
        data = self._store.blob(found.revision)
        kind = sniff(data, found.name)
        return AttachedFile(found.path, found.name, found.revision, data, kind.media_type, kind.inline)

    def _owner(self, path: str, viewer: Viewer) -> Attachment:
        """The attachment at a path or former path, once it is clear that the viewer may see its entry."""
        owner = self._catalog.owner_of(path)
        entry: CatalogEntry | None
        if isinstance(owner, Redirect):
            entry = owner.entry
            found = self._catalog.attachment(self._path_now(path, entry))
        else:
            entry = owner
            found = self._catalog.attachment(path)
        if found is None:
            raise NotFound
        if entry is None:
            self._check_orphan(path, viewer)
        elif not viewer.may_see(entry.audience):
            raise NotFound
        return found

    def _path_now(self, path: str, entry: CatalogEntry) -> str:
        """Where a file is after its entry moved: the folder named after a former path is named anew."""
        folder = posixpath.dirname(path)
        while folder:
            former = self._catalog.by_path(folder + ".md")
            if isinstance(former, Redirect) and former.entry.id == entry.id:
                return stem(entry.path) + path.removeprefix(folder)
            folder = posixpath.dirname(folder)
        return path

    def _check_orphan(self, path: str, viewer: Viewer) -> None:
        """A file that was pushed beside no entry is for all members, unless an entry, maybe a restricted one, stood
        there once."""
        folder = posixpath.dirname(path)
        while folder:
            if self._catalog.was_entry(folder + ".md") and not viewer.can_administer:
                raise NotFound
            folder = posixpath.dirname(folder)


def safe_name(filename: str, data: bytes) -> str:
    """A name for a file that is safe in paths and addresses: `Foto 1 (Kopie).PNG` gives `foto-1-kopie.png`."""
    base, suffix = posixpath.splitext(filename.replace("\\", "/").rpartition("/")[2].strip())
    suffix = suffix.lower() if suffix[1:].isascii() and suffix[1:].isalnum() and len(suffix) <= 10 else ""
    return slugify(base or "file") + (suffix or suffix_for(sniff(data, filename).media_type))

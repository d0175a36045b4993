"""The catalog (signatures first; the code follows)."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from wiki.catalog.types import (
    Attachment,
    CatalogEntry,
    Contributor,
    Count,
    Counts,
    Deleted,
    Order,
    Page,
    RecentChange,
    Redirect,
    Version,
)
from wiki.content import ContentStore
from wiki.viewer import Viewer

SMALL_GAP = 200


class Catalog:
    """Answers from derived SQLite; one object serves all threads of a process."""

    def __init__(self, path: Path, store: ContentStore) -> None: ...

    def catch_up(self, limit: int | None = SMALL_GAP) -> bool:
        """Follow the store to its tip; True when nothing is left.

        Pages call it once for each request. A gap of more than `limit` commits (or 500 files) is left alone and
        answered with False: the indexer's process calls it with None. Then `notice()` is the sentence to show.
        """
        raise NotImplementedError

    def notice(self) -> str | None:
        """A sentence for people when lists do not yet show the newest commits, else None."""
        raise NotImplementedError

    def cursor(self) -> str | None:
        """The commit that the catalog has caught up with."""
        raise NotImplementedError

    def behind(self) -> int:
        """How many commits of the tip's history are not followed yet."""
        raise NotImplementedError

    def entry(self, entry_id: str) -> CatalogEntry | None:
        """The entry with this id. NOT filtered by viewer: use `viewer.may_see(entry.audience)` or Library.read."""
        raise NotImplementedError

    def entries_by_id(self, ids: Iterable[str], viewer: Viewer) -> dict[str, CatalogEntry]:
        """Those of the entries that exist and that the viewer may see, by id, in one query."""
        raise NotImplementedError

    def by_path(self, path: str) -> CatalogEntry | Redirect | None:
        """The entry at an address (with or without `.md`), or a redirect from a former one. NOT filtered."""
        raise NotImplementedError

    def by_title(self, title: str, viewer: Viewer) -> CatalogEntry | None:
        """The entry with this title (case and spacing aside); former titles count where no present one fits."""
        raise NotImplementedError

    def entries(
        self,
        viewer: Viewer,
        *,
        kind: str | None = None,
        tag: str | None = None,
        team: str | None = None,
        status: str | None = None,
        year: int | None = None,
        author: str | None = None,
        order: Order = "updated",
        limit: int = 50,
        cursor: str | None = None,
    ) -> Page:
        """A filtered list. Raises CatalogError for an order or cursor that is none."""
        raise NotImplementedError

    def tags(self, viewer: Viewer) -> list[Count]:
        """Every tag with its count, most used first."""
        raise NotImplementedError

    def teams(self, viewer: Viewer) -> list[Count]:
        """Every team named by entries, with its count, most used first."""
        raise NotImplementedError

    def counts(self, viewer: Viewer) -> Counts:
        """Totals by kind, status and year."""
        raise NotImplementedError

    def recent(self, viewer: Viewer, limit: int = 50) -> list[RecentChange]:
        """The newest changes, newest first."""
        raise NotImplementedError

    def deleted(self, viewer: Viewer, limit: int = 100) -> list[Deleted]:
        """Entries that were deleted, latest first."""
        raise NotImplementedError

    def deleted_entry(self, entry_id: str) -> Deleted | None:
        """The deleted entry with this id. NOT filtered by viewer."""
        raise NotImplementedError

    def resolve(self, targets: Iterable[str], viewer: Viewer) -> dict[str, CatalogEntry | None]:
        """What `[[target]]`s mean, by target as written; None makes a red link."""
        raise NotImplementedError

    def links_of(self, entry_id: str, viewer: Viewer) -> dict[str, CatalogEntry | None]:
        """The `[[targets]]` of an entry, as written, and what they mean for this viewer; None makes a red link."""
        raise NotImplementedError

    def backlinks(self, entry_id: str, viewer: Viewer) -> list[CatalogEntry]:
        """Entries that link here, by title."""
        raise NotImplementedError

    def recurrences(self, entry_id: str, viewer: Viewer) -> list[CatalogEntry]:
        """Entries that say that the experience of this one came back (their `recurrence_of`)."""
        raise NotImplementedError

    def wanted(self, viewer: Viewer, limit: int = 50) -> list[Count]:
        """Titles that entries link to and that nobody has written yet, most wanted first."""
        raise NotImplementedError

    def suggest_titles(self, prefix: str, viewer: Viewer, limit: int = 10) -> list[CatalogEntry]:
        """Entries whose title starts with `prefix`, then those with a word that does."""
        raise NotImplementedError

    def history(self, entry_id: str, limit: int = 50, before: str | None = None) -> list[Version]:
        """The life of an entry, newest first, across renames and deletions; `before` is a commit of the list."""
        raise NotImplementedError

    def version(self, entry_id: str, revision: str) -> Version | None:
        """The version of an entry with this blob id (or made by this commit)."""
        raise NotImplementedError

    def contributors(self, entry_id: str) -> list[Contributor]:
        """Who took part, in the order in which they joined."""
        raise NotImplementedError

    def attachments(self, entry_id: str) -> list[Attachment]:
        """The files kept beside an entry, by name."""
        raise NotImplementedError

    def get_rendered(self, key: str) -> str | None:
        """A rendered page by its key (blob id and renderer version), None when it is not kept."""
        raise NotImplementedError

    def put_rendered(self, key: str, html: str) -> None:
        """Keep a rendered page. The table is bounded; what was kept longest goes first."""
        raise NotImplementedError

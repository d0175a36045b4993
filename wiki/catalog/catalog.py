"""The catalog: what lists, links and addresses need to know about entries, in derived SQLite.

It follows the git store through `catch_up` and is written by nothing else. Readers see the last finished state.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

from wiki.catalog import linking, listing, past
from wiki.catalog.convert import ENTRY_COLUMNS, to_attachment, to_entry
from wiki.catalog.curation import Curation
from wiki.catalog.database import Database, dump, make_empty, reading, transaction
from wiki.catalog.follower import Follower
from wiki.catalog.lives import Lives
from wiki.catalog.reading import link_key
from wiki.catalog.rendered import RenderedPages
from wiki.catalog.topics import Topics
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
from wiki.content.store import ContentStore
from wiki.content.types import UnknownCommit
from wiki.viewer import Viewer
from wiki.words import say_many

SMALL_GAP = 200
SMALL_FILES = 500


class Catalog:
    """Answers from derived SQLite; one object serves all threads of a process.

    Methods that take a viewer leave out what the viewer may not see. The few that do not say so: their callers
    (`wiki.library`) ask `viewer.may_see(entry.audience)`. `topics` answers for topic pages, `lives` for steps and
    actions, `curation` for those who keep the whole in order.
    """

    def __init__(self, path: Path, store: ContentStore) -> None:
        self.path = path
        self._store = store
        self._database = Database(path)
        self._rendered = RenderedPages(path.with_name("rendered.db"))
        self.topics = Topics(self._database.connection)
        self.lives = Lives(self._database.connection)
        self.curation = Curation(self._database.connection)

    @property
    def _db(self) -> sqlite3.Connection:
        return self._database.connection()

    def close(self) -> None:
        """Close the databases. Nobody may be using them."""
        self._database.close()
        self._rendered.close()

    def catch_up(self, limit: int | None = SMALL_GAP) -> bool:
        """Follow the store to its tip; True when nothing is left.

        Pages call it once for each request. A gap of more than `limit` commits (or 500 files) is left alone and
        answered with False: the indexer's process calls it with None. Then `notice()` is the sentence to show.
        """
        tip = self._store.tip()
        if tip is None or tip == self.cursor():
            return tip is not None or self._forget_all()
        if limit is not None and self._is_large(tip, limit):
            return False
        with transaction(self._db):
            self._follow()
        return True

    def notice(self) -> str | None:
        """A sentence for people when lists do not yet show the newest commits, else None."""
        behind = self.behind()
        if not behind:
            return None
        return say_many(
            "1 change is still being read in. Lists and links may lack the newest pages for a moment.",
            "%(behind)s changes are still being read in. Lists and links may lack the newest pages for a moment.",
            behind,
            behind=behind,
        )

    def cursor(self) -> str | None:
        """The commit that the catalog has caught up with."""
        row = self._db.execute("SELECT value FROM meta WHERE key = 'cursor'").fetchone()
        return row[0] if row else None

    def behind(self) -> int:
        """How many commits of the tip's history are not followed yet."""
        tip, cursor = self._store.tip(), self.cursor()
        if tip is None or tip == cursor:
            return 0
        try:
            return len(self._store.timeline(cursor, tip))
        except UnknownCommit:
            return len(self._store.timeline(None, tip))

    def entry(self, entry_id: str) -> CatalogEntry | None:
        """The entry with this id. NOT filtered by viewer: use `viewer.may_see(entry.audience)` or Library.read."""
        row = self._db.execute(f"SELECT {ENTRY_COLUMNS} FROM entries e WHERE e.id = ?", (entry_id,)).fetchone()  # noqa: S608
        return to_entry(row) if row else None

    def entries_by_id(self, ids: Iterable[str], viewer: Viewer) -> dict[str, CatalogEntry]:
        """Those of the entries that exist and that the viewer may see, by id, in one query."""
        return listing.by_ids(self._db, ids, viewer)

    def by_path(self, path: str) -> CatalogEntry | Redirect | None:
        """The entry at an address (with or without `.md`), or a redirect from a former one. NOT filtered."""
        candidates = [path + ".md", path] if path.endswith(".md") else [path + ".md"]
        for candidate in candidates:
            row = self._db.execute(f"SELECT {ENTRY_COLUMNS} FROM entries e WHERE e.path = ?", (candidate,)).fetchone()  # noqa: S608
            if row:
                return to_entry(row)
        for candidate in candidates:
            entry = self._former(candidate)
            if entry:
                return Redirect(entry)
        return None

    def by_title(self, title: str, viewer: Viewer) -> CatalogEntry | None:
        """The entry with this title (case and spacing aside); former titles count where no present one fits."""
        row = listing.visible(viewer)
        row.add("n.key = ? AND n.rank IN (1, 3)", link_key(title))
        found = self._db.execute(
            f"SELECT {ENTRY_COLUMNS} FROM names n JOIN entries e ON e.id = n.entry_id{row.sql}"  # noqa: S608
            " ORDER BY n.rank, e.created_seq, e.id LIMIT 1",
            row.values,
        ).fetchone()
        return to_entry(found) if found else None

    def entries(  # noqa: PLR0913 - the filters of one list
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
        filters = {"kind": kind, "tag": tag, "team": team, "status": status, "year": year, "author": author}
        with reading(self._db):
            return listing.entries(self._db, viewer, filters, order, limit, cursor)

    def tags(self, viewer: Viewer) -> list[Count]:
        """Every tag with its count, most used first."""
        return listing.tags(self._db, viewer)

    def teams(self, viewer: Viewer) -> list[Count]:
        """Every team named by entries, with its count, most used first."""
        return listing.teams(self._db, viewer)

    def counts(self, viewer: Viewer) -> Counts:
        """Totals by kind, status and year."""
        return listing.counts(self._db, viewer)

    def recent(self, viewer: Viewer, limit: int = 50) -> list[RecentChange]:
        """The newest changes, newest first."""
        return listing.recent(self._db, viewer, limit)

    def deleted(self, viewer: Viewer, limit: int = 100) -> list[Deleted]:
        """Entries that were deleted, latest first."""
        return listing.deleted(self._db, viewer, limit)

    def deleted_entry(self, entry_id: str) -> Deleted | None:
        """The deleted entry with this id. NOT filtered by viewer."""
        return listing.deleted_entry(self._db, entry_id)

    def resolve(self, targets: Iterable[str], viewer: Viewer) -> dict[str, CatalogEntry | None]:
        """What `[[target]]`s mean, by target as written; None makes a red link."""
        return linking.resolve(self._db, targets, viewer)

    def links_of(self, entry_id: str, viewer: Viewer) -> dict[str, CatalogEntry | None]:
        """The `[[targets]]` of an entry, as written, and what they mean for this viewer; None makes a red link."""
        return linking.links_of(self._db, entry_id, viewer)

    def backlinks(self, entry_id: str, viewer: Viewer) -> list[CatalogEntry]:
        """Entries that link here, by title."""
        return linking.backlinks(self._db, entry_id, viewer)

    def recurrences(self, entry_id: str, viewer: Viewer) -> list[CatalogEntry]:
        """Entries that say that the experience of this one came back (their `recurrence_of`)."""
        return linking.recurrences(self._db, entry_id, viewer)

    def wanted(self, viewer: Viewer, limit: int = 50) -> list[Count]:
        """Titles that entries link to and that nobody has written yet, most wanted first."""
        return linking.wanted(self._db, viewer, limit)

    def suggest_titles(self, prefix: str, viewer: Viewer, limit: int = 10) -> list[CatalogEntry]:
        """Entries whose title starts with `prefix`, then those with a word that does."""
        return listing.suggest_titles(self._db, prefix, viewer, limit)

    def history(self, entry_id: str, limit: int = 50, before: str | None = None) -> list[Version]:
        """The life of an entry, newest first, across renames and deletions; `before` is a commit of the list."""
        return past.history(self._db, entry_id, limit, before)

    def version(self, entry_id: str, revision: str) -> Version | None:
        """The version of an entry with this blob id (or made by this commit)."""
        return past.version(self._db, entry_id, revision)

    def contributors(self, entry_id: str) -> list[Contributor]:
        """Who took part, in the order in which they joined."""
        return past.contributors(self._db, entry_id)

    def attachments(self, entry_id: str) -> list[Attachment]:
        """The files kept beside an entry, by name."""
        rows = self._db.execute(
            "SELECT a.path, a.name, a.revision, a.size FROM entries e"
            " JOIN attachments a ON a.folder = substr(e.path, 1, length(e.path) - 3) WHERE e.id = ? ORDER BY a.name",
            (entry_id,),
        )
        return [to_attachment(row) for row in rows]

    def get_rendered(self, key: str) -> str | None:
        """A rendered page by its key (blob id and renderer version), None when it is not kept."""
        return self._rendered.get(key)

    def put_rendered(self, key: str, html: str) -> None:
        """Keep a rendered page. The table is bounded; what was kept longest goes first."""
        self._rendered.put(key, html)

    def attachment(self, path: str) -> Attachment | None:
        """The file beside an entry at this path. NOT filtered by viewer."""
        row = self._db.execute("SELECT path, name, revision, size FROM attachments WHERE path = ?", (path,)).fetchone()
        return to_attachment(row) if row else None

    def owner_of(self, path: str) -> CatalogEntry | Redirect | None:
        """The entry that a file belongs to: the one that its folder, or the nearest folder above, is named after."""
        folder = path.rpartition("/")[0]
        while folder:
            found = self.by_path(folder + ".md")
            if found is not None:
                return found
            folder = folder.rpartition("/")[0]
        return None

    def was_entry(self, path: str) -> bool:
        """Whether an entry that is deleted now stood at this path."""
        return self._db.execute("SELECT 1 FROM gone WHERE path = ? LIMIT 1", (path,)).fetchone() is not None

    def changed_since(self, cursor: str) -> tuple[str, list[CatalogEntry], list[str]] | None:
        """What an index that has followed to `cursor` must do to reach the catalog's own cursor, all from one state:
        (that cursor, entries to write, ids to drop). None where `cursor` is unknown. NOT filtered by viewer."""
        db = self._db
        with reading(db):
            now = self.cursor() or ""
            row = db.execute("SELECT seq FROM commits WHERE id = ?", (cursor,)).fetchone()
            if row is None:
                return None
            sql = f"SELECT {ENTRY_COLUMNS} FROM entries e WHERE e.touched > ? ORDER BY e.touched, e.id"  # noqa: S608
            upserts = [to_entry(found) for found in db.execute(sql, row)]
            deletes = [found[0] for found in db.execute("SELECT id FROM gone WHERE seq > ? ORDER BY id", row)]
            return now, upserts, deletes

    def everything(self) -> tuple[str, list[CatalogEntry]]:
        """The catalog's cursor and every entry, from one state. NOT filtered by viewer."""
        with reading(self._db):
            sql = f"SELECT {ENTRY_COLUMNS} FROM entries e ORDER BY e.id"  # noqa: S608
            return self.cursor() or "", [to_entry(row) for row in self._db.execute(sql)]

    def dump(self) -> dict[str, list[tuple[object, ...]]]:
        """Every row of every table, sorted: equal for two catalogs that have followed the same history."""
        with reading(self._db):
            return dump(self._db)

    def _former(self, path: str) -> CatalogEntry | None:
        """The entry that stood at this path before: by what it says itself, else by its history."""
        db = self._db
        row = db.execute(
            f"SELECT {ENTRY_COLUMNS} FROM redirects r JOIN entries e ON e.id = r.entry_id WHERE r.path = ?"  # noqa: S608
            " ORDER BY e.updated_seq DESC, e.id LIMIT 1",
            (path,),
        ).fetchone()
        row = (
            row
            or db.execute(
                f"SELECT {ENTRY_COLUMNS} FROM versions v JOIN entries e ON e.id = v.entry_id WHERE v.path = ?"  # noqa: S608
                " ORDER BY v.number DESC LIMIT 1",
                (path,),
            ).fetchone()
        )
        return to_entry(row) if row else None

    def _is_large(self, tip: str, limit: int) -> bool:
        cursor = self.cursor()
        for count, commit in enumerate(self._store.ancestors(tip)):
            if commit == cursor:
                return self._store.differences(cursor, tip) > SMALL_FILES
            if count >= limit:
                return True
        return self._store.differences(None, tip) > SMALL_FILES

    def _forget_all(self) -> bool:
        """An empty repository has an empty catalog."""
        if self.cursor() is not None:
            with transaction(self._db):
                make_empty(self._db)
        return True

    def _follow(self) -> None:
        """Follow to the tip, in the caller's transaction. Somebody else may have done so while we waited for it."""
        db, store = self._db, self._store
        tip, cursor = store.tip(), self.cursor()
        if tip is None or tip == cursor:
            return
        try:
            commits = store.timeline(cursor, tip)
        except UnknownCommit:
            # The history was rewritten, or another one restored: nothing that was followed can be trusted.
            make_empty(db)
            commits = store.timeline(None, tip)
        seq = db.execute("SELECT COALESCE(MAX(seq), 0) FROM commits").fetchone()[0]
        follower = Follower(db, store)
        for commit in commits:
            seq += 1
            follower.apply(store.commit(commit), seq)
        follower.finish()
        db.execute("INSERT OR REPLACE INTO meta VALUES ('cursor', ?)", (tip,))

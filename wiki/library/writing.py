"""Entries made, changed, moved, deleted and brought back. Every one is a single commit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from wiki.catalog import CatalogEntry, Redirect
from wiki.content import Author, Change, Conflict, Missing
from wiki.content.store import Snapshot
from wiki.entries import KINDS, Entry, EntryError, Kind, clean_title, decode, kind_of, parse, render
from wiki.library.base import author_for, readable, stem, text_of
from wiki.library.fields import apply_fields, check_entry, home, moved, retitled
from wiki.library.notes import CREATE, DELETE, EDIT, MOVE, RENAME, RESTORE
from wiki.library.recurring import Recurring
from wiki.library.standing import check_standing, today
from wiki.library.taken import Taken
from wiki.library.types import EditConflict, EntryFields, LibraryError, NotFound, SaveResult
from wiki.slugs import PathError, check_path, free_path, is_team_slug, new_id, slugify
from wiki.viewer import Viewer
from wiki.words import say

BROKEN = say("The front matter of this page cannot be read, so only its raw text can be edited. Mend that first.")


class Writing(Recurring):
    """The writing half of the library."""

    def kinds(self) -> list[Kind]:
        """The kinds of entries here: the built-in ones, and one for each further `templates/<kind>.md`."""
        added = [
            path.removeprefix("templates/").removesuffix(".md")
            for path, _ in self._store.snapshot().files("templates")
            if path.endswith(".md")
        ]
        return [*KINDS.values(), *(kind_of(slug) for slug in added if slug not in KINDS and is_team_slug(slug))]

    def template(self, kind: str) -> str:
        """The text that a new entry of this kind starts with: `templates/<kind>.md` in the repository, or empty."""
        if not is_team_slug(kind):
            return ""
        try:
            return decode(self._store.read(f"templates/{kind}.md").data)
        except (Missing, EntryError):
            return ""

    def _check(self, entry: Entry, viewer: Viewer, before: Entry | None = None, why: str | None = None) -> None:
        """Raise EntryError for what may not be saved; `before` is what stands there, None for a new entry."""
        kinds = KINDS.keys() if entry.kind in KINDS else {kind.slug for kind in self.kinds()}
        check_entry(entry, kinds, self._config.max_body_bytes)
        self._check_audience(entry.audience, viewer)
        check_standing(before, entry, viewer, why or "")

    def _taken(self, snapshot: Snapshot) -> Taken:
        return Taken(snapshot, lambda path: isinstance(self._catalog.by_path(path), Redirect))

    def create(
        self,
        fields: EntryFields,
        *,
        viewer: Viewer,
        author: Author | None = None,
        message: str | None = None,
        entry_id: str | None = None,
    ) -> CatalogEntry:
        """Write a new entry at an address of its own. Raises EntryError, Forbidden.

        With `entry_id` (chosen by the caller beforehand) the entry is made once, however often and from wherever this
        is asked: where it is there already, it comes back as it is. Raises NotFound where it was deleted since.
        """
        self._require_writer(viewer)
        blank = Entry(id=entry_id or new_id(), kind="page", title="", body="")
        entry = apply_fields(blank, fields)
        self._check(entry, viewer)
        folder, name = home(entry, today())
        data = render(entry)

        def build(snapshot: Snapshot) -> Sequence[Change]:
            if entry_id is not None and self._was_made(entry_id):
                return []
            return [Change(free_path(folder, name, self._taken(snapshot)), data)]

        note = message or CREATE.format(entry.title)
        self._store.update(build, author=author_for(viewer, author), message=note)
        self._came_back(entry.id, entry.recurrence_of, viewer, author)
        return self._written(entry.id)

    def _was_made(self, entry_id: str) -> bool:
        """Whether there is or was an entry with this id; asked while the write lock is held."""
        self._catalog.catch_up(limit=None)
        return self._catalog.entry(entry_id) is not None or self._catalog.deleted_entry(entry_id) is not None

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

        Merges with what others saved meanwhile. Raises EditConflict, EntryError, NotFound, Forbidden, and
        LibraryError for a base that is no version of this entry.
        """
        self._require_writer(viewer)
        base = self._base(entry_id, base_revision, viewer)
        try:
            before = replace(parse(base, self._path_of(entry_id)), id=entry_id)
        except EntryError as error:
            raise EntryError(say("%(broken)s (%(error)s)", broken=BROKEN, error=error), "front matter") from error
        entry = apply_fields(before, fields)
        self._check(entry, viewer, before, message)
        return self._save(entry_id, base, base_revision, entry, render(entry, base), viewer, author, message)

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
        """Save the whole file, front matter included: how an entry with broken front matter is mended.

        An `id` that it names must be the entry's; it gets that id where it names none.
        """
        self._require_writer(viewer)
        base = self._base(entry_id, base_revision, viewer)
        raw = decode(raw).encode()
        entry = parse(raw, self._path_of(entry_id))
        declared = parse(raw).id
        if declared not in ("", entry_id):
            raise EntryError(
                say(
                    "The id of a page cannot change: write “id: %(entry_id)s”, or leave the line out.",
                    entry_id=entry_id,
                ),
                "id",
            )
        entry = replace(entry, id=entry_id)
        self._check(entry, viewer, readable(base, "", entry_id) or entry, message)
        return self._save(entry_id, base, base_revision, entry, render(entry, raw), viewer, author, message)

    def _path_of(self, entry_id: str) -> str:
        item = self._catalog.entry(entry_id) or self._catalog.deleted_entry(entry_id)
        return item.path if item else ""

    def _base(self, entry_id: str, revision: str, viewer: Viewer) -> bytes:
        """The text that a writer started from. Somebody may have deleted the entry meanwhile."""
        self._catalog.catch_up(limit=None)
        item = self._catalog.entry(entry_id) or self._catalog.deleted_entry(entry_id)
        if item is None or not viewer.may_see(item.audience):
            raise NotFound
        version = self._catalog.version(entry_id, revision)
        if version is None or version.revision != revision:
            raise LibraryError("The version that you started from is not one of this page. Open the page anew.")
        return self._store.blob(revision)

    def _save(
        self,
        entry_id: str,
        base: bytes,
        base_revision: str,
        entry: Entry,
        data: bytes,
        viewer: Viewer,
        author: Author | None,
        message: str | None,
    ) -> SaveResult:
        outcome = {"merged": False}

        def build(snapshot: Snapshot) -> Sequence[Change]:
            try:
                item, present = self._present_in(snapshot, entry_id, viewer)
            except NotFound:
                before = text_of(base, entry_id, "")
                raise EditConflict(before, replace(before, body=""), entry, "", deleted=True) from None
            revision = snapshot.revision(item.path)
            text = data
            if revision != base_revision:
                text = self._merged(item, base_revision, base, present, revision or "", entry, data, viewer)
            outcome["merged"] = text != data
            return [Change(item.path, text)]

        note = message or EDIT.format(entry.title)
        self._store.update(build, author=author_for(viewer, author), message=note)
        known = text_of(base, entry_id, "").recurrence_of
        self._came_back(entry_id, [other for other in entry.recurrence_of if other not in known], viewer, author)
        item = self._written(entry_id)
        return SaveResult(item, item.revision, outcome["merged"])

    def _merged(
        self,
        item: CatalogEntry,
        base_revision: str,
        base: bytes,
        present: bytes,
        revision: str,
        entry: Entry,
        data: bytes,
        viewer: Viewer,
    ) -> bytes:
        """`data` with what others changed since its base; what the two make together must be a sound entry too."""
        before, theirs = text_of(base, item.id, item.path), text_of(present, item.id, item.path)
        conflict = EditConflict(before, theirs, entry, revision)
        try:
            text = self._store.merge_into(revision, data, base_revision)
            self._check(replace(parse(text, item.path), id=item.id), viewer, theirs, "merged")
        except (Conflict, EntryError) as error:
            raise conflict from error
        return text

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

        With a title alone, its address follows. Attachments move along; old address and old title keep working.
        """
        self._require_writer(viewer)
        target = None if path is None else _entry_path(path)

        def build(snapshot: Snapshot) -> Sequence[Change]:
            item, raw = self._present_in(snapshot, entry_id, viewer)
            return self._moves(snapshot, item, raw, title, target, viewer)

        note = message or (RENAME if target is None else MOVE)
        self._store.update(build, author=author_for(viewer, author), message=note)
        return self._written(entry_id)

    def _moves(
        self, snapshot: Snapshot, item: CatalogEntry, raw: bytes, title: str | None, target: str | None, viewer: Viewer
    ) -> list[Change]:
        try:
            before = replace(parse(raw, item.path), id=item.id)
        except EntryError as error:
            raise EntryError(say("%(broken)s (%(error)s)", broken=BROKEN, error=error), "front matter") from error
        name = before.title if title is None else clean_title(title)
        new = target or self._renamed(snapshot, item.path, before.title, name)
        if new != item.path and (snapshot.revision(new) is not None or self._collides(snapshot, new, item.path)):
            raise EntryError(say("There is already a page at %(new)s. Choose another address.", new=stem(new)), "path")
        paths = tuple(old for old in moved(before, item.path, new))
        entry = replace(before, title=name, former_titles=retitled(before, name), former_paths=paths)
        self._check(entry, viewer, before)
        changes = [Change(new, render(entry, raw))]
        if new != item.path:
            changes.append(Change(item.path, None))
            for path in self._attached(snapshot, item):
                data = snapshot.data(path)
                changes += [Change(path, None), Change(stem(new) + path.removeprefix(stem(item.path)), data)]
        return changes

    def _collides(self, snapshot: Snapshot, new: str, old: str) -> bool:
        twin = snapshot.twin(new)
        return twin is not None and twin != old

    def _renamed(self, snapshot: Snapshot, path: str, old_title: str, title: str) -> str:
        """The path after a new title: the same folder, and the title's slug where the old name came from a title."""
        name = slugify(title)
        if title == old_title or name == slugify(old_title):
            return path
        return free_path(path.rpartition("/")[0], name, self._taken(snapshot))

    def delete(
        self,
        entry_id: str,
        *,
        viewer: Viewer,
        author: Author | None = None,
        message: str | None = None,
        base_revision: str | None = None,
    ) -> str:
        """Remove an entry and its attachments; gives the commit. With `base_revision`: only if nobody saved since,
        else EditConflict."""
        self._require_writer(viewer)
        title = self._present(entry_id, viewer).title

        def build(snapshot: Snapshot) -> Sequence[Change]:
            item, raw = self._present_in(snapshot, entry_id, viewer)
            if base_revision is not None and snapshot.revision(item.path) != base_revision:
                theirs = text_of(raw, item.id, item.path)
                base = text_of(self._base(entry_id, base_revision, viewer), item.id, item.path)
                raise EditConflict(base, theirs, replace(base, body=""), item.revision)
            return [Change(path, None) for path in (item.path, *self._attached(snapshot, item))]

        note = message or DELETE.format(title)
        commit = self._store.update(build, author=author_for(viewer, author), message=note)
        self._after_write()
        return commit

    def restore(
        self,
        entry_id: str,
        *,
        viewer: Viewer,
        author: Author | None = None,
        message: str | None = None,
        revision: str | None = None,
    ) -> CatalogEntry:
        """Bring a deleted entry back (with its attachments), or set a present one back to an old `revision`."""
        self._require_writer(viewer)
        self._catalog.catch_up(limit=None)
        gone = self._catalog.deleted_entry(entry_id)
        if gone is not None and not viewer.may_see(gone.audience):
            raise NotFound
        wanted = revision or (gone.revision if gone else None)
        version = self._catalog.version(entry_id, wanted) if wanted else None
        if version is None or not viewer.may_see(version.audience):
            raise NotFound
        old = self._store.blob(version.revision)

        def build(snapshot: Snapshot) -> Sequence[Change]:
            if self._catalog.entry(entry_id) is not None:
                item, present = self._present_in(snapshot, entry_id, viewer)
                return [Change(item.path, self._set_back(item, present, old, viewer))]
            return self._brought_back(snapshot, entry_id, version.path, old)

        note = message or RESTORE.format(version.title)
        self._store.update(build, author=author_for(viewer, author), message=note)
        return self._written(entry_id)

    def _set_back(self, item: CatalogEntry, present: bytes, old: bytes, viewer: Viewer) -> bytes:
        now = text_of(present, item.id, item.path)
        try:
            before = replace(parse(old, item.path), id=item.id)
        except EntryError as error:
            raise EntryError(
                say("That version cannot be read, so it cannot be restored: %(error)s", error=error), "revision"
            ) from error
        titles = retitled(now, before.title)
        entry = replace(before, former_paths=now.former_paths, former_titles=titles)
        if now.kind == entry.kind:  # the text goes back; what the lesson has been through stays true
            entry = replace(entry, status=now.status, life=now.life)
        self._check_audience(entry.audience, viewer)
        return render(entry, old)

    def _brought_back(self, snapshot: Snapshot, entry_id: str, path: str, old: bytes) -> list[Change]:
        folder, _, name = stem(path).rpartition("/")
        new = free_path(folder, name, self._taken(snapshot))
        try:
            before = replace(parse(old, path), id=entry_id)
            data = render(replace(before, former_paths=moved(before, path, new)), old)
        except EntryError:
            data = old
        changes = [Change(new, data)]
        for attached, content in self._deleted_files(entry_id, path):
            target = stem(new) + attached.removeprefix(stem(path))
            if snapshot.revision(target) is None:
                changes.append(Change(target, content))
        return changes

    def _deleted_files(self, entry_id: str, path: str) -> list[tuple[str, bytes]]:
        """The attachments that went with an entry when it was deleted."""
        gone = self._catalog.deleted_entry(entry_id)
        commit = self._store.commit(gone.deleted.commit) if gone else None
        if commit is None:
            return []
        return [
            (change.path, self._store.blob(change.before))
            for change in commit.changes
            if change.after is None
            and change.before
            and change.path.startswith(stem(path) + "/")
            and not change.path.endswith(".md")
        ]


def _entry_path(path: str) -> str:
    """The path of an entry for an address that a person typed. Raises EntryError."""
    path = path.strip().removeprefix("/wiki/").strip("/")
    try:
        path = check_path(path if path.endswith(".md") else path + ".md")
    except PathError as error:
        raise EntryError(str(error), "path") from error
    if path.casefold().startswith(("templates/", "kinds/")):
        raise EntryError("This folder is kept for templates. Choose another address.", "path")
    return path

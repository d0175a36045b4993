"""What curators do to several entries at once: merge two, rename a tag everywhere, and take such a step back.

Each is a single commit, so each can be undone as a whole.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Generator, Sequence
from dataclasses import replace

from wiki.catalog import CatalogEntry
from wiki.content import Author, Change, FileChange, Missing
from wiki.content.store import Snapshot
from wiki.entries import Entry, EntryError, clean_tags, parse, render
from wiki.library.base import author_for, readable, stem
from wiki.library.importing import Importing
from wiki.library.joining import joined, renamed_files
from wiki.library.standing import check_standing
from wiki.library.types import LibraryError, NotFound
from wiki.library.writing import BROKEN
from wiki.merge import merge
from wiki.slugs import free_path
from wiki.viewer import Viewer
from wiki.words import say

STEP = 50


class Curating(Importing):
    """The part of the library that curators use."""

    def amend(
        self,
        entry_id: str,
        change: Callable[[Entry], Entry],
        *,
        viewer: Viewer,
        author: Author | None = None,
        message: str,
        why: str | None = None,
    ) -> CatalogEntry:
        """Change an entry as it stands at the moment of writing: nothing that others saved meanwhile is in the way.
        `why` is what the writer said of it, where the message is made.

        What `change` raises passes through; where it gives the same entry back, nothing is written.
        """
        self._require_writer(viewer)

        def build(snapshot: Snapshot) -> Sequence[Change]:
            item, raw = self._present_in(snapshot, entry_id, viewer)
            before = _readable(raw, item)
            after = change(before)
            if after == before:
                return []
            self._check(after, viewer, before, message if why is None else why)
            return [Change(item.path, render(after, raw))]

        self._store.update(build, author=author_for(viewer, author), message=message)
        return self._written(entry_id)

    def join(
        self, keep_id: str, other_id: str, *, viewer: Viewer, author: Author | None = None, message: str | None = None
    ) -> tuple[CatalogEntry, str]:
        """Merge the second entry into the first: text, tags, files and addresses of both live on in one, and the
        second's history stays. Gives the entry and the commit, which `undo` takes back."""
        self._require_writer(viewer)
        if keep_id == other_id:
            raise EntryError("An entry cannot be merged with itself. Choose two different ones.", "other")
        title = self._present(other_id, viewer).title

        def build(snapshot: Snapshot) -> Sequence[Change]:
            keep, raw = self._present_in(snapshot, keep_id, viewer)
            other, other_raw = self._present_in(snapshot, other_id, viewer)
            first, second = _readable(raw, keep), _readable(other_raw, other)
            files, names = self._taken_over(snapshot, keep, other)
            entry = joined(first, replace(second, body=renamed_files(second.body, names)), other.path)
            self._check(entry, viewer, first)
            return [Change(keep.path, render(entry, raw)), Change(other.path, None), *files]

        note = message or f"Merge “{title}” into “{self._present(keep_id, viewer).title}”"
        commit = self._store.update(build, author=author_for(viewer, author), message=note)
        return self._written(keep_id), commit

    def _taken_over(
        self, snapshot: Snapshot, keep: CatalogEntry, other: CatalogEntry
    ) -> tuple[list[Change], dict[str, str]]:
        """The moves of the second entry's files, and the names that had to change."""
        changes: list[Change] = []
        names: dict[str, str] = {}
        taken = {path.casefold() for path, _ in snapshot.files(stem(keep.path))}
        for path in self._attached(snapshot, other):
            data = snapshot.data(path)
            rest = path.removeprefix(stem(other.path) + "/")
            target = f"{stem(keep.path)}/{rest}"
            if target.casefold() in taken and snapshot.data(target) != data:
                folder, _, name = target.rpartition("/")
                base, dot, suffix = name.rpartition(".")
                target = free_path(folder, base or name, taken, dot + suffix if base else "")
                names[rest] = target.removeprefix(stem(keep.path) + "/")
            taken.add(target.casefold())
            changes += [Change(path, None), Change(target, data)]
        return changes, names

    def retag(
        self, old: Collection[str], new: str, *, viewer: Viewer, author: Author | None = None
    ) -> Generator[tuple[int, int], None, tuple[str, int]]:
        """Give every entry with one of the tags `old` the tag `new` instead (none where it is empty), and every rule
        of a topic too. Yields how many entries are prepared, of how many; returns the one commit and their number.

        Raises EntryError before anything is written. Entries that the viewer may not see keep their tags.
        """
        self._require_writer(viewer)
        gone, fresh = _checked_tags(old, new)
        self._catalog.catch_up(limit=None)
        items = self._catalog.curation.tagged(gone, viewer)
        known = {item.id for item in items}
        items += [
            facts.entry
            for facts in self._catalog.topics.all(viewer)
            if facts.entry.id not in known and not gone.isdisjoint(facts.rule.tags)
        ]
        if not items:
            raise EntryError("No entry carries this tag any more. Load the page again.", "tags")
        ready: dict[str, tuple[str, bytes]] = {}
        for number, item in enumerate(items, 1):
            ready[item.id] = (item.revision, _retagged(self._store.blob(item.revision), item, gone, fresh))
            if number % STEP == 0 or number == len(items):
                yield number, len(items)

        def build(snapshot: Snapshot) -> Sequence[Change]:
            changes = []
            for item in items:
                try:
                    now, raw = self._present_in(snapshot, item.id, viewer)
                except NotFound:
                    continue
                revision, data = ready[item.id]
                same = snapshot.revision(now.path) == revision
                changes.append(Change(now.path, data if same else _retagged(raw, now, gone, fresh)))
            return changes

        note = f"{_what(gone, fresh)} in {len(items)} {'entry' if len(items) == 1 else 'entries'}"
        commit = self._store.update(build, author=author_for(viewer, author), message=note)
        self._after_write()
        return commit, len(items)

    def undo(self, commit: str, *, viewer: Viewer, author: Author | None = None) -> str:
        """Take back what one commit did to entries, keeping what was changed elsewhere in them since; gives the
        commit. Raises NotFound, and LibraryError where both changed the same thing."""
        self._require_writer(viewer)
        self._catalog.catch_up(limit=None)
        try:
            info = self._store.commit(commit)
        except Missing:
            raise NotFound("There is no such change to undo.") from None
        rows = self._catalog.curation.touched_by(commit)
        touched = {path: entry_id for entry_id, path, _ in rows}
        if not touched or not all(viewer.may_see(json.loads(audience)) for _, _, audience in rows):
            raise NotFound("There is no such change to undo.")

        def build(snapshot: Snapshot) -> Sequence[Change]:
            found = [
                self._taken_back(snapshot, change, touched.get(change.path, ""), viewer) for change in info.changes
            ]
            return [change for change in found if change is not None]

        note = f"Undo: {info.message.splitlines()[0]}"
        before = self._store.tip()
        done = self._store.update(build, author=author_for(viewer, author), message=note)
        if done == before:
            raise LibraryError("This is undone already.")
        self._after_write()
        return done

    def _taken_back(self, snapshot: Snapshot, change: FileChange, entry_id: str, viewer: Viewer) -> Change | None:
        present = self._catalog.entry(entry_id) if entry_id else None
        if present is not None and not viewer.may_see(present.audience):
            raise NotFound("There is no such change to undo.")
        path = present.path if present is not None and change.after is not None else change.path
        now = snapshot.revision(path)
        if now == change.before:
            return None
        if now == change.after:
            return Change(path, None if change.before is None else self._checked(path, change.before, now, viewer))
        if now is None or change.before is None or change.after is None:
            raise LibraryError(
                say("%(path)s was moved, deleted or written anew since, so this cannot be undone.", path=stem(path))
            )
        merged = merge(self._store.blob(change.after), self._store.blob(now), self._store.blob(change.before))
        if merged is None:
            title = present.title if present else stem(path)
            raise LibraryError(
                say(
                    "“%(title)s” was changed in the same places since. Set it back in its history, or change "
                    "it by hand.",
                    title=title,
                )
            )
        return Change(path, self._checked(path, merged, now, viewer))

    def _checked(self, path: str, wanted: str | bytes, now: str | None, viewer: Viewer) -> bytes:
        """The text that an undoing would write, once it is sure that a lesson may stand there again. Raises EntryError;
        what was deleted comes back as it was."""
        data = self._store.blob(wanted) if isinstance(wanted, str) else wanted
        before = readable(self._store.blob(now), path, "") if now is not None and path.endswith(".md") else None
        after = readable(data, path, "") if before is not None else None
        if before is not None and after is not None:
            check_standing(before, after, viewer, "Undo")
        return data


def _readable(raw: bytes, item: CatalogEntry) -> Entry:
    try:
        return replace(parse(raw, item.path), id=item.id)
    except EntryError as error:
        raise EntryError(
            say("“%(title)s”: %(broken)s (%(error)s)", title=item.title, broken=BROKEN, error=error), "front matter"
        ) from error


def _checked_tags(old: Collection[str], new: str) -> tuple[set[str], str]:
    gone = set(clean_tags(old))
    if not gone:
        raise EntryError("Choose at least one tag.", "tags")
    if "," in new:
        raise EntryError("Write one tag, without a comma.", "new")
    fresh = next(iter(clean_tags([new])), "")
    if len(fresh) > 120:
        raise EntryError("A tag takes at most 120 characters. Shorten it.", "new")
    if gone == {fresh}:
        raise EntryError(say("The tag is called “%(fresh)s” already. Write another name.", fresh=fresh), "new")
    return gone - {fresh}, fresh


def _retagged(raw: bytes, item: CatalogEntry, gone: set[str], fresh: str) -> bytes:
    entry = _readable(raw, item)
    rule = replace(entry.topic.rule, tags=_exchanged(entry.topic.rule.tags, gone, fresh))
    changed = replace(entry, tags=_exchanged(entry.tags, gone, fresh), topic=replace(entry.topic, rule=rule))
    return render(changed, raw)


def _exchanged(tags: Sequence[str], gone: set[str], fresh: str) -> tuple[str, ...]:
    """The tags with the new one at the place of the first that goes."""
    return tuple(dict.fromkeys(tag for tag in (fresh if tag in gone else tag for tag in tags) if tag))


def _what(gone: Collection[str], fresh: str) -> str:
    names = ", ".join(f"“{tag}”" for tag in sorted(gone))
    which = "tag" if len(gone) == 1 else "tags"
    return f"Rename the {which} {names} to “{fresh}”" if fresh else f"Take away the {which} {names}"

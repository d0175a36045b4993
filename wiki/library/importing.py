"""Many entries at once: one commit for each batch, and the same things only once however often they come."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path

from wiki.content import Author, Change
from wiki.content.seeding import seed
from wiki.content.store import Snapshot
from wiki.entries import Entry, EntryError, render
from wiki.library.attaching import Attaching
from wiki.library.base import readable, stem
from wiki.library.fields import apply_fields, check_entry, home
from wiki.library.standing import check_standing, today
from wiki.library.taken import Taken
from wiki.library.types import BulkItem, BulkReport, Refusal
from wiki.library.writing import Writing
from wiki.slugs import PathError, check_path, free_path
from wiki.viewer import Viewer
from wiki.words import say


@dataclass(slots=True)
class _Batch:
    """What one batch comes to, counted anew whenever the commit has to be tried again."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0
    refused: list[Refusal] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)


class Importing(Writing, Attaching):
    """The part of the library that takes in many entries."""

    def bulk(
        self,
        items: Iterable[BulkItem],
        *,
        author: Author,
        viewer: Viewer,
        message: str,
        batch: int = 200,
        update: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> BulkReport:
        """Import entries; idempotent by id, so it can be stopped anywhere and run again.

        An id that is new is created; one that is here with the same content is left alone; one that was edited or
        deleted here is kept as it is, or with `update` set to what is imported. `progress` gets the number of items
        done after each batch. What cannot be accepted is listed in the report, and the rest goes on.
        """
        self._require_writer(viewer)
        report = BulkReport()
        kinds = {kind.slug for kind in self.kinds()}
        seen: set[str] = set()
        done = 0
        iterator: Iterator[BulkItem] = iter(items)
        while part := list(islice(iterator, batch)):
            result = self._import(part, seen, kinds, author, viewer, message, update, report)
            seen |= {item.id for item in part}
            report.created += result.created
            report.updated += result.updated
            report.unchanged += result.unchanged
            report.kept += result.kept
            report.refused += result.refused
            done += len(part)
            if progress is not None:
                progress(done)
        return report

    def _import(
        self,
        part: list[BulkItem],
        seen: set[str],
        kinds: set[str],
        author: Author,
        viewer: Viewer,
        message: str,
        update: bool,
        report: BulkReport,
    ) -> _Batch:
        results: list[_Batch] = []

        def build(snapshot: Snapshot) -> list[Change]:
            self._catalog.catch_up(limit=None)
            result, taken = _Batch(), self._taken(snapshot)
            here = set(seen)
            for item in part:
                try:
                    if item.id in here:
                        raise EntryError("It stands twice in this import; only the first was taken.")
                    here.add(item.id)
                    self._take(item, snapshot, taken, kinds, viewer, update, result)
                except EntryError as error:
                    result.refused.append(Refusal(item.key, str(error)))
            results.append(result)
            return result.changes

        before = self._store.tip()
        commit = self._store.update(build, author=author, message=message)
        if results[-1].changes and commit != before:
            report.commits.append(commit)
            self._after_write()
        return results[-1]

    def _take(
        self,
        item: BulkItem,
        snapshot: Snapshot,
        taken: Taken,
        kinds: set[str],
        viewer: Viewer,
        update: bool,
        result: _Batch,
    ) -> None:
        present = self._catalog.entry(item.id)
        if present is None and self._catalog.deleted_entry(item.id) is not None and not update:
            result.kept += 1
            return
        raw = snapshot.data(present.path) if present else None
        before = readable(raw, present.path, item.id) if raw is not None and present else None
        blank = Entry(id=item.id, kind="page", title="", body="")
        entry = apply_fields(_brought(before, item) or before or blank, item.fields)
        check_entry(entry, kinds, self._config.max_body_bytes)
        self._check_audience(entry.audience, viewer)
        if before is None or (update and entry != before):
            check_standing(before, entry, viewer, f"Import of {item.key}")
        files = [(name, data) for name, data in item.attachments if self.check_file(name, data)]
        if present is not None and raw is not None:
            self._bring_up(present.path, raw, before, entry, files, update, snapshot, result)
            return
        path = self._place(item, entry, taken)
        taken.added.add(path.casefold())
        result.created += 1
        result.changes.append(Change(path, render(entry, item.original)))
        result.changes += [Change(f"{stem(path)}/{_file_name(name)}", data) for name, data in files]

    def _bring_up(
        self,
        path: str,
        raw: bytes,
        before: Entry | None,
        entry: Entry,
        files: list[tuple[str, bytes]],
        update: bool,
        snapshot: Snapshot,
        result: _Batch,
    ) -> None:
        """An entry that is here already: the same, kept, or set to what is imported."""
        targets = [Change(f"{stem(path)}/{_file_name(name)}", data) for name, data in files]
        lacking = [change for change in targets if snapshot.data(change.path) != change.data]
        if entry == before and not lacking:
            result.unchanged += 1
        elif not update:
            result.kept += 1
        else:
            result.updated += 1
            result.changes += [Change(path, render(entry, raw)), *lacking]

    def _place(self, item: BulkItem, entry: Entry, taken: Taken) -> str:
        if item.path is None:
            folder, name = home(entry, today())
            return free_path(folder, name, taken)
        try:
            path = check_path(item.path if item.path.endswith(".md") else item.path + ".md")
        except PathError as error:
            raise EntryError(str(error), "path") from error
        folder, _, name = stem(path).rpartition("/")
        return free_path(folder, name, taken)

    def seed(self, folder: Path, *, author: Author) -> int:
        """Copy starter content into an empty repository (nothing happens in one that has commits); gives files."""
        count = seed(self._store, folder, author)
        self._after_write()
        return count


def _brought(before: Entry | None, item: BulkItem) -> Entry | None:
    """What the item's file says beside its fields: a topic's curated list, former addresses and the like."""
    found = readable(item.original, "", item.id) if item.original is not None else None
    if found is None:
        return None
    if before is not None:
        return replace(before, topic=found.topic, kept_apart=found.kept_apart, life=found.life)
    return replace(found, title="", extra={})


def _file_name(name: str) -> str:
    """The name of an imported file. It stays as given, since the text refers to it. Raises EntryError."""
    try:
        return check_path(name)
    except PathError as error:
        raise EntryError(
            say("The file “%(name)s” cannot be kept: %(error)s", name=name, error=error), "file"
        ) from error

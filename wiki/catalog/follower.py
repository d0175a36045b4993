"""The catalog follows the branch: each commit in turn, all of them in one transaction.

A commit changes `files` (who has which id), `versions` (what happened to whom) and `gone`. The rows of the entries
that it touched are written at the end, once, from the files as they stand then: so following commit by commit and
following a thousand at once give the same rows.

The line followed is the one of first parents. Commits that a merge brought in from outside count in the history of
their entries; they are placed where the merge is.
"""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from wiki.catalog import life_rows, rows
from wiki.catalog.reading import FileReading, effective_audience, is_attachment, is_entry, read_file
from wiki.slugs import id_from_path

if TYPE_CHECKING:
    from wiki.content import CommitInfo, ContentStore, FileChange
    from wiki.entries import Entry


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of `files`. `audience` is who may see the file; `readable` whether it ever said so itself."""

    path: str
    revision: str
    first_path: str
    declared: str | None
    claim: str
    claimed: int
    id: str
    kind: str
    title: str
    audience: str
    readable: int


_FILE_COLUMNS = "path, revision, first_path, declared, claim, claimed, id, kind, title, audience, readable"


class Follower:
    """Applies commits to the tables through `db`, inside the caller's transaction; `finish` must come last."""

    def __init__(self, db: sqlite3.Connection, store: ContentStore) -> None:
        self._db = db
        self._store = store
        self._touched: dict[str, int] = {}
        self._readings: dict[str, tuple[str, FileReading]] = {}

    def apply(self, commit: CommitInfo, seq: int) -> None:
        """Follow one commit, the `seq`-th of the branch."""
        self._db.execute("INSERT INTO commits VALUES (?, ?)", (seq, commit.id))
        self._follow_attachments(commit.changes)
        seen = self._side_versions(commit, seq)
        removed: dict[str, FileRow] = {}
        added: list[FileChange] = []
        for change in commit.changes:
            if not is_entry(change.path):
                continue
            row = self._file(change.path)
            if change.after is not None:
                added.append(change)
            elif row is not None:
                removed[row.path] = row
        self._follow_files(commit, seq, removed, added, seen)

    def _follow_files(
        self,
        commit: CommitInfo,
        seq: int,
        removed: dict[str, FileRow],
        added: list[FileChange],
        seen: set[tuple[str, str]],
    ) -> None:
        claims = {row.claim for row in removed.values()}
        for path in removed:
            self._db.execute("DELETE FROM files WHERE path = ?", (path,))
        before: dict[str, FileRow | None] = {}
        for change in added:
            before[change.path], changed = self._follow_file(change, seq, removed)
            claims |= changed
        self._settle(claims, commit, seq)
        for change in added:
            self._record(commit, seq, change.path, before[change.path], seen)
        for row in removed.values():
            self._forget(commit, seq, row)

    def _follow_file(
        self, change: FileChange, seq: int, removed: dict[str, FileRow]
    ) -> tuple[FileRow | None, set[str]]:
        """Write the row of a file that is there now; gives its row before, and the ids whose owner may change."""
        path, revision = change.path, change.after or ""
        reading = self._read(path, revision)
        before = self._file(path) or self._moved_from(reading, revision, removed)
        declared = reading.declared or (before.declared if before and reading.error else None)
        first_path = before.first_path if before else path
        claim = declared or (before.id if before else self._derived(first_path, path))
        same = before is not None and before.claim == claim
        last = tuple(json.loads(before.audience)) if before and before.readable else None
        audience = effective_audience(reading, last)
        row = FileRow(
            path=path,
            revision=revision,
            first_path=first_path,
            declared=declared,
            claim=claim,
            claimed=before.claimed if before and same else seq,
            id=before.id if before and same else claim,
            kind=reading.entry.kind,
            title=reading.entry.title,
            audience=json.dumps(audience),
            readable=int(reading.audience is not None or bool(before and before.readable)),
        )
        self._put(row)
        return before, {claim} | ({before.claim} if before else set())

    def _derived(self, first_path: str, path: str) -> str:
        """The id of a file that names none: from where it stood first, passing over ids that others claim."""
        attempt = 0
        while True:
            candidate = id_from_path(first_path, attempt)
            taken = self._db.execute(
                "SELECT 1 FROM files WHERE (claim = ? OR id = ?) AND path != ? LIMIT 1", (candidate, candidate, path)
            ).fetchone()
            if not taken:
                return candidate
            attempt += 1

    def _moved_from(self, reading: FileReading, revision: str, removed: dict[str, FileRow]) -> FileRow | None:
        """The removed file that lives on at a new path: the one with the same id, or without one the same text."""
        for row in removed.values():
            same_id = reading.declared is not None and row.declared == reading.declared
            if same_id or (row.declared is None and reading.declared is None and row.revision == revision):
                return removed.pop(row.path)
        return None

    def _settle(self, claims: set[str], commit: CommitInfo, seq: int) -> None:
        """Give each claimed id to the file that has claimed it longest; the others get derived ones."""
        for claim in sorted(claims):
            found = self._db.execute(
                f"SELECT {_FILE_COLUMNS} FROM files WHERE claim = ? ORDER BY claimed, path",  # noqa: S608
                (claim,),
            ).fetchall()
            for place, values in enumerate(found):
                row = FileRow(*values)
                self._touched[row.id] = seq
                has = claim if place == 0 else row.id if row.id != claim else self._loser_id(row)
                if has != row.id:
                    self._give(row, has, commit, seq)

    def _give(self, row: FileRow, entry_id: str, commit: CommitInfo, seq: int) -> None:
        """Let a file have another id than it had."""
        self._db.execute("UPDATE files SET id = ? WHERE path = ?", (entry_id, row.path))
        self._db.execute("DELETE FROM gone WHERE id = ?", (entry_id,))
        self._touched[entry_id] = seq
        if self._owner(row.id) is None and self._has_versions(row.id):
            self._db.execute(
                "INSERT OR REPLACE INTO gone VALUES (?,?,?,?,?,?,?,0,'','','',0)",
                (row.id, seq, row.path, row.kind, row.title, row.audience, row.revision),
            )
        if not self._has_versions(entry_id) and all(change.path != row.path for change in commit.changes):
            self._version(commit, seq, replace(row, id=entry_id), "created")

    def _loser_id(self, row: FileRow) -> str:
        attempt = 0
        while True:
            candidate = id_from_path(row.first_path, attempt)
            if not self._db.execute(
                "SELECT 1 FROM files WHERE claim = ? OR id = ? LIMIT 1", (candidate, candidate)
            ).fetchone():
                return candidate
            attempt += 1

    def _owner(self, entry_id: str) -> str | None:
        row = self._db.execute("SELECT path FROM files WHERE id = ?", (entry_id,)).fetchone()
        return row[0] if row else None

    def _has_versions(self, entry_id: str) -> bool:
        found = self._db.execute("SELECT 1 FROM versions WHERE entry_id = ? LIMIT 1", (entry_id,)).fetchone()
        return found is not None

    def _record(
        self, commit: CommitInfo, seq: int, path: str, before: FileRow | None, seen: set[tuple[str, str]]
    ) -> None:
        """Note in the history what happened to the file at `path`."""
        row = self._file(path)
        if row is None:
            return
        if before is not None and before.id != row.id and self._owner(before.id) is None:
            self._forget(commit, seq, before)
        self._touched[row.id] = seq
        was_gone = self._db.execute("DELETE FROM gone WHERE id = ?", (row.id,)).rowcount
        if (path, row.revision) in seen and self._has_versions(row.id):
            return
        if before is not None and before.id == row.id:
            action = "edited" if before.path == path else "moved"
        else:
            action = "restored" if was_gone else "created"
        self._version(commit, seq, row, action)

    def _version(self, commit: CommitInfo, seq: int, row: FileRow, action: str) -> None:
        step = row.kind == "lesson" and action != "deleted"
        before = self._last_revision(row.id) if step else None
        number = self._db.execute(
            'INSERT INTO versions (seq, entry_id, "commit", revision, path, at, author_id, author_name, message, '
            "action, title, audience) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)",
            (
                seq,
                row.id,
                commit.id,
                row.revision,
                row.path,
                int(commit.at.timestamp()),
                commit.author.id,
                commit.author.name,
                commit.message,
                action,
                row.title,
                row.audience,
            ),
        ).lastrowid
        reading = self._read(row.path, row.revision) if step else None
        if reading is not None and reading.error is None and number is not None:
            life_rows.write_step(self._db, number, row.id, reading.entry, partial(self._entry_then, before))

    def _last_revision(self, entry_id: str) -> tuple[str, str] | None:
        """Path and blob of the newest version that is known of an entry."""
        row: tuple[str, str] | None = self._db.execute(
            "SELECT path, revision FROM versions WHERE entry_id = ? ORDER BY number DESC LIMIT 1", (entry_id,)
        ).fetchone()
        return row

    def _entry_then(self, version: tuple[str, str] | None) -> Entry | None:
        if version is None:
            return None
        reading = read_file(self._store.blob(version[1]), version[0])
        return reading.entry if reading.error is None else None

    def _forget(self, commit: CommitInfo, seq: int, row: FileRow) -> None:
        """Note that an entry was deleted, unless another file has its id now."""
        self._touched[row.id] = seq
        if self._owner(row.id) is not None:
            return
        self._version(commit, seq, row, "deleted")
        self._db.execute(
            "INSERT OR REPLACE INTO gone VALUES (?,?,?,?,?,?,?,?,?,?,?,1)",
            (
                row.id,
                seq,
                row.path,
                row.kind,
                row.title,
                row.audience,
                row.revision,
                int(commit.at.timestamp()),
                commit.author.id,
                commit.author.name,
                commit.id,
            ),
        )

    def _side_versions(self, commit: CommitInfo, seq: int) -> set[tuple[str, str]]:
        """The history that a merge brings in from beside the branch; gives the (path, blob) pairs it explains."""
        seen: set[tuple[str, str]] = set()
        for side in self._store.merged_commits(commit):
            for change in side.changes:
                if change.after is None or not is_entry(change.path):
                    continue
                known = self._file(change.path)
                reading = self._read(change.path, change.after)
                entry_id = reading.declared or (known.claim if known else id_from_path(change.path))
                audience = effective_audience(reading, tuple(json.loads(known.audience)) if known else None)
                row = FileRow(
                    change.path,
                    change.after,
                    change.path,
                    None,
                    entry_id,
                    seq,
                    entry_id,
                    reading.entry.kind,
                    reading.entry.title,
                    json.dumps(audience),
                    1,
                )
                self._version(side, seq, row, "edited" if self._has_versions(entry_id) else "created")
                seen.add((change.path, change.after))
        return seen

    def _follow_attachments(self, changes: tuple[FileChange, ...]) -> None:
        for change in changes:
            if not is_attachment(change.path):
                continue
            if change.after is None:
                self._db.execute("DELETE FROM attachments WHERE path = ?", (change.path,))
                continue
            folder, _, name = change.path.rpartition("/")
            self._db.execute(
                "INSERT OR REPLACE INTO attachments VALUES (?,?,?,?,?)",
                (change.path, folder, name, change.after, self._store.size(change.after)),
            )

    def _file(self, path: str) -> FileRow | None:
        values = self._db.execute(f"SELECT {_FILE_COLUMNS} FROM files WHERE path = ?", (path,)).fetchone()  # noqa: S608
        return FileRow(*values) if values else None

    def _put(self, row: FileRow) -> None:
        self._db.execute(
            "INSERT OR REPLACE INTO files VALUES (?,?,?,?,?,?,?,?,?,?,?)",
            (
                row.path,
                row.revision,
                row.first_path,
                row.declared,
                row.claim,
                row.claimed,
                row.id,
                row.kind,
                row.title,
                row.audience,
                row.readable,
            ),
        )

    def _read(self, path: str, revision: str) -> FileReading:
        known = self._readings.get(path)
        if known is not None and known[0] == revision:
            return known[1]
        reading = read_file(self._store.blob(revision), path)
        self._readings[path] = (revision, reading)
        return reading

    def finish(self) -> None:
        """Write the rows of every entry that was touched."""
        # Paths are unique, and an entry may stand where another stood: so all go before the first comes.
        for entry_id in self._touched:
            rows.remove(self._db, entry_id)
        for entry_id, seq in self._touched.items():
            values = self._db.execute(
                f"SELECT {_FILE_COLUMNS} FROM files WHERE id = ?",  # noqa: S608
                (entry_id,),
            ).fetchone()
            if values is None:
                continue
            row = FileRow(*values)
            rows.write(
                self._db,
                entry_id,
                row.path,
                row.revision,
                self._read(row.path, row.revision),
                tuple(json.loads(row.audience)),
                seq,
                duplicate=row.claim != row.id,
            )
        self._touched.clear()
        self._readings.clear()

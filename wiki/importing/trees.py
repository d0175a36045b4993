"""The wiki's own exports, brought back without loss: every file at its path, byte for byte.

An export carries a marker (`.hindsight-export.json`), since only then may files stand at the paths that they have and
bring their own identities.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from wiki.content import Author, Change
from wiki.entries import EntryError, parse
from wiki.importing.folders import scan
from wiki.importing.rows import Report
from wiki.slugs import PathError, check_path

if TYPE_CHECKING:
    from wiki.services import Services

MARKER = ".hindsight-export.json"


def import_tree(parts: Services, root: Path, report: Report, *, author: Author, update: bool, batch: int) -> None:
    """Write the files of an export that are not there yet; one that is there and differs stays, but for `update`."""
    parts.catalog.catch_up(None)
    changes = _changes(parts, root, report, update)
    while some := list(islice(changes, batch)):
        if report.dry_run:
            continue
        parts.store.apply(some, author=author, message=f"Import {report.source}: {len(some)} files")
        parts.catalog.catch_up(None)
        parts.index.nudge()


def _changes(parts: Services, root: Path, report: Report, update: bool) -> Iterator[Change]:
    folder = scan(root)
    present = dict(parts.store.paths())
    for path in sorted([*folder.notes, *folder.files]):
        data = folder.read(path)
        is_note = path in folder.notes
        if not _fits(parts, path, data, is_note, report):
            continue
        revision = present.get(path)
        if revision is not None:
            if parts.store.blob(revision) == data:
                report.unchanged += is_note
                continue
            if not update:
                report.kept += is_note
                continue
        if is_note:
            report.created += revision is None
            report.updated += revision is not None
        else:
            report.files += 1
        yield Change(path, data)


def _fits(parts: Services, path: str, data: bytes, is_note: bool, report: Report) -> bool:
    """Whether a file may go in; otherwise the report says why not."""
    try:
        check_path(path)
    except PathError as error:
        report.refuse(path, str(error))
        return False
    limit = parts.config.max_body_bytes * 2 if is_note else parts.config.max_attachment_bytes
    if len(data) > limit:
        report.refuse(path, f"It has {len(data):,} bytes; at most {limit:,} are possible.")
        return False
    if not is_note:
        return True
    try:
        entry = parse(data, path)
    except EntryError as error:
        report.notes[f"{path} came in as it is, and will be shown with its error: {error}"] += 1
        return True
    there = parts.catalog.entry(entry.id)
    if there is not None and there.path != path:
        report.refuse(path, f"Its id {entry.id} belongs to {there.path}, which is in the wiki already.")
        return False
    return True

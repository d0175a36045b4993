"""The wiki's own exports, brought back without loss: every file at its path, byte for byte.

An export carries a marker (`.hindsight-export.json`), since only then may files stand at the paths that they have and
bring their own identities.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from wiki.catalog import CatalogEntry
from wiki.catalog.reading import is_entry
from wiki.content import Author, Change
from wiki.content.store import Snapshot
from wiki.entries import Entry, EntryError, parse
from wiki.importing.folders import scan
from wiki.importing.rows import Progress, Report
from wiki.library.base import readable
from wiki.library.standing import check_standing
from wiki.slugs import PathError, check_path
from wiki.viewer import SYSTEM

if TYPE_CHECKING:
    from wiki.services import Services

MARKER = ".hindsight-export.json"


@dataclass(frozen=True, slots=True)
class TreeOptions:
    """Who signs the commits, whether files that differ are set to what comes in, and files in a commit."""

    author: Author
    update: bool = False
    batch: int = 200


def import_tree(
    parts: Services,
    root: Path,
    report: Report,
    options: TreeOptions,
    progress: Progress | None = None,
) -> None:
    """Write the files of an export that are not there yet; one that is there and differs stays, but for `update`."""
    parts.catalog.catch_up(None)
    if not report.dry_run:
        parts.people.claims.remember(people_of(root))
    folder = scan(root)
    paths = sorted([*folder.notes, *folder.files])
    files = ((path, data) for path in paths if _fits(parts, path, data := folder.read(path), report, options.update))
    done = 0
    while some := list(islice(files, options.batch)):
        outcome = Counter[str]()
        if report.dry_run:
            _changes(parts.store.snapshot(), some, outcome, options.update)
        else:
            build = partial(_changes, files=some, outcome=outcome, update=options.update)
            parts.store.update(build, author=options.author, message=f"Import {report.source}: {len(some)} files")
            parts.catalog.catch_up(None)
            parts.index.nudge()
        report.created += outcome["created"]
        report.updated += outcome["updated"]
        report.unchanged += outcome["unchanged"]
        report.kept += outcome["kept"]
        report.files += outcome["files"]
        done += len(some)
        if progress is not None:
            progress(done, len(paths))


def people_of(root: Path) -> dict[str, str]:
    """What an export says its people are called, by account id; what makes no sense there is passed over."""
    try:
        marker = json.loads((root / MARKER).read_text("utf-8"))
        named = marker.get("people", {}).items()
    except (ValueError, AttributeError):
        return {}
    return {one: " ".join(name.split()) for one, name in named if isinstance(name, str) and name.strip()}


def _changes(
    snapshot: Snapshot, files: Sequence[tuple[str, bytes]], outcome: Counter[str], update: bool
) -> list[Change]:
    """What is to be written on top of `snapshot`; `outcome` is counted anew each time it is computed."""
    outcome.clear()
    changes = []
    for path, data in files:
        present = snapshot.data(path)
        entry = is_entry(path)
        if present == data:
            outcome["unchanged"] += entry
        elif present is not None and not update:
            outcome["kept"] += entry
        else:
            outcome["files" if not entry else "created" if present is None else "updated"] += 1
            changes.append(Change(path, data))
    return changes


def _fits(parts: Services, path: str, data: bytes, report: Report, update: bool) -> bool:
    """Whether a file may go in; otherwise the report says why not."""
    try:
        check_path(path)
    except PathError as error:
        report.refuse(path, str(error))
        return False
    is_note = is_entry(path)
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
    return _may_stand(parts, there, entry, path, report, update)


def _may_stand(
    parts: Services, there: CatalogEntry | None, entry: Entry, path: str, report: Report, update: bool
) -> bool:
    """Whether a lesson may stand where the file puts it, by the same table and sentences as on its page."""
    if there is not None and not update:
        return True  # what is here stays as it is
    before = readable(parts.store.blob(there.revision), there.path, there.id) if there is not None else None
    try:
        if entry != before:
            check_standing(before, entry, SYSTEM, f"Import of {path}")
    except EntryError as error:
        report.refuse(path, str(error))
        return False
    return True

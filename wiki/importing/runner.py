"""One import from beginning to end: choose the reader, check, write in batches, report."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from wiki.content import Author
from wiki.entries import FIRST_LESSON_STATUS, KINDS, Entry, EntryError, validate
from wiki.importing.folders import MARKDOWN, note_items, scan
from wiki.importing.mapping import Columns
from wiki.importing.notes import NoteOptions
from wiki.importing.readers import TABLES, count_rows
from wiki.importing.rows import ImportProblem, Progress, Report
from wiki.importing.tables import Table
from wiki.importing.trees import MARKER, TreeOptions, import_tree
from wiki.library import BulkItem
from wiki.people import PeopleError
from wiki.services import Services
from wiki.viewer import SYSTEM, Viewer

IMPORTER = Author("system", "Hindsight")


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """What the command line asks for. `source` names where this comes from: the same name and row, the same entry."""

    kind: str | None = None
    columns: Columns = field(default_factory=Columns)
    source: str | None = None
    encoding: str | None = None
    folder_tags: bool = False
    update: bool = False
    dry_run: bool = False
    batch: int = 200
    author: Author = IMPORTER
    viewer: Viewer = SYSTEM


def run_import(parts: Services, path: Path, options: ImportOptions, progress: Progress | None = None) -> Report:
    """Bring in what is at `path`; `progress` gets the rows done and all. Raises ImportProblem, or the store's errors.

    Whatever a stopped run has committed stays, and the next run passes over it.
    """
    if options.kind is not None and options.kind not in KINDS:
        raise ImportProblem(f"There is no kind {options.kind}. Choose one of {', '.join(KINDS)}.")
    if not path.exists():
        raise ImportProblem(f"There is nothing at {path}.")
    report = Report(source=options.source or path.resolve().name, dry_run=options.dry_run)
    if path.is_dir() and (path / MARKER).is_file():
        how = TreeOptions(options.author, options.update, options.batch)
        import_tree(parts, path, report, how, progress)
    elif path.is_dir() or path.suffix.lower() in MARKDOWN:
        folder = scan(path)
        if not folder.notes:
            raise ImportProblem(f"There is no Markdown file in {path}.")
        chosen = NoteOptions(report.source, options.kind, options.folder_tags)
        items = note_items(folder, chosen, report, parts.library.check_file)
        _write(parts, items, report, options, _of(progress, len(folder.notes)), lambda: {})
    elif path.suffix.lower() in TABLES:
        table = Table(path, report.source, options.kind or "lesson", options.columns, report, options.encoding)
        told = _of(progress, count_rows(path, options.encoding)) if progress is not None else None
        _write(parts, table.items(), report, options, told, lambda: table.teams)
    else:
        known = ", ".join(sorted(TABLES))
        raise ImportProblem(f"{path.name} cannot be imported: give a folder of Markdown, or a table ({known}).")
    return report


def _of(progress: Progress | None, total: int) -> Progress | None:
    """The same for work of a known size."""
    if progress is None:
        return None
    tell = progress
    return lambda done, _: tell(done, total)


def _write(
    parts: Services,
    items: Iterator[BulkItem],
    report: Report,
    options: ImportOptions,
    progress: Progress | None,
    teams: Callable[[], dict[str, str]],
) -> None:
    """Hand the items to the library batch by batch, the teams that they name first."""
    if options.dry_run:
        _rehearse(parts, items, report, progress)
        return
    done = 0
    while batch := list(islice(items, options.batch)):
        _ensure_teams(parts, batch, teams(), report)
        found = parts.library.bulk(
            batch,
            author=options.author,
            viewer=options.viewer,
            message=f"Import {report.source}: {len(batch)} entries",
            batch=options.batch,
            update=options.update,
        )
        report.created += found.created
        report.updated += found.updated
        report.unchanged += found.unchanged
        report.kept += found.kept
        for refusal in found.refused:
            report.refuse(refusal.key, refusal.reason)
        done += len(batch)
        if progress is not None:
            progress(done, None)


def _rehearse(parts: Services, items: Iterable[BulkItem], report: Report, progress: Progress | None) -> None:
    """What an import would do, by the same checks, without writing."""
    for done, item in enumerate(items, 1):
        try:
            validate(_entry(item), parts.config.max_body_bytes)
        except EntryError as error:
            report.refuse(item.key, str(error))
            continue
        if parts.catalog.entry(item.id) is None:
            report.created += 1
        else:
            report.unchanged += 1
        if progress is not None:
            progress(done, None)


def _entry(item: BulkItem) -> Entry:
    fields = item.fields
    kind = fields.kind or ""
    return Entry(
        id=item.id,
        kind=kind,
        title=fields.title or "",
        body=fields.body or "",
        tags=fields.tags or (),
        team=fields.team,
        audience=fields.audience or (),
        status=fields.status or (FIRST_LESSON_STATUS if kind == "lesson" else None),
        source=fields.source,
        recurrence_of=fields.recurrence_of or (),
    )


def _ensure_teams(parts: Services, batch: Iterable[BulkItem], names: dict[str, str], report: Report) -> None:
    """Make the teams that entries name, so that they have a page and can be given members."""
    wanted = {item.fields.team for item in batch if item.fields.team}
    wanted |= {team for item in batch for team in item.fields.audience or ()}
    known = {team.slug for team in parts.people.teams.all()} if wanted else set()
    for slug in sorted(wanted - known):
        try:
            parts.people.teams.ensure(slug, names.get(slug))
        except PeopleError as error:
            report.notes[f"The team {slug} could not be made: {error}"] += 1

"""Import, export and starter content from a terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from wiki.cli.bars import bar
from wiki.cli.base import opened, refuse

if TYPE_CHECKING:
    from wiki.importing import Report

SHOWN = 50


@click.command("import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--kind", help="Kind of the entries: lesson, after-action-review, topic, page.")
@click.option("--map", "maps", multiple=True, metavar="FIELD=COLUMN", help="Take a field from a column.")
@click.option("--section", "sections", multiple=True, metavar="HEADING=COLUMN", help="Make a column a section.")
@click.option("--tags", "tags", multiple=True, metavar="COLUMN", help="Take tags from a column.")
@click.option("--folder-tags", is_flag=True, help="Make the folders of notes into tags.")
@click.option("--source-name", "source", help="Name of the source; the file's own by default. It makes the ids.")
@click.option("--encoding", help="Encoding of a table that is not UTF-8, such as cp1252.")
@click.option("--update", is_flag=True, help="Also set entries that are here and differ to what comes in.")
@click.option("--dry-run", is_flag=True, help="Check everything and report, but write nothing.")
@click.option("--report", type=click.Path(path_type=Path, dir_okay=False), help="File for the list of refused rows.")
@click.option("--as", "name", help="Account that the import is signed with.")
def import_command(path: Path, report: Path | None, name: str | None, **choices: Any) -> int:
    """Bring in a folder of Markdown, a table (CSV, JSON lines, JSON) or an export of a wiki.

    Columns are recognised by their names; --map, --section and --tags say it otherwise. It can be stopped and run
    again: what is in already is passed over. Every refused row is listed with its reason; the exit code is 1 when
    rows were refused and nothing at all went in.
    """
    from wiki.content import Author
    from wiki.importing import ImportOptions, run_import
    from wiki.importing.mapping import parse_options
    from wiki.importing.trees import MARKER

    columns = parse_options(choices.pop("maps"), choices.pop("sections"), choices.pop("tags"))
    options = ImportOptions(columns=columns, **choices)
    # An export is a whole wiki: whoever brings one in wants that, without what its team may have thrown away.
    fresh = not options.dry_run and not (path / MARKER).exists()
    with opened(seed=fresh) as parts, bar(f"Importing {path.name}") as progress:
        if name is not None:
            account = parts.people.accounts.by_name(name)
            options = replace(options, author=Author(account.id, account.display_name))
        found = run_import(parts, path, options, progress)
        if not options.dry_run:
            parts.index.nudge()
    _show(found)
    if report is not None:
        report.write_text("".join(f"{row.where}\t{row.why}\n" for row in found.refused), encoding="utf-8")
    went_in = found.created + found.updated + found.unchanged + found.kept
    return 1 if found.refused and not went_in else 0


def _show(report: Report) -> None:
    """What came of an import, in a few lines; then every refused row with its reason."""
    would = "would be " if report.dry_run else ""
    counts = [f"{report.created:,} entries {would}created"]
    if report.updated:
        counts.append(f"{report.updated:,} {would}updated")
    if report.unchanged:
        counts.append(f"{report.unchanged:,} were there already")
    if report.kept:
        counts.append(f"{report.kept:,} were kept as they are in the wiki")
    if report.files:
        counts.append(f"{report.files:,} attached files")
    counts.append(f"{len(report.refused):,} rows {would}refused")
    click.echo(f"{report.source}: {', '.join(counts)}.")
    for note, times in report.notes.most_common(SHOWN):
        click.echo(f"  {note}" + (f" ({times:,} times)" if times > 1 else ""))
    for row in report.refused:
        click.echo(f"refused {row.where}: {row.why}")


@click.command("export")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export_command(folder: Path) -> None:
    """Write the whole wiki as plain Markdown with its attachments into a new or empty folder."""
    from wiki.exporting import export, named_people

    with opened() as parts:
        parts.catalog.catch_up(None)
        count = export(parts.store, folder, named_people(parts))
    click.echo(f"Wrote {count:,} files to {folder}.")


@click.command("judgements")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def judgements_command(folder: Path) -> None:
    """Write what people judged while they wrote as a BEIR folder, which python -m indexer eval reads."""
    from wiki.judged import export_judgements

    with opened() as parts:
        done = export_judgements(parts.catalog, parts.store, parts.people.judgements, folder)
    click.echo(f"Wrote {done.judgements:,} judgements on {done.questions:,} of {done.entries:,} entries to {folder}.")


@click.command("seed")
def seed_command() -> None:
    """Plant the starter content in a wiki that has no content yet."""
    from wiki.composition import SEEDER
    from wiki.services import ROOT

    with opened() as parts:
        if parts.store.tip() is not None:
            raise refuse("This wiki has content already, so nothing was planted.")
        count = parts.library.seed(ROOT / "content", author=SEEDER)
    click.echo(f"Planted {count:,} files of starter content.")

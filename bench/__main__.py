"""`python -m bench [--only PART ...] [--json FILE] [--kept DIR]`: measure, print the table, keep it as JSON."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from rich.console import Console

from bench import curation, felt, pages, questions, ranking, rows, saves, scale, starting, thousand
from bench.server import Server
from bench.setting import Setting, data_folder

PARTS = ("start", "pages", "saves", "search", "ranking", "memory", "curation", "felt", "thousand", "scale")
WITHOUT_SERVER = {"ranking", "thousand", "scale"}


def main() -> int:
    """Measure what is asked for; 1 when a target is missed."""
    parser = argparse.ArgumentParser(prog="bench", description="Measure Hindsight and print a table.")
    parser.add_argument("--only", default=",".join(PARTS), help=f"parts, by comma: {', '.join(PARTS)}")
    parser.add_argument("--json", type=Path, default=Path("bench-out/bench.json"), help="where to keep the figures")
    parser.add_argument("--instance", type=Path, help="an instance to use again, made where it is missing")
    parser.add_argument("--kept", type=Path, help="folder for the large collections, to use them again")
    parser.add_argument("--scratch", type=Path, help="folder for the instance, on the disk that is to be measured")
    chosen = parser.parse_args()
    wanted = [part.strip() for part in chosen.only.split(",")]
    strange = set(wanted) - set(PARTS)
    if strange:
        parser.error(f"there is no part {', '.join(sorted(strange))}")
    console = Console(width=None if sys.stdout.isatty() else 160)
    try:
        data = data_folder()
    except FileNotFoundError as problem:
        console.print(str(problem))
        return 2
    found: list[rows.Row] = []
    with tempfile.TemporaryDirectory(dir=chosen.scratch, prefix="hindsight-bench-") as scratch:
        for row in measure(wanted, data, Path(scratch), chosen.instance, chosen.kept):
            found.append(row)
            progress(console, row)
    rows.show(found, console)
    rows.write(found, chosen.json)
    console.print(f"Kept in {chosen.json}.")
    return 1 if any(row.passed is False for row in found) else 0


def progress(console: Console, row: rows.Row) -> None:
    """One line while the rest is being measured."""
    console.print(f"  {row.part}: {row.what}: {rows.number(row.measured)} {row.unit}", highlight=False, style="dim")


def measure(
    wanted: list[str], data: Path, scratch: Path, instance: Path | None, kept: Path | None
) -> Iterator[rows.Row]:
    """All rows of the parts that are wanted, from one server on one instance, a new one where none is named."""
    if set(wanted) - WITHOUT_SERVER:
        server = Server((instance or scratch / "instance").absolute())
        try:
            yield from with_server(wanted, data, scratch, server)
        finally:
            server.stop()
    if "ranking" in wanted:
        yield from ranking.rows(data, scratch / "ranking")
    large = (kept or scratch).absolute()
    if "thousand" in wanted:
        yield from thousand.rows(data, large)
    if "scale" in wanted:
        yield from scale.rows(data, large)


def with_server(wanted: list[str], data: Path, scratch: Path, server: Server) -> Iterator[rows.Row]:
    """The rows that need a running wiki with the lessons in it."""
    started = [starting.import_lessons(server, data)]
    token = server.account()
    started.extend(starting.cold_start(server))
    if "start" in wanted:
        yield from started
        yield from starting.warm_start(server)
    with server.client(token) as client:
        setting = Setting(data, scratch, server, token, client)
        if "search" in wanted:
            yield from questions.fifty(setting)
            yield from questions.speed(setting)
            yield from questions.related_speed(setting)
        if "pages" in wanted:
            yield from pages.views(setting)
        if "saves" in wanted:
            yield from saves.saves(setting)
            yield from saves.found(setting)
        if "curation" in wanted:
            yield from curation.rows(setting)
        if "felt" in wanted:
            yield from felt.rows(setting)
        if "memory" in wanted:
            yield from starting.memory(setting)


if __name__ == "__main__":
    sys.exit(main())

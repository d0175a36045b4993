"""The rows of a table as items for the library: mapped, checked for doubles, with ids that stay the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path

from wiki.importing.mapping import Columns, check_columns, guess, map_row
from wiki.importing.readers import read_table
from wiki.importing.rows import ImportProblem, Refused, Report, Row
from wiki.library import BulkItem, EntryFields
from wiki.slugs import id_from_key

LOOK_AHEAD = 200
"""Rows that are looked at for the names of columns; JSON lines may leave out empty fields."""


@dataclass
class Table:
    """One table on its way in. `teams` collects the teams that its rows name: slug to name as written."""

    path: Path
    source: str
    kind: str
    columns: Columns
    report: Report
    encoding: str | None = None
    teams: dict[str, str] = field(default_factory=dict)

    def items(self) -> Iterator[BulkItem]:
        """The entries, lazily; refused rows go into the report. Raises ImportProblem when nothing can be mapped."""
        rows = read_table(self.path, self.encoding)
        first = list(islice(rows, LOOK_AHEAD))
        names = list(dict.fromkeys(str(name) for row in first if isinstance(row, Row) for name in row.fields))
        if names:
            check_columns(self.columns, names)
            self.columns = guess(names, self.columns)
            if problem := self.columns.problem():
                raise ImportProblem(f"{problem} The table has: {', '.join(names)}.")
            unused = [name for name in names if name not in self.columns.used()]
            if unused:
                self.report.notes[f"Columns that were not used: {', '.join(unused)}."] += 1
        seen: dict[str, str] = {}
        for row in chain(first, rows):
            item = self._item(row, seen)
            if item is not None:
                yield item

    def _item(self, row: Row | Refused, seen: dict[str, str]) -> BulkItem | None:
        if isinstance(row, Refused):
            self.report.refused.append(row)
            return None
        try:
            mapped = map_row(row.fields, self.columns, self.kind)
        except ImportProblem as problem:
            self.report.refuse(row.where, str(problem))
            return None
        key = f"id {mapped.row_id}" if mapped.row_id else f"text {_digest_key(mapped.fields)}"
        if key in seen:
            same = f"the id {mapped.row_id}" if mapped.row_id else "the same text"
            self.report.refuse(row.where, f"It has {same} as {seen[key]}, which was taken.")
            return None
        seen[key] = row.where
        for note in mapped.notes:
            self.report.notes[note] += 1
        if mapped.fields.team:
            self.teams.setdefault(mapped.fields.team, mapped.team)
        return BulkItem(key=row.where, id=id_from_key(f"{self.source}\0{key}"), fields=mapped.fields)


def _digest_key(fields: EntryFields) -> str:
    return "\0".join([fields.title or "", fields.body or "", str(fields.date), fields.team or "", fields.source or ""])

"""What every reader of an import hands on: rows that can be mapped, and rows that cannot even be read.

Pure values; nothing here opens a file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

Progress = Callable[[int, int | None], None]
"""Takes how many rows (or files) are done, and of how many where that is known."""


class ImportProblem(Exception):
    """The import as a whole cannot go on; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `where` is how a person finds it again: `row 12 (line 30)`."""

    where: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Refused:
    """A row or file that does not go in, and why, in one sentence."""

    where: str
    why: str


@dataclass
class Report:
    """What an import did, or in a dry run would do. Counts are entries; `refused` lists every row left out.

    `kept` counts entries that were edited or deleted in the wiki since they came in and were left as they are;
    `files` are attachments. `notes` are sentences about values that did not fit, with how often.
    """

    source: str = ""
    dry_run: bool = False
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    kept: int = 0
    files: int = 0
    refused: list[Refused] = field(default_factory=list)
    notes: Counter[str] = field(default_factory=Counter)

    def refuse(self, where: str, why: str) -> None:
        """Note a row that stays out."""
        self.refused.append(Refused(where, why))

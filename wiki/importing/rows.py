"""What every reader of an import hands on: rows that can be mapped, and rows that cannot even be read.

Pure values; nothing here opens a file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


class ImportProblem(Exception):  # noqa: N818 - a sentence for people, not a fault of the program
    """The import as a whole cannot go on; the message is one sentence that says what to do."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table. `where` is how a person finds it again: `row 12 (line 30)`."""

    where: str
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Note:
    """One file of a folder. `path` is relative to the folder, with `/` between its parts."""

    path: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """A row or file that does not go in, and why, in one sentence."""

    where: str
    why: str


@dataclass
class Report:
    """What an import did, or in a dry run would do. Counts are entries; `refused` lists every row left out."""

    source: str = ""
    dry_run: bool = False
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    attachments: int = 0
    stopped: bool = False
    refused: list[Refused] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def seen(self) -> int:
        """Rows looked at so far."""
        return self.created + self.updated + self.unchanged + len(self.refused) + len(self.differing)

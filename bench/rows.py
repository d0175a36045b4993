"""One row of the table: what was measured, what it must be, and what to compare it with."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Row:
    """A figure in `unit`. `at_most` and `at_least` are its target, both None for a figure that is only told.

    `reference` is the machine at its barest in the same run and the same unit, and `against` says what that is.
    """

    part: str
    what: str
    measured: float
    unit: str
    at_most: float | None = None
    at_least: float | None = None
    reference: float | None = None
    against: str = ""
    note: str = ""

    @property
    def passed(self) -> bool | None:
        """Whether the target is met; None without a target."""
        if self.at_most is not None:
            return self.measured <= self.at_most
        if self.at_least is not None:
            return self.measured >= self.at_least
        return None

    @property
    def target(self) -> str:
        """The target in words."""
        if self.at_most is not None:
            return f"≤ {number(self.at_most)} {self.unit}"
        if self.at_least is not None:
            return f"≥ {number(self.at_least)} {self.unit}"
        return ""

    @property
    def ratio(self) -> float | None:
        """How many times the reference."""
        return self.measured / self.reference if self.reference else None


def number(value: float) -> str:
    """A figure with about three digits that tell something."""
    if abs(value) >= 100:
        return f"{value:,.0f}"
    if abs(value) >= 10:
        return f"{value:.1f}"
    return f"{value:.3f}" if abs(value) < 1 else f"{value:.2f}"


def show(rows: Sequence[Row], console: Console) -> None:
    """Print the table."""
    table = Table(title="Hindsight, measured")
    for name in ("part", "what", "target", "measured", "", "reference", "ratio"):
        table.add_column(name, justify="right" if name in ("target", "measured", "ratio") else "left")
    part = ""
    for row in rows:
        verdict = {True: "[green]pass[/green]", False: "[red]FAIL[/red]", None: ""}[row.passed]
        reference = f"{number(row.reference)} {row.unit}: {row.against}" if row.reference else row.note
        ratio = f"{row.ratio:.1f}" if row.ratio else ""
        shown = f"{number(row.measured)} {row.unit}".strip()
        table.add_row(row.part if row.part != part else "", row.what, row.target, shown, verdict, reference, ratio)
        part = row.part
    console.print(table)
    failed = sum(row.passed is False for row in rows)
    judged = sum(row.passed is not None for row in rows)
    console.print(f"{judged - failed} of {judged} targets are met.")


def write(rows: Sequence[Row], path: Path) -> None:
    """Keep the rows as JSON, to compare runs."""
    path.parent.mkdir(parents=True, exist_ok=True)
    values = [{**asdict(row), "passed": row.passed, "ratio": row.ratio} for row in rows]
    path.write_text(json.dumps(values, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

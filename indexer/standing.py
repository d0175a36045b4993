"""What a lesson's standing does to its place: little, and always said. Pure.

Who searches should not act on what no longer holds, and cannot see from a passage that it does not: entries that are
retired, rejected or replaced go down by `DEMOTED` standard deviations of the candidates, enough to let what is nearly
as close pass, and too little to hide them from who asks for just them. A lesson that was validated, learned or
applied goes up by so little that it only breaks ties. Dates play no part at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer import fusion
from indexer.keyword_segment import Head

Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]

DEMOTED = 1.0
TIE = 0.01
OFTEN = 5
"""So many times applied is often; more counts no more."""

DOWN = {
    "retired": "This lesson is retired: it no longer holds, so it ranks lower.",
    "rejected": "This lesson was rejected, so it ranks lower.",
}
REPLACED = "This lesson was replaced by another one, so it ranks lower."
UP = {"validated": "It is validated.", "action-under-way": "It is validated.", "learned": "It is a lesson learned."}


@dataclass(frozen=True, slots=True)
class Standings:
    """The standing of every entry of a snapshot: `down` are demoted, `merit` goes from 0 to 1."""

    down: Mask
    merit: Scores

    @classmethod
    def of(cls, heads: Sequence[Head]) -> Standings:
        """Read off what is stored of the entries."""
        down = np.fromiter((bool(head["replaced"]) or head["status"] in DOWN for head in heads), bool, len(heads))
        merit = np.fromiter((_merit(head) for head in heads), np.float64, len(heads))
        return cls(down, merit)

    def moved(self, scores: Scores, among: Mask) -> Scores:
        """The scores with standing taken into account, on the scale of what competes (`among`)."""
        step = max(fusion.scale(scores, among).spread, 1e-3)
        shifted: Scores = scores + step * (TIE * self.merit - DEMOTED * self.down)
        return shifted


def _merit(head: Head) -> float:
    status = 0.5 if head["status"] in UP else 0.0
    return status + 0.5 * min(max(head["applied"], 0), OFTEN) / OFTEN


def sentence(head: Head) -> str:
    """What to say of an entry's standing where it moved it; empty where it did not."""
    if head["status"] in DOWN:
        return DOWN[head["status"]]
    if head["replaced"]:
        return REPLACED
    said = [UP[head["status"]]] if head["status"] in UP else []
    if head["applied"] > 0:
        times = "once" if head["applied"] == 1 else f"{head['applied']} times"
        said.append(f"It was applied {times} and held.")
    return " ".join(said)

"""What a review that is being held consists of: immutable values, and the words that its refusals are made of (pure).

A review goes from `gathering` (everybody answers on a page of their own) over `discussing` (all voices side by side)
to `published`; `publishing` is the moment between the two rooms of data, and goes on from where it was cut off.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from wiki.people import PeopleError
from wiki.words import say


class Phase(StrEnum):
    """Where a review stands."""

    GATHERING = "gathering"
    DISCUSSING = "discussing"
    PUBLISHING = "publishing"
    PUBLISHED = "published"
    CLOSED = "closed"


OPEN = (Phase.GATHERING, Phase.DISCUSSING, Phase.PUBLISHING)
LABELS = {
    Phase.GATHERING: say("Gathering answers"),
    Phase.DISCUSSING: say("Discussing"),
    Phase.PUBLISHING: say("Being published"),
    Phase.PUBLISHED: say("Published"),
    Phase.CLOSED: say("Closed without an entry"),
}

QUESTIONS = {
    "supposed": say("What was supposed to happen?"),
    "happened": say("What did happen?"),
    "difference": say("Why was there a difference?"),
    "next": say("What will we sustain, and what will we improve?"),
}
"""The four questions of TC 25-20, by the short names that the API uses. Their words are those of the template."""

MAX_ANSWER = 20_000
MAX_PART = 100_000
MAX_EVENTS = 500
MAX_PEOPLE = 200
MAX_GUESTS = 200
FEW = 5
"""With fewer people than this, a nameless answer can often be guessed by what it knows and how it is written."""


class ReviewError(PeopleError):
    """What was asked of a review cannot be done; the sentence says what to do."""


class TextConflict(ReviewError):
    """Two people wrote the same lines of the joint text; nothing was saved and nothing is lost.

    `parts` names where they meet; `base`, `theirs` and `yours` are whole texts, and `revision` is theirs.
    """

    def __init__(self, theirs: Joint, yours: Mapping[str, str], base: Mapping[str, str], parts: Sequence[str]) -> None:
        super().__init__("Somebody else changed the same lines. Compare both texts, join them and save again.")
        self.theirs = theirs
        self.yours = dict(yours)
        self.base = dict(base)
        self.parts = tuple(parts)


@dataclass(frozen=True, slots=True)
class Opening:
    """What is asked when a review is opened, and may be changed while it is held."""

    title: str
    summary: str = ""
    happened_on: dt.date | None = None
    team: str | None = None
    audience: tuple[str, ...] = ()
    guests: int = 0
    all_write: bool = False


@dataclass(frozen=True, slots=True)
class Review:
    """One review. `id` is the id that its entry gets; `guests` is how many people without an account may answer."""

    id: str
    title: str
    summary: str
    happened_on: dt.date | None
    team: str | None
    audience: tuple[str, ...]
    phase: Phase
    lead_id: str | None
    all_write: bool
    guests: int
    recurrence_of: tuple[str, ...]
    member_link: bool
    guest_link: bool
    opened_at: dt.datetime
    phase_at: dt.datetime
    reason: str

    @property
    def label(self) -> str:
        """The phase as people read it."""
        return LABELS[self.phase]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who takes part, with an account."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answered with their name so far. `given` once they said that it may be shown."""

    answers: Mapping[str, str]
    given: bool
    sequence: int


@dataclass(frozen=True, slots=True)
class Saved:
    """Answer to a save: `stored` is False when a newer one was there already."""

    stored: bool
    sequence: int
    given: bool


@dataclass(frozen=True, slots=True)
class Voice:
    """One voice on one question, as it was written; `name` is None for somebody who gave none."""

    name: str | None
    text: str


@dataclass(frozen=True, slots=True)
class Joint:
    """The joint text: its parts by key, and the number of this version (0: nothing was written yet).

    After a save that was `merged`, `yours` is the version that holds what was sent and nothing else: whoever has typed
    on meanwhile saves on top of that one.
    """

    parts: Mapping[str, str] = field(default_factory=dict)
    revision: int = 0
    merged: bool = False
    yours: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened at a moment, as the clock on the wall of `zone` showed it."""

    id: str
    at: dt.datetime
    zone: str
    text: str

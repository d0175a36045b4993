"""The life of a lesson, and the actions of a lesson or review, as their pages show them. It changes nothing."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from wiki.catalog import CatalogEntry
from wiki.catalog.lives import StepLine
from wiki.library.standing import today
from wiki.life.front import LIFE_KINDS, Action, Life, Recurred, people_of
from wiki.life.people import Person, persons
from wiki.services import services
from wiki.viewer import Viewer
from wiki.words import say

MAX_CHAIN = 60
STALE = dt.timedelta(days=365)
CONFIRMING = ("validated", "learned")
GONE = ("rejected", "retired")


@dataclass(frozen=True, slots=True)
class Link:
    """One experience of a chain; `here` is the entry whose page it is, `missed` what that action did not reach."""

    entry: CatalogEntry
    here: bool
    missed: str


@dataclass(frozen=True, slots=True)
class Holding:
    """Whether a lesson still holds, in words; tone as of a badge. `on` is the day it was last confirmed."""

    words: str
    tone: str
    on: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Living:
    """What a page knows of a life. `people` holds everybody named, by what the entry says."""

    life: Life
    holding: Holding | None
    steps: list[StepLine]
    chain: list[Link]
    people: dict[str, Person]
    replacement: CatalogEntry | None
    today: dt.date

    @property
    def open_actions(self) -> int:
        """How many are not settled."""
        return sum(1 for action in self.life.actions if not action.settled)

    def overdue(self, action: Action) -> bool:
        """Whether it should have been done."""
        return action.overdue(self.today)


def living_of(item: CatalogEntry, viewer: Viewer) -> Living | None:
    """The life of an entry that the viewer may see; None for kinds that have none."""
    if item.kind not in LIFE_KINDS or item.error is not None:
        return None
    parts = services()
    life = parts.library.read(item.id, viewer).entry.life
    lesson = item.kind == "lesson"
    steps = parts.catalog.lives.steps(item.id) if lesson else []
    replaced = parts.catalog.entries_by_id([life.replaced_by], viewer) if life.replaced_by else {}
    return Living(
        life=life,
        holding=holding(item.status or "", life, steps, today()) if lesson else None,
        steps=steps,
        chain=chain(item, life, viewer),
        people=persons(parts.people, people_of(life)),
        replacement=replaced.get(life.replaced_by),
        today=today(),
    )


def holding(status: str, life: Life, steps: list[StepLine], day: dt.date) -> Holding:
    """Whether the lesson holds, from its status, its steps and what people said who applied it."""
    if status == "retired":
        return Holding(say("No longer holds"), "bad", note=life.reason)
    if status == "rejected":
        return Holding(say("Rejected"), "bad", note=life.reason)
    confirmed = [one.on for one in life.applied if one.held and one.on]
    confirmed += [line.version.at.date() for line in steps if line.after in CONFIRMING and line.before != line.after]
    last = max(confirmed, default=None)
    failed = max((one for one in life.applied if not one.held and one.on), key=lambda one: one.on or day, default=None)
    if failed is not None and (last is None or (failed.on or day) >= last):
        return Holding(say("Did not hold"), "warn", failed.on, failed.note)
    back = steps[-1] if steps and steps[-1].recurred else None
    if back is not None:
        return Holding(say("It came back: not learned yet"), "warn", back.version.at.date())
    if last is None:
        return Holding(say("Not confirmed yet"), "")
    if day - last > STALE:
        return Holding(say("Not confirmed for more than a year: is it still true?"), "warn", last)
    return Holding(say("Holds"), "good", last)


def chain(item: CatalogEntry, life: Life, viewer: Viewer) -> list[Link]:
    """The same experience in time, from the first entry that tells of it to the last, as far as the viewer sees it."""
    catalog = services().catalog
    found: dict[str, CatalogEntry] = {item.id: item}
    waiting = [item]
    while waiting and len(found) < MAX_CHAIN:
        entry = waiting.pop(0)
        near = [*catalog.entries_by_id(entry.recurrence_of, viewer).values()] if entry.recurrence_of else []
        near += catalog.recurrences(entry.id, viewer)
        for other in near:
            if other.id not in found:
                found[other.id] = other
                waiting.append(other)
    if len(found) == 1:
        return []
    missed = {one.id: one.missed for one in life.recurred}
    ordered = sorted(
        found.values(), key=lambda entry: (entry.date or entry.created.at.date(), entry.created.at, entry.id)
    )
    return [Link(entry, entry.id == item.id, missed.get(entry.id, "")) for entry in ordered]


def unanswered(life: Life) -> list[Recurred]:
    """Recurrences of which nobody has said yet what the action of then missed."""
    return [one for one in life.recurred if not one.missed]

"""Whom the life of lessons concerns: owners of actions that are due, and whoever looks after what came back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator

from wiki.life.front import Action
from wiki.reminders import Reminder
from wiki.services import Services
from wiki.viewer import SYSTEM
from wiki.words import say

SOON = 7
STAGES = (0, 1, 7, 14, 28, 56)
"""Days after the due date on which the owner hears of it again; from STEWARD_AFTER on the steward hears of it, too."""
STEWARD_AFTER = 14
RECENT = dt.timedelta(days=60)


def due(parts: Services, now: dt.datetime) -> Iterator[Reminder]:
    """What is due by now; recurrences that came with a push are told here, too."""
    day = now.date()
    for entry_id, _, action in parts.catalog.lives.due(day + dt.timedelta(days=SOON)):
        if action.due is not None:
            yield from _of_action(parts, entry_id, action, (day - action.due).days)
    for lesson_id, entry_id in parts.catalog.lives.came_back(now - RECENT):
        yield from of_recurrence(parts, lesson_id, entry_id)


def _of_action(parts: Services, entry_id: str, action: Action, late: int) -> Iterator[Reminder]:
    stage = max((days for days in STAGES if days <= late), default=-SOON)
    key = f"action:{entry_id}:{action.id}:{action.due}:{stage}"
    link = f"/actions/{entry_id}/{action.id}"
    if late < 0:
        text = say("An action of yours is due on %(due)s: %(what)s", due=action.due, what=action.what[:200])
    elif late == 0:
        text = say("An action of yours is due today: %(what)s", what=action.what[:200])
    else:
        text = say(
            "An action of yours was due on %(due)s. What happened? %(what)s", due=action.due, what=action.what[:200]
        )
    yield Reminder(action.owner, key, "action", text, link, entry_id)
    steward = parts.catalog.lives.care(entry_id).steward if stage >= STEWARD_AFTER else ""
    if steward and steward != action.owner:
        text = say(
            "An action of something that you look after was due on %(due)s: %(what)s",
            due=action.due,
            what=action.what[:200],
        )
        yield Reminder(steward, key, "action", text, link, entry_id)


def of_recurrence(parts: Services, lesson_id: str, entry_id: str) -> Iterator[Reminder]:
    """What a recurrence asks of the steward of a lesson and of the owners of its actions, but for who wrote of it. The
    text names nothing of the entry in which it came back: fewer may see that."""
    entry, lesson = parts.catalog.entry(entry_id), parts.catalog.entry(lesson_id)
    if entry is None or lesson is None or lesson.kind != "lesson":
        return
    writer = entry.created.author_id
    life = parts.library.read(lesson_id, SYSTEM).entry.life
    if writer and not any(one.id == entry_id and one.missed for one in life.recurred):
        text = say("You wrote that it happened again. What did the action of then miss?")
        link = f"/life/{lesson_id}/again?entry={entry_id}"
        yield Reminder(writer, f"missed:{lesson_id}:{entry_id}", "recurrence", text, link, lesson_id)
    asked = {life.steward, *(action.owner for action in life.actions)} - {"", writer}
    for account_id in sorted(asked):
        yield Reminder(
            account_id,
            f"recurrence:{lesson_id}:{entry_id}",
            "recurrence",
            say("It happened again: a lesson that you look after, or had an action in, came back"),
            f"/life/{lesson_id}",
            lesson_id,
        )


def tell_recurrences(parts: Services, entry_id: str, lessons: Iterable[str]) -> None:
    """Tell everybody concerned at once; the hourly round would tell them the same, and not twice."""
    from wiki.reminders import tell

    for lesson_id in lessons:
        for reminder in of_recurrence(parts, lesson_id, entry_id):
            tell(parts, reminder)

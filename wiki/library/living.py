"""Steps in the life of a lesson, its actions and its recurrences. Each is one commit on the text as it stands then."""

from __future__ import annotations

import datetime as dt
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from wiki.catalog import CatalogEntry
from wiki.entries import Entry, EntryError, read_date
from wiki.entry_values import LESSON_STATUSES
from wiki.library.base import text_of
from wiki.library.curating import Curating
from wiki.library.standing import today
from wiki.library.types import NotFound
from wiki.life.front import ACTION_STATES, LIFE_KINDS, STATE_NAMES, Action, Applied
from wiki.lifecycle import LABELS, taken_back
from wiki.slugs import ID_ALPHABET
from wiki.viewer import Viewer
from wiki.words import say

ACTION_TEXTS = ("what", "owner", "shows", "reason", "happened")
AWAY = say("This action is not there any more. Open the page again to see what became of it.")


@dataclass(frozen=True, slots=True)
class StepTaken:
    """What somebody says who takes a lesson a step further; what the step does not need may be empty."""

    to: str
    why: str = ""
    evidence: str = ""
    loop: str = ""
    reason: str = ""
    replaced_by: str = ""


class Living(Curating):
    """The part of the library in which lessons live. Raises EntryError (with the field), NotFound, Forbidden."""

    def step(self, entry_id: str, taken: StepTaken, *, viewer: Viewer) -> CatalogEntry:
        """Take a lesson to another state of its life."""
        if taken.to not in LESSON_STATUSES:
            raise EntryError(
                say(
                    "The status of a lesson is one of %(lesson_statuses)s.", lesson_statuses=", ".join(LESSON_STATUSES)
                ),
                "status",
            )
        self._check_replacement(entry_id, taken.replaced_by, viewer)

        def change(entry: Entry) -> Entry:
            if entry.kind != "lesson":
                raise EntryError("Only lessons have a life in steps. Make a lesson of it first.", "kind")
            if entry.status == taken.to:
                raise EntryError(
                    say("This lesson is %(status)s already. Load the page again.", status=LABELS[taken.to]), "status"
                )
            life = taken_back(entry.life)
            if taken.to == "learned":
                life = replace(life, evidence=_line(taken.evidence), loop=taken.loop)
            elif taken.to in ("rejected", "retired"):
                replaced_by = taken.replaced_by if taken.to == "retired" else ""
                life = replace(life, reason=_line(taken.reason), replaced_by=replaced_by)
            return replace(entry, status=taken.to, life=life)

        said = _line(taken.why or taken.reason or taken.evidence)
        note = f"Now {LABELS[taken.to]}" + (f": {said}" if said else "")
        return self.amend(entry_id, change, viewer=viewer, message=note, why=taken.why)

    def _check_replacement(self, entry_id: str, other: str, viewer: Viewer) -> None:
        if not other:
            return
        found = self._catalog.entry(other)
        if found is None or not viewer.may_see(found.audience) or other == entry_id:
            raise EntryError("There is no such entry to replace this one. Name another by its id.", "replaced_by")

    def steward(self, entry_id: str, account_id: str, *, viewer: Viewer) -> CatalogEntry:
        """Let somebody look after a lesson (nobody, where `account_id` is empty)."""

        def change(entry: Entry) -> Entry:
            _check_kind(entry)
            return replace(entry, life=replace(entry.life, steward=account_id))

        note = "Change who looks after it"
        return self.amend(entry_id, change, viewer=viewer, message=note)

    def add_action(self, entry_id: str, values: Mapping[str, str], *, viewer: Viewer) -> tuple[CatalogEntry, str]:
        """A new action from `what`, `owner`, `due`, `shows`; gives its id."""
        action_id = "a" + "".join(secrets.choice(ID_ALPHABET) for _ in range(7))

        def change(entry: Entry) -> Entry:
            _check_kind(entry)
            action = _changed(Action(action_id, ""), values)
            return replace(entry, life=replace(entry.life, actions=(*entry.life.actions, action)))

        note = f"Add an action: {_line(values.get('what', ''))[:100]}"
        return self.amend(entry_id, change, viewer=viewer, message=note), action_id

    def change_action(
        self, entry_id: str, action_id: str, values: Mapping[str, str], *, viewer: Viewer, seen: str = ""
    ) -> CatalogEntry:
        """Change what is named of an action. `seen` is the state that the writer saw: where it is another by now, the
        change of the state is refused rather than repeated."""
        known = self._action(entry_id, action_id, viewer)

        def change(entry: Entry) -> Entry:
            old = entry.life.action(action_id)
            if old is None:
                raise EntryError(AWAY, "actions")
            if seen and "state" in values and old.state != seen and values["state"] != seen:
                raise EntryError(
                    say(
                        "Somebody changed this action meanwhile: it is “%(state)s” now. Look again, then decide.",
                        state=STATE_NAMES[old.state],
                    ),
                    "state",
                )
            new = _changed(old, values)
            actions = tuple(new if action.id == action_id else action for action in entry.life.actions)
            return replace(entry, life=replace(entry.life, actions=actions))

        state = values.get("state", known.state)
        word = f"Action {state}" if state != known.state else "Change an action"
        said = _line(values.get("happened", "") or values.get("reason", ""))
        note = f"{word}: {known.what[:100]}" + (f" ({said[:200]})" if said else "")
        return self.amend(entry_id, change, viewer=viewer, message=note)

    def _action(self, entry_id: str, action_id: str, viewer: Viewer) -> Action:
        item = self._present(entry_id, viewer)
        found = text_of(self._store.blob(item.revision), item.id, item.path).life.action(action_id)
        if found is None:
            raise NotFound(AWAY)
        return found

    def judge(self, entry_id: str, *, held: bool, note: str = "", viewer: Viewer) -> CatalogEntry:
        """Somebody applied a lesson, and it held or did not; said again on one day it is the same judgement."""
        me, day = viewer.account_id or "", today()

        def change(entry: Entry) -> Entry:
            if entry.kind != "lesson":
                raise EntryError("Only lessons are applied. Open the lesson and say it there.", "kind")
            if not held and not note.strip():
                raise EntryError("Say what did not hold: the next reader needs to know.", "note")
            kept = tuple(one for one in entry.life.applied if one.by != me or one.on != day)
            mine = Applied(secrets.token_hex(4), held, me, day, _line(note))
            return replace(entry, life=replace(entry.life, applied=(*kept, mine)))

        words = "Applied, and it held" if held else "Applied, and it did not hold"
        return self.amend(entry_id, change, viewer=viewer, message=f"{words}: {_line(note)}" if note.strip() else words)

    def recur(self, lesson_id: str, entry_id: str, *, missed: str = "", viewer: Viewer) -> CatalogEntry:
        """The experience of a lesson came back in an entry: links the two, takes the lesson back to identified, and
        keeps what the action of then missed. Said again it changes only what was missed."""
        self._require_writer(viewer)
        lesson, other = self._present(lesson_id, viewer), self._present(entry_id, viewer)
        if lesson.id == other.id:
            raise EntryError(
                "An experience cannot be a recurrence of itself. Name the entry that tells of it.", "entry"
            )
        if lesson.kind not in LIFE_KINDS:
            raise EntryError("Only lessons and reviews tell of what can come back. Open one of them.", "kind")
        self.amend(
            other.id,
            lambda entry: replace(entry, recurrence_of=tuple(dict.fromkeys((*entry.recurrence_of, lesson.id)))),
            viewer=viewer,
            message="Note that it happened before",
        )
        self._came_back(other.id, [lesson.id], viewer, missed=_line(missed))
        return self._written(lesson.id)


def _changed(action: Action, values: Mapping[str, str]) -> Action:
    texts: dict[str, Any] = {name: _line(values[name]) for name in ACTION_TEXTS if name in values}
    due = _due(values["due"]) if "due" in values else action.due
    state = values.get("state", action.state)
    if state not in ACTION_STATES:
        raise EntryError(
            say("The state of an action is one of %(action_states)s.", action_states=", ".join(ACTION_STATES)), "state"
        )
    return replace(action, **texts, due=due, state=state)


def _due(text: str) -> dt.date | None:
    try:
        return read_date(text)
    except EntryError as error:
        raise EntryError(str(error), "due") from error


def _line(text: str) -> str:
    return " ".join(text.split())


def _check_kind(entry: Entry) -> None:
    if entry.kind not in LIFE_KINDS:
        raise EntryError("Only lessons and reviews have actions and a steward. Change the kind first.", "kind")

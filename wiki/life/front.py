"""What the front matter of a lesson or a review keeps of its life: actions, evidence, judgements, recurrences (pure).

Reading is lenient where nothing can go wrong: an action that is written as plain words is one that is open, and names
of a map that mean nothing here are kept. Owners, stewards and judges are account ids; whoever has no account here (an
export of another wiki, a name typed by hand) stays as written, until an account claims the name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wiki import slugs
from wiki.entry_values import EntryError, one_value, read_date
from wiki.words import say

LIFE_KINDS = ("lesson", "after-action-review")
LIFE_NAMES = ("evidence", "loop", "reason", "replaced_by", "actions", "applied", "recurred")
"""The names of the front matter that lessons and reviews have beside those of every entry, in their order."""
STATE_NAMES = {
    "open": say("To do"),
    "doing": say("Being done"),
    "done": say("Done, not yet verified"),
    "verified": say("Verified"),
    "dropped": say("Dropped"),
}
ACTION_STATES = tuple(STATE_NAMES)
SETTLED = ("verified", "dropped")
UNDER_WAY = ("open", "doing")
LOOPS = ("single", "double")
MAX_ACTIONS = 200
MAX_ITEMS = 500
MAX_LINE = 500
MAX_TEXT = 2_000
MAX_PERSON = 80
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Action:
    """A corrective action. `owner` is an account id, or the name of somebody who has no account here; `shows` is what
    would show that it worked, `reason` why it was dropped, `happened` what happened where it was settled late."""

    id: str
    what: str
    owner: str = ""
    due: dt.date | None = None
    state: str = "open"
    shows: str = ""
    reason: str = ""
    happened: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def settled(self) -> bool:
        """Verified, or dropped with a reason."""
        return self.state == "verified" or (self.state == "dropped" and bool(self.reason))

    def overdue(self, today: dt.date) -> bool:
        """Whether it should have been done by now and is not."""
        return self.state in UNDER_WAY and self.due is not None and self.due < today


@dataclass(frozen=True, slots=True)
class Applied:
    """Somebody applied the lesson: `held` says whether it held."""

    id: str
    held: bool
    by: str = ""
    on: dt.date | None = None
    note: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recurred:
    """The experience came back, in the entry `id`; `missed` is what the action of then did not reach."""

    id: str
    missed: str = ""
    by: str = ""
    on: dt.date | None = None
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Life:
    """All that a lesson or review keeps of its life beside its status."""

    steward: str = ""
    evidence: str = ""
    loop: str = ""
    reason: str = ""
    replaced_by: str = ""
    actions: tuple[Action, ...] = ()
    applied: tuple[Applied, ...] = ()
    recurred: tuple[Recurred, ...] = ()

    def action(self, action_id: str) -> Action | None:
        """The action with this id."""
        return next((action for action in self.actions if action.id == action_id), None)


NO_LIFE = Life()


def read_life(values: Mapping[str, Any]) -> Life:
    """The life that a front matter tells of. Raises EntryError for dates, states and lists that cannot be read."""
    given = dict(values)
    loop = (one_value(given, "loop") or "").casefold()
    if loop and loop not in LOOPS:
        raise EntryError("“loop” is single (the action was corrected) or double (the assumption behind it).", "loop")
    return Life(
        steward=one_value(given, "steward") or "",
        evidence=_words(given, "evidence"),
        loop=loop,
        reason=_words(given, "reason"),
        replaced_by=one_value(given, "replaced_by") or "",
        actions=tuple(_action(one) for one in _maps(given, "actions", "what")),
        applied=tuple(_applied(one) for one in _maps(given, "applied", "note")),
        recurred=tuple(_recurred(one) for one in _maps(given, "recurred", "id")),
    )


def _action(one: dict[str, Any]) -> Action:
    state = (_text(one, "state") or "open").casefold()
    if state not in ACTION_STATES:
        raise EntryError(
            say(
                "The state of an action is one of %(action_states)s, not “%(state)s”.",
                action_states=", ".join(ACTION_STATES),
                state=state[:40],
            ),
            "actions",
        )
    return Action(
        one.pop("id"), _text(one, "what"), _text(one, "owner"), _day(one, "due", "actions"), state,
        _text(one, "shows"), _text(one, "reason"), _text(one, "happened"), one,
    )  # fmt: skip


def _applied(one: dict[str, Any]) -> Applied:
    held = _text(one, "held").casefold() not in ("no", "false", "n")
    return Applied(one.pop("id"), held, _text(one, "by"), _day(one, "on", "applied"), _text(one, "note"), one)


def _recurred(one: dict[str, Any]) -> Recurred:
    return Recurred(one.pop("id"), _text(one, "missed"), _text(one, "by"), _day(one, "on", "recurred"), one)


def written_life(life: Life) -> dict[str, Any]:
    """The life as its front matter has it, by name; what is empty is None or an empty list."""
    return {
        "evidence": life.evidence or None,
        "loop": life.loop or None,
        "reason": life.reason or None,
        "replaced_by": life.replaced_by or None,
        "actions": [as_map(action) for action in life.actions],
        "applied": [
            _filled({"id": one.id, "by": one.by, "on": iso(one.on), "held": "yes" if one.held else "no"}, one)
            for one in life.applied
        ],
        "recurred": [_filled({"id": one.id, "by": one.by, "on": iso(one.on)}, one) for one in life.recurred],
    }


def as_map(action: Action) -> dict[str, Any]:
    """An action as one map of the list, without what is empty."""
    names = ("what", "owner", "due", "state", "shows", "reason", "happened")
    values = {name: getattr(action, name) for name in names}
    return _filled({"id": action.id, **values, "due": iso(action.due)}, action)


def _filled(values: dict[str, Any], one: Action | Applied | Recurred) -> dict[str, Any]:
    for name in ("note", "missed"):
        values |= {name: getattr(one, name)} if hasattr(one, name) else {}
    return {name: value for name, value in {**values, **one.more}.items() if value}


def check_life(life: Life) -> None:
    """Raise EntryError for what a person may not save."""
    if len(life.actions) > MAX_ACTIONS:
        raise EntryError(
            say(
                "An entry takes at most %(max_actions)s actions. Spread them over several entries.",
                max_actions=MAX_ACTIONS,
            ),
            "actions",
        )
    for name in ("applied", "recurred"):
        if len(getattr(life, name)) > MAX_ITEMS:
            raise EntryError(
                say("“%(name)s” holds too many items: at most %(max_items)s.", name=name, max_items=MAX_ITEMS), name
            )
    for action in life.actions:
        if not action.what:
            raise EntryError("Say what is to be done: an action needs a few words.", "what")
        _check_text(action.what, "what", MAX_LINE)
        for name in ("shows", "reason", "happened"):
            _check_text(getattr(action, name), name, MAX_TEXT)
        _check_text(action.owner, "owner", MAX_PERSON)
        if action.state == "dropped" and not action.reason:
            raise EntryError(
                say("Say why “%(what)s” is dropped: an action is dropped with a reason.", what=action.what[:60]),
                "reason",
            )
    for name in ("evidence", "reason"):
        _check_text(getattr(life, name), name, MAX_TEXT)
    _check_text(life.steward, "steward", MAX_PERSON)
    if life.replaced_by and not slugs.is_id(life.replaced_by):
        raise EntryError("“replaced_by” holds the id of the entry that replaces this one.", "replaced_by")
    for judged in life.applied:
        _check_text(judged.note, "note", MAX_TEXT)
    for back in life.recurred:
        _check_text(back.missed, "missed", MAX_TEXT)
    for name in ("actions", "applied", "recurred"):
        _check_ids(name, [one.id for one in getattr(life, name)])


def _check_ids(name: str, ids: list[str]) -> None:
    if not all(slugs.is_id(one) for one in ids):
        raise EntryError(say("Each map in “%(name)s” needs an id of letters, digits, - and _.", name=name), name)
    if len(set(ids)) != len(ids):
        raise EntryError(say("Two maps in “%(name)s” have the same id. Give each one of its own.", name=name), name)


def _check_text(text: str, name: str, longest: int) -> None:
    if len(text) > longest:
        raise EntryError(
            say("This takes at most %(longest)s characters. Shorten it, or link to the rest.", longest=f"{longest:,}"),
            name,
        )
    if _CONTROL.search(text):
        raise EntryError("This holds control characters. Type it anew, or paste it as plain text.", name)


def _maps(values: dict[str, Any], name: str, main: str) -> list[dict[str, Any]]:
    """The maps of a list, each with an id; a string is a map of its `main` name alone, and ids that are missing are
    made from the words, always the same."""
    value = values.get(name)
    if value in (None, ""):
        return []
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list):
        raise EntryError(say("“%(name)s” is a list of maps, each with an id.", name=name), name)
    maps = [{main: one} if isinstance(one, str) else dict(one) if isinstance(one, dict) else {} for one in value]
    for one in maps:
        if not isinstance(one.get("id"), str) or not one["id"]:
            one["id"] = slugs.id_from_key(f"{name}\0{one.get(main, '')}")[:8]
    return list({one["id"]: one for one in reversed(maps)}.values())[::-1]


def _text(values: dict[str, Any], name: str) -> str:
    value = values.pop(name, "")
    if not isinstance(value, str):
        raise EntryError(say("“%(name)s” of an action or judgement is plain text.", name=name), name)
    return " ".join(value.split())


def _words(values: dict[str, Any], name: str) -> str:
    return one_value(values, name) or ""


def _day(values: dict[str, Any], name: str, owner: str) -> dt.date | None:
    try:
        return read_date(_text(values, name))
    except EntryError as error:
        raise EntryError(str(error), owner) from error


def iso(day: dt.date | None) -> str:
    """A day as it is written, empty for none."""
    return day.isoformat() if day else ""


def people_of(life: Life) -> Iterable[str]:
    """Everybody whom it names, as written."""
    yield life.steward
    yield from (action.owner for action in life.actions)
    yield from (judged.by for judged in life.applied)
    yield from (back.by for back in life.recurred)

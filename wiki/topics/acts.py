"""What people can do to a topic, by name: pages and programs send the same, and get the same sentence back.

Each act takes the services, the topic, what was filled in and the viewer. Refusals are sentences.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping

from wiki.entries import EntryError, read_date
from wiki.services import Services
from wiki.topics import keeping, ordering
from wiki.topics.naming import entry_named
from wiki.viewer import Viewer
from wiki.words import say

Given = Mapping[str, str]
Act = Callable[[Services, str, Given, Viewer], str]


def perform(table: Mapping[str, Act], parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    """Do what `act` says, which must stand in the table."""
    act = table.get(given.get("act", ""))
    if act is None:
        raise EntryError(say("Choose one of %(table)s.", table=", ".join(table)), "act")
    return act(parts, topic_id, given, viewer)


def _title(parts: Services, entry_id: str, viewer: Viewer) -> str:
    found = parts.catalog.entries_by_id([entry_id], viewer).get(entry_id)
    return f"“{found.title}”" if found else "The entry"


def _accept(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.choose(parts, topic_id, entry_id, viewer, why=given.get("why", ""), passage=given.get("passage", ""))
    return f"{_title(parts, entry_id, viewer)} is in the list."


def _add(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry = entry_named(parts, given.get("named", ""), viewer)
    return _accept(parts, topic_id, {**given, "entry": entry.id}, viewer)


def _dismiss(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    title = _title(parts, entry_id, viewer)
    keeping.change(parts, topic_id, lambda topic: ordering.dismissed(topic, entry_id), viewer, f"Leave out {title}")
    return f"{title} is left out, and not proposed again."


def _bring_back(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    title = _title(parts, entry_id, viewer)
    keeping.change(
        parts, topic_id, lambda topic: ordering.brought_back(topic, entry_id), viewer, f"Propose {title} again"
    )
    return f"{title} is proposed again."


def _take_out(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    title = _title(parts, entry_id, viewer)
    keeping.change(parts, topic_id, lambda topic: ordering.taken_out(topic, entry_id), viewer, f"Take out {title}")
    return f"{title} is taken out of the list."


def _up(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.step(parts, topic_id, entry_id, -1, viewer)
    return f"{_title(parts, entry_id, viewer)} moved up."


def _down(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.step(parts, topic_id, entry_id, 1, viewer)
    return f"{_title(parts, entry_id, viewer)} moved down."


def _place(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    before = given.get("before", "")
    title = _title(parts, entry_id, viewer)
    keeping.change(parts, topic_id, lambda topic: ordering.placed(topic, entry_id, before), viewer, f"Move {title}")
    return f"{title} moved."


def _edit(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.say(parts, topic_id, entry_id, given.get("why", ""), given.get("passage"), viewer)
    return f"What the list says of {_title(parts, entry_id, viewer)} is saved."


def _recite(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.cite(parts, topic_id, entry_id, given.get("passage", ""), viewer)
    return f"{_title(parts, entry_id, viewer)} is cited as it is now."


def _keep(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.keep_passage(parts, topic_id, entry_id, viewer)
    return f"The words of {_title(parts, entry_id, viewer)} stay as they were cited."


LIST: dict[str, Act] = {
    "accept": _accept, "add": _add, "dismiss": _dismiss, "back": _bring_back, "out": _take_out, "up": _up,
    "down": _down, "place": _place, "edit": _edit, "recite": _recite, "keep": _keep,
}  # fmt: skip
"""Changes of the curated list and of what is proposed."""


def _add_step(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "") or entry_named(parts, given.get("named", ""), viewer).id
    keeping.add_step(parts, topic_id, entry_id, given.get("note", ""), viewer)
    return f"{_title(parts, entry_id, viewer)} is on the reading path."


def _change_step(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.change_step(parts, topic_id, entry_id, given.get("act", ""), viewer)
    return f"The place of {_title(parts, entry_id, viewer)} on the reading path is changed."


PATH: dict[str, Act] = {"add": _add_step, "up": _change_step, "down": _change_step, "out": _change_step}
"""Changes of the reading path."""


def _offer(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    keeping.offer(parts, topic_id, given.get("to", ""), given.get("note", ""), viewer)
    return "Offered. You stay the steward until they accept."


def _accept_topic(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    keeping.accept(parts, topic_id, viewer)
    return "You are the steward of this topic now."


def _withdraw(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    keeping.withdraw(parts, topic_id, viewer)
    return "The offer is gone. Everything is as it was."


def _step_in(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    keeping.step_in(parts, topic_id, viewer)
    return "You are the steward now."


def _take_on(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    keeping.take_on(parts, topic_id, viewer)
    return "You are the steward of this topic now."


def _deputy(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    keeping.name_deputy(parts, topic_id, given.get("to", ""), viewer)
    return "The deputy is set."


def _away(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    day = given.get("until", "").strip()
    until: dt.date | None = read_date(day) if day else None
    keeping.set_away(parts, topic_id, until, viewer)
    return "Your deputy may step in until then." if until else "Welcome back."


STEPS: dict[str, Act] = {
    "offer": _offer, "accept": _accept_topic, "withdraw": _withdraw, "step-in": _step_in, "take-on": _take_on,
    "deputy": _deputy, "away": _away,
}  # fmt: skip
"""The steps of handing over."""

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
    return say("“%(text)s”", text=found.title) if found else say("The entry")


def _accept(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.choose(parts, topic_id, entry_id, viewer, why=given.get("why", ""), passage=given.get("passage", ""))
    return say("%(title)s is in the list.", title=_title(parts, entry_id, viewer))


def _add(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry = entry_named(parts, given.get("named", ""), viewer)
    return _accept(parts, topic_id, {**given, "entry": entry.id}, viewer)


def _dismiss(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    title = _title(parts, entry_id, viewer)
    keeping.change(parts, topic_id, lambda topic: ordering.dismissed(topic, entry_id), viewer, f"Leave out {title}")
    return say("%(title)s is left out, and not proposed again.", title=title)


def _bring_back(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    title = _title(parts, entry_id, viewer)
    keeping.change(
        parts, topic_id, lambda topic: ordering.brought_back(topic, entry_id), viewer, f"Propose {title} again"
    )
    return say("%(title)s is proposed again.", title=title)


def _take_out(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    title = _title(parts, entry_id, viewer)
    keeping.change(parts, topic_id, lambda topic: ordering.taken_out(topic, entry_id), viewer, f"Take out {title}")
    return say("%(title)s is taken out of the list.", title=title)


def _up(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.step(parts, topic_id, entry_id, -1, viewer)
    return say("%(title)s moved up.", title=_title(parts, entry_id, viewer))


def _down(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.step(parts, topic_id, entry_id, 1, viewer)
    return say("%(title)s moved down.", title=_title(parts, entry_id, viewer))


def _place(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    before = given.get("before", "")
    title = _title(parts, entry_id, viewer)
    keeping.change(parts, topic_id, lambda topic: ordering.placed(topic, entry_id, before), viewer, f"Move {title}")
    return say("%(title)s moved.", title=title)


def _edit(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.say(parts, topic_id, entry_id, given.get("why", ""), given.get("passage"), viewer)
    return say("What the list says of %(title)s is saved.", title=_title(parts, entry_id, viewer))


def _recite(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.cite(parts, topic_id, entry_id, given.get("passage", ""), viewer)
    return say("%(title)s is cited as it is now.", title=_title(parts, entry_id, viewer))


def _keep(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.keep_passage(parts, topic_id, entry_id, viewer)
    return say("The words of %(title)s stay as they were cited.", title=_title(parts, entry_id, viewer))


LIST: dict[str, Act] = {
    "accept": _accept, "add": _add, "dismiss": _dismiss, "back": _bring_back, "out": _take_out, "up": _up,
    "down": _down, "place": _place, "edit": _edit, "recite": _recite, "keep": _keep,
}  # fmt: skip
"""Changes of the curated list and of what is proposed."""


def _add_step(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "") or entry_named(parts, given.get("named", ""), viewer).id
    keeping.add_step(parts, topic_id, entry_id, given.get("note", ""), viewer)
    return say("%(title)s is on the reading path.", title=_title(parts, entry_id, viewer))


def _change_step(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    entry_id = given.get("entry", "")
    keeping.change_step(parts, topic_id, entry_id, given.get("act", ""), viewer)
    return say("The place of %(title)s on the reading path is changed.", title=_title(parts, entry_id, viewer))


PATH: dict[str, Act] = {"add": _add_step, "up": _change_step, "down": _change_step, "out": _change_step}
"""Changes of the reading path."""


def _offer(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    keeping.offer(parts, topic_id, given.get("to", ""), given.get("note", ""), viewer)
    return say("Offered. You stay the steward until they accept.")


def _accept_topic(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    keeping.accept(parts, topic_id, viewer)
    return say("You are the steward of this topic now.")


def _withdraw(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    keeping.withdraw(parts, topic_id, viewer)
    return say("The offer is gone. Everything is as it was.")


def _step_in(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    keeping.step_in(parts, topic_id, viewer)
    return say("You are the steward now.")


def _take_on(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    keeping.take_on(parts, topic_id, viewer)
    return say("You are the steward of this topic now.")


def _deputy(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    keeping.name_deputy(parts, topic_id, given.get("to", ""), viewer)
    return say("The deputy is set.")


def _away(parts: Services, topic_id: str, given: Given, viewer: Viewer) -> str:
    day = given.get("until", "").strip()
    until: dt.date | None = read_date(day) if day else None
    keeping.set_away(parts, topic_id, until, viewer)
    return say("Your deputy may step in until then.") if until else say("Welcome back.")


STEPS: dict[str, Act] = {
    "offer": _offer, "accept": _accept_topic, "withdraw": _withdraw, "step-in": _step_in, "take-on": _take_on,
    "deputy": _deputy, "away": _away,
}  # fmt: skip
"""The steps of handing over."""

"""What kinds, statuses, states, roles and changes are called, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from wiki.entries import kind_of
from wiki.life.front import STATE_NAMES
from wiki.translations import SOURCE
from wiki.web.locales import current_language
from wiki.web.saying import translate
from wiki.words import say

# Each status of a lesson as people read it, and the tone of its badge.
STATUSES: dict[str, tuple[str, str]] = {
    "observation": (say("Observation"), ""),
    "identified": (say("Lesson identified"), ""),
    "validated": (say("Validated"), "info"),
    "action-under-way": (say("Action under way"), "warn"),
    "learned": (say("Lesson learned"), "good"),
    "rejected": (say("Rejected"), ""),
    "retired": (say("Retired"), ""),
}
# The same for each state of an action.
STATES: dict[str, tuple[str, str]] = {
    state: (name, {"doing": "info", "done": "warn", "verified": "good"}.get(state, ""))
    for state, name in STATE_NAMES.items()
}
ROLES = {
    "reader": say("reader"),
    "author": say("author"),
    "facilitator": say("facilitator"),
    "administrator": say("administrator"),
}
WITH_ARTICLE = {
    "reader": say("a reader"),
    "author": say("an author"),
    "facilitator": say("a facilitator"),
    "administrator": say("an administrator"),
}
# The parts of an entry's head that every kind has.
FIELDS = {
    "title": say("Title"),
    "kind": say("Kind"),
    "tags": say("Tags"),
    "team": say("Team"),
    "date": say("Date of the event"),
    "audience": say("Who may read it"),
}
CHANGES = {
    "created": say("created"),
    "edited": say("edited"),
    "moved": say("moved"),
    "deleted": say("deleted"),
    "restored": say("restored"),
}


def kind_label(slug: str) -> str:
    """The name of a kind for people; an unknown one as it is written."""
    return translate(kind_of(slug).label)


def kind_plural(slug: str) -> str:
    """The name of many of a kind."""
    return translate(kind_of(slug).plural)


def kind_counted(slug: str, count: int = 1) -> str:
    """What so many of a kind are called within a sentence."""
    return noun(kind_label(slug) if count == 1 else kind_plural(slug))


def status_label(slug: str) -> str:
    """A status as people read it."""
    return translate(STATUSES.get(slug, (slug, ""))[0])


def status_tone(slug: str) -> str:
    """The tone of a status's badge, for the macro `badge`."""
    return STATUSES.get(slug, (slug, ""))[1]


def state_label(state: str) -> str:
    """The state of an action as people read it."""
    return translate(STATES.get(state, (state, ""))[0])


def state_tone(state: str) -> str:
    """The tone of its badge."""
    return STATES.get(state, (state, ""))[1]


def role_label(role: str) -> str:
    """What a role is called."""
    return translate(ROLES.get(str(role), str(role)))


def a_role(role: str) -> str:
    """A role with its article: an author."""
    return translate(WITH_ARTICLE.get(str(role), str(role)))


def noun(name: str) -> str:
    """A name of something within a sentence: English writes it small."""
    return name.lower() if current_language() == SOURCE else name


def action_label(action: str) -> str:
    """What a version did to its entry."""
    return translate(CHANGES.get(action, action))


def in_words(value: object) -> str:
    """What a part of the head holds: a list with commas, nothing as nothing."""
    if value is None:
        return ""
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


FILTERS: dict[str, Callable[..., Any]] = {
    function.__name__: function
    for function in (
        kind_label,
        kind_plural,
        kind_counted,
        status_label,
        status_tone,
        state_label,
        state_tone,
        role_label,
        a_role,
        action_label,
        noun,
    )
}

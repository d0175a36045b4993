"""What a topic keeps in its front matter: its people, its curated list, its rule and its reading path (pure).

Reading is lenient where nothing can go wrong: a map without an id is passed over, unknown names of a map are kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wiki import slugs
from wiki.entry_values import EntryError, clean_tags, many_values, one_value, read_date, unique
from wiki.words import say

MAX_CURATED = 1_000
MAX_PATH = 100
MAX_LEFT_OUT = 5_000
MAX_WHY = 1_000
MAX_PASSAGE = 4_000
MAX_QUERY = 500
MAX_PERSON = 80
TOPIC_NAMES = (
    "steward",
    "deputy",
    "away_until",
    "review_by",
    "handover",
    "rule",
    "curated",
    "left_out",
    "reading_path",
)
"""The names of the front matter that a topic has beside those of every entry, in the order of writing."""


@dataclass(frozen=True, slots=True)
class Curated:
    """An entry that the topic's facilitator chose: `why` it matters in a sentence. `passage` is cited from the
    version `revision` (a blob id) of its text; both are empty where nothing is cited."""

    id: str
    why: str = ""
    passage: str = ""
    revision: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """An entry of the reading path for newcomers, with a word on what to look for."""

    id: str
    note: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rule:
    """What proposes new entries: any of these tags, of these teams, or what this query finds."""

    tags: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    query: str = ""

    def __bool__(self) -> bool:
        """Whether it proposes anything."""
        return bool(self.tags or self.teams or self.query)


@dataclass(frozen=True, slots=True)
class Handover:
    """A topic that was offered to somebody (`to`, an account id) who has not accepted yet."""

    to: str
    since: dt.date | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """All that a topic page has beside its text. `steward` and `deputy` are account ids, or names of people who have
    no account here. `left_out` holds ids of proposals that were dismissed."""

    steward: str = ""
    deputy: str = ""
    away_until: dt.date | None = None
    review_by: dt.date | None = None
    handover: Handover | None = None
    rule: Rule = Rule()
    curated: tuple[Curated, ...] = ()
    left_out: tuple[str, ...] = ()
    reading_path: tuple[Step, ...] = ()


NO_TOPIC = Topic()


def read_topic(values: Mapping[str, Any]) -> Topic:
    """The topic that a front matter describes. Raises EntryError for dates, people and ids that cannot be read."""
    given = dict(values)
    return Topic(
        steward=_person(given, "steward"),
        deputy=_person(given, "deputy"),
        away_until=_day(given, "away_until"),
        review_by=_day(given, "review_by"),
        handover=_handover(given.get("handover")),
        rule=_rule(given.get("rule")),
        curated=tuple(
            Curated(one.pop("id"), _text(one, "why"), _text(one, "passage"), _text(one, "revision"), one)
            for one in _maps(given, "curated")
        ),
        left_out=unique(many_values(given, "left_out", separators=r"[,\s]")),
        reading_path=tuple(Step(one.pop("id"), _text(one, "note"), one) for one in _maps(given, "reading_path")),
    )


def written_topic(topic: Topic) -> dict[str, Any]:
    """The topic as its front matter has it, by name; what is empty is None or an empty list."""
    handover = topic.handover
    rule = {"tags": list(topic.rule.tags), "teams": list(topic.rule.teams), "query": topic.rule.query}
    return {
        "steward": topic.steward or None,
        "deputy": topic.deputy or None,
        "away_until": _iso(topic.away_until),
        "review_by": _iso(topic.review_by),
        "handover": {"to": handover.to, "since": _iso(handover.since) or "", "note": handover.note}
        if handover
        else None,
        "rule": {name: value for name, value in rule.items() if value},
        "curated": [
            _filled({"id": one.id, "why": one.why, "passage": one.passage, "revision": one.revision, **one.more})
            for one in topic.curated
        ],
        "left_out": list(topic.left_out),
        "reading_path": [_filled({"id": one.id, "note": one.note, **one.more}) for one in topic.reading_path],
    }


def check_topic(topic: Topic) -> None:
    """Raise EntryError for what a person may not save."""
    for name, most in (("curated", MAX_CURATED), ("reading_path", MAX_PATH), ("left_out", MAX_LEFT_OUT)):
        if len(getattr(topic, name)) > most:
            raise EntryError(
                say(
                    "“%(name)s” holds too many entries: at most %(most)s. Make two topics of it.",
                    name=name,
                    most=most,
                ),
                name,
            )
    for name, items in (("curated", topic.curated), ("reading_path", topic.reading_path)):
        ids = [item.id for item in items]
        twice = next((one for one in ids if ids.count(one) > 1), None) if len(set(ids)) != len(ids) else None
        if twice is not None:
            raise EntryError(
                say("“%(twice)s” stands twice in “%(name)s”. Take one of them out.", twice=twice, name=name), name
            )
        _check_ids(ids, name)
    _check_ids(topic.left_out, "left_out")
    for one in topic.curated:
        if len(one.why) > MAX_WHY:
            raise EntryError(
                say("Say in at most %(max_why)s characters why an entry matters.", max_why=MAX_WHY), "curated"
            )
        if len(one.passage) > MAX_PASSAGE:
            raise EntryError(
                say(
                    "Cite at most %(max_passage)s characters of an entry, and link to the rest.",
                    max_passage=MAX_PASSAGE,
                ),
                "curated",
            )
    if any(len(step.note) > MAX_WHY for step in topic.reading_path):
        raise EntryError(
            say("A word on a step of the reading path takes at most %(max_why)s characters.", max_why=MAX_WHY),
            "reading_path",
        )
    if len(topic.rule.query) > MAX_QUERY:
        raise EntryError(
            say("The query of the rule takes at most %(max_query)s characters.", max_query=MAX_QUERY), "rule"
        )
    if any(not slugs.is_team_slug(team) for team in topic.rule.teams):
        raise EntryError("The teams of the rule are short names (lower-case letters, digits, -).", "rule")
    if topic.steward and topic.steward == topic.deputy:
        raise EntryError("Steward and deputy must be two people, so that one can step in for the other.", "deputy")


def _check_ids(ids: Iterable[str], name: str) -> None:
    if not all(slugs.is_id(one) for one in ids):
        raise EntryError(say("“%(name)s” holds ids of entries.", name=name), name)


def _person(values: dict[str, Any], name: str) -> str:
    written = one_value(values, name) or ""
    if len(written) > MAX_PERSON:
        raise EntryError(
            say(
                "“%(name)s” is an account id, or a name of at most %(longest)s characters.",
                name=name,
                longest=MAX_PERSON,
            ),
            name,
        )
    return written


def _day(values: dict[str, Any], name: str) -> dt.date | None:
    try:
        return read_date(one_value(values, name))
    except EntryError as error:
        raise EntryError(str(error), name) from error


def _handover(value: object) -> Handover | None:
    if not isinstance(value, dict):
        return None
    to = _person(value, "to")
    return Handover(to, _day(value, "since"), _text(value, "note")) if to else None


def _rule(value: object) -> Rule:
    if value in (None, ""):
        return Rule()
    if not isinstance(value, dict):
        raise EntryError("“rule” is a map with tags, teams and a query.", "rule")
    tags = clean_tags(many_values(value, "tags", separators=r"[,\n]"))
    teams = unique(team.casefold() for team in many_values(value, "teams", separators=r"[,\s]"))
    return Rule(tags, teams, one_value(value, "query") or "")


def _maps(values: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The maps of a list, each with an id; an id alone counts as a map of nothing else."""
    value = values.get(name)
    if value in (None, ""):
        return []
    if not isinstance(value, list):
        raise EntryError(say("“%(name)s” is a list of maps, each with the id of an entry.", name=name), name)
    maps = [{"id": one} if isinstance(one, str) else dict(one) if isinstance(one, dict) else {} for one in value]
    if not all(isinstance(one.get("id"), str) for one in maps):
        raise EntryError(say("Each map in “%(name)s” needs the id of an entry: “- id: …”.", name=name), name)
    found: dict[str, dict[str, Any]] = {}
    for one in maps:
        found.setdefault(one["id"], one)
    return list(found.values())


def _text(values: dict[str, Any], name: str) -> str:
    value = values.pop(name, "")
    return value.strip() if isinstance(value, str) else ""


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty, and without what a line of the front matter cannot hold."""
    return {
        name: value
        for name, value in values.items()
        if value and (isinstance(value, str) or all(isinstance(item, str) for item in value))
    }


def _iso(day: dt.date | None) -> str | None:
    return day.isoformat() if day else None

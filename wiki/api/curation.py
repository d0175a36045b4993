"""Topics and the curator's desk over the API: the same acts as on the pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import request

from wiki.api import names, shaping
from wiki.api.operations import Answer, Call
from wiki.api.problems import Problem
from wiki.catalog import CatalogEntry
from wiki.catalog.curation import BrokenLink
from wiki.catalog.topics import TopicFacts
from wiki.curation import acts as desk_acts
from wiki.curation.desk import QUEUES, TagRow, Thin
from wiki.curation.names import Named
from wiki.entries import clean_tags, read_date
from wiki.library import NotFound
from wiki.pairs import OpenPair
from wiki.services import services
from wiki.topics import keeping
from wiki.topics.acts import LIST, PATH, STEPS, Act, perform
from wiki.topics.front import Rule
from wiki.topics.shown import proposals_of, shown


def topics(call: Call) -> Answer:
    """Every topic with its people, dates and rule."""
    catalog = services().catalog
    sizes = catalog.topics.sizes(call.viewer)
    found = [_facts(one, sizes.get(one.entry.id, 0)) for one in catalog.topics.all(call.viewer)]
    return Answer({"topics": found})


def topic(call: Call) -> Answer:
    """One topic: a slice of its list, with what cited passages have become, and its reading path."""
    parts, viewer = services(), call.viewer
    facts = _found(call)
    offset = call.query.get("offset", 0)
    items, total = parts.catalog.topics.items(facts.entry.id, viewer, offset, call.query.get("limit", 50))
    curated = []
    for place, item in enumerate(items, offset + 1):
        one = shown(parts, item, place)
        curated.append(
            {
                **_named(item.entry),
                "why": item.why,
                "passage": item.passage,
                "revision": item.revision,
                "changed": one.changed,
                "now": one.now,
            }
        )
    read = parts.people.curating.read_of(viewer.account_id, facts.entry.id) if viewer.account_id else frozenset[str]()
    path = [
        {**_named(entry), "note": note, "read": entry.id in read}
        for entry, note in parts.catalog.topics.steps(facts.entry.id, viewer)
    ]
    return Answer({**_facts(facts, total), "curated": curated, "reading_path": path})


def change(call: Call) -> Answer:
    """Change a topic's rule and review-by date: the fields that are sent."""
    facts, sent = _found(call), call.body
    rule = Rule(
        clean_tags(sent["tags"]) if "tags" in sent else facts.rule.tags,
        tuple(dict.fromkeys(team.strip().casefold() for team in sent["teams"]))
        if "teams" in sent
        else facts.rule.teams,
        " ".join(sent["query"].split()) if "query" in sent else facts.rule.query,
    )
    day = read_date(sent["review_by"]) if "review_by" in sent else facts.review_by
    keeping.set_rule(services(), facts.entry.id, rule, day, call.viewer)
    return topic(call)


def change_list(call: Call) -> Answer:
    """Change the curated list."""
    return _acted(call, LIST)


def change_path(call: Call) -> Answer:
    """Change the reading path."""
    return _acted(call, PATH)


def hand_over(call: Call) -> Answer:
    """One step of handing a topic over."""
    return _acted(call, STEPS)


def _acted(call: Call, table: Mapping[str, Act]) -> Answer:
    facts = _found(call)
    sentence = perform(table, services(), facts.entry.id, call.body, call.viewer)
    return Answer({"sentence": sentence, "commit": None})


def mark_read(call: Call) -> Answer:
    """Note for oneself that an entry of the reading path was read, or take that back."""
    parts, facts = services(), _found(call)
    if call.viewer.account_id is None:
        raise Problem(403, "Sign in, or send a token: progress belongs to an account.")
    if call.body["entry"] not in {entry.id for entry, _ in parts.catalog.topics.steps(facts.entry.id, call.viewer)}:
        raise NotFound("This entry is not on the reading path.")
    read = call.body["read"] == "yes"
    parts.people.curating.set_read(call.viewer.account_id, facts.entry.id, call.body["entry"], read=read)
    return topic(call)


def proposals(call: Call) -> Answer:
    """What a topic's rule proposes and nobody has accepted or dismissed."""
    facts = _found(call)
    found = proposals_of(
        services(), facts.entry.id, call.viewer, call.query.get("offset", 0), call.query.get("limit", 50)
    )
    entries = [shaping.summary(entry, request.script_root) for entry in found.items]
    return Answer({"entries": entries, "total": found.total})


def desk(call: Call) -> Answer:
    """Rows of one queue of the curator's desk."""
    desk_acts.check_curator(call.viewer)
    queue = QUEUES[call.query.get("queue", "new")]
    found = queue.find(services(), call.viewer, call.query.get("offset", 0), call.query.get("limit", 20))
    return Answer({"queue": queue.name, "rows": [_row(row) for row in found.rows], "total": found.total})


def settle(call: Call) -> Answer:
    """Settle a row of the desk."""
    done = desk_acts.perform(services(), call.body["act"], call.body, call.viewer)
    return Answer({"sentence": done.sentence, "commit": done.commit or None})


def retag(call: Call) -> Answer:
    """Give several tags one name everywhere, in one commit that `undo` at the desk takes back."""
    desk_acts.check_curator(call.viewer)
    steps = services().library.retag(call.body["tags"], call.body.get("new", ""), viewer=call.viewer)
    try:
        while True:
            next(steps)
    except StopIteration as end:
        commit, count = end.value
    return Answer({"sentence": f"{count} {'entry is' if count == 1 else 'entries are'} changed.", "commit": commit})


def _found(call: Call) -> TopicFacts:
    facts = services().catalog.topics.facts(call.path["id"], call.viewer)
    if facts is None:
        raise NotFound("There is no such topic, or it is not shared with you.")
    return facts


def _named(entry: CatalogEntry) -> dict[str, Any]:
    url = request.script_root + entry.url
    return {"id": entry.id, "url": url, "title": entry.title, "kind": entry.kind, "status": entry.status}


def _facts(facts: TopicFacts, entries: int) -> dict[str, Any]:
    entry, rule = facts.entry, facts.rule
    return {
        "id": entry.id,
        "url": request.script_root + entry.url,
        "title": entry.title,
        "revision": entry.revision,
        "steward": facts.steward or None,
        "deputy": facts.deputy or None,
        "away_until": shaping.iso(facts.away_until),
        "review_by": shaping.iso(facts.review_by),
        "offered_to": facts.offered_to or None,
        "entries": entries,
        "rule": {"tags": list(rule.tags), "teams": list(rule.teams), "query": rule.query},
    }


def _row(row: object) -> dict[str, Any]:
    """A row as the queue has it: an entry, a topic, a pair, a link or a tag."""
    if isinstance(row, CatalogEntry):
        return _named(row)
    if isinstance(row, TopicFacts):
        return {**_named(row.entry), "steward": row.steward or None, "review_by": shaping.iso(row.review_by)}
    if isinstance(row, Thin):
        return {**_named(row.facts.entry), "entries": row.entries, "asked": row.asked}
    if isinstance(row, BrokenLink):
        return {**_named(row.entry), "target": row.target}
    if isinstance(row, TagRow):
        return {"tag": row.tag, "count": row.count, "alike": list(row.alike)}
    if isinstance(row, OpenPair):
        return {"score": row.score, "entry": _named(row.a), "other": _named(row.b)}
    if isinstance(row, Named):
        return names.document(row)
    raise TypeError(type(row))

"""Small lists: tags, teams and kinds with how often the caller meets them, close pairs, and the API's description."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import current_app, request

from wiki.api.operations import Answer, Call
from wiki.api.problems import Problem
from wiki.entries import KINDS
from wiki.pairs import OpenPair, open_pairs
from wiki.services import services


def tags(call: Call) -> Answer:
    """The tags of the entries that the caller may see."""
    found = services().catalog.tags(call.viewer)
    return _counts((count.value, count.value, count.count) for count in found)


def teams(call: Call) -> Answer:
    """The teams, each with the number of its entries that the caller may see."""
    counted = {count.value: count.count for count in services().catalog.teams(call.viewer)}
    names = services().people.teams.names()
    slugs = sorted({*counted, *names})
    return _counts((slug, names.get(slug, slug), counted.get(slug, 0)) for slug in slugs)


def kinds(call: Call) -> Answer:
    """The kinds of entries of this wiki."""
    counted = services().catalog.counts(call.viewer).kinds
    return _counts((slug, kind.label, counted.get(slug, 0)) for slug, kind in KINDS.items())


def pairs(call: Call) -> Answer:
    """The closest pairs of entries that nobody has linked or dismissed, for those who curate."""
    if not call.viewer.can_curate:
        raise Problem(403, "Pairs are for facilitators. Ask an administrator for that role.")
    found = open_pairs(services(), call.viewer, limit=call.query.get("limit", 50))
    return Answer(
        {"pairs": [_pair(pair, request.script_root) for pair in found]}, headers={"Cache-Control": "no-store"}
    )


def _pair(pair: OpenPair, root: str) -> dict[str, Any]:
    sides = ((pair.a, pair.passage_a), (pair.b, pair.passage_b))
    entries = [
        {"id": entry.id, "url": root + entry.url, "title": entry.title, "kind": entry.kind, "passage": passage}
        for entry, passage in sides
    ]
    return {"score": pair.score, "entries": entries}


def openapi(call: Call) -> Answer:
    """The OpenAPI description, made once."""
    return Answer(current_app.extensions["hindsight-openapi"], headers={"Cache-Control": "public, max-age=300"})


def _counts(rows: Iterable[tuple[str, str, int]]) -> Answer:
    items = [{"name": name, "label": label, "count": count} for name, label, count in rows]
    return Answer({"items": items})

"""Small lists: tags, teams and kinds with how often the caller meets them, and the description of the API."""

from __future__ import annotations

from collections.abc import Iterable

from flask import current_app

from wiki.api.operations import Answer, Call
from wiki.entries import KINDS
from wiki.services import services


def tags(call: Call) -> Answer:
    """The tags of the entries that the caller may see."""
    found = services().catalog.tags(call.viewer)
    return _counts((count.value, count.value, count.count) for count in found)


def teams(call: Call) -> Answer:
    """The teams, each with the number of its entries that the caller may see."""
    counted = {count.value: count.count for count in services().catalog.teams(call.viewer)}
    names = {team.slug: team.name for team in services().people.teams.all()}
    slugs = sorted({*counted, *names})
    return _counts((slug, names.get(slug, slug), counted.get(slug, 0)) for slug in slugs)


def kinds(call: Call) -> Answer:
    """The kinds of entries of this wiki."""
    counted = services().catalog.counts(call.viewer).kinds
    return _counts((slug, kind.label, counted.get(slug, 0)) for slug, kind in KINDS.items())


def openapi(call: Call) -> Answer:
    """The OpenAPI description, made once."""
    return Answer(current_app.extensions["hindsight-openapi"], headers={"Cache-Control": "public, max-age=300"})


def _counts(rows: Iterable[tuple[str, str, int]]) -> Answer:
    items = [{"name": name, "label": label, "count": count} for name, label, count in rows]
    return Answer({"items": items})

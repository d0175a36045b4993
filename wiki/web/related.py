"""Related past experiences: what the organization has been through that resembles a draft or an entry.

`POST /related` answers the editor's panel with cards made by the server, so that the page without scripts and the
page with them show the same. Whatever the index names is looked up again in the catalog before it is shown: the
index may be a moment behind a deletion or a change of audience.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request

from indexer import Hit, RelatedRequest
from wiki.catalog import CatalogEntry
from wiki.entries import KINDS
from wiki.markdown import link_targets
from wiki.sections import Template, own_text
from wiki.services import services
from wiki.viewer import Role, Viewer
from wiki.web.excerpts import Marks, excerpt
from wiki.web.reports import reported
from wiki.web.security import current_viewer, require
from wiki.web.templates_of_kinds import template_of
from wiki.web.writing import citation_of, valid_key

bp = Blueprint("related", __name__)

LIMIT = 5
MAX_TITLE, MAX_PASSAGE, MAX_BODY = 300, 2_000, 20_000
MIN_TITLE, MIN_BODY = 10, 80
MAX_CITED = 100
VERDICTS = ("not-related", "cited", "opened")


@dataclass(frozen=True, slots=True)
class Question:
    """A draft as the panel sends it: what it is about, and which entries it must not be answered with."""

    title: str
    body: str
    passage: str = ""
    kind: str = ""
    draft: str = ""
    exclude: frozenset[str] = frozenset()
    shown: frozenset[str] = frozenset()

    def own_text(self) -> str:
        """The body without the questions and hints that every entry of its kind has."""
        return own_text(self.body, template_of(self.kind) if self.kind in KINDS else Template())


@dataclass(frozen=True, slots=True)
class Card:
    """One experience as it is shown: the entry as the catalog has it now, and why it is here."""

    entry: CatalogEntry
    hit: Hit
    passage: str
    marks: Marks
    citation: str


@dataclass(frozen=True, slots=True)
class Related:
    """At most five cards, and a sentence when a part of the search was missing, with when it may be there."""

    cards: tuple[Card, ...] = ()
    degraded: str | None = None
    retry_after: int | None = None


def find(question: Question, viewer: Viewer) -> Related:
    """What resembles the draft, without the draft itself, what it cites already and what was marked not related."""
    body = question.own_text()
    if len(question.title.strip()) < MIN_TITLE and len(body) < MIN_BODY:
        return Related()
    results = services().searcher.related(
        RelatedRequest(
            title=question.title[:MAX_TITLE],
            body=body[:MAX_BODY],
            passage=question.passage[:MAX_PASSAGE],
            kind=question.kind,
            exclude=_excluded(question, viewer),
            shown=question.shown,
            audiences=viewer.audiences,
            limit=LIMIT,
        )
    )
    return Related(_cards(results.hits, viewer), reported(results.degraded) or None, results.retry_after)


def _excluded(question: Question, viewer: Viewer) -> frozenset[str]:
    excluded = set(question.exclude) | set(_cited(question.body, viewer))
    kind, _, rest = question.draft.partition(":")
    if kind == "entry":
        excluded.add(rest)
    if viewer.account_id and valid_key(question.draft):
        excluded |= services().people.judgements.dismissed(viewer.account_id, question.draft)
    return frozenset(excluded)


def _cited(body: str, viewer: Viewer) -> Iterable[str]:
    found = services().catalog.resolve(link_targets(body)[:MAX_CITED], viewer)
    return [entry.id for entry in found.values() if entry is not None]


def _cards(hits: Sequence[Hit], viewer: Viewer) -> tuple[Card, ...]:
    entries = services().catalog.entries_by_id([hit.id for hit in hits], viewer)
    cards = []
    for hit in hits:
        entry = entries.get(hit.id)
        if entry is not None:
            passage, marks = excerpt(hit.passage, hit.marks)
            cards.append(Card(entry, hit, passage, marks, citation_of(entry.id, entry.title)))
    return tuple(cards)


def _text(value: Any, longest: int) -> str:
    return value[:longest] if isinstance(value, str) else ""


def _ids(value: Any) -> frozenset[str]:
    return frozenset([i for i in value if isinstance(i, str)][:200] if isinstance(value, list) else [])


def _question(data: dict[str, Any]) -> Question:
    return Question(
        title=_text(data.get("title"), MAX_TITLE),
        body=_text(data.get("body"), MAX_BODY),
        passage=_text(data.get("passage"), MAX_PASSAGE),
        kind=_text(data.get("kind"), 60),
        draft=_text(data.get("draft"), 120),
        exclude=_ids(data.get("exclude")),
        shown=_ids(data.get("shown")),
    )


def _json() -> dict[str, Any]:
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        abort(400, description="Send a JSON object.")
    return data


@bp.post("/related")
@require(Role.AUTHOR)
def panel() -> Response:
    """The panel's question: JSON in, `{items: [{id, html}], degraded, retry_after}` out."""
    related = find(_question(_json()), current_viewer())
    items = [{"id": card.entry.id, "html": render_template("related/card.html", card=card)} for card in related.cards]
    return jsonify(items=items, degraded=related.degraded, retry_after=related.retry_after)


@bp.post("/related/verdict")
@require(Role.AUTHOR)
def verdict() -> tuple[str, int]:
    """Remember what the writer said of an entry: not related, cited, or opened."""
    data = _json()
    key, entry_id, said = (_text(data.get(name), 120) for name in ("draft", "entry", "verdict"))
    record(key, entry_id, said)
    return "", 204


def record(key: str, entry_id: str, said: str) -> None:
    """Keep a judgement on an entry that the viewer may see; aborts with 400 or 404 otherwise."""
    viewer = current_viewer()
    if said not in VERDICTS or not valid_key(key) or viewer.account_id is None:
        abort(400, description="A judgement needs a draft, an entry and one of: " + ", ".join(VERDICTS) + ".")
    if entry_id not in services().catalog.entries_by_id([entry_id], viewer):
        abort(404)
    subject = key.removeprefix("entry:") if key.startswith("entry:") else None
    services().people.judgements.record(viewer.account_id, entry_id, said, draft_key=key, subject_id=subject)


@bp.get("/related/<entry_id>")
def of_entry(entry_id: str) -> str:
    """What resembles a published entry: a part of its page for scripts (`?fragment=1`), a page of its own without."""
    viewer = current_viewer()
    item, entry, _ = services().library.read(entry_id, viewer)
    related = find(Question(item.title, entry.body, kind=item.kind, draft=f"entry:{item.id}"), viewer)
    name = "related/fragment.html" if request.args.get("fragment") else "related/page.html"
    return render_template(name, item=item, related=related)

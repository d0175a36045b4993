"""What goes in and out of the API, declared once: the checks, the answers and openapi.json read these tables."""

from __future__ import annotations

from typing import Any

from indexer import MODES
from wiki.api.curation_schemas import ANSWERS as CURATION_ANSWERS
from wiki.api.fields import Choice, Field, Number, Text, Texts
from wiki.api.life_schemas import LIFE_ANSWERS

MAX_TEXT = 20_000_000
"""Characters of a text that are looked at at all; the instance's own limit (HINDSIGHT_MAX_BODY) answers 413 before."""

ENTRY_FIELDS: tuple[Field, ...] = (
    Field("kind", Text(60), "after-action-review, lesson, topic, page, or a kind of this wiki"),
    Field("title", Text(1000), "the title, at most 300 characters"),
    Field("body", Text(MAX_TEXT, nullable=True), "Markdown without front matter"),
    Field("tags", Texts(200, 200, nullable=True), "words to find it by"),
    Field("team", Text(200, nullable=True), "slug of the team that it is about"),
    Field("date", Text(40, nullable=True), "date of the event, YYYY-MM-DD"),
    Field("audience", Texts(200, 100, nullable=True), "slugs of the teams that may see it; empty: every member"),
    Field("status", Text(60, nullable=True), "where a lesson stands"),
    Field("source", Text(2000, nullable=True), "address it came from"),
    Field("recurrence_of", Texts(60, 200, nullable=True), "ids of entries that told of the same experience"),
    Field("kept_apart", Texts(60, 200, nullable=True), "ids of entries that look like this one and are not"),
    Field("message", Text(2000, nullable=True), "what changed and why, for the history"),
)

READ_ONLY = frozenset(
    {"id", "url", "path", "revision", "year", "created", "updated", "merged", "former_titles", "error"}
)
"""Fields of an answer that may be sent back with a change, and are passed over."""

_NEEDED = {"kind", "title", "body"}
CREATE_FIELDS = tuple(
    Field(field.name, field.type, field.help, required=field.name in _NEEDED) for field in ENTRY_FIELDS
)

FILTERS: tuple[Field, ...] = (
    Field("kind", Text(60), "only this kind; may be repeated", many=True),
    Field("tag", Text(200), "only with this tag; may be repeated", many=True),
    Field("team", Text(200), "only of this team; may be repeated", many=True),
    Field("status", Text(60), "only with this status; may be repeated", many=True),
    Field("year", Text(10), "only events of this year; may be repeated", many=True),
)

MAX_QUESTION = 20_000

SEARCH_QUERY: tuple[Field, ...] = (
    Field("q", Text(MAX_QUESTION), 'the question: words, "phrases", kind: tag: team: status: before: after:'),
    Field("mode", Choice(tuple(MODES), "hybrid"), "rank by words, by meaning, or by both"),
    *FILTERS,
    Field("before", Text(10, format="date"), "only events before this day"),
    Field("after", Text(10, format="date"), "only events on or after this day"),
    Field("limit", Number(1, 100, 10), "results to give"),
    Field("offset", Number(0, 10_000, 0), "results to pass over"),
)

RELATED_FIELDS: tuple[Field, ...] = (
    Field("title", Text(1000, nullable=True), "title of the draft"),
    Field("body", Text(MAX_TEXT, nullable=True), "the whole draft, Markdown"),
    Field("passage", Text(MAX_TEXT, nullable=True), "the paragraph being written"),
    Field("kind", Text(60, nullable=True), "kind of the draft"),
    Field("exclude", Texts(60, 1000, nullable=True), "ids that are not to be shown"),
    Field("limit", Number(1, 50, 5), "entries to give at most"),
)

LIST_QUERY: tuple[Field, ...] = (
    Field("kind", Text(60), "only this kind"),
    Field("tag", Text(200), "only with this tag"),
    Field("team", Text(200), "only of this team"),
    Field("status", Text(60), "only with this status"),
    Field("year", Number(1, 9999), "only events of this year"),
    Field("order", Choice(("updated", "title", "date"), "updated"), "how the list is ordered"),
    Field("limit", Number(1, 200, 50), "entries to give"),
    Field("cursor", Text(2000), "next_cursor of the page before"),
)

PAIRS_QUERY: tuple[Field, ...] = (Field("limit", Number(1, 200, 50), "pairs to give at most"),)

HISTORY_QUERY: tuple[Field, ...] = (
    Field("limit", Number(1, 200, 50), "versions to give"),
    Field("before", Text(64), "next_cursor of the page before"),
)


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_MAYBE = {"type": ["string", "null"]}
_STAMP = _object(
    ("at", "author"), at={"type": "string", "format": "date-time"}, author=_object(("name",), id=_MAYBE, name=_TEXT)
)
_SUMMARY = {
    "id": _TEXT, "url": _TEXT, "path": _TEXT, "revision": _TEXT, "kind": _TEXT, "title": _TEXT, "tags": _TEXTS,
    "team": _MAYBE, "date": _MAYBE, "audience": _TEXTS, "status": _MAYBE, "source": _MAYBE, "error": _MAYBE,
    "created": _STAMP, "updated": _STAMP,
}  # fmt: skip
_WHY = _object(
    ("summary",), summary=_TEXT, words=_TEXTS, keyword={"type": ["number", "null"]},
    similarity={"type": ["number", "null"]}, title_match={"type": "boolean"}, standing=_TEXT,
)  # fmt: skip
_RESULT = _object(
    ("id", "title", "url", "kind", "score", "passage", "heading", "why"),
    id=_TEXT, title=_TEXT, url=_TEXT, kind=_TEXT, score={"type": "number"}, passage=_TEXT, heading=_TEXT, why=_WHY,
    marks={"type": "array", "items": {"type": "array", "items": {"type": "integer"}}}, tags=_TEXTS, team=_MAYBE,
    status=_MAYBE, date=_MAYBE,
)  # fmt: skip
_SIDE = _object(("id", "url", "title", "kind", "passage"), id=_TEXT, url=_TEXT, title=_TEXT, kind=_TEXT, passage=_TEXT)
_VERSION = _object(
    ("commit", "revision", "at", "author"), commit=_TEXT, revision=_MAYBE, path=_TEXT, at=_TEXT,
    author=_object(("name",), id=_MAYBE, name=_TEXT), message=_TEXT, action=_TEXT,
)  # fmt: skip


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


ANSWERS: dict[str, dict[str, Any]] = {
    **CURATION_ANSWERS,
    **LIFE_ANSWERS,
    "Entry": _object(
        ("id", "url", "revision", "kind", "title", "body"),
        **_SUMMARY, body=_TEXT, recurrence_of=_TEXTS, kept_apart=_TEXTS, former_titles=_TEXTS,
        merged={"type": "boolean"},
    ),
    "EntrySummary": _object(("id", "url", "revision", "kind", "title"), **_SUMMARY),
    "EntryList": _object(
        ("entries", "total", "next_cursor"),
        entries=_list({"$ref": "#/components/schemas/EntrySummary"}), total={"type": "integer"}, next_cursor=_MAYBE,
    ),
    "History": _object(("versions", "next_cursor"), versions=_list(_VERSION), next_cursor=_MAYBE),
    "VersionText": _object(
        ("id", "revision", "title", "body", "text"),
        id=_TEXT, revision=_TEXT, title=_MAYBE, body=_MAYBE, text=_TEXT,
    ),
    "Results": _object(
        ("results", "total", "mode", "degraded", "took_ms"),
        results=_list(_RESULT), total={"type": "integer"}, mode={"type": "string", "enum": list(MODES)},
        degraded=_MAYBE, retry_after={"type": ["integer", "null"]}, took_ms={"type": "number"}, suggestion=_MAYBE,
    ),
    "Pairs": _object(
        ("pairs",), pairs=_list(_object(("score", "entries"), score={"type": "number"}, entries=_list(_SIDE)))
    ),
    "Counts": _object(
        ("items",), items=_list(_object(("name", "count"), name=_TEXT, label=_TEXT, count={"type": "integer"}))
    ),
    "Problem": _object(
        ("type", "title", "status", "detail"), type=_TEXT, title=_TEXT, status={"type": "integer"}, detail=_TEXT
    ),
}  # fmt: skip

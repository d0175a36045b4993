"""What goes in and out of the API about topics and the curator's desk."""

from __future__ import annotations

from typing import Any

from wiki.api.fields import Choice, Field, Number, Text, Texts
from wiki.curation.acts import ACTS
from wiki.curation.desk import QUEUES
from wiki.topics.acts import LIST, PATH, STEPS
from wiki.topics.front import MAX_PASSAGE, MAX_PERSON, MAX_QUERY, MAX_WHY

_ENTRY = Field("entry", Text(64), "id of the entry")
_NAMED = Field("named", Text(1000), "title or address of an entry, in place of its id")

SLICE_QUERY = (
    Field("limit", Number(1, 200, 50), "entries to give"),
    Field("offset", Number(0, 10_000, 0), "entries to pass over"),
)
TOPIC_FIELDS = (
    Field("tags", Texts(200, 50, nullable=True), "tags whose entries are proposed"),
    Field("teams", Texts(64, 50, nullable=True), "slugs of teams whose entries are proposed"),
    Field("query", Text(MAX_QUERY, nullable=True), "a search whose results are proposed"),
    Field("review_by", Text(40, nullable=True), "day by which the topic is to be looked through, YYYY-MM-DD"),
)
LIST_FIELDS = (
    Field("act", Choice(tuple(LIST)), "what to do", required=True),
    _ENTRY,
    _NAMED,
    Field("why", Text(MAX_WHY), "why it matters, in a sentence"),
    Field("passage", Text(MAX_PASSAGE), "words of its present text to cite"),
    Field("before", Text(64), "id of the entry to place it before; empty: at the end"),
)
PATH_FIELDS = (
    Field("act", Choice(tuple(PATH)), "what to do", required=True),
    _ENTRY,
    _NAMED,
    Field("note", Text(MAX_WHY), "what to look for"),
)
READ_FIELDS = (
    Field("entry", Text(64), "id of an entry of the reading path", required=True),
    Field("read", Choice(("yes", "no")), "whether you have read it", required=True),
)
HANDOVER_FIELDS = (
    Field("act", Choice(tuple(STEPS)), "what to do", required=True),
    Field("to", Text(200), "sign-in name or account id"),
    Field("note", Text(MAX_WHY), "a note for them; it stays with the topic"),
    Field("until", Text(40), "day until which you are away, YYYY-MM-DD; empty: you are back"),
)
DESK_QUERY = (
    Field("queue", Choice(tuple(QUEUES), "new"), "which queue"),
    Field("limit", Number(1, 100, 20), "rows to give"),
    Field("offset", Number(0, 10_000, 0), "rows to pass over"),
)
DESK_FIELDS = (
    Field("act", Choice(tuple(ACTS)), "what to do", required=True),
    _ENTRY,
    Field("other", Text(64), "id of the other entry of a pair; of two that are merged, the one that goes"),
    Field("topic", Text(1000), "title, address or id of a topic"),
    Field("why", Text(MAX_WHY), "why it matters there"),
    Field("reason", Text(MAX_WHY), "why a lesson is rejected"),
    Field("missed", Text(MAX_WHY), "what the action of then missed"),
    Field("target", Text(300), "a link as the text writes it"),
    _NAMED,
    Field("until", Text(40), "day of a topic's next review, YYYY-MM-DD"),
    Field("name", Text(MAX_PERSON), "a name in the entries of somebody who has no account here"),
    Field("account", Text(MAX_PERSON), "sign-in name or account id of whom the name means, or does not"),
    Field("commit", Text(40), "the commit to undo"),
)
NAMES_QUERY = (
    Field("limit", Number(1, 200, 50), "names to give"),
    Field("offset", Number(0, 10_000, 0), "names to pass over"),
)
CLAIM_FIELDS = (
    Field("act", Choice(("claim", "withdraw")), "what to do", required=True),
    Field("name", Text(MAX_PERSON), "the name, as the entries have it", required=True),
)
TAG_FIELDS = (
    Field("tags", Texts(200, 200), "the tags that go", required=True),
    Field("new", Text(200, nullable=True), "the tag that takes their place; empty: none"),
)

_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_COUNT = {"type": "integer"}
_TEXTS = {"type": "array", "items": _TEXT}


def _object(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": sorted(properties), "properties": properties}


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


_NAMED_ENTRY = {"id": _TEXT, "url": _TEXT, "title": _TEXT, "kind": _TEXT, "status": _MAYBE}
_TOPIC = {
    "id": _TEXT, "url": _TEXT, "title": _TEXT, "revision": _TEXT, "steward": _MAYBE, "deputy": _MAYBE,
    "away_until": _MAYBE, "review_by": _MAYBE, "offered_to": _MAYBE, "entries": _COUNT,
    "rule": _object(tags=_TEXTS, teams=_TEXTS, query=_TEXT),
}  # fmt: skip
ANSWERS: dict[str, dict[str, Any]] = {
    "Topics": _object(topics=_list(_object(**_TOPIC))),
    "Topic": _object(
        **_TOPIC,
        curated=_list(
            _object(**_NAMED_ENTRY, why=_TEXT, passage=_TEXT, revision=_TEXT, changed={"type": "boolean"}, now=_TEXT)
        ),
        reading_path=_list(_object(**_NAMED_ENTRY, note=_TEXT, read={"type": "boolean"})),
    ),
    "Proposals": _object(entries=_list({"$ref": "#/components/schemas/EntrySummary"}), total=_COUNT),
    "Names": _object(
        names=_list(
            _object(
                name=_TEXT,
                shown=_TEXT,
                entries=_COUNT,
                known=_MAYBE,
                claims=_list(_object(account=_TEXT, name=_TEXT, asked_at=_TEXT)),
            )
        ),
        total=_COUNT,
    ),
    "Said": _object(sentence=_TEXT, commit=_MAYBE),
    "DeskRows": _object(queue=_TEXT, rows=_list({"type": "object"}), total=_COUNT),
}

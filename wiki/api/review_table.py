"""The operations on reviews that are being held, with what goes in and out of them."""

from __future__ import annotations

from typing import Any

from wiki.api import reviews
from wiki.api.fields import Choice, Field, Number, Text, Texts
from wiki.api.operations import Operation
from wiki.reviews.types import MAX_GUESTS, MAX_PART, QUESTIONS

_LONG = 1_000_000  # characters that are looked at at all; what may be kept is refused with a sentence of its own
_OPENING = (
    Field("summary", Text(_LONG, nullable=True), "what happened and when, in a sentence or two"),
    Field("date", Text(40, nullable=True), "day of the event, YYYY-MM-DD"),
    Field("team", Text(200, nullable=True), "slug of the team that it is about"),
    Field("audience", Texts(200, 100, nullable=True), "slugs of the teams that may read it once it is published"),
    Field("guests", Number(0, MAX_GUESTS), "how many people without an account may answer"),
    Field("writers", Choice(("lead", "all")), "who writes the joint text"),
)
_TITLE = Field("title", Text(1000), "the title, at most 300 characters")
_CHANGED = (_TITLE, *_OPENING)
_OPENED = (Field("title", _TITLE.type, _TITLE.help, required=True), *_OPENING)
_ANSWERS = tuple(Field(name, Text(_LONG), words) for name, words in QUESTIONS.items())
_NAMED = (*_ANSWERS, Field("given", Choice(("yes", "no"), "yes"), "whether it may be shown in the discussion"))
_NAMELESS = (
    Field("link", Text(500), "the guests' link of the review, or its last part", required=True),
    Field("ticket", Text(200, shortest=16), "random characters: sent twice, the answer is there once", required=True),
    Field("name", Text(200), "your name, or nothing"),
    *_ANSWERS,
)
_WRITTEN = (
    Field("base", Number(0, 2**31 - 1), "the revision that you started from, 0 at the beginning", required=True),
    Field("part", Text(200), "the part: a heading of the template in small letters, or factors, sustain, improve",
          required=True),
    Field("text", Text(10 * MAX_PART), "the whole text of the part", required=True),
)  # fmt: skip
_EVENT = (
    Field("at", Text(60), "what the clock there showed, 2026-11-24T02:10, or with an offset", required=True),
    Field("zone", Text(64), "its time zone, such as Europe/Berlin; UTC by default"),
    Field("text", Text(_LONG), "what happened", required=True),
)
_MOVED = (
    Field("to", Choice(("discussing", "published", "closed")), "the phase to go on to", required=True),
    Field("reason", Text(_LONG), "why it is closed"),
)
_INVITED = (Field("name", Text(200), "sign-in name", required=True),)
_OBSERVED = (
    Field("text", Text(_LONG), "what was noticed", required=True),
    Field("entry", Text(64), "id of the entry that was being read"),
)

OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/reviews", "listReviews", "List the reviews that you take part in", reviews.listing, "Reviews"),
    Operation(
        "POST", "/reviews", "openReview", "Open a review and lead it", reviews.create, "Review",
        writes=True, body=_OPENED, statuses=(201,),
    ),
    Operation("GET", "/reviews/{id}", "readReview", "Read where a review stands", reviews.show, "Review",
              problems=(404,)),
    Operation(
        "PUT", "/reviews/{id}", "changeReview", "Change what was said at the opening", reviews.change, "Review",
        writes=True, body=_CHANGED, problems=(404,),
    ),
    Operation(
        "POST", "/reviews/{id}/people", "inviteToReview", "Let somebody take part", reviews.invite, "Review",
        writes=True, body=_INVITED, problems=(404,),
    ),
    Operation(
        "POST", "/reviews/{id}/phase", "moveReview", "Begin the discussion, publish, or close", reviews.move, "Review",
        writes=True, body=_MOVED, problems=(404, 409),
    ),
    Operation(
        "GET", "/reviews/{id}/answer", "readMyAnswer", "Read your own answer", reviews.answer, "ReviewAnswer",
        problems=(404,),
    ),
    Operation(
        "PUT", "/reviews/{id}/answer", "giveMyAnswer", "Answer with your name", reviews.give, "ReviewAnswer",
        writes=True, body=_NAMED, problems=(404,),
    ),
    Operation(
        "POST", "/reviews/nameless", "giveNamelessAnswer", "Answer by the guests' link, without a token",
        reviews.give_nameless, None, open=True, body=_NAMELESS, statuses=(204,), problems=(404, 422),
    ),
    Operation(
        "GET", "/reviews/{id}/voices", "readVoices", "Read all voices, once the discussion has begun",
        reviews.voices, "ReviewVoices", problems=(404,),
    ),
    Operation("GET", "/reviews/{id}/text", "readJointText", "Read the joint text", reviews.text, "ReviewText",
              problems=(404,)),
    Operation(
        "PUT", "/reviews/{id}/text", "writeJointText", "Save one part of the joint text", reviews.write, "ReviewText",
        writes=True, body=_WRITTEN, problems=(404, 409),
    ),
    Operation(
        "GET", "/reviews/{id}/events", "readTimeline", "Read the timeline", reviews.timeline, "ReviewEvents",
        problems=(404,),
    ),
    Operation(
        "POST", "/reviews/{id}/events", "addEvent", "Add an event", reviews.add_event, "ReviewEvent",
        writes=True, body=_EVENT, statuses=(201,), problems=(404,),
    ),
    Operation(
        "DELETE", "/reviews/{id}/events/{event}", "removeEvent", "Take an event out of the timeline",
        reviews.remove_event, None, writes=True, statuses=(204,), problems=(404,),
    ),
    Operation(
        "POST", "/observations", "observe", "Keep a one-line observation", reviews.observation, "Entry",
        writes=True, body=_OBSERVED, statuses=(201,), problems=(409,),
    ),
)  # fmt: skip


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


_TEXT = {"type": "string"}
_TEXTS = {"type": "array", "items": _TEXT}
_MAYBE = {"type": ["string", "null"]}
_PERSON = _object(("id", "name"), id=_TEXT, name=_TEXT)
_SUMMARY: dict[str, Any] = {
    "id": _TEXT, "url": _TEXT, "title": _TEXT, "summary": _TEXT, "date": _MAYBE, "team": _MAYBE, "audience": _TEXTS,
    "phase": _TEXT, "writers": _TEXT, "guests": {"type": "integer"}, "opened": _TEXT, "reason": _TEXT,
}  # fmt: skip
_SAID = {"type": "array", "items": _object(("name", "text"), name=_MAYBE, text=_TEXT)}
_PLACED = {"id": _TEXT, "at": _TEXT, "zone": _TEXT, "text": _TEXT}

ANSWERS: dict[str, dict[str, Any]] = {
    "Reviews": _object(("reviews",), reviews={"type": "array", "items": _object(("id", "title", "phase"), **_SUMMARY)}),
    "Review": _object(
        ("id", "title", "phase", "people"),
        **_SUMMARY, lead=_MAYBE, people={"type": "array", "items": _PERSON}, answered=_TEXT, entry=_MAYBE,
    ),
    "ReviewAnswer": _object(
        ("answers", "given"),
        answers={"type": "object", "additionalProperties": _TEXT}, given={"type": "boolean"},
    ),
    "ReviewVoices": _object(("voices",), voices=_object(tuple(QUESTIONS), **dict.fromkeys(QUESTIONS, _SAID))),
    "ReviewText": _object(
        ("revision", "parts"),
        revision={"type": "integer"}, parts={"type": "object", "additionalProperties": _TEXT},
        merged={"type": "boolean"},
    ),
    "ReviewEvent": _object(("id", "at", "zone", "text"), **_PLACED),
    "ReviewEvents": _object(("events",), events={"type": "array", "items": _object(("id", "at"), **_PLACED)}),
}  # fmt: skip

"""Reviews that are being held over the API: the same functions as the pages.

An answer without a name is sent by the guests' link and without a token, because a token notes when it was used.
"""

from __future__ import annotations

from typing import Any

from flask import request

from wiki.api import shaping
from wiki.api.operations import Answer, Call
from wiki.api.problems import Problem
from wiki.entries import EntryError, read_date
from wiki.reviews import acting
from wiki.reviews.joint import Joints
from wiki.reviews.observing import observe
from wiki.reviews.publication import KIND, publish
from wiki.reviews.rules import how_many
from wiki.reviews.types import Event, Joint, Opening, Phase, Review, ReviewError, TextConflict
from wiki.reviews.voices import Voices
from wiki.services import services
from wiki.web.templates_of_kinds import template_of


def listing(call: Call) -> Answer:
    """The reviews that the caller takes part in, open ones first."""
    found = acting.held(services()).of(str(call.viewer.account_id or ""))
    return Answer({"reviews": [_summary(review) for review in found]})


def create(call: Call) -> Answer:
    """Open a review and lead it: 201."""
    review = acting.open_review(services(), _opening(call, Opening(title="")), call.viewer)
    location = f"{request.script_root}/api/v1/reviews/{review.id}"
    return Answer(_whole(review), status=201, headers={"Location": location})


def show(call: Call) -> Answer:
    """One review, for those who take part and for administrators."""
    return Answer(_whole(acting.visible(services(), call.path["id"], call.viewer)))


def change(call: Call) -> Answer:
    """Change the fields of the opening that are sent."""
    review = acting.visible(services(), call.path["id"], call.viewer)
    before = Opening(
        review.title, review.summary, review.happened_on, review.team, review.audience, review.guests, review.all_write
    )
    return Answer(_whole(acting.change(services(), review, _opening(call, before), call.viewer)))


def _opening(call: Call, before: Opening) -> Opening:
    sent = dict(call.body)
    try:
        date = read_date(sent["date"]) if sent.get("date") else None
    except EntryError as error:
        raise ReviewError(str(error), "date") from error
    return Opening(
        title=sent.get("title", before.title),
        summary=sent.get("summary", before.summary),
        happened_on=date if "date" in sent else before.happened_on,
        team=(sent["team"] or None) if "team" in sent else before.team,
        audience=tuple(sent.get("audience", before.audience)),
        guests=sent.get("guests", before.guests),
        all_write=sent["writers"] == "all" if "writers" in sent else before.all_write,
    )


def invite(call: Call) -> Answer:
    """Let somebody take part, by sign-in name."""
    review = acting.visible(services(), call.path["id"], call.viewer)
    acting.invite(services(), review, call.body["name"], call.viewer)
    return Answer(_whole(review))


def move(call: Call) -> Answer:
    """Begin the discussion, publish, or close with a reason."""
    parts, to = services(), call.body["to"]
    review = acting.visible(parts, call.path["id"], call.viewer)
    if to == Phase.DISCUSSING:
        acting.begin_discussion(parts, review, call.viewer)
    elif to == Phase.PUBLISHED:
        publish(parts, review, template_of(KIND), call.viewer)
    else:
        acting.close(parts, review, call.body.get("reason", ""), call.viewer)
    return Answer(_whole(acting.held(parts).get(review.id)))


def answer(call: Call) -> Answer:
    """What the caller has answered with their name so far."""
    review = acting.joined(services(), call.path["id"], call.viewer)
    found = _voices().answer(review.id, str(call.viewer.account_id))
    return Answer({"answers": dict(found.answers) if found else {}, "given": bool(found and found.given)})


def give(call: Call) -> Answer:
    """Answer with one's name; `given` (true by default) lets it be shown once the discussion begins."""
    review = acting.joined(services(), call.path["id"], call.viewer)
    sent = {name: text for name, text in call.body.items() if name != "given"}
    given = call.body.get("given", "yes") == "yes"
    _voices().save(review.id, str(call.viewer.account_id), sent, given=given)
    return answer(call)


def give_nameless(call: Call) -> Answer:
    """Answer by the guests' link: 204, and nothing that tells who or when."""
    if request.headers.get("Authorization"):
        raise Problem(422, "Send this without a token: a token notes when it was used, and this answer has no name.")
    sent = dict(call.body)
    review = acting.held(services()).by_link(sent.pop("link").rstrip("/").rsplit("/", 1)[-1], "guest")
    ticket, name = sent.pop("ticket"), sent.pop("name", "")
    _voices().drop_in(review.id, ticket, sent, name=name)
    return Answer(None, status=204)


def voices(call: Call) -> Answer:
    """All voices under each question, once the discussion has begun."""
    review = acting.joined(services(), call.path["id"], call.viewer)
    said = _voices().together(review.id)
    found = {question: [{"name": one.name, "text": one.text} for one in under] for question, under in said.items()}
    return Answer({"voices": found})


def text(call: Call) -> Answer:
    """The joint text and its revision."""
    review = acting.joined(services(), call.path["id"], call.viewer)
    return Answer(_text(_joints().text(review.id)))


def write(call: Call) -> Answer:
    """Save one part of the joint text on top of a revision; 409 with both texts where others wrote the same lines."""
    review = acting.joined(services(), call.path["id"], call.viewer)
    acting.require_writer(services(), review, call.viewer)
    part = {call.body["part"]: call.body["text"]}
    try:
        saved = _joints().save(review.id, part, base=call.body["base"], account_id=str(call.viewer.account_id))
    except TextConflict as conflict:
        theirs = _text(conflict.theirs)
        raise Problem(409, str(conflict), met=list(conflict.parts), yours=conflict.yours, theirs=theirs) from None
    return Answer(_text(saved) | {"merged": saved.merged})


def timeline(call: Call) -> Answer:
    """The events, in order."""
    review = acting.joined(services(), call.path["id"], call.viewer)
    return Answer({"events": [_event(event) for event in _joints().events(review.id)]})


def add_event(call: Call) -> Answer:
    """Add an event by the clock on the wall of its zone: 201."""
    review = acting.joined(services(), call.path["id"], call.viewer)
    acting.require_writer(services(), review, call.viewer)
    event = _joints().add_event(review.id, call.body["at"], call.body.get("zone") or "UTC", call.body["text"])
    return Answer(_event(event), status=201)


def remove_event(call: Call) -> Answer:
    """Take an event out of the timeline: 204, also when it is not there."""
    review = acting.joined(services(), call.path["id"], call.viewer)
    acting.require_writer(services(), review, call.viewer)
    _joints().remove_event(review.id, call.path["event"])
    return Answer(None, status=204)


def observation(call: Call) -> Answer:
    """Keep a one-line observation: 201 with the lesson that it is."""
    made = observe(services(), call.body["text"], call.viewer, seen_at=call.body.get("entry", ""))
    read = services().library.read(made.id, call.viewer)
    location = f"{request.script_root}/api/v1/entries/{made.id}"
    return Answer(shaping.whole(read.item, read.entry, request.script_root), status=201, headers={"Location": location})


def _voices() -> Voices:
    return Voices(services().people.database)


def _joints() -> Joints:
    return Joints(services().people.database)


def _summary(review: Review) -> dict[str, Any]:
    return {
        "id": review.id,
        "url": f"{request.script_root}/reviews/{review.id}",
        "title": review.title,
        "summary": review.summary,
        "date": shaping.iso(review.happened_on),
        "team": review.team,
        "audience": list(review.audience),
        "phase": str(review.phase),
        "writers": "all" if review.all_write else "lead",
        "guests": review.guests,
        "opened": review.opened_at.isoformat(timespec="seconds"),
        "reason": review.reason,
    }


def _whole(review: Review) -> dict[str, Any]:
    people = acting.held(services()).people(review.id)
    count = _voices().count(review.id) if review.phase is Phase.GATHERING else 0
    return _summary(review) | {
        "lead": review.lead_id,
        "people": [{"id": person.id, "name": person.name} for person in people],
        "answered": how_many(count) if review.phase is Phase.GATHERING else "",
        "entry": review.id if review.phase is Phase.PUBLISHED else None,
    }


def _text(joint: Joint) -> dict[str, Any]:
    return {"revision": joint.revision, "parts": dict(joint.parts)}


def _event(event: Event) -> dict[str, Any]:
    return {
        "id": event.id,
        "at": event.at.isoformat(timespec="seconds"),
        "zone": event.zone,
        "text": event.text,
    }

"""The discussion: all voices side by side under each question, the joint text, the timeline.

The joint text is kept as it is typed. Two who write in different lines are merged; where they meet, both texts are
shown and the page keeps the writer's own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, jsonify, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError, generate_csrf

from wiki.catalog import CatalogEntry
from wiki.diffs import inline
from wiki.people import PeopleError
from wiki.reviews import acting
from wiki.reviews.compose import Part, parts_of
from wiki.reviews.differences import only_here
from wiki.reviews.joint import Joints
from wiki.reviews.publication import KIND
from wiki.reviews.rules import may_lead, may_take_over, may_write_jointly, zones
from wiki.reviews.types import QUESTIONS, Joint, Phase, Review, TextConflict, Voice
from wiki.reviews.voices import Voices
from wiki.services import services
from wiki.slugs import new_id
from wiki.viewer import Role
from wiki.web.answers import Answers
from wiki.web.saying import flash
from wiki.web.security import current_viewer, kept_text, problem, require, wants_json
from wiki.web.templates_of_kinds import template_of
from wiki.web.writing import unix_lines
from wiki.words import say

bp = Blueprint("review_discussion", __name__)


@dataclass(frozen=True, slots=True)
class Said:
    """A voice as it is shown, with the places of what no other voice says."""

    voice: Voice
    marks: list[tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Met:
    """A part of the joint text that two people wrote at once."""

    part: Part
    theirs: str
    changes: Any


def page(
    review: Review,
    form: Answers,
    *,
    typed: Mapping[str, str] | None = None,
    base: int | None = None,
    met: list[Met] | None = None,
    **more: Any,
) -> Any:
    """The page of the discussion; `typed` is a joint text that was refused, on top of version `base`."""
    viewer, parts = current_viewer(), services()
    joint = Joints(parts.people.database)
    text = joint.text(review.id)
    names = parts.people.names([review.lead_id]) if review.lead_id else {}
    answer = make_response(
        render_template(
            "reviews/discussion.html",
            form=form,
            review=review,
            people=acting.held(parts).people(review.id),
            lead=names.get(review.lead_id or "", say("nobody any more")),
            leads=may_lead(review, viewer),
            manages=may_lead(review, viewer) or may_take_over(review, viewer),
            writes=may_write_jointly(review, viewer, True),
            questions=_side_by_side(review),
            parts=[(part, (typed or text.parts).get(part.key, "")) for part in parts_of(template_of(KIND))],
            revision=text.revision if base is None else base,
            events=joint.events(review.id),
            event_id=new_id(),
            zones=zones(),
            met=met or [],
            recurrences=_recurrences(review),
            related=None,
            section="reviews",
            **({"new_link": None} | more),
        ),
        409 if met else 400 if form.errors else 200,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _side_by_side(review: Review) -> list[tuple[str, str, list[Said]]]:
    voices = Voices(services().people.database).together(review.id)
    found: list[tuple[str, str, list[Said]]] = []
    for question, words in QUESTIONS.items():
        said = voices[question]
        marks = only_here([voice.text for voice in said])
        found.append((question, words, [Said(*pair) for pair in zip(said, marks, strict=True)]))
    return found


def _recurrences(review: Review) -> list[CatalogEntry]:
    known = services().catalog.entries_by_id(review.recurrence_of, current_viewer())
    return [known[entry_id] for entry_id in review.recurrence_of if entry_id in known]


def _writable(review_id: str) -> Review:
    viewer = current_viewer()
    review = acting.joined(services(), review_id, viewer)
    acting.require_writer(services(), review, viewer)
    return review


def _joints() -> Joints:
    return Joints(services().people.database)


@bp.post("/reviews/<review_id>/text")
@require(Role.READER)
def save(review_id: str) -> Any:
    """Save the joint text from the form."""
    review = _writable(review_id)
    saved, refused = keep_typed(review)
    if saved is None:
        return refused
    flash("Saved, together with what somebody else wrote meanwhile." if saved.merged else "Saved.", "success")
    return redirect(url_for("reviews.show", review_id=review.id) + "#ui-joint", 303)


def _typed() -> dict[str, str]:
    keys = [part.key for part in parts_of(template_of(KIND))]
    return {key: unix_lines(request.form[f"part-{key}"]) for key in keys if f"part-{key}" in request.form}


def keep_typed(review: Review) -> tuple[Joint | None, Any]:
    """Save the joint text of the form that was sent: what is saved and None, or None and the page that says why not
    and shows all that was typed."""
    typed, base = _typed(), request.form.get("base", "")
    number = int(base) if base.isdecimal() and len(base) < 10 else 0
    try:
        return _joints().save(review.id, typed, base=number, account_id=str(current_viewer().account_id)), None
    except TextConflict as conflict:
        form = Answers(errors={"": str(conflict)})
        return None, page(review, form, typed=typed, base=conflict.theirs.revision, met=_met(conflict))
    except PeopleError as error:
        if acting.held(services()).get(review.id).phase is not Phase.DISCUSSING:
            return None, kept_text(409, say("The joint text was not saved"), str(error))
        return None, page(review, Answers().refuse(error), typed=typed, base=number)


def keep_before_publishing(review: Review) -> Any:
    """Save the joint text that came with the button that publishes: None, or the page that says why not and shows it.

    Who presses twice, or after somebody else, with words that are in the entry already has nothing more to keep.
    """
    saved, refused = keep_typed(review)
    return None if saved is not None or _says(review, _typed()) else refused


def _says(review: Review, typed: Mapping[str, str]) -> bool:
    kept = "\n".join(_joints().text(review.id).parts.values())
    if services().catalog.entry(review.id) is not None:  # after the text: publishing puts it there, then takes it away
        kept += services().library.read(review.id, current_viewer()).entry.body
    return all(line.strip() in kept for text in typed.values() for line in text.splitlines())


def _met(conflict: TextConflict) -> list[Met]:
    return [
        Met(
            part,
            conflict.theirs.parts.get(part.key, ""),
            inline(conflict.theirs.parts.get(part.key, ""), conflict.yours.get(part.key, "")),
        )
        for part in parts_of(template_of(KIND))
        if part.key in conflict.parts
    ]


@bp.put("/reviews/<review_id>/text")
@require(Role.READER)
def keep(review_id: str) -> Any:
    """Keep the joint text while it is typed: `{base, parts}` in, `{revision, merged, parts}` out; 409 with both texts
    where somebody else wrote the same lines."""
    review = _writable(review_id)
    data = request.get_json(silent=True)
    parts = data.get("parts") if isinstance(data, dict) else None
    base = data.get("base") if isinstance(data, dict) else None
    whole = isinstance(parts, dict) and all(isinstance(text, str) for text in parts.values())
    if not whole or not isinstance(base, int) or isinstance(base, bool):
        abort(400, description="Send the version that you started from and the parts.")
    try:
        saved = _joints().save(review.id, dict(parts or {}), base=base, account_id=str(current_viewer().account_id))
    except TextConflict as conflict:
        return jsonify(detail=str(conflict), **_told(conflict.theirs), met=list(conflict.parts)), 409
    except PeopleError as error:
        return problem(422, say("Not saved"), str(error))
    return jsonify(merged=saved.merged, yours=saved.yours, **_told(saved))


def _told(text: Joint) -> dict[str, Any]:
    return {"revision": text.revision, "parts": dict(text.parts)}


@bp.post("/reviews/<review_id>/events")
@require(Role.READER)
def events(review_id: str) -> Any:
    """Add an event to the timeline, or take one out (`remove`)."""
    review, form = _writable(review_id), Answers.of_request("at", "zone", "text", "event_id", "remove")
    try:
        if form["remove"]:
            _joints().remove_event(review.id, form["remove"])
        else:
            _joints().add_event(review.id, form["at"], form["zone"], form["text"], event_id=form["event_id"])
    except PeopleError as error:
        return page(review, form.refuse(error))
    return redirect(url_for("reviews.show", review_id=review.id) + "#ui-timeline", 303)


@bp.post("/reviews/<review_id>/recurrence")
@require(Role.READER)
def recurrence(review_id: str) -> Any:
    """Say that the same thing happened in an entry before (`add`, its id or address), or take that back (`remove`)."""
    review, form = _writable(review_id), Answers.of_request("add", "remove")
    entry_id = (form["add"] or form["remove"]).strip()
    if form["add"]:
        if entry_id not in services().catalog.entries_by_id([entry_id], current_viewer()):
            abort(404, description=say("There is no such entry, or it is not shared with you."))
        chosen = (*review.recurrence_of, entry_id)
    else:
        chosen = tuple(known for known in review.recurrence_of if known != entry_id)
    try:
        acting.held(services()).recur(review.id, chosen)
    except PeopleError as error:
        if wants_json():
            return problem(422, say("Not saved"), str(error))
        return page(review, form.refuse(error))
    if wants_json():
        return "", 204
    return redirect(url_for("reviews.show", review_id=review.id), 303)


@bp.errorhandler(CSRFError)
def _old_page(_: CSRFError) -> Any:
    """An old token: a script gets one that works, a form gets its text back."""
    if wants_json():
        return jsonify(error=say("The page's protection token was old."), csrf_token=generate_csrf()), 400
    return kept_text(400, say("Nothing was saved"), say("Go back, load the page again and send the form again."))

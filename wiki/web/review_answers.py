"""Answering the four questions: on a page of one's own, with one's name or without, or as a guest with a link.

Without a name nothing is kept but the answer itself: no draft, no session value, no notice that is settled, no answer
by redirect whose address would say "sent". A refusal shows the text again and keeps nothing.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, render_template, request, url_for
from flask_wtf.csrf import CSRFError, generate_csrf

from wiki.library import LibraryError, NotFound
from wiki.people import PeopleError
from wiki.reviews import acting
from wiki.reviews.rules import is_few
from wiki.reviews.types import QUESTIONS, Phase, Review
from wiki.reviews.voices import Voices
from wiki.sections import Prompt
from wiki.services import services
from wiki.viewer import ANONYMOUS, Role, Viewer
from wiki.web import related
from wiki.web.errors import answer as error_answer
from wiki.web.related import Question
from wiki.web.security import current_viewer, kept_text, problem, public, require, wants_json
from wiki.web.templates_of_kinds import template_of
from wiki.web.writing import unix_lines
from wiki.words import say

bp = Blueprint("review_answers", __name__)

KIND = "after-action-review"
OLD_PAGE = say(
    "This page was open since before you last signed in. Nothing is lost: look over the text and send it again."
)


@bp.route("/reviews/<review_id>/answer", methods=["GET", "POST"])
@require(Role.READER)
def answer(review_id: str) -> Any:
    """One's own answers: `?nameless=1` gives the page without a name, which keeps nothing until it is sent."""
    review = acting.joined(services(), review_id, current_viewer())
    if request.method == "GET":
        nameless = bool(request.args.get("nameless")) and review.phase is Phase.GATHERING
        kept = None if nameless else _voices().answer(review.id, _me())
        return _page(review, nameless, kept.answers if kept else {}, kept=kept)
    return _take_nameless(review) if request.form.get("as") == "nameless" else _take_named(review)


def _voices() -> Voices:
    return Voices(services().people.database)


def _me() -> str:
    return str(current_viewer().account_id)


def _typed() -> dict[str, str]:
    return {name: unix_lines(request.form.get(f"answer-{name}", "")) for name in QUESTIONS}


def _take_named(review: Review) -> Any:
    texts, act = _typed(), request.form.get("act", "give")
    try:
        if act == "withdraw":
            _voices().withdraw(review.id, _me())
            return _page(review, False, {}, notice=say("What you had written with your name is deleted."))
        given = {"give": True, "back": False}.get(act)
        _voices().save(review.id, _me(), texts, given=given)
    except PeopleError as error:
        return _page(review, False, texts, error=error, kept=_voices().answer(review.id, _me()))
    said = {
        "give": say("Your answer is given. You may change it until the review is published."),
        "back": say("Your answer is for your eyes only again."),
    }.get(act, say("Saved. Nobody sees it until you give it."))
    return _page(review, False, texts, notice=said, kept=_voices().answer(review.id, _me()))


def _take_nameless(review: Review) -> Any:
    texts, ticket = _typed(), request.form.get("ticket", "")
    try:
        _voices().drop_in(review.id, ticket, texts)
    except PeopleError as error:
        return _page(review, True, texts, error=error, ticket=ticket)
    return _unkept(render_template("reviews/thanks.html", review=review, guest=False))


def _page(
    review: Review,
    nameless: bool,
    texts: Mapping[str, str],
    *,
    error: PeopleError | None = None,
    ticket: str = "",
    **more: Any,
) -> Response:
    people = acting.held(services()).people(review.id)
    has_named = nameless and _voices().answer(review.id, _me()) is not None
    page = render_template(
        "reviews/answer.html",
        review=review,
        nameless=nameless,
        fields=_fields(texts),
        error=error,
        ticket=ticket or secrets.token_urlsafe(24),
        people=people,
        few=is_few(len(people), review.guests),
        has_named=has_named,
        related=None,
        section="reviews",
        **({"kept": None, "notice": ""} | more),
    )
    return _unkept(page, 422 if error else 200)


def _fields(texts: Mapping[str, str]) -> list[tuple[str, str, Prompt | None, str]]:
    """(name, question, its prompt in the template, text so far)."""
    prompts = {prompt.title.casefold(): prompt for prompt in template_of(KIND).prompts}
    return [(name, words, prompts.get(words.casefold()), texts.get(name, "")) for name, words in QUESTIONS.items()]


def _unkept(page: str, status: int = 200) -> Response:
    """An answer that no cache keeps: it may hold what somebody says without a name."""
    response = make_response(page, status)
    response.headers["Cache-Control"] = "no-store"
    return response


@bp.put("/reviews/<review_id>/answer")
@require(Role.READER)
def save(review_id: str) -> Any:
    """Keep an answer with a name while it is typed: `{sequence, answers}` in, `{stored, sequence, given}` out."""
    review = acting.joined(services(), review_id, current_viewer())
    data = request.get_json(silent=True)
    answers = data.get("answers") if isinstance(data, dict) else None
    sequence = data.get("sequence") if isinstance(data, dict) else None
    whole = isinstance(answers, dict) and all(isinstance(text, str) for text in answers.values())
    if not whole or not isinstance(sequence, int) or isinstance(sequence, bool):
        abort(400, description="Send a sequence number and the answers.")
    try:
        saved = _voices().save(review.id, _me(), dict(answers or {}), sequence=sequence)
    except PeopleError as error:
        return problem(422, say("Not saved"), str(error))
    return jsonify(stored=saved.stored, sequence=saved.sequence, given=saved.given)


@bp.post("/reviews/<review_id>/related")
@require(Role.READER)
def related_to(review_id: str) -> Response:
    """The panel's question from a field of a review: nothing of it is kept, and no verdict is taken."""
    acting.joined(services(), review_id, current_viewer())
    return _related(current_viewer())


def _related(viewer: Viewer) -> Response:
    data = request.get_json(silent=True)
    if not isinstance(data, dict):
        abort(400, description="Send a JSON object.")
    title, body, passage = (str(data.get(name) or "") for name in ("title", "body", "passage"))
    exclude = data.get("exclude")
    question = Question(
        title[: related.MAX_TITLE],
        body[: related.MAX_BODY],
        passage[: related.MAX_PASSAGE],
        KIND,
        exclude=frozenset(one for one in exclude if isinstance(one, str)) if isinstance(exclude, list) else frozenset(),
    )
    found = related.find(question, viewer)
    shown = {"in_review": True, "recurs": data.get("recur") is True}
    items = [
        {"id": card.entry.id, "html": render_template("related/card.html", card=card, **shown)} for card in found.cards
    ]
    return jsonify(items=items, degraded=found.degraded, retry_after=found.retry_after)


# --- guests ----------------------------------------------------------------------------------------------------------


@bp.route("/answer/<secret>", methods=["GET", "POST"])
@public
def guest(secret: str) -> Any:
    """Answer one review by a link, without an account. Nothing else of the wiki opens by it."""
    try:
        review = acting.held(services()).by_link(secret, "guest")
    except NotFound as error:
        if request.method == "POST":
            return kept_text(404, say("This link leads to no open review"), str(error))
        return error_answer(404, str(error))
    if request.method == "GET":
        return _guest_page(review, secret, {})
    texts, name, ticket = _typed(), request.form.get("name", ""), request.form.get("ticket", "")
    try:
        _voices().drop_in(review.id, ticket, texts, name=name)
    except PeopleError as error:
        return _guest_page(review, secret, texts, name, error, ticket)
    return _unkept(render_template("reviews/thanks.html", review=review, guest=True))


@bp.post("/answer/<secret>/related")
@public
def guest_related(secret: str) -> Response:
    """The panel's question from a guest's field: what anybody may read without signing in, and nothing where reading
    is for members. Who happens to be signed in sees no more: the link says nothing about them."""
    acting.held(services()).by_link(secret, "guest")
    if not services().config.public:
        raise NotFound("Entries are for members here. Your answer goes on without them.")
    return _related(ANONYMOUS)


def _guest_page(
    review: Review,
    secret: str,
    texts: Mapping[str, str],
    name: str = "",
    error: PeopleError | None = None,
    ticket: str = "",
) -> Response:
    page = render_template(
        "reviews/guest.html",
        review=review,
        address=url_for("reviews.review_answers.guest", secret=secret),
        related_url=url_for("reviews.review_answers.guest_related", secret=secret) if services().config.public else "",
        fields=_fields(texts),
        name=name,
        error=error,
        ticket=ticket or secrets.token_urlsafe(24),
        few=is_few(len(acting.held(services()).people(review.id)), review.guests),
    )
    return _unkept(page, 422 if error else 200)


@bp.errorhandler(CSRFError)
def _old_page(_: CSRFError) -> Any:
    """An old token: a script gets one that works, a form gets its text back."""
    if wants_json():
        return jsonify(error=say("The page's protection token was old."), csrf_token=generate_csrf()), 400
    return kept_text(400, say("Nothing was sent"), OLD_PAGE)


@bp.errorhandler(LibraryError)
def _gone(error: LibraryError) -> Any:
    """A review that is not there (any more): the text of a form is shown for copying."""
    if request.method == "POST" and not wants_json():
        return kept_text(404, say("Nothing was sent"), str(error))
    return error_answer(404, str(error))

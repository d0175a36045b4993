"""Reviews that are being held: opening one, who takes part, its phases. What is said in it: `wiki.web.review_answers`,
what is written together: `wiki.web.review_discussion`.

A page that refuses a form shows it again with all that was typed.
"""

from __future__ import annotations

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, redirect, render_template, request, url_for

from wiki.catalog import CatalogEntry
from wiki.entries import EntryError
from wiki.people import PeopleError
from wiki.reviews import acting
from wiki.reviews.publication import KIND, publish
from wiki.reviews.rules import how_many, is_few, may_lead, may_take_over
from wiki.reviews.types import OPEN, QUESTIONS, Opening, Phase, Review, ReviewError
from wiki.reviews.voices import Voices
from wiki.services import services
from wiki.viewer import Role
from wiki.web import review_answers, review_discussion
from wiki.web.answers import Answers, form_page
from wiki.web.auth import absolute
from wiki.web.desk import audience_options, team_options
from wiki.web.formats import day
from wiki.web.saying import flash
from wiki.web.security import current_viewer, require
from wiki.web.templates_of_kinds import template_of
from wiki.web.writing import Writing, parse_date
from wiki.words import say

bp = Blueprint("reviews", __name__)
bp.register_blueprint(review_answers.bp)
bp.register_blueprint(review_discussion.bp)

FIELDS = ("title", "summary", "date", "team", "guests", "writers")


@bp.app_template_filter("clock")
def clock(moment: dt.datetime, zone: str) -> str:
    """What the clock on the wall of a zone showed at a moment."""
    there = moment.astimezone(ZoneInfo(zone))
    return f"{day(there)}, {there:%H:%M}"


@bp.get("/reviews")
@require(Role.READER)
def index() -> str:
    """The reviews that the viewer takes part in; to administrators every open one, to hand over or close."""
    viewer, held = current_viewer(), acting.held(services())
    mine = held.of(str(viewer.account_id))
    known = {review.id for review in mine}
    others = [review for review in held.all_open() if review.id not in known] if viewer.can_administer else []
    done = [review.id for review in mine if review.phase is Phase.PUBLISHED]
    entries = services().catalog.entries_by_id(done, viewer)
    return render_template(
        "reviews/index.html",
        open_ones=[review for review in mine if review.phase in OPEN],
        done=[(review, entries.get(review.id)) for review in mine if review.phase not in OPEN],
        others=others,
        section="reviews",
    )


@bp.route("/reviews/new", methods=["GET", "POST"])
@require(Role.AUTHOR)
def new() -> Any:
    """Open a review."""
    if request.method == "GET":
        return _opening_page("reviews/new.html", Answers())
    form = Answers.of_request(*FIELDS)
    try:
        review = acting.open_review(services(), _opening(form), current_viewer())
    except PeopleError as error:
        return _opening_page("reviews/new.html", form.refuse(error))
    flash("The review is open. Invite those who were there.", "success")
    return redirect(url_for("reviews.show", review_id=review.id), 303)


def _opening(form: Answers) -> Opening:
    try:
        date: dt.date | None = parse_date(form["date"])
    except EntryError as error:
        raise ReviewError(str(error), "date") from error
    guests = form["guests"].strip() or "0"
    if not (guests.isdecimal() and len(guests) < 6):
        raise ReviewError("Give the number of people without an account as a whole number.", "guests")
    return Opening(
        title=form["title"],
        summary=form["summary"],
        happened_on=date,
        team=form["team"] or None,
        audience=tuple(request.form.getlist("audience")),
        guests=int(guests),
        all_write=form["writers"] == "all",
    )


def _opening_page(template: str, form: Answers, **more: Any) -> Any:
    writing = Writing(kind=KIND, team=form["team"], audience=tuple(request.form.getlist("audience")))
    if "review" in more and not request.form:
        writing = Writing(kind=KIND, team=more["review"].team or "", audience=more["review"].audience)
    return form_page(
        template,
        form,
        teams=team_options(writing),
        audiences=audience_options(writing.audience, current_viewer()),
        section="reviews",
        **more,
    )


@bp.get("/reviews/<review_id>")
@require(Role.READER)
def show(review_id: str) -> Any:
    """The review as it stands."""
    review = acting.visible(services(), review_id, current_viewer())
    return page(review, Answers())


def page(review: Review, form: Answers, **more: Any) -> Any:
    """The page of a review in its phase, with a form that was refused in it if there is one."""
    if review.phase is Phase.PUBLISHED:
        entry = _entry(review)
        if entry is not None:
            return redirect(entry.url, 303)
    viewer = current_viewer()
    takes_part = acting.held(services()).takes_part(review.id, viewer.account_id)
    if review.phase in (Phase.DISCUSSING, Phase.PUBLISHING) and takes_part:
        return review_discussion.page(review, form, **more)
    count = Voices(services().people.database).count(review.id) if review.phase is Phase.GATHERING else 0
    people = acting.held(services()).people(review.id)
    return form_page(
        "reviews/show.html",
        form,
        review=review,
        people=people,
        lead=_lead_name(review),
        leads=may_lead(review, viewer),
        manages=may_lead(review, viewer) or may_take_over(review, viewer),
        takes_part=takes_part,
        answered=how_many(count),
        few=is_few(len(people), review.guests),
        questions=QUESTIONS,
        section="reviews",
        **more,
    )


def _lead_name(review: Review) -> str:
    names = services().people.names([review.lead_id]) if review.lead_id else {}
    return names.get(review.lead_id or "", say("nobody any more"))


def _entry(review: Review) -> CatalogEntry | None:
    return services().catalog.entries_by_id([review.id], current_viewer()).get(review.id)


def _back(review: Review) -> Any:
    return redirect(url_for("reviews.show", review_id=review.id), 303)


# --- by its lead -----------------------------------------------------------------------------------------------------


@bp.route("/reviews/<review_id>/change", methods=["GET", "POST"])
@require(Role.AUTHOR)
def change(review_id: str) -> Any:
    """Change the title, the date, the audience and the like."""
    viewer = current_viewer()
    review = acting.visible(services(), review_id, viewer)
    acting.require_lead(review, viewer)
    if request.method == "GET":
        kept = {
            "title": review.title,
            "summary": review.summary,
            "date": review.happened_on.isoformat() if review.happened_on else "",
            "team": review.team or "",
            "guests": str(review.guests),
            "writers": "all" if review.all_write else "lead",
        }
        return _opening_page("reviews/change.html", Answers(kept), review=review)
    form = Answers.of_request(*FIELDS)
    try:
        acting.change(services(), review, _opening(form), viewer)
    except PeopleError as error:
        return _opening_page("reviews/change.html", form.refuse(error), review=review)
    flash("Changed.", "success")
    return _back(review)


@bp.post("/reviews/<review_id>/people")
@require(Role.AUTHOR)
def people(review_id: str) -> Any:
    """Invite somebody by sign-in name (`person`), take somebody out (`remove`), or hand the review over (`lead`)."""
    viewer, form = current_viewer(), Answers.of_request("person", "remove", "lead")
    review = acting.visible(services(), review_id, viewer)
    try:
        if form["remove"]:
            acting.require_lead(review, viewer)
            acting.held(services()).remove_person(review.id, form["remove"])
            flash("They do not take part any more.", "success")
        elif form["lead"]:
            acting.hand_over(services(), review, form["lead"], viewer)
            flash("The review is handed over.", "success")
        elif acting.invite(services(), review, form["person"], viewer):
            flash("Invited; they find it among their notices.", "success")
        else:
            flash("They take part already.", "info")
    except PeopleError as error:
        return page(review, form.refuse(error))
    return _back(review)


@bp.post("/reviews/<review_id>/links")
@require(Role.AUTHOR)
def links(review_id: str) -> Any:
    """Make an invite link, shown this once, or take it back: for `member` or `guest`."""
    viewer = current_viewer()
    review = acting.visible(services(), review_id, viewer)
    acting.require_lead(review, viewer)
    kind, held = request.form.get("kind", ""), acting.held(services())
    try:
        if request.form.get("act") == "drop":
            held.drop_link(review.id, kind)
            flash("The link opens nothing any more.", "success")
            return _back(review)
        secret = held.new_link(review.id, kind)
    except PeopleError as error:
        return page(review, Answers().refuse(error))
    endpoint = "reviews.join" if kind == "member" else "reviews.review_answers.guest"
    address = absolute(url_for(endpoint, secret=secret))
    return page(held.get(review.id), Answers(), new_link=(kind, address))


@bp.post("/reviews/<review_id>/phase")
@require(Role.AUTHOR)
def phase(review_id: str) -> Any:
    """Begin the discussion (`to=discussing`), publish (`to=published`) or close with a reason (`to=closed`).

    Publishing is a button of the joint text's form, so what was typed there comes along and is saved first.
    """
    viewer, form = current_viewer(), Answers.of_request("to", "reason")
    review = acting.visible(services(), review_id, viewer)
    try:
        if form["to"] == Phase.DISCUSSING:
            acting.begin_discussion(services(), review, viewer)
        elif form["to"] == Phase.PUBLISHED:
            came_with_text = "base" in request.form and may_lead(review, viewer)
            refused = review_discussion.keep_before_publishing(review) if came_with_text else None
            if refused is not None:
                return refused
            entry = publish(services(), review, template_of(KIND), viewer)
            flash("Published, with every voice as it was written.", "success")
            return redirect(entry.url, 303)
        elif form["to"] == Phase.CLOSED:
            acting.close(services(), review, form["reason"], viewer)
            flash("The review is closed.", "success")
        else:
            raise ReviewError("A review goes on to discussing, published or closed.")
    except PeopleError as error:
        return page(acting.visible(services(), review_id, viewer), form.refuse(error))
    except EntryError as error:
        return page(acting.visible(services(), review_id, viewer), form.refuse(ReviewError(str(error))))
    return _back(review)


@bp.route("/reviews/join/<secret>", methods=["GET", "POST"])
@require(Role.READER)
def join(secret: str) -> Any:
    """Take part by the members' link. Looking at it joins nobody."""
    viewer, held = current_viewer(), acting.held(services())
    review = held.by_link(secret, "member")
    if held.takes_part(review.id, viewer.account_id):
        return _back(review)
    if request.method == "POST":
        acting.join(services(), review, viewer)
        return _back(review)
    if not viewer.may_see(review.audience):
        acting.join(services(), review, viewer)  # refuses
    return render_template("reviews/join.html", review=review, lead=_lead_name(review), section="reviews")

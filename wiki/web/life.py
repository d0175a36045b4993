"""What people do with a lesson: take it a step further, say whether it held, say that it happened again."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wiki.catalog import CatalogEntry
from wiki.entries import EntryError
from wiki.library import EntryFields, NotFound, StepTaken
from wiki.library.standing import doer_of
from wiki.life.front import LIFE_KINDS
from wiki.life.people import meant, sign_in_name
from wiki.life.reminding import tell_recurrences
from wiki.lifecycle import LABELS, STATE_NEEDS, Doer, Step, steps_from
from wiki.services import services
from wiki.topics.naming import entry_named
from wiki.viewer import Role
from wiki.web.answers import Answers
from wiki.web.living import Living, living_of, unanswered
from wiki.web.related import Question
from wiki.web.related import find as find_related
from wiki.web.saying import flash
from wiki.web.security import current_viewer, require
from wiki.words import say

bp = Blueprint("life", __name__, url_prefix="/life")


@dataclass(frozen=True, slots=True)
class Choice:
    """A step that may follow: its row of the table, whether the viewer may take it, and which fields its form has."""

    step: Step
    may: bool
    fields: tuple[str, ...]


def choices(status: str, doer: Doer) -> list[Choice]:
    """The steps that may follow."""
    found = []
    for step in steps_from(status):
        needs = (*step.needs, *STATE_NEEDS.get(step.after, ()))
        asked = [name for name in ("evidence", "loop", "reason") if name in needs]
        fields = (*asked, "replaced_by") if step.after == "retired" else tuple(asked)
        found.append(Choice(step, doer.may(step.who), fields))
    return found


def lived(entry_id: str) -> tuple[CatalogEntry, Living]:
    """The entry and its life. Raises NotFound for what the viewer may not see, or what has no life."""
    item = services().library.read(entry_id, current_viewer()).item
    living = living_of(item, current_viewer())
    if living is None:
        raise NotFound
    return item, living


@bp.get("/<entry_id>")
def show(entry_id: str) -> str:
    """The life of a lesson: where it stands, what may follow, who looks after it, and every step so far."""
    return _page(entry_id, Answers())


def _page(entry_id: str, form: Answers, chosen: str = "") -> str:
    viewer = current_viewer()
    item, living = lived(entry_id)
    if item.kind != "lesson":
        raise NotFound
    return render_template(
        "life/show.html",
        item=item,
        living=living,
        form=form,
        chosen=chosen or request.args.get("to", ""),
        choices=choices(item.status or "", doer_of(living.life, viewer)) if viewer.can_write else [],
        labels=LABELS,
        steward=sign_in_name(services().people, living.life.steward),
        unanswered=unanswered(living.life),
    )


@bp.post("/<entry_id>/step")
@require(Role.AUTHOR)
def step(entry_id: str) -> ResponseReturnValue:
    """Take a lesson a step further; what is lacking is said beside the form, with what was typed."""
    form = Answers.of_request("why", "evidence", "loop", "reason", "replaced_by")
    to = request.form.get("to", "")
    values = form.values | {"replaced_by": _entry_meant(form["replaced_by"])}
    try:
        item = services().library.step(entry_id, StepTaken(to, **values), viewer=current_viewer())
    except EntryError as error:
        form.errors[_field(error)] = str(error)
        return _page(entry_id, form, to), 422
    flash(say("Now %(status)s.", status=LABELS.get(item.status or "", "")), "success")
    return redirect(url_for("life.show", entry_id=item.id), 303)


def _field(error: EntryError) -> str:
    return error.field if error.field in ("why", "evidence", "loop", "reason", "replaced_by") else ""


def _entry_meant(typed: str) -> str:
    """The id of an entry from what somebody typed: an id, an address or a title; else as it was typed."""
    try:
        return entry_named(services(), typed, current_viewer()).id
    except EntryError:
        return typed.strip()


@bp.post("/<entry_id>/steward")
@require(Role.AUTHOR)
def steward(entry_id: str) -> ResponseReturnValue:
    """Say who looks after a lesson."""
    form = Answers.of_request("steward")
    try:
        chosen = meant(services().people, form["steward"])
        item = services().library.steward(entry_id, chosen, viewer=current_viewer())
    except EntryError as error:
        form.errors["steward"] = str(error)
        return _page(entry_id, form), 422
    flash("Noted.", "success")
    return redirect(url_for("life.show", entry_id=item.id), 303)


@bp.post("/<entry_id>/applied")
@require(Role.AUTHOR)
def applied(entry_id: str) -> ResponseReturnValue:
    """Say that one applied a lesson, and whether it held."""
    form = Answers.of_request("note")
    held = request.form.get("held") != "no"
    try:
        item = services().library.judge(entry_id, held=held, note=form["note"], viewer=current_viewer())
    except EntryError as error:
        form.errors["note"] = str(error)
        return _page(entry_id, form), 422
    flash(
        "Thank you: the next reader sees that it held." if held else "Thank you: the next reader is warned.", "success"
    )
    return redirect(item.url, 303)


@bp.route("/<entry_id>/again", methods=["GET", "POST"])
@require(Role.AUTHOR)
def again(entry_id: str) -> ResponseReturnValue:
    """The same thing happened again: in an entry that is there, or told here in a few words."""
    item = services().library.read(entry_id, current_viewer()).item
    form = Answers.of_request("entry", "what", "missed", "lesson")
    if request.method == "GET":
        form = Answers({"entry": request.args.get("entry", "")})
        return _again_page(item, form)
    try:
        return _recur(item, form) if item.kind == "lesson" and not form["lesson"].strip() else _repeats(item, form)
    except EntryError as error:
        form.errors[error.field if error.field in form.values else ""] = str(error)
    except NotFound:
        field = "entry" if item.kind == "lesson" else "lesson"
        form.errors[field] = say("There is no such entry, or it is not shared with you. Name it by title or address.")
    return _again_page(item, form), 422


def _again_page(item: CatalogEntry, form: Answers) -> str:
    viewer, lessons = current_viewer(), []
    if item.kind != "lesson":
        found = find_related(Question(item.title, services().library.read(item.id, viewer).entry.body, kind=item.kind,
                                      draft=f"entry:{item.id}"), viewer)  # fmt: skip
        lessons = [card.entry for card in found.cards if card.entry.kind == "lesson"]
    return render_template("life/again.html", item=item, lessons=lessons, form=form)


def _repeats(item: CatalogEntry, form: Answers) -> Response:
    """An entry tells of what a lesson was about: the lesson came back."""
    if not form["lesson"].strip():
        raise EntryError("Say which lesson came back: choose it, or write its title or address.", "lesson")
    lesson = services().catalog.entries_by_id([_entry_meant(form["lesson"])], current_viewer())
    found = next(iter(lesson.values()), None)
    if found is None:
        raise NotFound
    if found.kind != "lesson":
        raise EntryError(say("“%(title)s” is no lesson. Name the lesson that came back.", title=found.title), "lesson")
    saved = services().library.recur(found.id, item.id, missed=form["missed"], viewer=current_viewer())
    return _came_back(saved, item.id)


def _recur(item: CatalogEntry, form: Answers) -> Response:
    viewer, library = current_viewer(), services().library
    other = _entry_meant(form["entry"])
    if not other:
        if not form["what"].strip():
            raise EntryError("Say in a few words what happened, or name the entry that tells of it.", "what")
        fields = EntryFields(kind="lesson", status="observation", title=_title(form["what"]), body=form["what"] + "\n",
                             tags=item.tags, team=item.team or "", audience=item.audience)  # fmt: skip
        other = library.create(fields, viewer=viewer).id
    return _came_back(library.recur(item.id, other, missed=form["missed"], viewer=viewer), other)


def _came_back(lesson: CatalogEntry, entry_id: str) -> Response:
    tell_recurrences(services(), entry_id, [lesson.id])
    flash("Noted: it happened again. The lesson is identified again, and those whom it concerns hear of it.", "success")
    return make_response(redirect(lesson.url, 303))


def _title(words: str) -> str:
    line = " ".join(words.split())
    return line if len(line) <= 120 else line[:119].rsplit(" ", 1)[0] + "…"


def entry_with_actions(entry_id: str) -> tuple[CatalogEntry, Living]:
    """An entry that may have actions; 404 for others."""
    item, living = lived(entry_id)
    if item.kind not in LIFE_KINDS:
        abort(404)
    return item, living

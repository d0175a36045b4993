"""Corrective actions: mine, my team's, what is overdue, those of one entry; and what one does with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wiki.catalog import CatalogEntry
from wiki.catalog.lives import ActionRow, Asked
from wiki.entries import EntryError
from wiki.library import NotFound
from wiki.library.living import AWAY
from wiki.library.standing import today
from wiki.life.calendar import calendar
from wiki.life.front import ACTION_STATES, Action, iso
from wiki.life.lists import asked_for
from wiki.life.people import meant, persons, sign_in_name
from wiki.services import services
from wiki.viewer import Role
from wiki.web.answers import Answers
from wiki.web.life import entry_with_actions
from wiki.web.paging import page_number
from wiki.web.redirects import local_target
from wiki.web.saying import flash
from wiki.web.security import current_viewer, public, require
from wiki.words import say

bp = Blueprint("actions", __name__, url_prefix="/actions")

PER_PAGE = 50
VIEWS = {
    "mine": say("Mine"),
    "team": say("My team's"),
    "overdue": say("Overdue"),
    "all": say("All open"),
    "settled": say("With those done"),
}
FIELDS = ("what", "owner", "due", "state", "shows", "reason", "happened")
EMPTY = {
    "mine": say("No action is waiting for you."),
    "team": say("No action is open in your teams."),
    "overdue": say("Nothing is overdue."),
}


@dataclass(frozen=True, slots=True)
class Slice:
    """A page of a list of actions."""

    rows: list[ActionRow]
    total: int
    number: int

    @property
    def pages(self) -> int:
        """How many there are, at least one."""
        return max(1, -(-self.total // PER_PAGE))


@bp.get("")
@require(Role.READER)
def index() -> str:
    """The actions of one view, the most urgent first."""
    viewer = current_viewer()
    view = request.args.get("view", "mine")
    view = view if view in VIEWS else "mine"
    number = page_number()
    asked = asked_for(services(), view, viewer)
    rows, total = services().catalog.lives.actions(viewer, asked, (number - 1) * PER_PAGE, PER_PAGE)
    people = persons(services().people, [row.action.owner for row in rows])
    page = Slice(rows, total, number)
    return render_template(
        "life/actions.html", page=page, view=view, views=VIEWS, empty=EMPTY.get(view, say("There are no actions yet.")),
        people=people, today=today(),
    )  # fmt: skip


@bp.get("/<entry_id>")
@require(Role.READER)
def of_entry(entry_id: str) -> str:
    """The actions of one entry, and a form for another."""
    return _entry_page(entry_id, Answers())


def _entry_page(entry_id: str, form: Answers) -> str:
    item, living = entry_with_actions(entry_id)
    return render_template("life/entry_actions.html", item=item, living=living, form=form)


@bp.post("/<entry_id>")
@require(Role.AUTHOR)
def add(entry_id: str) -> ResponseReturnValue:
    """A new action."""
    form = Answers.of_request("what", "owner", "due", "shows")
    try:
        values = form.values | {"owner": meant(services().people, form["owner"])}
        item, _ = services().library.add_action(entry_id, values, viewer=current_viewer())
    except EntryError as error:
        form.errors[error.field if error.field in form.values else ""] = str(error)
        return _entry_page(entry_id, form), 422
    flash("The action is added.", "success")
    return redirect(local_target(request.form.get("next")) or item.url + "#ui-actions", 303)


@bp.get("/<entry_id>/<action_id>")
@require(Role.READER)
def show(entry_id: str, action_id: str) -> str:
    """One action, to be changed or closed."""
    item, action = _found(entry_id, action_id)
    return _action_page(item, action, Answers(_typed(action)))


def _found(entry_id: str, action_id: str) -> tuple[CatalogEntry, Action]:
    item, living = entry_with_actions(entry_id)
    action = living.life.action(action_id)
    if action is None:
        raise NotFound(AWAY)
    return item, action


def _typed(action: Action) -> dict[str, str]:
    values = {name: str(getattr(action, name)) for name in FIELDS if name != "due"}
    return values | {"due": iso(action.due), "owner": sign_in_name(services().people, action.owner)}


def _action_page(item: CatalogEntry, action: Action, form: Answers) -> str:
    return render_template(
        "life/action.html", item=item, action=action, form=form, states=ACTION_STATES, overdue=action.overdue(today()),
        people=persons(services().people, [action.owner]),
    )  # fmt: skip


@bp.post("/<entry_id>/<action_id>")
@require(Role.AUTHOR)
def change(entry_id: str, action_id: str) -> ResponseReturnValue:
    """Change an action: all of its fields from its own page, or its state alone from a tick box."""
    names = tuple(name for name in FIELDS if name in request.form)
    form = Answers.of_request(*names)
    values = dict(form.values)
    if "owner" in values:
        values["owner"] = meant(services().people, values["owner"])
    try:
        item = services().library.change_action(
            entry_id, action_id, values, viewer=current_viewer(), seen=request.form.get("seen", "")
        )
    except EntryError as error:
        found, action = _found(entry_id, action_id)
        shown = Answers(_typed(action) | form.values)
        shown.errors[error.field if error.field in FIELDS else ""] = str(error)
        return _action_page(found, action, shown), 422
    flash("Noted.", "success")
    return redirect(local_target(request.form.get("next")) or item.url + "#ui-actions", 303)


@bp.get("/calendar/<secret>.ics")
@public
def feed(secret: str) -> Any:
    """One's open actions for a calendar program, which cannot sign in: the address itself is the secret."""
    parts = services()
    viewer = parts.people.calendars.viewer(secret)
    if viewer is None or viewer.account_id is None:
        raise NotFound("This calendar's address is not valid any more. Make a new one on the page of your account.")
    rows, _ = parts.catalog.lives.actions(viewer, Asked(owners=[viewer.account_id]), 0, 1000)
    text = calendar(rows, request.url_root.rstrip("/"), parts.config.site_name)
    answer = Response(text, mimetype="text/calendar")
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


@bp.post("/calendar")
@require(Role.READER)
def calendar_address() -> ResponseReturnValue:
    """Make a new secret address (the old one ends), or take it away."""
    me = str(current_viewer().account_id)
    if request.form.get("action") == "revoke":
        services().people.calendars.revoke(me)
        flash("The calendar's address is not valid any more.", "success")
        return redirect(url_for("actions.index"), 303)
    secret = services().people.calendars.issue(me)
    page = render_template("life/calendar.html", address=url_for("actions.feed", secret=secret, _external=True))
    answer = Response(page)
    answer.headers["Cache-Control"] = "no-store"
    return answer

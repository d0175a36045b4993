"""For administrators: accounts and their roles, teams and their members, invitations and sign-in links."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for

from wiki.people import Account, NotFound, PeopleError, Team
from wiki.reviews.reminding import SETTING, set_days
from wiki.services import services
from wiki.viewer import Role
from wiki.web import security
from wiki.web.answers import Answers, form_page
from wiki.web.auth import absolute
from wiki.web.labels import role_label
from wiki.web.paging import page_number
from wiki.web.saying import flash
from wiki.words import say

bp = Blueprint("admin", __name__, url_prefix="/admin")
PAGE_SIZE = 50
ROLES = [(role.value, role.value.capitalize()) for role in Role]
administrators = security.require(Role.ADMINISTRATOR)


def _number(text: str, fallback: int) -> int:
    return int(text) if re.fullmatch(r"\d{1,6}", text.strip(), re.ASCII) else fallback


# --- accounts --------------------------------------------------------------------------------------------------------


@bp.get("/accounts")
@administrators
def accounts() -> Any:
    """Everybody, searched and in pages."""
    text, page = request.args.get("q", "")[:100], page_number()
    found, total = services().people.accounts.search(text, page=page, size=PAGE_SIZE)
    pages = max(1, -(-total // PAGE_SIZE))

    def address(number: int) -> str:
        return url_for("admin.accounts", q=text or None, page=number)

    return form_page(
        "people/accounts.html",
        Answers(),
        accounts=found,
        total=total,
        q=text,
        previous=address(min(page, pages + 1) - 1) if page > 1 else None,
        following=address(page + 1) if page < pages else None,
        summary=say("Page %(page)s of %(pages)s", page=page, pages=pages),
    )


@bp.get("/accounts/<account_id>")
@administrators
def account(account_id: str) -> Any:
    """One account and what can be done to it."""
    return _account_page(_account(account_id), Answers())


def _account(account_id: str) -> Account:
    try:
        return services().people.accounts.get(account_id)
    except NotFound as error:
        abort(404, description=str(error))


def _account_page(found: Account, form: Answers, **more: Any) -> Any:
    teams = services().people.teams.all()
    form.values.setdefault("role", found.role.value)
    return form_page("people/account_admin.html", form, account=found, teams=teams, roles=ROLES, **more)


def _back_to_account(account_id: str) -> Any:
    return redirect(url_for("admin.account", account_id=account_id), 303)


@bp.post("/accounts/<account_id>/role")
@administrators
def set_role(account_id: str) -> Any:
    """Change what somebody may do."""
    found, form = _account(account_id), Answers.of_request("role")
    try:
        services().people.accounts.set_role(found.id, form["role"])
    except PeopleError as error:
        return _account_page(found, form.refuse(error))
    flash(
        say(
            "%(name)s now has the role %(role)s.",
            name=found.display_name,
            role=role_label(form["role"]),
        ),
        "success",
    )
    return _back_to_account(found.id)


@bp.post("/accounts/<account_id>/teams")
@administrators
def set_teams(account_id: str) -> Any:
    """Make somebody a member of the ticked teams and of no other."""
    found, teams = _account(account_id), services().people.teams
    ticked = set(request.form.getlist("team"))
    for team in teams.all():
        if team.slug in ticked:
            teams.add_member(team.slug, found.id)
        else:
            teams.remove_member(team.slug, found.id)
    flash(say("The teams of %(display_name)s are changed.", display_name=found.display_name), "success")
    return _back_to_account(found.id)


@bp.post("/accounts/<account_id>/sign-in-link")
@administrators
def issue_sign_in_link(account_id: str) -> Any:
    """A link for somebody who forgot the password; shown this once."""
    found = _account(account_id)
    try:
        secret = services().people.links.sign_in_link(found.id, by=security.current_viewer().account_id)
    except PeopleError as error:
        return _account_page(found, Answers().refuse(error))
    return _account_page(found, Answers(), secret_link=absolute(url_for("auth.sign_in_link", secret=secret)))


@bp.post("/accounts/<account_id>/sign-out")
@administrators
def end_sessions(account_id: str) -> Any:
    """Sign somebody out everywhere."""
    found = _account(account_id)
    services().people.accounts.end_sessions(found.id)
    flash(say("%(display_name)s is signed out everywhere.", display_name=found.display_name), "success")
    return _back_to_account(found.id)


@bp.post("/accounts/<account_id>/active")
@administrators
def set_active(account_id: str) -> Any:
    """Switch an account off or on."""
    found, people = _account(account_id), services().people
    try:
        if request.form.get("active") == "1":
            people.accounts.reactivate(found.id)
            flash(say("The account of %(display_name)s is switched on.", display_name=found.display_name), "success")
        else:
            people.accounts.deactivate(found.id)
            flash(
                say(
                    "The account of %(display_name)s is switched off. What they wrote stays.",
                    display_name=found.display_name,
                ),
                "success",
            )
    except PeopleError as error:
        return _account_page(found, Answers().refuse(error))
    return _back_to_account(found.id)


# --- teams -----------------------------------------------------------------------------------------------------------


@bp.get("/teams")
@administrators
def teams() -> Any:
    """All teams, and a form for a new one."""
    return _teams_page(Answers())


def _teams_page(form: Answers) -> Any:
    return form_page("people/teams.html", form, teams=services().people.teams.all())


@bp.post("/teams")
@administrators
def create_team() -> Any:
    """Make a team; without a short name it gets one from its name."""
    form = Answers.of_request("name", "slug")
    try:
        if not form["name"].strip():
            raise PeopleError("Give the team a name.", "name")
        slug = form["slug"].strip() or re.sub(r"[^a-z0-9]+", "-", form["name"].lower()).strip("-")[:60]
        team = services().people.teams.create(slug, form["name"])
    except PeopleError as error:
        return _teams_page(form.refuse(error))
    flash(say("The team %(name)s is made. Add its members.", name=team.name), "success")
    return redirect(url_for("admin.team", slug=team.slug), 303)


def _team(slug: str) -> Team:
    try:
        return services().people.teams.get(slug)
    except NotFound as error:
        abort(404, description=str(error))


@bp.get("/teams/<slug>")
@administrators
def team(slug: str) -> Any:
    """One team and its members."""
    return _team_page(_team(slug), Answers())


def _team_page(found: Team, form: Answers) -> Any:
    form.values.setdefault("name", found.name)
    form.values.setdefault(SETTING, str(found.settings.get(SETTING, "")))
    return form_page("people/team.html", form, team=found, members=services().people.teams.members(found.slug))


@bp.post("/teams/<slug>/name")
@administrators
def rename_team(slug: str) -> Any:
    """Change the name that people read; the short name stays."""
    found, form = _team(slug), Answers.of_request("name")
    try:
        services().people.teams.rename(found.slug, form["name"])
    except PeopleError as error:
        return _team_page(found, form.refuse(error))
    flash("The team's name is changed.", "success")
    return redirect(url_for("admin.team", slug=slug), 303)


@bp.post("/teams/<slug>/review-days")
@administrators
def review_days(slug: str) -> Any:
    """After how many days an open review reminds its lead; empty goes back to the usual."""
    found, form = _team(slug), Answers.of_request(SETTING)
    try:
        set_days(services().people, found.slug, form[SETTING])
    except PeopleError as error:
        return _team_page(found, form.refuse(error))
    flash("The days are set.", "success")
    return redirect(url_for("admin.team", slug=slug), 303)


@bp.post("/teams/<slug>/members")
@administrators
def add_member(slug: str) -> Any:
    """Add somebody by sign-in name."""
    found, form, people = _team(slug), Answers.of_request("member"), services().people
    try:
        person = people.accounts.by_name(form["member"])
        people.teams.add_member(found.slug, person.id)
    except PeopleError as error:
        form.errors["member"] = str(error)
        return _team_page(found, form)
    flash(say("%(display_name)s is in the team.", display_name=person.display_name), "success")
    return redirect(url_for("admin.team", slug=slug), 303)


@bp.post("/teams/<slug>/members/<account_id>/remove")
@administrators
def remove_member(slug: str, account_id: str) -> Any:
    """End somebody's membership."""
    services().people.teams.remove_member(_team(slug).slug, _account(account_id).id)
    flash("The membership is ended.", "success")
    return redirect(url_for("admin.team", slug=slug), 303)


@bp.post("/teams/<slug>/delete")
@administrators
def delete_team(slug: str) -> Any:
    """Dissolve a team, when the box that says what follows is ticked."""
    found, form = _team(slug), Answers()
    if request.form.get("sure") != "1":
        form.errors["sure-1"] = say("Tick the box to dissolve the team.")
        return _team_page(found, form)
    services().people.teams.delete(found.slug)
    flash(say("The team %(name)s is dissolved.", name=found.name), "success")
    return redirect(url_for("admin.teams"), 303)


# --- invitations -----------------------------------------------------------------------------------------------------


@bp.get("/invites")
@administrators
def invites() -> Any:
    """Open invitations, and a form for a new one."""
    return _invites_page(Answers())


def _invites_page(form: Answers, **more: Any) -> Any:
    people = services().people
    found = people.invites.open()
    names = people.names(each.created_by for each in found if each.created_by)
    return form_page(
        "people/invites.html", form, invites=found, names=names, teams=people.teams.all(), roles=ROLES, **more
    )


@bp.post("/invites")
@administrators
def create_invite() -> Any:
    """Make an invitation and show its link, this once."""
    form = Answers.of_request("role", "uses", "days", "label")
    try:
        secret = services().people.invites.issue(
            form["role"],
            by=security.current_viewer().account_id,
            teams=request.form.getlist("team"),
            uses=_number(form["uses"], 0),
            valid_for=timedelta(days=_number(form["days"], 0)),
            label=form["label"],
        )
    except PeopleError as error:
        return _invites_page(form.refuse(error), ticked=request.form.getlist("team"))
    return _invites_page(Answers(), secret_link=absolute(url_for("auth.invite", secret=secret)))


@bp.post("/invites/<invite_id>/revoke")
@administrators
def revoke_invite(invite_id: str) -> Any:
    """Take an invitation back."""
    try:
        services().people.invites.revoke(invite_id)
        flash("The invitation is taken back.", "success")
    except NotFound as error:
        flash(str(error), "warning")
    return redirect(url_for("admin.invites"), 303)

"""Ways in and out: sign-in, the first account, invitations and one-time sign-in links.

Links carry a secret in their path. Opening one shows a page and changes nothing, because chat programs and mail
scanners open links too; the button on the page does it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import Blueprint, make_response, redirect, render_template, request, session, url_for

from wiki.people import NotFound, PeopleError, TooManyAttempts
from wiki.services import services
from wiki.web import security
from wiki.web.answers import Answers, form_page
from wiki.web.limits import client_address
from wiki.web.redirects import local_target
from wiki.web.saying import flash
from wiki.words import say

bp = Blueprint("auth", __name__)
RESET_WINDOW = timedelta(minutes=30)


@bp.get("/sign-in")
@security.public
def sign_in() -> Any:
    """The form; somebody who is signed in goes straight on."""
    target = request.args.get("next")
    if security.current_viewer().account_id:
        return security.safe_redirect(target)
    return _sign_in_page(Answers(), target)


@bp.post("/sign-in")
@security.public
def sign_in_post() -> Any:
    """Check name and password; TooManyAttempts becomes 429 by `limits`."""
    form = Answers.of_request("name")
    target = request.form.get("next")
    try:
        account = services().people.accounts.sign_in(
            form["name"],
            request.form.get("password", ""),
            address=client_address(),
            browser=security.known_browser(form["name"]),
        )
    except TooManyAttempts:
        raise
    except PeopleError as error:
        return _sign_in_page(form.refuse(error), target)
    security.sign_in(account.id)
    return security.safe_redirect(target)


def _sign_in_page(form: Answers, target: str | None) -> Any:
    fresh = not services().people.accounts.exist()
    return form_page("people/sign_in.html", form, next=local_target(target) or "", fresh=fresh)


@bp.post("/sign-out")
@security.public
def sign_out() -> Any:
    """End this browser's session."""
    security.sign_out()
    flash("You are signed out.", "success")
    return redirect(url_for("auth.sign_in"), 303)


@bp.route("/first-account/<secret>", methods=["GET", "POST"])
@security.public
def first_account(secret: str) -> Any:
    """Make the first account, an administrator, with the link that the terminal printed."""
    links = services().people.links
    form = Answers.of_request("name", "display_name")
    try:
        links.check_first_account(secret)
        if request.method == "POST":
            account = links.create_first_account(
                secret, form["name"], request.form.get("password", ""), display_name=form["display_name"]
            )
            security.sign_in(account.id)
            flash("Your account is ready. Invite the others under People and teams.", "success")
            return redirect("/", 303)
    except NotFound as error:
        return _dead_link(error)
    except PeopleError as error:
        form.refuse(error)
    return form_page("people/first_account.html", form)


@bp.route("/invite/<secret>", methods=["GET", "POST"])
@security.public
def invite(secret: str) -> Any:
    """Make one's own account by an invitation."""
    people = services().people
    form = Answers.of_request("name", "display_name")
    try:
        found = people.invites.look(secret)
        if request.method == "POST":
            account = people.invites.accept(
                secret, form["name"], request.form.get("password", ""), display_name=form["display_name"]
            )
            security.sign_in(account.id)
            flash(
                say("Welcome, %(display_name)s. Your account is ready.", display_name=account.display_name), "success"
            )
            return redirect("/", 303)
    except NotFound as error:
        return _dead_link(error)
    except PeopleError as error:
        form.refuse(error)
    known = people.teams.names()
    return form_page("people/invite.html", form, invite=found, teams=[known[s] for s in found.teams if s in known])


@bp.route("/sign-in-link/<secret>", methods=["GET", "POST"])
@security.public
def sign_in_link(secret: str) -> Any:
    """Sign in once without a password, then choose a new one."""
    links = services().people.links
    try:
        if request.method == "GET":
            return form_page("people/sign_in_link.html", Answers(), account=links.look(secret))
        account = links.use(secret)
    except NotFound as error:
        return _dead_link(error)
    security.sign_in(account.id)
    session["reset_until"] = int((datetime.now(UTC) + RESET_WINDOW).timestamp())
    flash("You are signed in. Choose a new password now.", "success")
    return redirect(url_for("account.index") + "#password", 303)


def may_reset() -> bool:
    """Whether this session came by a sign-in link just now, so that a new password needs no old one."""
    until = session.get("reset_until", 0)
    return isinstance(until, int) and until > datetime.now(UTC).timestamp()


def _dead_link(error: NotFound) -> Any:
    answer = make_response(render_template("people/dead_link.html", message=str(error)), 410)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def absolute(path: str) -> str:
    """A link that can be sent to somebody: on the configured address, else on the one that is in use."""
    base = services().config.base_url or request.url_root
    return base.rstrip("/") + path

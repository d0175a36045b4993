"""One's own account: name, password, sessions and API tokens."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for

from wiki.config import LANGUAGES
from wiki.people import Account, NotFound, PeopleError, TooManyAttempts
from wiki.services import services
from wiki.viewer import Role
from wiki.web import security
from wiki.web.answers import Answers, form_page
from wiki.web.auth import may_reset
from wiki.web.locales import use_language, zone_called
from wiki.web.saying import flash
from wiki.words import say

bp = Blueprint("account", __name__, url_prefix="/account")


def _me() -> Account:
    return services().people.accounts.get(str(security.current_viewer().account_id))


@bp.get("")
@security.require(Role.READER)
def index() -> Any:
    """The page with all of it."""
    return _page(Answers())


def _page(form: Answers, **more: Any) -> Any:
    me, people = _me(), services().people
    known = people.teams.names()
    for name, value in (("display_name", me.display_name), ("language", me.language), ("zone", me.zone)):
        form.values.setdefault(name, value)
    return form_page(
        "people/account.html",
        form,
        account=me,
        languages=LANGUAGES,
        teams=[(slug, known.get(slug, slug)) for slug in me.teams],
        tokens=people.tokens.of(me.id),
        drafts=people.drafts.count(me.id),
        without_old=may_reset() or not me.has_password,
        **more,
    )


@bp.post("/name")
@security.require(Role.READER)
def name() -> Any:
    """Change what others read."""
    form = Answers.of_request("display_name")
    try:
        services().people.accounts.set_display_name(_me().id, form["display_name"])
    except PeopleError as error:
        return _page(form.refuse(error))
    flash("Your name is changed.", "success")
    return redirect(url_for("account.index"), 303)


@bp.post("/reading")
@security.require(Role.READER)
def reading() -> Any:
    """Set the language and the time zone that pages are written in; empty leaves it to the browser."""
    form = Answers.of_request("language", "zone")
    language, zone = form["language"], form["zone"].strip()
    if language and language not in LANGUAGES:
        return _page(form.refuse(PeopleError(say("Choose a language from the list."), "language")))
    if zone and zone_called(zone) is None:
        problem = say("There is no such time zone. Choose one such as Europe/Berlin or UTC.")
        return _page(form.refuse(PeopleError(problem, "zone")))
    services().people.accounts.set_reading(_me().id, language=language, zone=zone)
    use_language(language)
    flash("Your pages are written in this language and time zone now.", "success")
    return redirect(url_for("account.index"), 303)


@bp.post("/password")
@security.require(Role.READER)
def password() -> Any:
    """Change the password; other sessions end, this one goes on. TooManyAttempts becomes 429."""
    me, accounts = _me(), services().people.accounts
    old, new = request.form.get("old_password", ""), request.form.get("new_password", "")
    try:
        if may_reset() or not me.has_password:
            accounts.set_password(me.id, new)
        else:
            accounts.change_password(me.id, old, new)
    except TooManyAttempts:
        raise
    except PeopleError as error:
        return _page(Answers().refuse(error))
    security.sign_in(me.id)
    flash("Your password is changed. All other sessions are signed out.", "success")
    return redirect(url_for("account.index"), 303)


@bp.post("/sign-out-everywhere")
@security.require(Role.READER)
def sign_out_everywhere() -> Any:
    """End every session of the account, this one too."""
    services().people.accounts.end_sessions(_me().id)
    security.sign_out()
    flash("You are signed out everywhere. API tokens go on working until you revoke them.", "success")
    return redirect(url_for("auth.sign_in"), 303)


@bp.post("/tokens")
@security.require(Role.READER)
def issue_token() -> Any:
    """Make an API token and show it, this once."""
    form = Answers.of_request("label", "scope")
    try:
        secret = services().people.tokens.issue(_me().id, form["scope"], form["label"])
    except PeopleError as error:
        return _page(form.refuse(error))
    return _page(Answers(), secret=secret)


@bp.post("/tokens/<token_id>/revoke")
@security.require(Role.READER)
def revoke_token(token_id: str) -> Any:
    """End a token at once."""
    try:
        services().people.tokens.revoke(_me().id, token_id)
        flash("The token is revoked.", "success")
    except NotFound as error:
        flash(str(error), "warning")
    return redirect(url_for("account.index") + "#tokens", 303)

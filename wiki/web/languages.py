"""Choosing the language of the interface, for an account or, where nobody is signed in, for a browser."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask_babel import gettext

from wiki.config import LANGUAGES
from wiki.services import services
from wiki.web.home import YEAR, path_of_referrer
from wiki.web.locales import COOKIE, use_language
from wiki.web.saying import flash
from wiki.web.security import current_viewer, public, safe_redirect

bp = Blueprint("languages", __name__)


@bp.post("/language")
@public
def choose() -> Response:
    """Remember a language, in the account and in this browser, and go back to the page."""
    chosen = request.form.get("language", "")
    response: Response = safe_redirect(path_of_referrer())
    if chosen not in LANGUAGES:
        return response
    account_id = current_viewer().account_id
    if account_id is not None:
        services().people.accounts.set_reading(account_id, language=chosen)
    use_language(chosen)
    flash(gettext("The interface is in English now."), "success")
    response.set_cookie(COOKIE, chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure)
    return response

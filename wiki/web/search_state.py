"""For administrators: how search stands. Model, index, progress, slow searches and what was not there."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wiki.services import services
from wiki.viewer import Role
from wiki.web.saying import flash
from wiki.web.security import require
from wiki.words import say

bp = Blueprint("search_state", __name__, url_prefix="/admin")


@bp.get("/search")
@require(Role.ADMINISTRATOR)
def index() -> str:
    """The state of the index and the questions that went badly."""
    parts = services()
    folder = parts.config.index_path
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    return render_template(
        "people/search_state.html",
        status=parts.index.status(behind=current_app.extensions["hindsight-behind"]),
        progress=parts.index.progress(),
        size=size,
        nothing=parts.people.asked.found_nothing(),
        slowest=parts.people.asked.slowest(),
    )


@bp.post("/search/forget")
@require(Role.ADMINISTRATOR)
def forget() -> ResponseReturnValue:
    """Drop one question from the lists, or all of them."""
    words: Any = request.form.get("words")
    gone = services().people.asked.forget(words)
    flash(
        "The lists are empty now."
        if words is None
        else say("“%(words)s” is off the lists.", words=words)
        if gone
        else "It was gone."
    )
    return redirect(url_for("search_state.index"), 303)

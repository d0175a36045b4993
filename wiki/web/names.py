"""“This is me”: names in the entries of people who have no account here, and the way to claim one."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wiki.curation import names
from wiki.entries import EntryError
from wiki.services import services
from wiki.viewer import Role
from wiki.web.paging import page_number
from wiki.web.security import current_viewer, require

bp = Blueprint("names", __name__, url_prefix="/names")

PER_PAGE = 50


@bp.get("")
@require(Role.READER)
def index() -> str:
    """Everybody whom entries that the viewer may see name, and who has no account; `q` narrows it."""
    return _page("")


def _page(refusal: str) -> str:
    parts, viewer = services(), current_viewer()
    words = " ".join(request.values.get("q", "")[:100].split())
    rows = [row for row in names.unknown(parts, viewer) if words.casefold() in f"{row.shown} {row.name}".casefold()]
    last = max(1, -(-len(rows) // PER_PAGE))
    page = min(page_number(), last)
    shown = rows[(page - 1) * PER_PAGE : page * PER_PAGE]
    return render_template(
        "curation/names.html", rows=shown, entries=names.entries_of(parts, shown, viewer), total=len(rows), page=page,
        last=last, q=words, refusal=refusal,
    )  # fmt: skip


@bp.post("")
@require(Role.READER)
def claim() -> ResponseReturnValue:
    """Claim a name, or take that back (`act`)."""
    act = names.withdraw if request.form.get("act") == "withdraw" else names.claim
    try:
        sentence = act(services(), request.form.get("name", ""), current_viewer())
    except EntryError as error:
        return _page(str(error)), 422
    flash(sentence, "success")
    return redirect(url_for("names.index", q=request.form.get("q") or None), 303)

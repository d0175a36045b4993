"""The short way for a small thing: one line from any page, and the list of what waits to be sorted."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template, request, url_for

from wiki.catalog import CatalogEntry
from wiki.entries import EntryError
from wiki.library import LibraryError
from wiki.people import PeopleError
from wiki.reviews.observing import STATUS, observe
from wiki.services import services
from wiki.viewer import Role
from wiki.web.answers import Answers, form_page
from wiki.web.redirects import local_target
from wiki.web.saying import flash
from wiki.web.security import current_viewer, require, safe_redirect
from wiki.words import say

bp = Blueprint("observing", __name__)

PAGE = 50


@bp.route("/observe", methods=["GET", "POST"])
@require(Role.AUTHOR)
def note() -> Any:
    """Keep one line. The page that it was sent from is read from the form, else from the browser's own word of it."""
    if request.method == "GET":
        return form_page("reviews/observe.html", Answers({"page": _here(request.referrer)}), seen=None)
    form = Answers.of_request("text", "page")
    here = local_target(form["page"]) or _here(request.referrer)
    form.values["page"] = here
    seen = _entry_at(here)
    try:
        made = observe(services(), form["text"], current_viewer(), seen_at=seen.id if seen else "")
    except PeopleError as error:
        return form_page("reviews/observe.html", form.refuse(error), seen=seen)
    except (EntryError, LibraryError) as error:
        form.errors["text"] = str(error)
        return form_page("reviews/observe.html", form, seen=seen)
    flash(say("Noted as “%(title)s”. A facilitator sorts it.", title=made.title), "success")
    return safe_redirect(here, url_for("observing.index"))


def _here(referrer: str | None) -> str:
    """The path of a page of ours, else nothing; never the form itself."""
    if not referrer or not referrer.startswith(request.host_url):
        return ""
    path = "/" + referrer.removeprefix(request.host_url)
    return "" if path.startswith(("/observe", "/answer", "/reviews")) else path


def _entry_at(path: str) -> CatalogEntry | None:
    if not path.startswith("/wiki/"):
        return None
    found = services().catalog.by_path(path.removeprefix("/wiki/").split("?")[0].split("#")[0])
    entry = found if isinstance(found, CatalogEntry) else None
    return entry if entry is not None and current_viewer().may_see(entry.audience) else None


@bp.get("/observations")
@require(Role.READER)
def index() -> str:
    """What was noticed and waits to be sorted, newest first."""
    page = services().catalog.entries(
        current_viewer(), kind="lesson", status=STATUS, limit=PAGE, cursor=request.args.get("cursor")
    )
    return render_template("reviews/observations.html", page=page)

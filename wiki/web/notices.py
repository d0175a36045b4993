"""What the viewer has been told: the page with it, and the count in the header of every page.

A notice about an entry that the viewer may not see (any more) does not exist: it is neither shown nor counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wiki.catalog import CatalogEntry
from wiki.people import Notice
from wiki.services import services
from wiki.viewer import Role, Viewer
from wiki.web.redirects import local_target
from wiki.web.saying import flash
from wiki.web.security import current_viewer, identity, require
from wiki.words import say

bp = Blueprint("notices", __name__, url_prefix="/notices")

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Told:
    """A notice with the entry that it is about, where it is about one."""

    notice: Notice
    entry: CatalogEntry | None


def waiting() -> int:
    """How many open notices the viewer has; asked once for each request."""
    count = g.get("notices_waiting")
    if count is None:
        count = g.notices_waiting = _count(current_viewer()) if identity().told else 0
    return cast(int, count)


def _count(viewer: Viewer) -> int:
    if viewer.account_id is None:
        return 0
    subjects = services().people.notices.subjects(viewer.account_id)
    about = {entry_id for entry_id in subjects if entry_id is not None}
    seen = services().catalog.entries_by_id(about, viewer) if about else {}
    return sum(1 for entry_id in subjects if entry_id is None or entry_id in seen)


def told(viewer: Viewer, limit: int = SHOWN) -> list[Told]:
    """The viewer's open notices, newest first, with their entries."""
    notices = services().people.notices.open_for(str(viewer.account_id), limit)
    about = {notice.entry_id for notice in notices if notice.entry_id is not None}
    seen = services().catalog.entries_by_id(about, viewer) if about else {}
    return [Told(n, seen.get(n.entry_id or "")) for n in notices if n.entry_id is None or n.entry_id in seen]


@bp.get("")
@require(Role.READER)
def index() -> str:
    """All that waits for the viewer."""
    return render_template("notices/index.html", rows=told(current_viewer()), waiting=waiting())


@bp.post("/settle")
@require(Role.READER)
def settle() -> ResponseReturnValue:
    """Put away the notices named by `key` (several at once are possible), and go on to `next`."""
    count = services().people.notices.settle_all(str(current_viewer().account_id), request.form.getlist("key"))
    if count:
        flash("Put away." if count == 1 else say("%(number)s notices are put away.", number=count), "success")
    return redirect(local_target(request.form.get("next")) or url_for("notices.index"), 303)

"""The curator's desk: queues of what wants looking after, each row settled where it stands."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from wiki.content import ContentError, Missing
from wiki.curation.acts import Done, perform
from wiki.curation.desk import PER_PAGE, QUEUES, TAGS_PER_PAGE, counts
from wiki.curation.names import entries_of
from wiki.entries import EntryError
from wiki.library import Forbidden, LibraryError, NotFound
from wiki.library.standing import today
from wiki.services import services
from wiki.topics.people import names
from wiki.viewer import Role
from wiki.web.paging import page_number
from wiki.web.saying import flash
from wiki.web.security import current_viewer, require
from wiki.web.topics import FRAGMENT
from wiki.words import say

bp = Blueprint("curation", __name__)

STREAM = "X-Stream"


@bp.get("/desk")
@require(Role.FACILITATOR)
def index() -> str:
    """One queue of the desk (`queue`), a page of it (`page`); `done` is a commit that can be undone."""
    return render_template("curation/desk.html", **_context(request.args.get("done", "")), section="desk")


def _context(done: str = "", said: str = "") -> dict[str, Any]:
    parts, viewer = services(), current_viewer()
    name = request.values.get("queue", "new")
    queue = QUEUES.get(name, QUEUES["new"])
    per_page = TAGS_PER_PAGE if queue.name == "tags" else PER_PAGE
    page = page_number()
    found = queue.find(parts, viewer, (page - 1) * PER_PAGE, PER_PAGE)
    last = max(1, -(-found.total // per_page))
    if page > last:
        page = last
        found = queue.find(parts, viewer, (page - 1) * PER_PAGE, PER_PAGE)
    topics = parts.catalog.topics.all(viewer)
    return {
        "queue": queue,
        "queues": QUEUES,
        "counts": counts(parts, viewer) | {queue.name: found.total},
        "rows": found.rows,
        "total": found.total,
        "page": page,
        "last": last,
        "topics": [(one.entry.id, one.entry.title) for one in topics],
        "people": names(parts, (one.steward for one in topics)),
        "named_in": entries_of(parts, found.rows, viewer) if queue.name == "names" else {},
        "today": today(),
        "said": said,
        "undo": _undoable(done),
    }


def _undoable(commit: str) -> tuple[str, str] | None:
    """The commit and what it did, for the button that undoes it; None where there is none that the viewer may see."""
    parts, viewer = services(), current_viewer()
    if len(commit) != 40:
        return None
    try:
        info = parts.store.commit(commit)
    except Missing:
        return None
    rows = parts.catalog.curation.touched_by(commit)
    if not rows or not all(viewer.may_see(json.loads(audience)) for _, _, audience in rows):
        return None
    return commit, info.message.splitlines()[0]


@bp.post("/desk")
@require(Role.FACILITATOR)
def act() -> ResponseReturnValue:
    """Settle a row: `act` says how. A script gets the desk's part of the page anew, a form goes back to the queue."""
    try:
        done = perform(services(), request.form.get("act", ""), request.form, current_viewer())
    except (EntryError, LibraryError) as error:
        if request.headers.get(FRAGMENT) or isinstance(error, Forbidden | NotFound):
            raise
        flash(str(error), "error")
        return redirect(_here(), 303)
    if request.headers.get(FRAGMENT):
        page = render_template("curation/part.html", **_context(done.commit))
        return Markup("<p hidden data-said>{}</p>").format(done.sentence) + Markup(page)  # noqa: S704 - a template
    flash(done.sentence, "success")
    return redirect(_here(done), 303)


def _here(done: Done | None = None) -> str:
    more: dict[str, Any] = {"done": done.commit} if done is not None and done.commit else {}
    if page_number() > 1:
        more["page"] = page_number()
    return url_for("curation.index", queue=request.form.get("queue", "new"), **more)


@bp.post("/desk/tags")
@require(Role.FACILITATOR)
def retag() -> ResponseReturnValue:
    """Give the chosen `tag`s one name (`new`), or take them away (`act` remove). A script is told how far it is, a line
    of JSON at a time; a form waits and goes back to the tags."""
    fresh = "" if request.form.get("act") == "remove" else request.form.get("new", "").strip()
    if not fresh and request.form.get("act") != "remove":
        return _refused(say("Write the name that the tags shall have."))
    steps = services().library.retag(request.form.getlist("tag"), fresh, viewer=current_viewer())
    if request.headers.get(STREAM):
        first = _news(steps)
        return Response(
            stream_with_context(first), mimetype="application/x-ndjson", headers={"X-Accel-Buffering": "no"}
        )
    try:
        while True:
            next(steps)
    except StopIteration as end:
        commit, count = end.value
    except (EntryError, LibraryError) as error:
        return _refused(str(error))
    flash(_retagged(count), "success")
    return redirect(url_for("curation.index", queue="tags", done=commit), 303)


def _refused(sentence: str) -> ResponseReturnValue:
    if request.headers.get(STREAM):
        return Response(json.dumps({"error": sentence}) + "\n", mimetype="application/x-ndjson")
    flash(sentence, "error")
    return redirect(url_for("curation.index", queue="tags"), 303)


def _retagged(count: int) -> str:
    return f"{count} {'entry is' if count == 1 else 'entries are'} changed."


def _news(steps: Any) -> Iterator[str]:
    """How far a renaming is, then where to go; what goes wrong is said in the last line, since the answer has begun."""
    try:
        while True:
            done, total = next(steps)
            yield json.dumps({"done": done, "total": total}) + "\n"
    except StopIteration as end:
        commit, count = end.value
        location = url_for("curation.index", queue="tags", done=commit)
        yield json.dumps({"said": _retagged(count), "location": location}) + "\n"
    except (EntryError, LibraryError, ContentError) as error:
        yield json.dumps({"error": str(error)}) + "\n"

"""What the viewer watches, and what is new there.

Watching the page of a topic watches what links to it, too: that is where its experiences are. What the viewer may not
see is neither named nor counted, whatever is watched.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from wiki.catalog import CatalogEntry, RecentChange
from wiki.people import PeopleError
from wiki.services import services
from wiki.viewer import Role, Viewer
from wiki.web.redirects import local_target
from wiki.web.saying import flash
from wiki.web.search import Asked, request_of
from wiki.web.security import current_viewer, require, wants_json
from wiki.words import say

bp = Blueprint("watching", __name__)

LOOKED_AT = 200  # of the newest changes; what is older is no news
SHOWN = 50
SEARCHES = 10  # saved searches that are asked anew for the desk
RESULTS = 50  # of each of them: what is new further down is not what was meant


@dataclass(frozen=True, slots=True)
class Subject:
    """Something that can be watched, as people read it."""

    key: str
    kind: str
    title: str
    url: str


def news(viewer: Viewer, limit: int) -> list[RecentChange]:
    """The newest change by somebody else of each entry that the viewer watches, newest first."""
    watched = services().people.watches.of(str(viewer.account_id))
    if not watched:
        return []
    ids = _entries_of(watched, viewer)
    found: dict[str, RecentChange] = {}
    for change in services().catalog.recent(viewer, LOOKED_AT):
        entry = change.entry
        if entry is None or entry.id in found or change.version.author_id == viewer.account_id:
            continue
        if entry.id in ids or watched_by(entry, watched):
            found[entry.id] = change
            if len(found) == limit:
                break
    return list(found.values())


def watched_by(entry: CatalogEntry, watched: Collection[str]) -> bool:
    """Whether one of the subjects holds this entry by its tags or its team."""
    return f"team:{entry.team}" in watched or any(f"tag:{tag}" in watched for tag in entry.tags)


def _entries_of(watched: Collection[str], viewer: Viewer) -> set[str]:
    """The ids of the entries that are watched by themselves or through the page of their topic."""
    catalog = services().catalog
    ids = {key.removeprefix("entry:") for key in watched if key.startswith("entry:")}
    for entry in catalog.entries_by_id(ids, viewer).values():
        if entry.kind == "topic":
            ids |= {other.id for other in catalog.backlinks(entry.id, viewer)}
    searches = [key.removeprefix("search:") for key in watched if key.startswith("search:")]
    for query in searches[:SEARCHES]:
        # By words: the model's time is for those who wait for an answer.
        found = services().searcher.search(request_of(Asked.of_query(query), viewer, mode="keyword", limit=RESULTS))
        ids |= {hit.id for hit in found.hits}
    return ids


def subjects(keys: Collection[str], viewer: Viewer) -> list[Subject]:
    """The subjects with their titles; entries that the viewer may not see are left out."""
    ids = [key.removeprefix("entry:") for key in keys if key.startswith("entry:")]
    entries = services().catalog.entries_by_id(ids, viewer) if ids else {}
    teams = services().people.teams.names()
    found = []
    for key in keys:
        kind, _, value = key.partition(":")
        if kind == "entry":
            if value in entries:
                found.append(Subject(key, entries[value].kind, entries[value].title, entries[value].url))
        elif kind == "tag":
            found.append(Subject(key, "tag", f"#{value}", url_for("browse.tag", tag=value)))
        elif kind == "team":
            found.append(Subject(key, "team", teams.get(value, value), url_for("browse.team", slug=value)))
        elif kind == "search" and (asked := Asked.of_query(value)).text:
            found.append(Subject(key, "search", asked.title, asked.address()))
    return found


@bp.get("/watching")
@require(Role.READER)
def index() -> str:
    """Everything that the viewer watches, and what is new there. `?subject=` offers to watch that."""
    viewer = current_viewer()
    watched = services().people.watches.of(str(viewer.account_id))
    asked = request.args.get("subject", "")
    offered = [] if asked in watched else subjects([asked], viewer)
    return render_template(
        "watching.html", mine=subjects(watched, viewer), news=news(viewer, SHOWN), offered=offered, asked=asked
    )


@bp.post("/watch")
@require(Role.READER)
def watch() -> ResponseReturnValue:
    """Watch `subject` from now on, or no more with `stop`; go on to `next`."""
    viewer = current_viewer()
    key, stop = request.form.get("subject", "")[:200], "stop" in request.form
    known = subjects([key], viewer)
    if not known:
        return _answer(404, say("There is nothing of this name that you could watch."), "error")
    watches = services().people.watches
    try:
        done = (watches.unwatch if stop else watches.watch)(str(viewer.account_id), key)
    except PeopleError as error:
        return _answer(422, str(error), "error")
    title = known[0].title
    if stop:
        return _answer(
            200,
            say("You no longer watch “%(title)s”.", title=title)
            if done
            else say("You did not watch “%(title)s”.", title=title),
            "info",
        )
    said = say("You watch “%(title)s”. What is new there appears on your desk.", title=title)
    return _answer(200, said if done else say("You watch “%(title)s” already.", title=title), "success")


def _answer(status: int, sentence: str, category: str) -> ResponseReturnValue:
    if wants_json():
        return {"message": sentence}, status
    flash(sentence, category)
    return redirect(local_target(request.form.get("next")) or url_for("watching.index"), 303)

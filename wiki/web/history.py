"""The life of an entry: its versions, any one of them, and what changed between two. All of it without scripts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from wiki.catalog import Version
from wiki.diffs import Line, Row, Summary, inline, side_by_side, summary
from wiki.library import NotFound, ReadEntry
from wiki.services import services
from wiki.viewer import Viewer
from wiki.web.security import current_viewer
from wiki.web.summaries import FieldChange, Told, field_changes, told
from wiki.web.texts import body_of, rendered_text, with_links

bp = Blueprint("history", __name__)

PER_PAGE = 50
# Comparing goes by word and takes time that grows with the texts: longer ones are not compared in a page.
MAX_COMPARED = 400_000
MAX_ROWS = 4_000


@dataclass(frozen=True, slots=True)
class Subject:
    """Whose history is looked at: an entry that is there, or one that was deleted."""

    id: str
    title: str
    url: str | None
    revision: str
    deleted: datetime | None


@dataclass(frozen=True, slots=True)
class Moment:
    """A version in the list, what it did, and the revision before it (`previous`), for looking at its changes."""

    version: Version
    previous: str | None
    is_current: bool
    told: Told


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two versions held against each other. One of `lines` and `rows` is filled, by how they are shown."""

    fields: list[FieldChange]
    lines: Sequence[Line]
    rows: Sequence[Row]
    words: Summary
    too_long: bool = False


def subject_of(entry_id: str, viewer: Viewer) -> Subject:
    """The entry, present or deleted. Raises NotFound when there is none that the viewer may see."""
    catalog = services().catalog
    item = catalog.entry(entry_id)
    if item is not None and viewer.may_see(item.audience):
        return Subject(item.id, item.title, item.url, item.revision, None)
    gone = catalog.deleted_entry(entry_id) if item is None else None
    if gone is None or not viewer.may_see(gone.audience):
        raise NotFound
    return Subject(gone.id, gone.title, None, gone.revision, gone.deleted.at)


@bp.get("/history/<entry_id>")
def index(entry_id: str) -> str:
    """The versions of an entry, newest first, two of which can be chosen to compare."""
    viewer = current_viewer()
    subject = subject_of(entry_id, viewer)
    before = request.args.get("before") or None
    versions = services().catalog.history(entry_id, PER_PAGE + 1, before)
    shown = [version for version in versions if viewer.may_see(version.audience)]
    moments = _moments(subject, shown)
    following = versions[PER_PAGE - 1].commit if len(versions) > PER_PAGE else None
    return render_template(
        "history/index.html",
        subject=subject,
        moments=moments,
        before=before,
        following=following,
        merged=services().catalog.curation.merged_from(entry_id, viewer),
    )


def _moments(subject: Subject, shown: Sequence[Version]) -> list[Moment]:
    """The versions of one page, each held against the one before it that the viewer may see."""
    found = []
    for number, version in enumerate(shown[:PER_PAGE]):
        older = shown[number + 1] if number + 1 < len(shown) else None
        current = subject.deleted is None and version.revision == subject.revision
        found.append(Moment(version, older.revision if older else None, current, told(older, version)))
    return found


@bp.get("/version/<entry_id>/<revision>")
def version(entry_id: str, revision: str) -> ResponseReturnValue:
    """An old version as its page looked."""
    viewer = current_viewer()
    subject = subject_of(entry_id, viewer)
    found, read = services().library.read_version(entry_id, revision, viewer)
    if subject.url is not None and found.revision == subject.revision and not request.args.get("raw"):
        return redirect(subject.url, 302)
    html = _rendered(found, viewer)
    return render_template(
        "history/version.html", subject=subject, version=found, read=read, html=html, raw=bool(request.args.get("raw"))
    )


def _rendered(version: Version, viewer: Viewer) -> Markup:
    rendered = rendered_text(version.revision, version.path)
    return with_links(rendered, services().catalog.resolve(rendered.links, viewer), viewer)


@bp.get("/compare/<entry_id>")
def compare(entry_id: str) -> ResponseReturnValue:
    """What changed between two versions (`from`, `to`; without them the last change), in one column or two."""
    viewer = current_viewer()
    subject = subject_of(entry_id, viewer)
    old, new = _chosen(entry_id, subject)
    library = services().library
    before, old_read = library.read_version(entry_id, old, viewer)
    after, new_read = library.read_version(entry_id, new, viewer)
    if _is_later(entry_id, before, after):
        before, old_read, after, new_read = after, new_read, before, old_read
    view = "split" if request.args.get("view") == "split" else "inline"
    everything = bool(request.args.get("all"))
    return render_template(
        "history/compare.html",
        subject=subject,
        before=before,
        after=after,
        view=view,
        everything=everything,
        comparison=compared(old_read, new_read, view=view, everything=everything),
        address=lambda **change: url_for(
            "history.compare",
            entry_id=entry_id,
            **{"from": before.revision, "to": after.revision, "view": view, **change},
        ),
    )


def _is_later(entry_id: str, one: Version, other: Version) -> bool:
    """Whether `one` came after `other`; within one second the order of the history tells."""
    if one.at != other.at:
        return one.at > other.at
    commits = [version.commit for version in services().catalog.history(entry_id, PER_PAGE)]
    return one.commit in commits and other.commit in commits and commits.index(one.commit) < commits.index(other.commit)


def _chosen(entry_id: str, subject: Subject) -> tuple[str, str]:
    """The two revisions asked for; where one is missing, the last change."""
    old, new = request.args.get("from", ""), request.args.get("to", "")
    if old and new:
        return old, new
    new = new or subject.revision
    revisions = [version.revision for version in services().catalog.history(entry_id, PER_PAGE)]
    later = revisions[revisions.index(new) + 1 :] if new in revisions else revisions
    old = old or next((revision for revision in later if revision != new), "")
    if not old:
        abort(404, description="There is only one version so far, so there is nothing to compare it with.")
    return old, new


def compared(old: ReadEntry, new: ReadEntry, *, view: str, everything: bool) -> Comparison:
    """Two versions held against each other: the fields of the head in words, the texts by word."""
    fields = field_changes(old.entry, new.entry)
    one, other = body_of(old.raw), body_of(new.raw)
    if len(one) + len(other) > MAX_COMPARED:
        return Comparison(fields, (), (), Summary(0, 0), too_long=True)
    context = None if everything else 3
    lines = inline(one, other, context) if view == "inline" else ()
    rows = side_by_side(one, other, context) if view == "split" else ()
    too_long = max(len(lines), len(rows)) > MAX_ROWS
    return Comparison(fields, lines[:MAX_ROWS], rows[:MAX_ROWS], summary(one, other), too_long)

"""From a passage of a published review to a lesson or to an action.

A lesson begins as a draft in the editor, with the passage quoted and the review linked. When it is published, the
review gets a link to it (`link_back`), so the two name each other.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for

from wiki.catalog import CatalogEntry
from wiki.content import ContentError
from wiki.entries import Entry, EntryError
from wiki.library import LibraryError, ReadEntry
from wiki.reviews.passages import lesson_body, one_line, parts_of, passage, title_of, with_lesson
from wiki.services import services
from wiki.slugs import is_id
from wiki.viewer import Role
from wiki.web.saying import flash
from wiki.web.security import current_viewer, require
from wiki.web.templates_of_kinds import template_of
from wiki.web.writing import Writing, citation_of, new_draft_key
from wiki.words import say

bp = Blueprint("passages", __name__)

KIND = "after-action-review"
LESSON = "lesson"
MAX_ACTION = 500
CHANGED = say("The review has changed since this page was loaded. Choose the passage again.")


@bp.get("/passages/<entry_id>")
@require(Role.AUTHOR)
def index(entry_id: str) -> str:
    """Every passage of a review, with what can be made of it."""
    found = _review(entry_id)
    return render_template("reviews/passages.html", item=found.item, parts=parts_of(found.entry.body), error="")


def _review(entry_id: str) -> ReadEntry:
    found = services().library.read(entry_id, current_viewer())
    if found.item.kind != KIND or found.item.error:
        abort(404, description="Lessons and actions are made from passages of after-action reviews.")
    return found


def _chosen(found: ReadEntry) -> str:
    """The text of the passage that the form names; empty where the review has it no more."""
    one = passage(found.entry.body, request.form.get("passage", ""))
    return one.text if one is not None else ""


def _refused(found: ReadEntry, error: str, status: int) -> tuple[str, int]:
    page = render_template("reviews/passages.html", item=found.item, parts=parts_of(found.entry.body), error=error)
    return page, status


@bp.post("/passages/<entry_id>/lesson")
@require(Role.AUTHOR)
def lesson(entry_id: str) -> Any:
    """Begin a lesson with the passage, as a draft in the editor; it is for the same readers as the review."""
    found = _review(entry_id)
    text = _chosen(found)
    if not text:
        return _refused(found, CHANGED, 409)
    item, key = found.item, new_draft_key(LESSON)
    writing = Writing(
        kind=LESSON,
        title=title_of(text),
        body=lesson_body(text, citation_of(item.id, item.title), template_of(LESSON)),
        tags=", ".join(item.tags),
        team=item.team or "",
        date=found.entry.date.isoformat() if found.entry.date else "",
        audience=tuple(item.audience),
        draft=key,
        made_from=item.id,
    )
    services().people.drafts.save(str(current_viewer().account_id), key, writing.payload())
    return redirect(url_for("editor.new_kind", kind=LESSON, draft=key.rsplit(":", 1)[1]), 303)


@bp.post("/passages/<entry_id>/action")
@require(Role.AUTHOR)
def action(entry_id: str) -> Any:
    """Make an action of the passage: in the words of the form (`what`), else in its own; owner and day follow there."""
    found = _review(entry_id)
    text = _chosen(found)
    if not text:
        return _refused(found, CHANGED, 409)
    values = {name: request.form.get(name, "").strip() for name in ("what", "owner", "due", "shows")}
    values["what"] = values["what"] or one_line(text, MAX_ACTION)
    try:
        item, _ = services().library.add_action(
            found.item.id, {name: value for name, value in values.items() if value}, viewer=current_viewer()
        )
    except EntryError as error:
        return _refused(found, str(error), 422)
    flash("It is an action of this review now. Give it an owner and a day.", "success")
    return redirect(item.url, 303)


def link_back(review_id: str, made: CatalogEntry) -> str:
    """Let the review that an entry was made from link to it; a sentence where that could not be done, else empty."""
    if not is_id(review_id) or review_id == made.id:
        return ""
    citation = citation_of(made.id, made.title)

    def change(entry: Entry) -> Entry:
        return replace(entry, body=with_lesson(entry.body, made.id, citation))

    try:
        services().library.amend(review_id, change, viewer=current_viewer(), message=f"Link “{made.title}”")
    except (LibraryError, EntryError, ContentError) as error:
        return say("Published. The review that it was made from could not be linked to it: %(error)s", error=error)
    return ""

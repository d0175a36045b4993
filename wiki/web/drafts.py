"""Drafts: kept on the server while one types, listed, continued and discarded.

The editor numbers its saves; an answer that arrives late never overwrites a newer one (`people.drafts.save`). The
answer to a save says when it was stored, which is what the editor shows.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError, generate_csrf

from wiki.entries import KINDS
from wiki.people import Draft, DraftMoved, PeopleError
from wiki.services import services
from wiki.viewer import Role
from wiki.web import pictures
from wiki.web.redirects import local_target
from wiki.web.saying import flash
from wiki.web.security import current_viewer, kept_text, problem, require, wants_json
from wiki.web.writing import from_payload, valid_key
from wiki.words import say

bp = Blueprint("drafts", __name__)
bp.add_url_rule("/drafts/<key>/files", "hold", pictures.hold, methods=["POST"])
bp.add_url_rule("/drafts/<key>/files/<name>", "held", pictures.show)

LARGEST_SEQUENCE = 2**53
MOST_EXPECTED = 64


@dataclass(frozen=True, slots=True)
class Row:
    """A draft as the list shows it; `gone` when the entry that it would change is away."""

    key: str
    title: str
    kind: str
    words: int
    saved_at: datetime
    url: str
    entry_url: str | None
    gone: bool


@bp.get("/drafts")
@require(Role.AUTHOR)
def index() -> str:
    """Everything that the viewer has begun and not published."""
    return render_template("editor/drafts.html", rows=draft_rows())


def draft_rows(limit: int | None = None) -> list[Row]:
    """The viewer's drafts, newest first."""
    viewer = current_viewer()
    drafts = [d for d in services().people.drafts.list(str(viewer.account_id)) if valid_key(d.key)][:limit]
    ids = [d.key.removeprefix("entry:") for d in drafts if d.key.startswith("entry:")]
    known = services().catalog.entries_by_id(ids, viewer)
    return [_row(draft, known) for draft in drafts]


def draft_url(key: str, kind: str) -> str:
    """Where a draft goes on."""
    if key.startswith("entry:"):
        return url_for("editor.edit", entry_id=key.removeprefix("entry:"))
    _, of_kind, number = key.split(":")
    return url_for("editor.new_kind", kind=of_kind if of_kind in KINDS else kind, draft=number)


def _row(draft: Draft, known: dict[str, Any]) -> Row:
    writing = from_payload(draft.payload, "page", draft.key)
    entry = known.get(draft.key.removeprefix("entry:"))
    return Row(
        key=draft.key,
        title=writing.title or (entry.title if entry else "") or say("Untitled"),
        kind=writing.kind,
        words=len(writing.body.split()),
        saved_at=draft.saved_at,
        url=draft_url(draft.key, writing.kind),
        entry_url=entry.url if entry else None,
        gone=draft.key.startswith("entry:") and entry is None,
    )


@bp.put("/drafts/<key>")
@require(Role.AUTHOR)
def save(key: str) -> Any:
    """Keep a draft: `{sequence, payload}` in, `{stored, sequence, saved_at}` out.

    With `expects` (the numbers of the saves that the text goes on from) a draft that was changed elsewhere meanwhile is
    not overwritten: 409, with what is there.
    """
    data = request.get_json(silent=True)
    sequence = data.get("sequence") if isinstance(data, dict) else None
    payload = data.get("payload") if isinstance(data, dict) else None
    expects = data.get("expects") if isinstance(data, dict) else None
    if not valid_key(key) or not isinstance(payload, dict) or not _is_number(sequence) or not _are_numbers(expects):
        abort(400, description="Send a sequence number and a payload.")
    writing = from_payload(payload, "page", key)
    try:
        saved = services().people.drafts.save(
            str(current_viewer().account_id), key, writing.payload(), sequence=sequence, expects=expects
        )
    except DraftMoved as moved:
        return _moved(moved.present), 409
    except PeopleError as error:
        return problem(413 if error.field == "body" else 422, say("Not saved"), str(error))
    return jsonify(stored=saved.stored, sequence=saved.sequence, saved_at=saved.saved_at.isoformat())


def _moved(present: Draft | None) -> Response:
    if present is None:
        return jsonify(sequence=0, saved_at=None, payload=None)
    return jsonify(sequence=present.sequence, saved_at=present.saved_at.isoformat(), payload=present.payload)


def _are_numbers(value: object) -> bool:
    return value is None or (isinstance(value, list) and len(value) <= MOST_EXPECTED and all(map(_is_number, value)))


def _is_number(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < LARGEST_SEQUENCE


@bp.get("/drafts/<key>")
@require(Role.AUTHOR)
def show(key: str) -> Response:
    """A draft as the editor's script reads it; 404 when there is none."""
    draft = services().people.drafts.get(str(current_viewer().account_id), key) if valid_key(key) else None
    if draft is None:
        abort(404)
    return jsonify(sequence=draft.sequence, saved_at=draft.saved_at.isoformat(), payload=draft.payload)


@bp.post("/drafts/<key>/discard")
@require(Role.AUTHOR)
def discard(key: str) -> Any:
    """Throw a draft away, and go on to `next`."""
    if not valid_key(key):
        abort(404)
    account = str(current_viewer().account_id)
    # The editor numbers its saves by the clock: one that is still under way brings nothing back.
    services().people.drafts.drop(account, key, sequence=time.time_ns() // 1_000_000)
    pictures.held_files().drop(account, key)
    if wants_json():
        return "", 204
    flash("The draft was discarded.", "info")
    return redirect(local_target(request.form.get("next")) or url_for("drafts.index"), 303)


@bp.errorhandler(CSRFError)
def _old_token(_: CSRFError) -> Any:
    """An old token: the script gets one that works and sends its text again."""
    if wants_json():
        return jsonify(error=say("The page's protection token was old."), csrf_token=generate_csrf()), 400
    return kept_text(400, say("Nothing was changed"), say("Go back, load the page again and send the form again."))

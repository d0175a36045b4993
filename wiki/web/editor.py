"""Writing: a new entry of a kind, or a change to one.

One rule stands over everything here: what somebody typed is never lost. Whatever refuses a form (a missing title, a
text that is too long, an ended session, an old protection token, somebody else's edit, a deletion meanwhile) answers
with the editor and the text in it. So these views are open to everybody and ask for the role themselves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from flask_wtf.csrf import CSRFError

from wiki.catalog import CatalogEntry
from wiki.content import ContentError
from wiki.entries import KINDS, EntryError
from wiki.library import EditConflict, Forbidden, LibraryError, NotFound
from wiki.life.reminding import tell_recurrences
from wiki.services import services
from wiki.viewer import Role
from wiki.web import actions, moving, pictures, raw
from wiki.web.conflict import conflict_page
from wiki.web.desk import Desk, desk_page
from wiki.web.drafts import draft_rows
from wiki.web.passages import link_back
from wiki.web.saying import flash
from wiki.web.security import ask_to_sign_in, current_viewer, kept_text, public, refuse_unless, require
from wiki.web.templates_of_kinds import template_of
from wiki.web.writing import (
    Writing,
    entry_draft_key,
    entry_fields,
    from_entry,
    from_form,
    from_payload,
    new_draft_key,
    valid_key,
)
from wiki.words import say

bp = Blueprint("editor", __name__)
bp.add_url_rule("/move/<entry_id>", "move", moving.move, methods=["GET", "POST"])
bp.add_url_rule("/delete/<entry_id>", "delete", moving.delete, methods=["GET", "POST"])
bp.add_url_rule("/edit/<entry_id>/raw", "raw", raw.edit, methods=["GET", "POST"])
bp.add_url_rule("/restore/<entry_id>", "restore", moving.restore, methods=["POST"])

SIGNED_OUT = say(
    "You are signed out. Your text is kept on this page: sign in in another tab, come back here, and publish again."
)
OLD_PAGE = say("This page was opened before you last signed in. Nothing is lost: look over the text and publish again.")
GONE = say("This entry was deleted while you were writing. Nothing is lost: publish to keep your text as a new entry.")
PUBLISHED_COOKIE = "published_drafts"


@bp.get("/new")
@require(Role.AUTHOR)
def new() -> str:
    """Choose what to write."""
    return render_template("editor/choose.html", kinds=KINDS.values(), rows=draft_rows(5))


@bp.route("/new/<kind>", methods=["GET", "POST"])
@public
def new_kind(kind: str) -> Any:
    """Write a new entry of a kind."""
    if kind not in KINDS:
        abort(404)
    number = request.args.get("draft", "")
    key = f"new:{kind}:{number}"
    return _serve(Desk(kind, template_of(kind), None, key if valid_key(key) else new_draft_key(kind)))


@bp.route("/edit/<entry_id>", methods=["GET", "POST"])
@public
def edit(entry_id: str) -> Any:
    """Change an entry."""
    if current_viewer().role is None:
        return _signed_out(entry_draft_key(entry_id))
    try:
        item = services().library.read(entry_id, current_viewer()).item
    except NotFound:
        if request.method == "GET":
            raise
        return _gone(entry_id)
    if item.error:
        return redirect(url_for("editor.raw", entry_id=item.id))
    return _serve(Desk(item.kind, template_of(item.kind), item, entry_draft_key(item.id)))


def _serve(desk: Desk) -> Any:
    viewer = current_viewer()
    if viewer.role is None:
        return _signed_out(desk.draft)
    if not viewer.can_write:
        if request.method == "GET":
            return refuse_unless(Role.AUTHOR)
        return desk_page(
            desk,
            _posted(desk),
            403,
            errors=[(None, say("You may read here, but not write. Ask for the role of an author."))],
        )
    return _open(desk) if request.method == "GET" else _answer(desk, _posted(desk))


def _posted(desk: Desk) -> Writing:
    return desk.adapted(from_form(request.form, desk.kind, desk.draft))


def _rootless(key: str, address: str = "") -> Desk:
    """A desk for a text whose entry is not known (any more), by the kind that the form names."""
    kind = request.form.get("kind", "")
    kind = kind if kind in KINDS else "page"
    return Desk(kind, template_of(kind), None, key, address)


def _signed_out(key: str) -> Any:
    if request.method == "GET":
        return ask_to_sign_in()
    desk = _rootless(key, request.path)
    return desk_page(desk, _posted(desk), 401, errors=[(None, SIGNED_OUT)], signed_out=True)


def _gone(entry_id: str) -> Any:
    """A text whose entry is away: offered as a new entry."""
    desk = _rootless(entry_draft_key(entry_id))
    writing = replace(_posted(desk), base_revision="", draft=new_draft_key(desk.kind))
    return desk_page(desk, writing, 409, errors=[(None, GONE)])


@bp.errorhandler(CSRFError)
def _old_page(_: CSRFError) -> Any:
    """A form with an old token, or from a session that has ended: shown again, with a token that works."""
    where = request.view_args or {}
    if request.endpoint == "editor.edit":
        key = entry_draft_key(where["entry_id"])
    elif request.endpoint == "editor.new_kind":
        key = new_draft_key(where["kind"])
    else:
        return kept_text(400, say("Nothing was changed"), say("Go back, load the page again and send the form again."))
    if current_viewer().role is None:
        return _signed_out(key)
    desk = _rootless(key, request.path)
    return desk_page(desk, _posted(desk), 400, errors=[(None, OLD_PAGE)])


# --- opening ---------------------------------------------------------------------------------------------------------


def _open(desk: Desk) -> Any:
    account = str(current_viewer().account_id)
    draft = services().people.drafts.get(account, desk.draft)
    if draft is not None:
        return desk_page(desk, from_payload(draft.payload, desk.kind, desk.draft), kept=draft)
    if desk.item is not None:
        _, entry, _ = services().library.read(desk.item.id, current_viewer())
        return desk_page(desk, from_entry(entry, desk.item.revision, desk.template))
    return desk_page(desk, Writing(kind=desk.kind, body=desk.template.start, draft=desk.draft, title=_asked_title()))


def _asked_title() -> str:
    """The title that a red link asks for."""
    return request.args.get("title", "")[:300].replace("\n", " ")


# --- answering -------------------------------------------------------------------------------------------------------


def _answer(desk: Desk, writing: Writing) -> Any:
    name, _, argument = request.form.get("action", "publish").partition(" ")
    if name != "publish":
        return actions.perform(name, argument, desk, writing)
    if writing.damaged:
        return desk_page(desk, writing, 400, errors=[(None, writing.damaged)])
    try:
        return _publish(desk, writing)
    except EntryError as error:
        return desk_page(desk, writing, 422, errors=[(error.field, str(error))])
    except EditConflict as conflict:
        if conflict.deleted:
            return _gone(desk.draft.removeprefix("entry:"))
        return conflict_page(desk, writing, conflict)
    except NotFound:
        return _gone(desk.draft.removeprefix("entry:"))
    except Forbidden as error:
        return desk_page(desk, writing, 403, errors=[(None, str(error))])
    except (LibraryError, ContentError) as error:
        return desk_page(desk, writing, 503, errors=[(None, str(error))])


def _publish(desk: Desk, writing: Writing) -> Any:
    fields = entry_fields(writing, desk.template)
    library, viewer = services().library, current_viewer()
    if desk.item is None:
        entry = library.create(fields, viewer=viewer, message=writing.message)
        services().people.judgements.published(str(viewer.account_id), writing.draft, entry.id)
        entry, trouble = pictures.adopt(entry, writing.draft, viewer)
        if writing.made_from:
            trouble = link_back(writing.made_from, entry) or trouble
        flash(trouble or "Published.", "warning" if trouble else "success")
        return _published(entry, writing)
    result = library.save(
        desk.item.id, fields, base_revision=writing.base_revision, viewer=viewer, message=writing.message
    )
    if result.merged:
        flash("Saved, together with a change that somebody else made meanwhile. Look over the whole text.", "success")
    else:
        flash("Saved.", "success")
    return _published(result.entry, writing)


def _published(entry: CatalogEntry, writing: Writing) -> Any:
    """To the entry's page; the draft is done with, on the server and (told by a cookie) in the browser."""
    tell_recurrences(services(), entry.id, entry.recurrence_of)
    account = str(current_viewer().account_id)
    services().people.drafts.drop(account, writing.draft, sequence=_sequence())
    response = make_response(redirect(entry.url, 303))
    done = [writing.draft, *request.cookies.get(PUBLISHED_COOKIE, "").split("|")]
    known = [key for key in done if valid_key(key)][:8]
    response.set_cookie(PUBLISHED_COOKIE, "|".join(known), max_age=30 * 86400, samesite="Lax", secure=request.is_secure)
    return response


def _sequence() -> int | None:
    text = request.form.get("sequence", "")
    return int(text) if text.isdecimal() and len(text) < 19 else None

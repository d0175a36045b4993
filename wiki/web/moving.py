"""Another title or address for an entry, deleting it, bringing back what it was: plain forms, with a reason each."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request, url_for

from wiki.content import ContentError
from wiki.entries import EntryError
from wiki.library import EditConflict, Forbidden, LibraryError, NotFound
from wiki.services import services
from wiki.viewer import Role
from wiki.web.saying import flash
from wiki.web.security import current_viewer, require
from wiki.words import say

REFUSALS = (EntryError, LibraryError, ContentError)


def _status(error: Exception) -> int:
    if isinstance(error, EntryError):
        return 422
    if isinstance(error, EditConflict):
        return 409
    return 403 if isinstance(error, Forbidden) else 503


def _form(name: str) -> str:
    return request.form.get(name, "").strip()


@require(Role.AUTHOR)
def move(entry_id: str) -> Any:
    """Give an entry another title, another address, or both."""
    viewer, library = current_viewer(), services().library
    item = library.read(entry_id, viewer).item
    title, path = item.title, item.path.removesuffix(".md")
    error: Exception | None = None
    if request.method == "POST":
        title, path = _form("title"), _form("path").strip("/")
        moved = path != item.path.removesuffix(".md")
        try:
            entry = library.move(
                item.id,
                title=title if title != item.title else None,
                path=path or None,
                viewer=viewer,
                message=_form("message"),
            )
        except NotFound:
            raise
        except REFUSALS as refusal:
            error = refusal
        else:
            flash("Moved. The old address still leads here." if moved else "Renamed.", "success")
            return redirect(entry.url, 303)
    field = getattr(error, "field", None) or "path"
    return render_template(
        "editor/move.html",
        item=item,
        title=title,
        path=path,
        message=_form("message"),
        errors=[(f"field-{field}", str(error))] if error else [],
        field_errors={field: str(error)} if error else {},
    ), _status(error) if error else 200


@require(Role.AUTHOR)
def delete(entry_id: str) -> Any:
    """Ask whether an entry is to go and why, then delete it; its history stays and it can be restored."""
    viewer, library = current_viewer(), services().library
    item = library.read(entry_id, viewer).item
    error: Exception | None = None
    if request.method == "POST":
        try:
            library.delete(item.id, viewer=viewer, message=_form("message"), base_revision=_form("revision") or None)
        except NotFound:
            raise
        except REFUSALS as refusal:
            error = refusal
        else:
            flash(say("“%(title)s” was deleted. It can be restored from its history.", title=item.title), "success")
            return redirect(url_for("history.index", entry_id=item.id), 303)
    backlinks = services().catalog.backlinks(item.id, viewer)
    errors = [str(error)] if error else []
    if isinstance(error, EditConflict):
        errors = [say("Somebody saved this entry after you opened this page. Read it once more before you delete it.")]
    return render_template(
        "editor/delete.html", item=item, backlinks=backlinks, message=_form("message"), errors=errors
    ), _status(error) if error else 200


@require(Role.AUTHOR)
def restore(entry_id: str) -> Any:
    """Bring a deleted entry back, or set a present one back to an old version (`revision`)."""
    try:
        entry = services().library.restore(
            entry_id, viewer=current_viewer(), message=_form("message"), revision=_form("revision") or None
        )
    except NotFound:
        raise
    except REFUSALS as error:
        flash(str(error), "error")
        return redirect(url_for("history.index", entry_id=entry_id), 303)
    flash("Restored. Nothing of what came between is lost: it is in the history.", "success")
    return redirect(entry.url, 303)

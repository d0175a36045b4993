"""The whole file of an entry, front matter included: how one that was pushed with a mistake in it is mended."""

from __future__ import annotations

from typing import Any

from flask import redirect, render_template, request

from wiki.content import ContentError
from wiki.entries import EntryError
from wiki.library import EditConflict, LibraryError, NotFound
from wiki.services import services
from wiki.viewer import Role
from wiki.web.saying import flash
from wiki.web.security import current_viewer, require
from wiki.web.writing import unix_lines
from wiki.words import say

CHANGED = say(
    "Somebody else changed this file meanwhile. Their version stands below yours: join both, then save again."
)


@require(Role.AUTHOR)
def edit(entry_id: str) -> Any:
    """Show the file as it is, say what is wrong with it, and save it when it can be read."""
    viewer, library = current_viewer(), services().library
    item, _, raw = library.read(entry_id, viewer)
    if request.method == "GET":
        return _page(item, raw.decode("utf-8", "replace"), item.revision, [item.error] if item.error else [])
    text = unix_lines(request.form.get("raw", ""))
    base = request.form.get("base_revision", "")
    message = request.form.get("message", "").strip()
    try:
        result = library.save_raw(item.id, text.encode(), base_revision=base, viewer=viewer, message=message)
    except NotFound:
        raise
    except EditConflict as conflict:
        return _page(item, text, conflict.revision, [CHANGED], raw.decode("utf-8", "replace")), 409
    except (EntryError, LibraryError, ContentError) as error:
        return _page(item, text, base, [str(error)]), 422
    flash("Saved.", "success")
    return redirect(result.entry.url, 303)


def _page(item: Any, text: str, revision: str, errors: list[str], theirs: str | None = None) -> str:
    return render_template("editor/raw.html", item=item, text=text, revision=revision, errors=errors, theirs=theirs)

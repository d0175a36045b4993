"""Files pasted into a new text: taken in while there is only a draft, and put beside the entry when it is published."""

from __future__ import annotations

import re
from typing import Any

from flask import Response, abort, jsonify, request, url_for

from wiki.catalog import CatalogEntry
from wiki.content import ContentError
from wiki.entries import EntryError
from wiki.library import LibraryError
from wiki.library.types import EntryFields
from wiki.services import services
from wiki.viewer import Role, Viewer
from wiki.web.held import HeldFile, HeldFiles, HoldError
from wiki.web.security import current_viewer, problem, require
from wiki.web.writing import valid_key
from wiki.words import say

NOT_MOVED = "The text is published, but its pictures could not be put beside it: {reason} Edit the entry to add them."


def held_files() -> HeldFiles:
    """The held files of this instance."""
    return HeldFiles(services().config.held_path)


@require(Role.AUTHOR)
def hold(key: str) -> Any:
    """Hold a file (`file`) for a draft: `{name, url, markdown}`, 201."""
    upload = request.files.get("file")
    if not key.startswith("new:") or not valid_key(key) or upload is None:
        abort(400, description="Send a file for the draft of a new entry.")
    longest = services().config.max_attachment_bytes
    with upload.stream as stream:
        data = stream.read(longest + 1)
    if len(data) > longest:
        return problem(
            413,
            say("Too large"),
            say("A file may have %(longest)s MB at most. Make it smaller first.", longest=longest // 1000000),
        )
    try:
        held = held_files().put(str(current_viewer().account_id), key, upload.filename or "picture.png", data)
    except HoldError as error:
        return problem(422, say("Not held"), str(error))
    url = _url(key, held)
    text = held.name.rsplit(".", 1)[0].replace("-", " ")
    markdown = f"![{text}]({url})" if held.picture_type else f"[{held.name}]({url})"
    return jsonify(name=held.name, url=url, markdown=markdown), 201


def _url(key: str, held: HeldFile) -> str:
    return url_for("drafts.held", key=key, name=held.name)


@require(Role.AUTHOR)
def show(key: str, name: str) -> Response:
    """A held file, for who holds it. Only real pictures are shown; the rest is a download that cannot run here."""
    held = held_files().get(str(current_viewer().account_id), key, name)
    if held is None:
        abort(404)
    response = Response(held.data, content_type=held.picture_type or "application/octet-stream")
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = "inline" if held.picture_type else f'attachment; filename="{held.name}"'
    return response


def adopt(entry: CatalogEntry, key: str, viewer: Viewer) -> tuple[CatalogEntry, str | None]:
    """Put the held files that the new entry shows beside it, and point its text at them.

    Gives the entry as it then is, and a sentence when that failed: the files are then still held.
    """
    files, library = held_files(), services().library
    account = str(viewer.account_id)
    body = library.read(entry.id, viewer).entry.body
    shown = [held for held in files.all(account, key) if _url(key, held) in body]
    try:
        for held in shown:
            attached = library.attach(entry.id, held.name, held.data, viewer=viewer, message=f"Add {held.name}")
            address = attached.url.replace("\\", r"\\")
            body = re.sub(re.escape(_url(key, held)) + r"(?![\w.-])", address, body)
        if shown:
            fields = EntryFields(body=body)
            revision = library.read(entry.id, viewer).item.revision
            saved = library.save(entry.id, fields, base_revision=revision, viewer=viewer, message="Show its pictures")
            entry = saved.entry
    except (EntryError, LibraryError, ContentError) as error:
        return entry, NOT_MOVED.format(reason=error)
    files.drop(account, key)
    return entry, None

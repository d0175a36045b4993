"""Files kept beside entries: sent so that nothing in them can run in a page, and received within bounds.

What a file is comes from its bytes, never from its name. Only pictures of four kinds are shown in a page; everything
else, SVG included, is a download.
"""

from __future__ import annotations

from contextlib import closing
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge

from wiki.catalog import Attachment
from wiki.library import AttachedFile
from wiki.services import services
from wiki.viewer import Role
from wiki.web.presenting import filesize
from wiki.web.saying import flash
from wiki.web.security import current_viewer, require, wants_json
from wiki.words import say

bp = Blueprint("attachments", __name__)

POLICY = "default-src 'none'; style-src 'none'; sandbox; frame-ancestors 'none'"
INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})


@bp.get("/attachments/<path:path>")
def show(path: str) -> Response:
    """A file beside an entry that the viewer may see; `?v=` with its revision may be kept for ever."""
    file = services().library.read_attachment(path, current_viewer())
    inline = file.inline and file.media_type in INLINE
    response = Response(file.data, content_type=file.media_type if inline else _download_type(file))
    response.headers["Content-Disposition"] = _disposition("inline" if inline else "attachment", file.name)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = POLICY
    fixed = request.args.get("v") == file.revision
    response.headers["Cache-Control"] = "private, max-age=31536000, immutable" if fixed else "private, no-cache"
    response.set_etag(file.revision)
    response.make_conditional(request, accept_ranges=True, complete_length=len(file.data))
    return response


def _download_type(file: AttachedFile) -> str:
    """A type under which no browser runs a downloaded file."""
    return "application/octet-stream" if "html" in file.media_type or "xml" in file.media_type else file.media_type


def _disposition(how: str, name: str) -> str:
    """RFC 6266: a plain name for old programs, the real one in UTF-8."""
    plain = "".join(char if char.isascii() and char.isprintable() and char not in '"\\%;' else "_" for char in name)
    return f"{how}; filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(name, safe='')}"


@bp.post("/attachments/<entry_id>")
@require(Role.AUTHOR)
def upload(entry_id: str) -> ResponseReturnValue:
    """Keep the file of the form field `file` beside an entry: JSON `{name, markdown, url, size}` to scripts, back to
    the entry for a plain form."""
    viewer = current_viewer()
    limit = services().config.max_attachment_bytes
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise BadRequest("Choose a file first.")
    with closing(sent):
        data = sent.stream.read(limit + 1)
    if len(data) > limit:
        raise RequestEntityTooLarge(
            say("The file is larger than %(limit)s. Make it smaller and try again.", limit=filesize(limit))
        )
    kept = services().library.attach(entry_id, sent.filename, data, viewer=viewer)
    if wants_json():
        return jsonify(name=kept.name, markdown=markdown_of(kept), url=kept.url, size=kept.size), 201
    flash(say("%(name)s is attached.", name=kept.name), "success")
    return redirect(url_for("entries.by_id", entry_id=entry_id), 303)


def markdown_of(file: Attachment) -> str:
    """How the file is put into its entry's text: a picture to see, anything else as a link. By its bare name, which
    stays right when the entry is moved."""
    name = file.name.rsplit(".", 1)[0].replace("[", "(").replace("]", ")")
    picture = file.name.lower().endswith((".png", ".jpg", ".jpeg", ".gif", ".webp"))
    return f"{'!' if picture else ''}[{name}]({quote(file.name)})"

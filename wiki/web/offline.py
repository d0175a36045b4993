"""What makes the wiki installable and readable without a line: the manifest, the service worker, its page.

Each page tells the worker for whom it was made (`Hindsight-Reader`; it changes with the account and its rights) and
whether a copy may stay on the device (`Hindsight-Keep`). Only published entries may: a desk, a review that is being
held, an answer, an editor or a list leaves nothing behind. What the worker does with it stands in `static/js/sw.js`.
"""

from __future__ import annotations

import hashlib

from flask import Blueprint, Response, current_app, g, get_flashed_messages, jsonify, render_template, request
from werkzeug.exceptions import NotFound

from wiki.services import services
from wiki.web.presenting import link
from wiki.web.saying import translate
from wiki.web.security import Identity, public
from wiki.web.static import static_url, text_of
from wiki.words import say

bp = Blueprint("offline", __name__)

READER, KEEP = "Hindsight-Reader", "Hindsight-Keep"
NOBODY = "nobody"
READABLE = frozenset({"entries.show"})
"""The views whose pages may stay on the device of who has read them."""

ICONS = (
    ("icons/hindsight.svg", "any", "image/svg+xml", "any"),
    ("icons/hindsight-192.png", "192x192", "image/png", "any"),
    ("icons/hindsight-512.png", "512x512", "image/png", "any"),
    ("icons/hindsight-maskable-512.png", "512x512", "image/png", "maskable"),
)


@bp.get("/manifest.webmanifest")
@public
def manifest() -> Response:
    """What a device needs to know to install the wiki."""
    name = services().config.site_name
    response = jsonify(
        name=name,
        short_name=name[:12],
        description=translate(say("What has happened before, and what we learned from it.")),
        start_url=link("home.index"),
        scope=link("home.index"),
        display="standalone",
        background_color="#fbfbf9",
        theme_color="#0b6152",
        icons=[
            {"src": static_url(icon), "sizes": sizes, "type": kind, "purpose": purpose}
            for icon, sizes, kind, purpose in ICONS
        ],
        shortcuts=[
            {"name": translate(say("New entry")), "url": link("editor.new")},
            {"name": translate(say("Search")), "url": link("search.index")},
        ],
    )
    response.content_type = "application/manifest+json"
    return response


@bp.get("/sw.js")
@public
def worker() -> Response:
    """The service worker, at the root so that it may look after every page; looked for anew each time. It carries its
    version, so that browsers take the new one when our files or the page without a line have changed."""
    source = text_of("js/sw.js")
    if source is None:
        raise NotFound
    version = hashlib.sha256(source + render_template("offline.html").encode()).hexdigest()[:16]
    versioned = b'const VERSION = "' + version.encode() + b'";\n' + source
    response = current_app.response_class(versioned, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    response.set_etag(version)
    response.make_conditional(request)
    return response


@bp.get("/offline")
@public
def page() -> str:
    """What is shown without a line for a page that this device does not have: those that it has."""
    return render_template("offline.html")


@bp.after_app_request
def tell_worker(response: Response) -> Response:
    """After each page: whose it is, and whether it may stay on the device."""
    who: Identity | None = g.get("identity")
    if who is None or response.mimetype != "text/html":
        return response
    reader = _reader(who)
    response.headers[READER] = reader
    readable = request.endpoint in READABLE and response.status_code == 200 and reader != NOBODY
    if readable and not get_flashed_messages():
        response.headers[KEEP] = "1"
    return response


def _reader(who: Identity) -> str:
    """Names the reader and all that decides what they may see, without telling it."""
    viewer = who.viewer
    if viewer.account_id is None:
        return NOBODY
    parts = (viewer.account_id, str(viewer.role), *sorted(viewer.teams))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]

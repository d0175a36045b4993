"""What makes the wiki installable and readable without a line: the manifest, the service worker, its page."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, jsonify, render_template
from werkzeug.exceptions import NotFound

from wiki.services import services
from wiki.web.presenting import link
from wiki.web.security import public
from wiki.web.static import static_url, text_of

bp = Blueprint("offline", __name__)

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
        description="What has happened before, and what we learned from it.",
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
            {"name": "New entry", "url": link("editor.new")},
            {"name": "Search", "url": link("search.index")},
        ],
    )
    response.content_type = "application/manifest+json"
    return response


@bp.get("/sw.js")
@public
def worker() -> Response:
    """The service worker, at the root so that it may look after every page; looked for anew each time."""
    source = text_of("js/sw.js")
    if source is None:
        raise NotFound
    response = current_app.response_class(source, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/offline")
@public
def page() -> str:
    """What is shown without a line for a page that this device does not have: those that it has."""
    return render_template("offline.html")

"""When a browser may show a page again that it already has.

Such a page is the same for the same commit, viewer, look, language, time zone and count of notices in its header, so
its ETag is made of those and nothing else is computed.
A page that shows a message once is never kept.
"""

from __future__ import annotations

import hashlib

from flask import Response, make_response, request, session

from wiki.services import services
from wiki.web.locales import current_language, current_zone
from wiki.web.notices import waiting
from wiki.web.presenting import current_theme
from wiki.web.security import current_viewer
from wiki.web.static import static_url


def _etag(subject: str) -> str:
    """What the page depends on: content, who looks (rights and form token included), look, and our own files."""
    viewer = current_viewer()
    parts = (
        subject,
        services().store.tip() or "",
        viewer.account_id or "",
        str(viewer.role),
        viewer.name,
        ",".join(sorted(viewer.teams)),
        str(session.get("csrf_token", "")),
        str(waiting()),
        current_theme(),
        current_language(),
        str(current_zone()),
        static_url("css/hindsight.css"),
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def not_modified(subject: str) -> Response | None:
    """A 304 when the browser's copy of the page is still right, else None."""
    sent = request.if_none_match
    if not sent or "_flashes" in session or not sent.contains_weak(_etag(subject)):
        return None
    response = Response(status=304)
    response.set_etag(_etag(subject), weak=True)
    return response


def revalidated(page: str, subject: str) -> Response:
    """The page, to be kept by the browser and asked about each time."""
    response = make_response(page)
    if '<p class="flash ' not in page:
        response.set_etag(_etag(subject), weak=True)
    response.headers["Cache-Control"] = "private, no-cache"
    return response

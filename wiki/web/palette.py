"""What can be gone to by a few letters: for the palette, as JSON. Everything in it is reachable without it, too."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request, url_for

from wiki.entries import KINDS
from wiki.services import services
from wiki.viewer import Viewer
from wiki.web.labels import kind_counted, kind_label
from wiki.web.presenting import link
from wiki.web.saying import translate
from wiki.web.security import current_viewer
from wiki.words import say

bp = Blueprint("palette", __name__)

FOUND = 8
# Pages by what people call them; the last part says who may go there.
PAGES: tuple[tuple[str, str, str], ...] = (
    (say("Start page"), "home.index", "all"),
    (say("Browse everything"), "browse.index", "all"),
    (say("Recent changes"), "browse.recent", "all"),
    (say("Tags"), "browse.tags", "all"),
    (say("My drafts"), "drafts.index", "authors"),
    (say("Notices"), "notices.index", "members"),
    (say("What I watch"), "watching.index", "members"),
    (say("Wanted: linked to, not written"), "browse.wanted", "all"),
    (say("Deleted entries"), "browse.deleted", "authors"),
    (say("Account and security"), "account.index", "members"),
    (say("People"), "admin.accounts", "administrators"),
    (say("Teams"), "admin.teams", "administrators"),
    (say("Keys"), "about.keys", "all"),
    (say("Design"), "about.style", "all"),
)


@bp.get("/palette")
def index() -> Response:
    """`{actions, pages, content}`, each a list of `{label, detail, url}`; content only where `q` asks for some."""
    viewer = current_viewer()
    text = request.args.get("q", "").replace("\0", "")[:200].strip()
    return jsonify(actions=_actions(viewer), pages=_pages(viewer), content=_content(text, viewer) if text else [])


def _actions(viewer: Viewer) -> list[dict[str, Any]]:
    if not viewer.can_write:
        return []
    return [
        _item(
            translate(say("New %(kind)s", kind=kind_counted(kind.slug))), "", url_for("editor.new_kind", kind=kind.slug)
        )
        for kind in KINDS.values()
    ]


def _pages(viewer: Viewer) -> list[dict[str, Any]]:
    open_to = {
        "all": True,
        "members": viewer.account_id is not None,
        "authors": viewer.can_write,
        "administrators": viewer.can_administer,
    }
    return [_item(translate(label), "", link(endpoint)) for label, endpoint, who in PAGES if open_to[who]]


def _content(text: str, viewer: Viewer) -> list[dict[str, Any]]:
    found = services().catalog.suggest_titles(text, viewer, FOUND)
    return [_item(entry.title, kind_label(entry.kind), entry.url) for entry in found]


def _item(label: str, detail: str, url: str) -> dict[str, Any]:
    return {"label": label, "detail": detail, "url": url}

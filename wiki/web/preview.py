"""How a text will look, the entry beside a draft, titles for `[[` completion: what the editor fetches as it goes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for
from markupsafe import Markup

from wiki.catalog import CatalogEntry
from wiki.markdown import LinkState, fill_links, render
from wiki.markdown.links import link_targets
from wiki.services import services
from wiki.viewer import Role, Viewer
from wiki.web.security import current_viewer, require
from wiki.web.writing import citation_of, from_form

bp = Blueprint("preview", __name__)

SUGGESTIONS = 8


def rendered(body: str, viewer: Viewer, item: CatalogEntry | None = None) -> Markup:
    """A text as it would stand on its page, links filled in for this viewer. Not cached: it is still changing."""
    known = services().catalog.resolve(link_targets(body), viewer)

    def resolve(target: str) -> LinkState:
        entry = known.get(target)
        if entry is not None:
            return LinkState(url=entry.url, exists=True, title=entry.title)
        return LinkState(url=url_for("editor.new_kind", kind="page", title=target), exists=False, title="")

    return Markup(fill_links(render(body).html, resolve))  # noqa: S704 - `render` sanitizes, the links are escaped


@bp.post("/preview")
@require(Role.AUTHOR)
def preview() -> str:
    """The posted writing as HTML, a fragment for the editor's preview."""
    writing = from_form(request.form, "page", "")
    longest = services().config.max_body_bytes
    html = rendered(writing.body[:longest], current_viewer())
    return render_template("editor/preview.html", title=writing.title, html=html)


@bp.get("/beside/<entry_id>")
@require(Role.AUTHOR)
def beside(entry_id: str) -> str:
    """A published entry as a fragment, to be read beside the draft."""
    viewer = current_viewer()
    item, entry, _ = services().library.read(entry_id, viewer)
    html = rendered(entry.body, viewer, item)
    return render_template("editor/beside.html", item=item, html=html, citation=citation_of(item.id, item.title))


@bp.get("/suggest")
@require(Role.AUTHOR)
def suggest() -> Response:
    """Entries whose title fits what was typed after `[[`: `{items: [{id, title, kind, citation}]}`."""
    prefix = request.args.get("q", "")[:200].strip()
    found: list[CatalogEntry] = []
    if prefix:
        found = services().catalog.suggest_titles(prefix, current_viewer(), SUGGESTIONS)
    items: list[dict[str, Any]] = [
        {"id": e.id, "title": e.title, "kind": e.kind, "citation": citation_of(e.id, e.title)} for e in found
    ]
    return jsonify(items=items)

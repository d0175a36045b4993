"""How a text will look, the entry beside a draft, titles for `[[` completion: what the editor fetches as it goes."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from flask import Blueprint, Response, jsonify, render_template, request
from markupsafe import Markup

from wiki.entries import KINDS
from wiki.markdown import render
from wiki.sections import Template
from wiki.services import services
from wiki.viewer import Role, Viewer
from wiki.web.labels import kind_label
from wiki.web.security import current_viewer, require
from wiki.web.templates_of_kinds import template_of
from wiki.web.texts import rendered_text, with_links
from wiki.web.writing import citation_of, from_form, published_body

bp = Blueprint("preview", __name__)

SUGGESTIONS = 8


def rendered(body: str, viewer: Viewer) -> Markup:
    """A text as it would stand on its page, links filled in for this viewer. Not cached: it is still changing."""
    text = render(body)
    return with_links(text, services().catalog.resolve(text.links, viewer), viewer)


@bp.post("/preview")
@require(Role.AUTHOR)
def preview() -> str:
    """The posted writing as HTML, a fragment for the editor's preview."""
    writing = from_form(request.form, "page", "")
    template = template_of(writing.kind) if writing.kind in KINDS else Template()
    html = rendered(published_body(writing, template), current_viewer())
    return render_template("editor/preview.html", title=writing.title, html=html)


@bp.get("/beside/<entry_id>")
@require(Role.AUTHOR)
def beside(entry_id: str) -> str:
    """A published entry as a fragment, to be read beside the draft."""
    viewer = current_viewer()
    item = services().library.read(entry_id, viewer).item
    text = rendered_text(item.revision, item.path)
    html = with_links(text, services().catalog.links_of(item.id, viewer), viewer)
    return render_template("editor/beside.html", item=item, html=html, citation=citation_of(item.id, item.title))


@bp.get("/suggest")
@require(Role.AUTHOR)
def suggest() -> Response:
    """What fits the letters after `[[`, `@` or `#`: `{items: [{title, label, citation}]}`; `of` says which of them."""
    prefix = request.args.get("q", "")[:200].strip()
    of = SUGGESTED.get(request.args.get("of", "entry"))
    items = of(prefix, current_viewer()) if of and prefix else []
    return jsonify(items=[{"title": title, "label": label, "citation": text} for title, label, text in items])


Suggested = list[tuple[str, str, str]]


def _entries(prefix: str, viewer: Viewer) -> Suggested:
    found = services().catalog.suggest_titles(prefix, viewer, SUGGESTIONS)
    return [(entry.title, kind_label(entry.kind), citation_of(entry.id, entry.title)) for entry in found]


def _people(prefix: str, _: Viewer) -> Suggested:
    found, _total = services().people.accounts.search(prefix, size=SUGGESTIONS)
    return [(a.display_name, a.name, f"@{a.display_name}") for a in found if a.active]


def _tags(prefix: str, viewer: Viewer) -> Suggested:
    wanted = prefix.casefold()
    found = [tag for tag in services().catalog.tags(viewer) if tag.value.casefold().startswith(wanted)][:SUGGESTIONS]
    return [(f"#{tag.value}", f"{tag.count}", f"[#{tag.value}](/tag/{quote(tag.value)})") for tag in found]


SUGGESTED: dict[str, Callable[[str, Viewer], Suggested]] = {"entry": _entries, "person": _people, "tag": _tags}

"""The rendered text of an entry, from the nearest place that has it: this process, the catalog's cache, the file.

What is kept depends on the blob alone (and the renderer's version), never on who looks: links are filled in afterwards.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from urllib.parse import quote

from flask import current_app
from markupsafe import Markup

from indexer.kept import Kept
from wiki.catalog import CatalogEntry
from wiki.entries import EntryError, parse
from wiki.markdown import RENDERER_VERSION, LinkState, Rendered, fill_links, place_files, render
from wiki.services import services
from wiki.viewer import Viewer
from wiki.web.saying import translate
from wiki.words import say

MAX_KEPT = 256
MAX_KEPT_CHARS = 8_000_000


def rendered_text(revision: str, path: str) -> Rendered:
    """The body of the file with this blob id, kept at `path`, as HTML; links are still placeholders."""
    kept: Kept[tuple[str, str], Rendered] = current_app.extensions.setdefault(
        "hindsight-texts", Kept(MAX_KEPT, MAX_KEPT_CHARS)
    )
    rendered = kept.get((revision, path))
    if rendered is None:
        rendered = Rendered.from_html(place_files(_html(revision), path))
        kept.put((revision, path), rendered, len(rendered.html))
    return rendered


def _html(revision: str) -> str:
    parts = services()
    key = f"{revision}:{RENDERER_VERSION}"
    html = parts.catalog.get_rendered(key)
    if html is None:
        html = render(body_of(parts.store.blob(revision))).html
        parts.catalog.put_rendered(key, html)
    return html


def body_of(raw: bytes) -> str:
    """The text of a file without its front matter; the whole file where that cannot be read."""
    try:
        return parse(raw).body
    except EntryError:
        return raw.decode("utf-8", "replace")


def with_links(rendered: Rendered, known: Mapping[str, CatalogEntry | None], viewer: Viewer) -> Markup:
    """The text with its links filled in from `known`, which maps each target to its entry (None: a red link)."""
    return Markup(fill_links(rendered.html, resolver(known, viewer)))  # noqa: S704 - sanitized, and links are escaped


def resolver(known: Mapping[str, CatalogEntry | None], viewer: Viewer) -> Callable[[str], LinkState]:
    """What a link leads to: its entry, or for those who write the page that begins it."""

    def resolve(target: str) -> LinkState:
        entry = known.get(target)
        if entry is not None:
            return LinkState(entry.url, entry.title)
        if viewer.can_write:
            return LinkState(
                f"/new/page?title={quote(target)}", translate(say("Nobody has written this yet")), exists=False
            )
        return LinkState("", translate(say("Nobody has written this yet")), exists=False)

    return resolve

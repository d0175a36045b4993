"""The page of an entry: the text, what is known about it, and where it leads."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from indexer.kept import Kept
from wiki.catalog import Attachment, CatalogEntry, Contributor, Redirect
from wiki.library import NotFound
from wiki.library.standing import today
from wiki.markdown import TocItem
from wiki.services import services
from wiki.viewer import Viewer
from wiki.web import topics
from wiki.web.caching import not_modified, revalidated
from wiki.web.frames import TOKEN_HERE, framed, with_token
from wiki.web.living import Living, living_of
from wiki.web.locales import current_language, current_zone
from wiki.web.presenting import standing_for_token
from wiki.web.security import current_viewer
from wiki.web.texts import rendered_text, with_links

bp = Blueprint("entries", __name__)

# A table of contents helps from this many headings on.
MIN_TOC = 3
MAX_KEPT = 256
MAX_KEPT_CHARS = 16_000_000
# Stands in a kept body for what follows other entries than its own; unguessable, so that no text can hold it.
PARTS_HERE = secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Reading:
    """An entry as its page shows it."""

    item: CatalogEntry
    html: Markup
    toc: tuple[TocItem, ...]
    minutes: int
    attachments: list[Attachment]
    contributors: list[Contributor]
    backlinks: list[CatalogEntry]
    came_back_in: list[CatalogEntry]
    came_back_from: list[CatalogEntry]
    topics: list[CatalogEntry]
    living: Living | None


@bp.get("/wiki/<path:path>")
def show(path: str) -> ResponseReturnValue:
    """The entry at an address; a former address leads on to the present one."""
    viewer = current_viewer()
    found = services().catalog.by_path(path)
    if isinstance(found, Redirect):
        if not viewer.may_see(found.entry.audience):
            return missing(path)
        return redirect(found.entry.url, 301)
    if found is None or not viewer.may_see(found.audience):
        return missing(path)
    if path.endswith(".md"):
        return redirect(found.url, 301)
    if found.kind == "topic" and found.error is None:
        return _topic(found, viewer)
    subject = f"{found.revision} {today()}"  # what is overdue changes with the day
    unchanged = not_modified(subject)
    if unchanged is not None:
        return unchanged
    if found.error is not None:
        return _broken(found)
    page = framed("entry/show.html", title=found.title, address=found.url, body=_body(found, viewer))
    return revalidated(page, subject)


def _topic(found: CatalogEntry, viewer: Viewer) -> str:
    """A topic page: its text, with the list in it, which follows other entries, the reader and the day."""
    body = Markup(_body(found, viewer).replace(PARTS_HERE, topics.part(found, viewer)))  # noqa: S704 - both are markup
    return framed("topics/show.html", title=found.title, address=found.url, body=body)


@bp.get("/id/<entry_id>")
def by_id(entry_id: str) -> ResponseReturnValue:
    """An address that stays when an entry is moved: leads on to the present one."""
    catalog, viewer = services().catalog, current_viewer()
    item = catalog.entry(entry_id) or catalog.curation.successor(entry_id, viewer)
    if item is None or not viewer.may_see(item.audience):
        raise NotFound
    return redirect(item.url, 302)


def _body(item: CatalogEntry, viewer: Viewer) -> Markup:
    """What the page holds below its frame. It is the same for everybody with the same rights, language and time zone
    while the content is the same, so it is made once (and again after a minute, for how long ago things were)."""
    parts = services()
    kept: Kept[tuple[object, ...], str] = current_app.extensions.setdefault(
        "hindsight-bodies", Kept(MAX_KEPT, MAX_KEPT_CHARS)
    )
    reads = (viewer.audiences, viewer.can_write, current_language(), current_zone())
    key = (item.id, parts.catalog.cursor(), *reads, int(time.time() // 60))
    html = kept.get(key)
    if html is None:
        with standing_for_token(TOKEN_HERE):
            reading = _reading(item, viewer)
            html = render_template(
                "entry/_body.html",
                item=item,
                reading=reading,
                parts_here=PARTS_HERE,
                largest_file=parts.config.max_attachment_bytes,
            )
        kept.put(key, html, len(html))
    return with_token(html)


def _reading(item: CatalogEntry, viewer: Viewer) -> Reading:
    catalog = services().catalog
    rendered = rendered_text(item.revision, item.path)
    known = catalog.links_of(item.id, viewer) if rendered.links else {}
    earlier: list[CatalogEntry] = []
    if item.recurrence_of:
        found = catalog.entries_by_id(item.recurrence_of, viewer)
        earlier = [found[other] for other in item.recurrence_of if other in found]
    return Reading(
        item=item,
        html=with_links(rendered, known, viewer),
        toc=rendered.toc if len(rendered.toc) >= MIN_TOC else (),
        minutes=max(1, round(rendered.words / 220)),
        attachments=catalog.attachments(item.id),
        contributors=catalog.contributors(item.id),
        backlinks=catalog.backlinks(item.id, viewer),
        came_back_in=catalog.recurrences(item.id, viewer),
        came_back_from=earlier,
        topics=catalog.topics.curating(item.id, viewer),
        living=living_of(item, viewer),
    )


def _broken(item: CatalogEntry) -> str:
    """An entry whose front matter cannot be read: its error and its raw text, for whoever can mend it."""
    raw = services().store.blob(item.revision).decode("utf-8", "replace")
    return render_template("entry/broken.html", item=item, raw=raw)


def missing(path: str) -> tuple[str, int]:
    """There is no such entry, or the viewer may not see it: the page offers to search and, to authors, to write it."""
    words = path.removesuffix(".md").rsplit("/", 1)[-1].replace("-", " ").replace("_", " ").strip()[:200]
    title = words[:1].upper() + words[1:]
    return render_template("entry/missing.html", title_guess=title, **_new_link(title)), 404


def _new_link(title: str) -> dict[str, Any]:
    if not current_viewer().can_write:
        return {"new_url": None}
    return {"new_url": url_for("editor.new_kind", kind="page", title=title)}


@bp.get("/wiki/")
def root() -> ResponseReturnValue:
    """The folder of all entries is the list of them."""
    return redirect(url_for("browse.index"), 302)

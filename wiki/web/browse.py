"""Lists: by kind, tag, team and year, what changed lately (also as a feed), what was deleted, what is wanted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, abort, render_template, request

from wiki.catalog import Count, Counts, RecentChange
from wiki.catalog.types import Order
from wiki.entries import KINDS, LESSON_STATUSES
from wiki.services import services
from wiki.viewer import Role
from wiki.web.labels import status_label
from wiki.web.security import current_viewer, require
from wiki.words import say

bp = Blueprint("browse", __name__)

# Pages with a query go uncompressed (`wiki.web.packing`): so many entries keep them under 60 kB.
PER_PAGE = 40
RECENT = 100
FEED = 50
ORDERS = {"updated": say("Last changed"), "title": say("Title"), "date": say("Date of the event")}


@dataclass(frozen=True, slots=True)
class Day:
    """The changes of one day, newest first."""

    date: dt.date
    changes: list[RecentChange]


@bp.get("/browse")
def index() -> str:
    """Everything, narrowed by kind, status and year, in an order of choice."""
    viewer = current_viewer()
    catalog = services().catalog
    chosen = {name: request.args.get(name, "") for name in ("kind", "status", "year")}
    order = request.args.get("order", "updated")
    page = catalog.entries(
        viewer,
        kind=chosen["kind"] or None,
        status=chosen["status"] or None,
        year=int(chosen["year"]) if chosen["year"].isdecimal() and len(chosen["year"]) <= 4 else None,
        order=cast(Order, order if order in ORDERS else "updated"),
        limit=PER_PAGE,
        cursor=request.args.get("cursor") or None,
    )
    counts = catalog.counts(viewer)
    return render_template(
        "browse/index.html",
        page=page,
        chosen=chosen,
        order=order,
        kind_options=[("", say("Every kind")), *((kind.slug, kind.plural) for kind in KINDS.values())],
        status_options=_status_options(counts),
        year_options=[("", say("Every year")), *((year, f"{year} ({count})") for year, count in counts.years.items())],
        order_options=list(ORDERS.items()),
        per_page=PER_PAGE,
        tags=catalog.tags(viewer)[:20],
        teams=catalog.teams(viewer)[:20],
        first=first_page(),
        following=next_page(page.next_cursor),
        section="browse",
    )


def _status_options(counts: Counts) -> list[tuple[str, str]]:
    present = [(name, status_label(name)) for name in LESSON_STATUSES if counts.statuses.get(name)]
    return [("", say("Every status")), *present] if present else []


@bp.get("/tags")
def tags() -> str:
    """Every tag, by name."""
    found = services().catalog.tags(current_viewer())
    return render_template("browse/tags.html", groups=_by_letter(found), total=len(found), section="browse")


@bp.get("/tag/<path:tag>")
def tag(tag: str) -> str:
    """The entries with a tag."""
    return _list(f"#{tag}", "tag", tag, say("No entry carries this tag."))


@bp.get("/team/<slug>")
def team(slug: str) -> str:
    """The entries of a team."""
    known = services().people.teams.get(slug)
    return _list(known.name if known else slug, "team", slug, say("This team has no entries yet."))


def _list(title: str, field: str, value: str, nothing: str) -> str:
    viewer = current_viewer()
    filters: dict[str, Any] = {field: value}
    page = services().catalog.entries(
        viewer, **filters, order="updated", limit=PER_PAGE, cursor=request.args.get("cursor") or None
    )
    return render_template(
        "browse/list.html",
        title=title,
        field=field,
        value=value,
        page=page,
        nothing=nothing,
        first=first_page(),
        following=next_page(page.next_cursor),
        section="browse",
    )


def next_page(cursor: str | None) -> str | None:
    """The address of the list's next slice with everything else as it is, or None at the end."""
    return None if cursor is None else _here(cursor=cursor)


def first_page() -> str | None:
    """The address of the list's beginning, or None there."""
    return _here() if request.args.get("cursor") else None


def _here(**added: str) -> str:
    """This address with its filters, without its place in the list."""
    kept = {name: value for name, value in request.args.items() if name != "cursor" and value}
    return f"{request.script_root}{quote(request.path)}?{urlencode({**kept, **added})}"


def _by_letter(found: Sequence[Count]) -> list[tuple[str, list[Count]]]:
    groups: dict[str, list[Count]] = {}
    for count in sorted(found, key=lambda item: item.value):
        first = count.value[:1].upper()
        groups.setdefault(first if first.isalpha() else "#", []).append(count)
    return sorted(groups.items())


@bp.get("/recent")
def recent() -> str:
    """What changed lately, day by day."""
    changes = services().catalog.recent(current_viewer(), RECENT)
    days: list[Day] = []
    for change in changes:
        date = change.version.at.date()
        if not days or days[-1].date != date:
            days.append(Day(date, []))
        days[-1].changes.append(change)
    return render_template("browse/recent.html", days=days, section="recent")


@bp.get("/recent.atom")
def feed() -> Response:
    """The recent changes that the reader may see, as an Atom feed (RFC 4287)."""
    changes = services().catalog.recent(current_viewer(), FEED)
    base = (services().config.base_url or request.url_root).rstrip("/")
    updated = changes[0].version.at if changes else dt.datetime.fromtimestamp(0, dt.UTC)
    text = render_template("feeds/recent.xml", changes=changes, base=base, updated=updated)
    response = Response(text, content_type="application/atom+xml; charset=utf-8")
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


@bp.get("/deleted")
@require(Role.AUTHOR)
def deleted() -> str:
    """What was deleted and can be brought back."""
    return render_template("browse/deleted.html", items=services().catalog.deleted(current_viewer()), section="browse")


@bp.get("/wanted")
def wanted() -> str:
    """Titles that entries link to and that nobody has written yet."""
    return render_template("browse/wanted.html", items=services().catalog.wanted(current_viewer()), section="browse")


@bp.get("/kind/<slug>")
def kind(slug: str) -> Any:
    """The entries of a kind."""
    if slug not in KINDS:
        abort(404)
    return _list(KINDS[slug].plural, "kind", slug, say("There is none of this kind yet."))

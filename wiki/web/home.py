"""The start page: a desk for who knows the wiki, a first step for who does not."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from wiki.catalog import RecentChange
from wiki.entries import KINDS
from wiki.library.standing import today
from wiki.services import services
from wiki.web.desk_items import asked_of
from wiki.web.drafts import draft_rows
from wiki.web.presenting import THEMES
from wiki.web.security import current_viewer, public, safe_redirect
from wiki.web.watching import news

bp = Blueprint("home", __name__)

RECENT = 8
DRAFTS = 4
ASKED = 8
NEWS = 6
SAMPLES = 2
# Entries that the wiki brings along; with not many more than these, nobody has imported anything yet.
FEW_ENTRIES = 60
YEAR = 365 * 24 * 3600


@bp.get("/")
def index() -> str:
    """Search in the middle; my drafts, what is asked of me, what is new; for a newcomer the first step."""
    viewer = current_viewer()
    catalog = services().catalog
    counts = catalog.counts(viewer)
    drafts = draft_rows(DRAFTS) if viewer.can_write else []
    asked = asked_of(services(), viewer) if viewer.account_id else []
    newcomer = viewer.can_write and not drafts and counts.total < FEW_ENTRIES
    return render_template(
        "home.html",
        counts=counts,
        kinds=[(kind, counts.kinds.get(kind.slug, 0)) for kind in KINDS.values()],
        drafts=drafts,
        asked=asked[:ASKED],
        asked_total=len(asked),
        today=today(),
        news=news(viewer, NEWS) if viewer.account_id else [],
        recent=_latest(catalog.recent(viewer, 4 * RECENT)),
        newcomer=newcomer,
        samples=catalog.entries(viewer, kind="after-action-review", limit=SAMPLES).items if newcomer else [],
        section="home",
    )


def _latest(changes: list[RecentChange]) -> list[RecentChange]:
    """Only the newest change of each entry."""
    by_entry: dict[str, RecentChange] = {}
    for change in changes:
        by_entry.setdefault(change.id, change)
    return list(by_entry.values())[:RECENT]


@bp.post("/theme")
@public
def theme() -> Response:
    """Remember the look that the reader chose, for this browser; empty follows the system."""
    chosen = request.form.get("theme", "")
    response: Response = safe_redirect(path_of_referrer())
    if chosen in THEMES:
        response.set_cookie("theme", chosen, max_age=YEAR, samesite="Lax", secure=request.is_secure)
    else:
        response.delete_cookie("theme", samesite="Lax", secure=request.is_secure)
    return response


def path_of_referrer() -> str:
    """The path of a page of ours that a form was sent from, else the start page."""
    referrer = request.referrer or ""
    if not referrer.startswith(request.host_url):
        return "/"
    return "/" + referrer.removeprefix(request.host_url)

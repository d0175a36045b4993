"""Topic pages: the curated list on the topic's own page, its settings, its reading path, and handing it over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from wiki.catalog import CatalogEntry
from wiki.entries import EntryError, clean_tags, read_date
from wiki.library import Forbidden, LibraryError, NotFound
from wiki.library.standing import today
from wiki.services import Services, services
from wiki.topics import handing, keeping
from wiki.topics.acts import LIST, PATH, STEPS, perform
from wiki.topics.front import Rule, Topic
from wiki.topics.people import candidates, names
from wiki.topics.shown import PER_PAGE, handing_page, topic_page
from wiki.viewer import Role, Viewer
from wiki.web.paging import page_number
from wiki.web.saying import flash
from wiki.web.security import current_viewer, require
from wiki.words import say

bp = Blueprint("topics", __name__)

FRAGMENT = "X-Fragment"


def part(item: CatalogEntry, viewer: Viewer) -> Markup:
    """What a topic's page shows below its text: its people, its list, and what is not yet curated."""
    view = topic_page(services(), item.id, viewer, page=page_number(), proposal_page=page_number("proposed"))
    return Markup(render_template("topics/part.html", item=item, topic=view, address=_address(item, view)))  # noqa: S704


def _address(item: CatalogEntry, view: Any) -> Callable[..., str]:
    """The address of the topic's page with other pages of its lists."""

    def address(page: int | None = None, proposed: int | None = None) -> str:
        numbers = {"page": page or view.page, "proposed": proposed or view.proposal_page}
        query = "&".join(f"{name}={number}" for name, number in numbers.items() if number > 1)
        return f"{request.script_root}{item.url}{'?' if query else ''}{query}"

    return address


@bp.get("/topics")
def index() -> str:
    """Every topic with who looks after it and by when it is to be reviewed."""
    parts, viewer = services(), current_viewer()
    found = parts.catalog.topics.all(viewer)
    return render_template(
        "topics/index.html",
        topics=found,
        sizes=parts.catalog.topics.sizes(viewer),
        people=names(parts, (person for one in found for person in (one.steward, one.deputy))),
        today=today(),
        section="topics",
    )


@bp.post("/topic/<topic_id>/list")
@require(Role.AUTHOR)
def act(topic_id: str) -> ResponseReturnValue:
    """One change of the curated list or of what is proposed; `act` says which. A script gets the part of the page
    anew, a form goes back to it."""
    parts, viewer = services(), current_viewer()
    item = keeping.page_of(parts, topic_id, viewer)
    try:
        sentence = perform(LIST, parts, item.id, request.form.to_dict(), viewer)
    except (EntryError, LibraryError) as error:
        if request.headers.get(FRAGMENT) or isinstance(error, Forbidden | NotFound):
            raise
        flash(str(error), "error")
        return redirect(_back(item), 303)
    now = parts.catalog.entry(item.id) or item
    if request.headers.get(FRAGMENT):
        return Markup("<p hidden data-said>{}</p>").format(sentence) + part(now, viewer)
    flash(sentence, "success")
    return redirect(_back(now), 303)


def _back(item: CatalogEntry) -> str:
    query = "&".join(f"{name}={page_number(name)}" for name in ("page", "proposed") if page_number(name) > 1)
    anchor = "ui-proposed" if request.form.get("act") in ("accept", "dismiss") else "ui-curated"
    return f"{request.script_root}{item.url}{'?' if query else ''}{query}#{anchor}"


@bp.post("/topic/<topic_id>/reviewed")
@require(Role.AUTHOR)
def reviewed(topic_id: str) -> ResponseReturnValue:
    """The topic was looked through; `until` is the day of the next review."""
    given = request.form.get("until", "").strip()
    saved = keeping.reviewed(services(), topic_id, read_date(given) if given else None, current_viewer())
    facts = services().catalog.topics.facts(saved.id, current_viewer())
    flash(
        say("Reviewed. The next time is %(review_by)s.", review_by=facts.review_by)
        if facts and facts.review_by
        else "",
        "success",
    )
    return redirect(f"{request.script_root}{saved.url}", 303)


@bp.route("/topic/<topic_id>/settings", methods=["GET", "POST"])
@require(Role.AUTHOR)
def settings(topic_id: str) -> ResponseReturnValue:
    """The topic's rule and review-by date, and what was left out."""
    parts, viewer = services(), current_viewer()
    item, topic = keeping.topic_of(parts, topic_id, viewer)
    handing.check_keeper(topic, viewer)
    values = _rule_values(topic)
    errors: list[tuple[str, str]] = []
    if request.method == "POST":
        values = {name: request.form.get(name, "") for name in values}
        try:
            _save_settings(parts, topic_id, values, viewer)
        except EntryError as error:
            errors = [(f"field-{error.field or 'tags'}", str(error))]
        else:
            flash("The topic's settings are saved.", "success")
            return redirect(f"{request.script_root}{item.url}", 303)
    page = render_template(
        "topics/settings.html",
        item=item,
        values=values,
        errors=errors,
        teams=[team.slug for team in parts.people.teams.all()],
        left_out=parts.catalog.topics.left_out(item.id, viewer),
    )
    return page, 422 if errors else 200


def _rule_values(topic: Topic) -> dict[str, str]:
    return {
        "tags": ", ".join(topic.rule.tags),
        "teams": ", ".join(topic.rule.teams),
        "query": topic.rule.query,
        "review_by": topic.review_by.isoformat() if topic.review_by else "",
    }


def _save_settings(parts: Services, topic_id: str, values: dict[str, str], viewer: Viewer) -> None:
    teams = tuple(dict.fromkeys(values["teams"].casefold().replace(",", " ").split()))
    rule = Rule(clean_tags(values["tags"].split(",")), teams, " ".join(values["query"].split()))
    try:
        day = read_date(values["review_by"])
    except EntryError as error:
        raise EntryError(str(error), "review_by") from error
    keeping.set_rule(parts, topic_id, rule, day, viewer)


@bp.get("/topic/<topic_id>/path")
def path(topic_id: str) -> str:
    """The reading path, with what the reader has read of it."""
    parts, viewer = services(), current_viewer()
    item, topic = keeping.topic_of(parts, topic_id, viewer)
    steps = parts.catalog.topics.steps(item.id, viewer)
    read = parts.people.curating.read_of(viewer.account_id, item.id) if viewer.account_id else frozenset[str]()
    return render_template(
        "topics/path.html",
        item=item,
        steps=steps,
        read=read,
        done=sum(1 for entry, _ in steps if entry.id in read),
        following=next((entry for entry, _ in steps if entry.id not in read), None),
        may_keep=handing.may_keep(topic, viewer),
    )


@bp.post("/topic/<topic_id>/path/read")
@require(Role.READER)
def read(topic_id: str) -> ResponseReturnValue:
    """Note for oneself that an entry of the path was read, or take that back."""
    parts, viewer = services(), current_viewer()
    item = keeping.page_of(parts, topic_id, viewer)
    entry_id = request.form.get("entry", "")
    if entry_id not in {entry.id for entry, _ in parts.catalog.topics.steps(item.id, viewer)}:
        raise NotFound("This entry is not on the reading path any more. Load the page again.")
    parts.people.curating.set_read(str(viewer.account_id), item.id, entry_id, read=request.form.get("read") == "1")
    return redirect(url_for("topics.path", topic_id=item.id) + f"#step-{entry_id}", 303)


@bp.post("/topic/<topic_id>/path")
@require(Role.AUTHOR)
def change_path(topic_id: str) -> ResponseReturnValue:
    """Change the reading path: `act` is add, up, down or out."""
    parts, viewer = services(), current_viewer()
    item = keeping.page_of(parts, topic_id, viewer)
    try:
        flash(perform(PATH, parts, item.id, request.form.to_dict(), viewer), "success")
    except EntryError as error:
        flash(str(error), "error")
    return redirect(url_for("topics.path", topic_id=item.id), 303)


@bp.get("/topic/<topic_id>/handover")
def handover(topic_id: str) -> str:
    """What a successor needs, and the act itself."""
    parts, viewer = services(), current_viewer()
    view = handing_page(parts, topic_id, viewer)
    people = candidates(parts, view.entry.audience) if view.may_decide else []
    return render_template("topics/handover.html", view=view, item=view.entry, people=people, per_page=PER_PAGE)


@bp.post("/topic/<topic_id>/handover")
@require(Role.AUTHOR)
def hand(topic_id: str) -> ResponseReturnValue:
    """One step of handing over; `act` says which."""
    parts, viewer = services(), current_viewer()
    item = keeping.page_of(parts, topic_id, viewer)
    try:
        flash(perform(STEPS, parts, item.id, request.form.to_dict(), viewer), "success")
    except (EntryError, LibraryError) as error:
        if isinstance(error, NotFound | Forbidden):
            raise
        flash(str(error), "error")
    return redirect(url_for("topics.handover", topic_id=item.id), 303)

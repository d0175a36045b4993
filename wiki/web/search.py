"""The search page: one box, filters that need no scripts, results that say why they are there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from flask import Blueprint, Response, jsonify, render_template, request
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from indexer import MODES, Filters, Hit, Mode, Results, SearchRequest
from indexer.queries import OPERATORS_UP_TO, parse
from wiki.catalog import CatalogEntry
from wiki.markdown.rendering import anchor_of
from wiki.services import services
from wiki.topics.shown import asked_about
from wiki.viewer import Viewer
from wiki.web.excerpts import Marks, excerpt
from wiki.web.frames import framed
from wiki.web.labels import kind_label, status_label
from wiki.web.presenting import team_label
from wiki.web.saying import gettext, translate
from wiki.web.security import current_viewer
from wiki.words import say

bp = Blueprint("search", __name__)

PER_PAGE = 10
MAX_QUERY = 1_000
MAX_PAGE = 100
MAX_VALUES = 50
SHOWN_VALUES = 8
SUGGESTED = 8
SLOW_MS = 500
MAX_SUBJECT = 200
FACETS = {"kind": say("Kind"), "status": say("Status"), "team": say("Team"), "tag": say("Tag"), "year": say("Year")}
TOPIC = "topic"
"""The id of a topic page: only what its list names and what links to it is found."""
MODE_LABELS = {"hybrid": say("Words and meaning"), "keyword": say("Words only"), "semantic": say("Meaning only")}


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as its address says: what can be shared, and gone back to."""

    text: str
    mode: Mode
    chosen: dict[str, tuple[str, ...]]
    page: int

    @classmethod
    def of_request(cls) -> Asked:
        """Read the address of this request."""
        return cls.of(request.args)

    @classmethod
    def of_query(cls, query: str) -> Asked:
        """Read what stands behind the question mark of a search's address."""
        return cls.of(MultiDict(parse_qsl(query)))

    @classmethod
    def of(cls, given: MultiDict[str, str]) -> Asked:
        """Read the parameters; what makes no sense counts as not given."""
        mode = given.get("mode", "hybrid")
        page = given.get("page", "1")
        return cls(
            text=given.get("q", "").replace("\0", "")[:MAX_QUERY].strip(),
            mode=next((known for known in MODES if known == mode), "hybrid"),
            chosen={name: _values(given, name) for name in (*FACETS, TOPIC)},
            page=min(MAX_PAGE, max(1, int(page))) if page.isdecimal() and len(page) < 9 else 1,
        )

    @property
    def title(self) -> str:
        """The search in one line."""
        asked = translate(say("“%(text)s”", text=self.text))
        return ", ".join([asked, *(_label(name, v) for name, values in self.chosen.items() for v in values)])

    @property
    def subject(self) -> str:
        """What watching this search is called; empty where its address is too long to be kept."""
        key = "search:" + self.address().partition("?")[2]
        return key if self.text and len(key) <= MAX_SUBJECT else ""

    def address(self, *, text: str | None = None, page: int = 1, without: tuple[str, str] | None = None) -> str:
        """The address of this search with another text or page, or `without` one chosen value."""
        pairs = [("q", self.text if text is None else text)]
        if self.mode != "hybrid":
            pairs.append(("mode", self.mode))
        for name, values in self.chosen.items():
            pairs += [(name, value) for value in values if (name, value) != without]
        if page > 1:
            pairs.append(("page", str(page)))
        return "/search?" + urlencode(pairs)


@dataclass(frozen=True, slots=True)
class Found:
    """One result: the entry as the catalog has it now, and what the index says of it."""

    entry: CatalogEntry
    hit: Hit
    passage: str
    marks: Marks


@dataclass(frozen=True, slots=True)
class Option:
    """A value of a facet: how many results carry it, and whether it is chosen."""

    value: str
    label: str
    count: int
    chosen: bool


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet with its values; those behind `more` are shown on request."""

    name: str
    label: str
    options: list[Option]
    more: list[Option]


def _values(given: MultiDict[str, str], name: str) -> tuple[str, ...]:
    values = (value.replace("\0", "").strip()[:200] for value in given.getlist(name)[:MAX_VALUES])
    return tuple(dict.fromkeys(value for value in values if value))


@bp.get("/search")
def index() -> str:
    """The search page; without a question the box, and ways to browse."""
    asked = Asked.of_request()
    if not asked.text:
        return _page(asked, results=None)
    parts = services()
    results = parts.searcher.search(request_of(asked, current_viewer(), offset=(asked.page - 1) * PER_PAGE))
    if asked.page == 1:
        parts.people.curating.asked(asked_about(parts, asked.text, current_viewer()))
    _note(asked, results)
    found = _found(results)
    last = max(1, -(-results.total // PER_PAGE))
    return _page(
        asked,
        results=results,
        found=found,
        facets=_facets(results, asked),
        chips=[(name, value, _label(name, value)) for name, values in asked.chosen.items() for value in values],
        last_page=min(last, MAX_PAGE),
    )


def _page(asked: Asked, **values: object) -> str:
    """The page with what its content needs."""
    content = render_template("search/content.html", asked=asked, modes=MODE_LABELS, **values)
    title = asked.text or gettext("Search")
    return framed("search/index.html", title=title, typed=asked.text, content=Markup(content))  # noqa: S704 - escaped


@bp.get("/search/titles")
def titles() -> Response:
    """Titles and headings for what is being typed: `{items: [{title, heading, kind, url}]}`."""
    viewer = current_viewer()
    found = services().searcher.complete(request.args.get("q", ""), viewer.audiences, SUGGESTED)
    known = services().catalog.entries_by_id([one.id for one in found], viewer)
    items = [
        {
            "title": known[one.id].title,
            "heading": one.heading,
            "kind": kind_label(known[one.id].kind),
            "url": request.script_root + known[one.id].url + (f"#{anchor_of(one.heading)}" if one.heading else ""),
        }
        for one in found
        if one.id in known
    ]
    answer = jsonify(items=items)
    answer.headers["Cache-Control"] = "private, max-age=30"
    return answer


def _note(asked: Asked, results: Results) -> None:
    """Count a search that went badly by its words: for those who look after the wiki, and without who asked."""
    nothing = not results.total and not results.degraded and not any(asked.chosen.values())
    slow = round(results.took_ms) if results.took_ms > SLOW_MS else 0
    if current_viewer().account_id and asked.page == 1 and (nothing or slow) and (words := searched_words(asked.text)):
        services().people.asked.note(words, nothing=nothing, slow_ms=slow)


def searched_words(text: str) -> str:
    """The words of a question without its filters; empty for what was pasted and for a question of filters alone."""
    return "" if len(text) > OPERATORS_UP_TO or "\n" in text else parse(text).text


def request_of(
    asked: Asked, viewer: Viewer, *, mode: Mode | None = None, limit: int = PER_PAGE, offset: int = 0
) -> SearchRequest:
    """The question for the index."""
    return SearchRequest(
        text=asked.text,
        mode=mode or asked.mode,
        audiences=viewer.audiences,
        filters=_filters(asked, viewer),
        limit=limit,
        offset=offset,
        facets=mode is None,
    )


def _filters(asked: Asked, viewer: Viewer) -> Filters:
    chosen = asked.chosen
    return Filters(
        kind=chosen["kind"],
        tag=chosen["tag"],
        team=chosen["team"],
        status=chosen["status"],
        year=chosen["year"],
        within=_of_topics(chosen[TOPIC], viewer) if chosen[TOPIC] else None,
    )


def _of_topics(topics: Sequence[str], viewer: Viewer) -> frozenset[str]:
    """The entries of topics that the viewer may see: those listed on their pages, and those that link to them."""
    catalog = services().catalog
    found: set[str] = set()
    for topic in catalog.entries_by_id(topics, viewer):
        found |= catalog.topics.listed(topic, viewer)
        found.update(entry.id for entry in catalog.backlinks(topic, viewer))
    return frozenset(found)


def _found(results: Results) -> list[Found]:
    """The hits whose entries are still there and open to the viewer: the index may be a moment behind."""
    entries = services().catalog.entries_by_id([hit.id for hit in results.hits], current_viewer())
    found = []
    for hit in results.hits:
        entry = entries.get(hit.id)
        if entry is not None:
            passage, marks = excerpt(hit.passage, hit.marks, 320)
            found.append(Found(entry, hit, passage, marks))
    return found


def _label(name: str, value: str) -> str:
    if name == TOPIC:
        page = services().catalog.entries_by_id([value], current_viewer()).get(value)
        return translate(say("In “%(title)s”", title=page.title) if page else say("In a topic that is not there"))
    if name == "kind":
        return kind_label(value)
    if name == "team":
        return team_label(value)
    return status_label(value) if name == "status" else value


def _facets(results: Results, asked: Asked) -> list[Facet]:
    facets = []
    for name, label in FACETS.items():
        counts = dict(results.facets.get(name, {}))
        for value in asked.chosen[name]:
            counts.setdefault(value, 0)
        if len(counts) < 2 and not asked.chosen[name]:
            continue
        options = _options(name, counts, asked.chosen[name])
        facets.append(Facet(name, label, options[:SHOWN_VALUES], options[SHOWN_VALUES : SHOWN_VALUES * 5]))
    return facets


def _options(name: str, counts: dict[str, int], chosen: Sequence[str]) -> list[Option]:
    """Chosen values first, then the most frequent; years newest first."""
    by_value = sorted(counts.items(), key=lambda item: item[0], reverse=name == "year")
    ordered = by_value if name == "year" else sorted(by_value, key=lambda item: -item[1])
    options = [Option(value, _label(name, value), count, value in chosen) for value, count in ordered if value]
    return sorted(options, key=lambda option: not option.chosen)

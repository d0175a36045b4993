"""What templates may call: addresses, dates, marked passages, labels and badges.

All of it is registered once by `init_app`. The filters are pure; `link` remembers the addresses of endpoints without
arguments, because building them costs more than everything else that the frame of a page does.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, g, request, session, url_for
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from indexer.kept import Kept
from wiki.config import LANGUAGES, Config
from wiki.services import services
from wiki.web.formats import day, number
from wiki.web.labels import FILTERS
from wiki.web.locales import current_language, direction
from wiki.web.notices import waiting
from wiki.web.reports import reported
from wiki.web.saying import translate
from wiki.web.security import current_viewer, identity
from wiki.web.static import script_texts_url, static_url
from wiki.web.times import ago, moment
from wiki.words import Said

THEMES = ("light", "dark")
MAX_TOKENS = 1_000
# Blueprints that read no catalog, or follow it themselves.
NOT_PAGES = frozenset({"assets", "health", "api", None})


def init_app(app: Flask, config: Config) -> None:
    """Register the filters, globals and the values that every page has, and let pages follow the content first."""
    site_name = config.site_name
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        initials=initials,
        day=day,
        moment=moment,
        ago=ago,
        number=number,
        said=translate,
        reported=reported,
        team_label=team_label,
        marked=marked,
        filesize=filesize,
        xml_text=xml_text,
        host=host,
        **FILTERS,
    )
    app.jinja_env.globals.update(
        static_url=static_url,
        script_texts_url=script_texts_url,
        link=link,
        site_name=site_name,
        direction=direction,
        languages=LANGUAGES,
        csrf_token=form_token,
    )
    app.jinja_env.finalize = told
    app.context_processor(page_context)
    app.context_processor(lambda: {"csrf_token": form_token})  # in place of Flask-WTF's own
    app.before_request(_follow)
    app.extensions["hindsight-links"] = {}


def told(value: object) -> object:
    """What a template prints: a sentence of the core in the reader's language, anything else as it is."""
    return translate(value) if type(value) is Said else value


def _follow() -> None:
    """Bring the catalog up to the newest commit before a page reads it; where that is too much, the page says so."""
    if request.blueprint not in NOT_PAGES and not services().catalog.catch_up():
        g.notice = services().catalog.notice()


def current_theme() -> str:
    """`light` or `dark` where the reader chose one, else empty: then the system's choice holds."""
    theme = request.cookies.get("theme", "")
    return theme if theme in THEMES else ""


def page_context() -> dict[str, Any]:
    """The values that the frame of every page needs, besides `form_token`. Frames are kept by them (`wiki.web.frames`),
    so they are hashable, cheap, and all that the frame depends on."""
    return {
        "viewer": current_viewer(),
        "theme": current_theme(),
        "language": current_language(),
        "zone": identity().zone,
        "page_notice": g.get("notice"),
        "notices_waiting": waiting(),
    }


def link(endpoint: str) -> str:
    """The address of an endpoint that takes no arguments."""
    known: dict[tuple[str, str], str] = current_app.extensions["hindsight-links"]
    key = (request.script_root, endpoint)
    address = known.get(key)
    if address is None:
        address = known[key] = url_for(endpoint)
    return address


def form_token() -> str:
    """The protection token of this session's forms. Signing one costs more than the rest of the page's frame, and it
    stays good for as long as the session does, so the last ones are kept."""
    stand_in: str | None = g.get("token_stands")
    if stand_in is not None:
        return stand_in
    kept: Kept[str, str] = current_app.extensions.setdefault("hindsight-form-tokens", Kept(MAX_TOKENS))
    secret = session.get("csrf_token")
    token = kept.get(secret) if secret else None
    if token is None:
        token = generate_csrf()
        kept.put(session["csrf_token"], token)
    return token


@contextmanager
def standing_for_token(mark: str) -> Iterator[None]:
    """Within, `form_token` gives `mark`: for markup that is kept for several readers or sessions."""
    g.token_stands = mark
    try:
        yield
    finally:
        g.token_stands = None


def initials(name: str) -> str:
    """One or two letters that stand for a name."""
    words = name.replace("-", " ").replace(".", " ").replace("_", " ").split()
    return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper() or "?"


def team_label(slug: str) -> str:
    """The name of a team; the slug where no team of that name is kept. The names are asked for once a request: where
    the database does not tell of commits, each time is a query."""
    names: Mapping[str, str] | None = g.get("team_names")
    if names is None:
        names = g.team_names = services().people.teams.names()
    return names.get(slug, slug)


def marked(text: str, marks: Iterable[Sequence[int]]) -> Markup:
    """A passage with its `marks` (start, end) in `<mark>`; everything else escaped."""
    parts: list[str] = []
    position = 0
    for start, end in marks:
        if start < position or end > len(text) or start >= end:
            continue
        parts += [escape(text[position:start]), "<mark>", escape(text[start:end]), "</mark>"]
        position = end
    parts.append(escape(text[position:]))
    return Markup("".join(parts))  # noqa: S704 - each part of the text was escaped


def filesize(size: int) -> str:
    """A number of bytes for people."""
    if size < 1000:
        return f"{size} bytes"
    if size < 1_000_000:
        return f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"


def xml_text(text: str) -> Markup:
    """Text for XML: escaped, without the characters that XML cannot hold."""
    return escape("".join(char for char in text if (char >= " " or char in "\t\n\r") and char not in "\ufffe\uffff"))


def host(url: str) -> str:
    """The site that an address is on, to be shown instead of the whole of it."""
    return url.split("://", 1)[-1].split("/", 1)[0].removeprefix("www.") or url

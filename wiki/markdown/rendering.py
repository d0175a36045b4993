"""Markdown to safe HTML with heading anchors and a table of contents.

The steps: parse, write HTML, sanitize, then number headings and give them anchors in the sanitized text, whose shape is
known. `render` never raises and its time is bounded: a text beyond the bounds is shown as it stands, with a notice.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from html import escape, unescape

from wiki.markdown.clock import TooIntricate
from wiki.markdown.links import split_links
from wiki.markdown.parsing import to_html, too_much
from wiki.markdown.sanitizing import sanitize

# Part of the cache's key: raise it when the same text would come out differently.
RENDERER_VERSION = 4
# Deeply nested HTML costs the sanitizer time that grows with its square; 2,000 tags cost it some milliseconds.
MAX_RAW_TAGS = 2_000

_TAG = re.compile(r"<[^>]*>")
_RAW_TAG = re.compile(r"<[A-Za-z]")
_HEADING = re.compile(r"<h([1-6])(?: id=\"[^\"]*\")?>(.*?)</h\1>", re.DOTALL)
_ANCHORED = re.compile(r'<h([2-6]) id="([^"]*)">(.*?)<a href="#[^"]*" class="anchor"', re.DOTALL)
_NOT_SLUG = re.compile(r"[^\w-]+")
_PLAIN_NOTICE = "This text is too long or too intricate to lay out, so it is shown as it is written."


@dataclass(frozen=True, slots=True)
class TocItem:
    """One heading: its level (2 to 6), the id of its anchor and its text."""

    level: int
    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Rendered:
    """A text as safe HTML (links still placeholders), with what can be read off it."""

    html: str
    toc: tuple[TocItem, ...]
    links: tuple[str, ...]
    words: int

    @classmethod
    def from_html(cls, html: str) -> Rendered:
        """What `render` gave, from its HTML alone: so only that needs to be kept."""
        toc = tuple(
            TocItem(int(level), unescape(anchor), _text(inner)) for level, anchor, inner in _ANCHORED.findall(html)
        )
        links = tuple(dict.fromkeys(target for _, target, _ in split_links(html) if target))
        return cls(html, toc, links, len(_TAG.sub(" ", html).split()))


def render(body: str) -> Rendered:
    """`body` as safe HTML. Never raises; control characters that HTML cannot hold are left out."""
    body = body.replace("\x00", "\ufffd")
    if too_much(body):
        return Rendered.from_html(_plain(body))
    try:
        dirty = to_html(body, raw_html=len(_RAW_TAG.findall(body)) <= MAX_RAW_TAGS)
    except (RecursionError, TooIntricate):
        return Rendered.from_html(_plain(body))
    return Rendered.from_html(_with_anchors(sanitize(dirty)))


def link_targets(body: str) -> tuple[str, ...]:
    """The titles or ids that `body` links to, each once, in the order of their first appearance.

    A text that is beyond what is rendered as Markdown has no links.
    """
    return render(body).links if "[[" in body else ()


def _plain(body: str) -> str:
    notice = f'<div class="callout callout-note"><p>{_PLAIN_NOTICE}</p></div>'
    return sanitize(f'{notice}<pre class="plain-text">{escape(body, quote=False)}</pre>')


def _text(html: str) -> str:
    return " ".join(unescape(_TAG.sub("", html)).split())


def _with_anchors(html: str) -> str:
    """Headings moved down so that the highest is level 2 (the page's title is level 1), each with an id and a link."""
    levels = [int(match[1]) for match in _HEADING.finditer(html)]
    if not levels:
        return html
    shift = 2 - min(levels)
    used: dict[str, int] = {}

    def replace(match: re.Match[str]) -> str:
        level = min(6, int(match[1]) + shift)
        text = _text(match[2])
        anchor = _unique(_slug(text), used)
        label = escape(f"Link to “{text[:100]}”" if text else "Link to this heading")
        link = f'<a href="#{escape(anchor)}" class="anchor" aria-label="{label}">#</a>'
        return f'<h{level} id="{escape(anchor)}">{match[2]} {link}</h{level}>'

    return _HEADING.sub(replace, html)


def anchor_of(heading: str) -> str:
    """The id of a heading with that text, where no heading before it has the same."""
    return _slug(heading)


def _slug(text: str) -> str:
    """An id from a heading's text, in any script. Never one that our own pages use: those begin with `ui-`."""
    plain = unicodedata.normalize("NFKC", text).lower()
    slug = _NOT_SLUG.sub("-", plain).strip("-_")[:80].strip("-_")
    if not slug:
        return "section"
    return f"section-{slug}" if slug.startswith(("ui-", "fn", "field-")) else slug


def _unique(slug: str, used: dict[str, int]) -> str:
    """The slug, numbered where it is taken; `used` holds the last number given for each."""
    name, count = slug, used.get(slug, 0) + 1
    if count > 1:
        while (name := f"{slug}-{count}") in used:
            count += 1
        used[name] = 1
    used[slug] = count
    return name

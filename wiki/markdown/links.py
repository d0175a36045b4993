"""The `[[links]]` of a Markdown text: how they are written, where they stand, and how their state gets in.

A link is `[[Title]]`, `[[id]]`, or either with words to show: `[[Title|these words]]` (`\\|` inside tables). A
backslash before the first bracket makes it plain text, and inside code it is plain text as well. Rendering leaves
placeholders (`<a data-wiki="Title">`), because whether an entry exists changes without the text that links to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

# One link, on one line; bounded, so that a megabyte of brackets cannot make the search slow.
LINK = re.compile(r"\[\[(?P<target>[^\[\]|\n]{1,300}?)(?:\\?\|(?P<label>[^\[\]\n]{1,300}))?\]\]")
# A placeholder as the sanitizer writes it, with its content where the link had no words of its own.
_PLACEHOLDER = re.compile(r'<a data-wiki="(?P<target>[^"]*)"[^>]*>(?P<bare></a>)?')


@dataclass(frozen=True, slots=True)
class LinkState:
    """What a link leads to. `exists` is False for a red link, whose `url` may be empty (then it is no link at all)."""

    url: str
    title: str
    exists: bool = True


Resolver = Callable[[str], LinkState]


def clean_target(text: str) -> str:
    """The target of a link as it is looked up: no white space at the ends, inner runs of it made one space."""
    return " ".join(text.split())


@lru_cache(maxsize=1024)
def split_links(html: str) -> tuple[tuple[str, str, bool], ...]:
    """Rendered HTML cut at its placeholders: (HTML before, target, whether it needs words) for each, then the rest.

    The last item holds the HTML after the last link, with an empty target. Remembered for the pages that are read most.
    """
    parts: list[tuple[str, str, bool]] = []
    position = 0
    for match in _PLACEHOLDER.finditer(html):
        parts.append((html[position : match.start()], unescape(match["target"]), match["bare"] is not None))
        position = match.end()
    parts.append((html[position:], "", False))
    return tuple(parts)


def fill_links(html: str, resolve: Resolver) -> str:
    """Rendered HTML with every placeholder made a link by what `resolve` says of its target."""
    if "data-wiki" not in html:
        return html
    pieces: list[str] = []
    for before, target, bare in split_links(html):
        pieces.append(before)
        if target:
            pieces.append(_anchor(target, bare, resolve(target)))
    return "".join(pieces)


def _anchor(target: str, bare: bool, state: LinkState) -> str:
    """The opening tag of a link, or the whole link where it needs words: the target's present title if it has one."""
    kind = "wiki-link" if state.exists else "red-link"
    href = f' href="{escape(state.url)}"' if state.url else ""
    title = f' title="{escape(state.title)}"' if state.title else ""
    opening = f'<a class="{kind}"{href}{title}>'
    if not bare:
        return opening
    words = state.title if state.exists and state.title else target
    return f"{opening}{escape(words, quote=False)}</a>"

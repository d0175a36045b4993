"""The allow-list that every rendered text passes: what is not named here does not reach a page.

`sanitize` is stable: what comes out of it passes it again unchanged, the order of attributes aside.
"""

from __future__ import annotations

import re

import nh3
from pygments.token import STANDARD_TYPES

_TAGS = """
a abbr b blockquote br caption code col colgroup dd del details dfn div dl dt em figcaption figure h1 h2 h3 h4 h5 h6
hr i img input ins kbd label li mark ol p pre q s samp section small span strong sub summary sup table tbody td tfoot th
thead tr u ul var
"""
TAGS = frozenset(_TAGS.split())
_ATTRIBUTES = {
    "a": {"href", "title", "id", "data-wiki", "aria-label"},
    "abbr": {"title"},
    "blockquote": {"cite"},
    "col": {"span"},
    "colgroup": {"span"},
    "details": {"open"},
    "img": {"src", "alt", "title", "width", "height"},
    "input": {"checked", "disabled"},
    "li": {"id", "value"},
    "ol": {"start", "reversed"},
    "pre": {"data-language"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
_CALLOUTS = {"callout"} | {f"callout-{tone}" for tone in ("note", "tip", "important", "warning", "caution")}
_CLASSES = {
    "a": {"footnote-backref", "remote-image", "anchor"},
    "div": _CALLOUTS,
    "details": _CALLOUTS,
    "p": {"callout-title"},
    "summary": {"callout-title"},
    "pre": {"highlight", "plain-text"},
    "span": {name for name in STANDARD_TYPES.values() if name},
    "td": {"align-right"},
    "th": {"align-right"},
    "ul": {"contains-task-list"},
    "li": {"task-list-item", "footnote-item"},
    "ol": {"footnotes-list"},
    "section": {"footnotes"},
    "sup": {"footnote-ref"},
}
_REL = "nofollow noopener"
_FOOTNOTE_ID = re.compile(r"fn(ref)?[0-9]+(:[0-9]+)?")
_REMOTE = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:|[/\\]{2})", re.IGNORECASE)
_SIZE = re.compile(r"[0-9]{1,4}")
_OWN_LINK = re.compile(r'(<a (?:[^>]*? )?href="(?:#|/(?![/\\]))[^>"]*"[^>]*?) rel="nofollow noopener"')


def _attribute(tag: str, name: str, value: str) -> str | None:
    """One allowed attribute's value, or None to drop it."""
    if name == "id" and tag in {"a", "li"}:
        return value if _FOOTNOTE_ID.fullmatch(value) else None
    if tag == "img" and name == "src":
        return None if _REMOTE.match(value) else value
    if name in {"width", "height", "colspan", "rowspan", "span", "start"}:
        return value if _SIZE.fullmatch(value) else None
    return value


_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes=_ATTRIBUTES,
    allowed_classes=_CLASSES,
    attribute_filter=_attribute,
    url_schemes={"http", "https", "mailto"},
    link_rel=_REL,
    tag_attribute_values={"input": {"type": {"checkbox"}}, "img": {"loading": {"lazy"}}},
    set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}, "img": {"loading": "lazy"}},
)


def sanitize(html: str) -> str:
    """HTML with only what is allowed; links out carry `rel`, links within do not need it."""
    return _OWN_LINK.sub(r"\1", _CLEANER.clean(html))

"""Markdown text to safe HTML: pure functions, no Flask, no disk.

`render` turns a body into sanitized HTML whose `[[links]]` are still placeholders, so that the result can be kept by
the blob's hash; `fill_links` puts the state of links in afterwards, since that changes without the text.
"""

from wiki.markdown.files import place_files
from wiki.markdown.links import LinkState, fill_links
from wiki.markdown.rendering import RENDERER_VERSION, Rendered, TocItem, link_targets, render
from wiki.markdown.sanitizing import sanitize

__all__ = [
    "RENDERER_VERSION",
    "LinkState",
    "Rendered",
    "TocItem",
    "fill_links",
    "link_targets",
    "place_files",
    "render",
    "sanitize",
]

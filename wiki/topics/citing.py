"""Passages that a topic cites: whether they stand in a text, and what stands there instead by now (pure).

A passage is copied from a page, where Markdown's marks are not seen; so texts are compared by their words alone.
"""

from __future__ import annotations

import re

_LINK = re.compile(r"\]\([^()\n]*\)|\[\[[^\[\]|\n]*\||https?://\S+")
_WORD = re.compile(r"\w+")
ALIKE = 0.2
"""Below this share of common words, a paragraph is not what a passage has become."""


def stands_in(passage: str, body: str) -> bool:
    """Whether the words of the passage stand in the text in this order, with nothing between them."""
    wanted = _words(passage)
    return bool(wanted) and f" {wanted} " in f" {_words(body)} "


def _words(text: str) -> str:
    return " ".join(_WORD.findall(_LINK.sub(" ", text).casefold()))


def successor(passage: str, body: str) -> str:
    """What the passage has become: the paragraph of the text that shares most words with it, empty where none does."""
    wanted = set(_words(passage).split())
    best, found = ALIKE, ""
    for paragraph in re.split(r"\n[ \t]*\n", body):
        words = set(_words(paragraph).split())
        share = len(wanted & words) / (len(wanted | words) or 1)
        if share > best:
            best, found = share, paragraph.strip()
    return found

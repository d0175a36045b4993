"""From blocks to elements: python-markdown's block parser over our own cutting of the text.

Paragraphs, tables and definitions of references stay the library's; lists, quotations, callouts, fences, raw HTML,
definition lists and footnotes are read here, since the library's ways need blank lines and fours of spaces.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.blockparser import BlockParser
from markdown.blockprocessors import BlockProcessor
from markdown.util import AtomicString, code_escape

from wiki.markdown.clock import Clock
from wiki.markdown.cutting import Block, cut
from wiki.markdown.highlighting import highlight
from wiki.markdown.sanitizing import TAGS

MAX_NESTING = 30
_CALLOUT = re.compile(r"\s*\[!(?P<kind>[A-Za-z][\w-]{0,30})\](?P<fold>[-+]?)[ \t]*(?P<title>[^\n]*)(?:\n|$)")
_ADMONITION = re.compile(r'(?P<mark>!!!|\?\?\?\+?) ?(?P<words>[\w -]+?)(?: +"(?P<title>[^"]*)")?$')
_TAG_NAME = re.compile(r"<(?=/?([A-Za-z][^\s/>]*))")
# What a callout is called by those who write it, to the five ways that it is shown.
_TONES = {
    "note": "note info abstract summary todo quote cite example",
    "tip": "tip hint success check done",
    "important": "important question help faq",
    "warning": "warning attention",
    "caution": "caution danger error failure fail missing bug",
}
TONES = {name: tone for tone, names in _TONES.items() for name in names.split()}


def known_html(text: str) -> str:
    """Raw HTML with the tags that we do not allow shown as text: `<hostname>` and `List<String>` are words that people
    write, and an unclosed `<script>` would take the rest of the text with it."""
    return _TAG_NAME.sub(lambda m: m[0] if m[1].lower() in TAGS else "&lt;", text)


class Blocks(BlockParser):  # type: ignore[misc,unused-ignore]
    """The library's parser, which gets its blocks from `cut` and goes down a bounded number of levels."""

    def __init__(self, md: Markdown, clock: Clock, *, raw_html: bool) -> None:
        super().__init__(md)
        self.clock, self.raw_html = clock, raw_html
        self.depth = 0
        self.footnotes: dict[str, str] = {}

    def parseChunk(self, parent: ElementTree.Element, text: str) -> None:  # noqa: N802 - the library's name
        self.parse(parent, self.cut(text))

    def cut(self, text: str) -> list[Block]:
        return cut(text, self.clock.check, raw_html=self.raw_html)

    def parse(self, parent: ElementTree.Element, blocks: list[Block], state: str = "block") -> None:
        """Add what `blocks` hold to `parent`; in the state `list` paragraphs get no element of their own."""
        if self.depth >= MAX_NESTING:
            ElementTree.SubElement(parent, "p").text = "\n".join(blocks)
            return
        self.depth += 1
        self.state.set(state)
        for block in blocks:
            self.parseBlocks(parent, [block])
        self.state.reset()
        self.depth -= 1

    def parseBlocks(self, parent: ElementTree.Element, blocks: list[str]) -> None:  # noqa: N802 - the library's name
        self.clock.check()
        super().parseBlocks(parent, blocks)


class BlockReader(BlockProcessor):  # type: ignore[misc,unused-ignore]
    """Reads every kind of block but text, which it leaves to the processors after it."""

    parser: Blocks

    def test(self, parent: ElementTree.Element, block: str) -> bool:
        return isinstance(block, Block) and block.kind != "text"

    def run(self, parent: ElementTree.Element, blocks: list[Any]) -> None:
        block = blocks.pop(0)
        getattr(self, f"_{block.kind}")(parent, block)

    def _heading(self, parent: ElementTree.Element, block: Block) -> None:
        ElementTree.SubElement(parent, f"h{block.mark}").text = block.strip()

    def _rule(self, parent: ElementTree.Element, block: Block) -> None:
        ElementTree.SubElement(parent, "hr")

    def _code(self, parent: ElementTree.Element, block: Block) -> None:
        code = ElementTree.SubElement(ElementTree.SubElement(parent, "pre"), "code")
        code.text = AtomicString(code_escape(block) + "\n")

    def _fence(self, parent: ElementTree.Element, block: Block) -> None:
        words = block.mark.split()
        self._stash(parent, highlight(block, words[0] if words else ""))

    def _html(self, parent: ElementTree.Element, block: Block) -> None:
        self._stash(parent, known_html(block))

    def _stash(self, parent: ElementTree.Element, html: str) -> None:
        ElementTree.SubElement(parent, "p").text = AtomicString(self.parser.md.htmlStash.store(html))

    def _list(self, parent: ElementTree.Element, block: Block) -> None:
        number = block.mark[:-1]
        outer = ElementTree.SubElement(parent, "ol" if number else "ul")
        if number and int(number) != 1:
            outer.set("start", str(int(number)))
        items = [self.parser.cut(item) for item in block.items]
        loose = block.loose or any(part.after_blank for parts in items for part in parts[1:])
        for parts in items:
            self.parser.parse(ElementTree.SubElement(outer, "li"), parts, "block" if loose else "list")

    def _quote(self, parent: ElementTree.Element, block: Block) -> None:
        callout = _CALLOUT.match(block)
        if not callout:
            self.parser.parseChunk(ElementTree.SubElement(parent, "blockquote"), block)
            return
        kind = callout["kind"].lower()
        title = callout["title"].strip() or kind.replace("-", " ").capitalize()
        self._callout(parent, kind, title, callout["fold"], block[callout.end() :])

    def _admonition(self, parent: ElementTree.Element, block: Block) -> None:
        opening = _ADMONITION.match(block.mark)
        if not opening:
            ElementTree.SubElement(parent, "p").text = f"{block.mark}\n{block}"
            return
        words = opening["words"].lower().split()
        title = words[0].capitalize() if opening["title"] is None else opening["title"]
        fold = {"!!!": "", "???": "-"}.get(opening["mark"], "+")
        self._callout(parent, words[-1], title, fold, block)

    def _callout(self, parent: ElementTree.Element, kind: str, title: str, fold: str, body: str) -> None:
        """A box, or with `-` or `+` (open at first) one that folds."""
        box = ElementTree.SubElement(parent, "details" if fold else "div")
        box.set("class", f"callout callout-{TONES.get(kind, 'note')}")
        if fold == "+":
            box.set("open", "open")
        if title:
            line = ElementTree.SubElement(box, "summary" if fold else "p")
            line.set("class", "callout-title")
            line.text = title
        self.parser.parseChunk(box, body)

    def _footnote(self, parent: ElementTree.Element, block: Block) -> None:
        self.parser.footnotes.setdefault(block.mark.lower(), str(block))

    def _definition(self, parent: ElementTree.Element, block: Block) -> None:
        previous = parent[-1] if len(parent) else None
        outer = previous if previous is not None and previous.tag == "dl" else ElementTree.SubElement(parent, "dl")
        for term in block.split("\n"):
            ElementTree.SubElement(outer, "dt").text = term.strip()
        for meaning in block.items:
            parts = self.parser.cut(meaning)
            loose = any(part.after_blank for part in parts[1:])
            self.parser.parse(ElementTree.SubElement(outer, "dd"), parts, "block" if loose else "list")

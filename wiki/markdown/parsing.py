"""The Markdown that we read: CommonMark and GitHub's additions, footnotes, callouts, definition lists, `[[links]]`.

python-markdown with extensions of pymdown (emphasis as CommonMark has it, `~~struck~~`, task lists, bare addresses) and
our own reading of blocks. It knows its bounds: a text with too many marks is not begun, and one that takes too long is
given up.
"""

from __future__ import annotations

import re
import threading
from xml.etree import ElementTree

from markdown import Markdown
from markdown.blockprocessors import ParagraphProcessor, ReferenceProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from wiki.markdown import footnotes, inlines
from wiki.markdown.blocks import BlockReader, Blocks
from wiki.markdown.clock import BUDGET, Clock

# Beyond these a text is shown as it stands: most hostile texts end here, before any work.
MAX_CHARS = 500_000
MAX_MARKS = 40_000

_MARKS = re.compile(r"[\[\]#!*_`<>|&\\~:@]|\n")
_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_EXTENSIONS = ["markdown.extensions.tables", "pymdownx.betterem", "pymdownx.tilde", "pymdownx.tasklist"]
_BLOCKS = frozenset(["blockquote", "dl", "div", "figure", "ol", "p", "pre", "section", "table", "ul"])
_CONFIGS = {"pymdownx.tilde": {"subscript": False}}


def too_much(body: str) -> bool:
    """Whether `body` is beyond what is read as Markdown."""
    return len(body) > MAX_CHARS or sum(1 for _ in _MARKS.finditer(body)) > MAX_MARKS


def to_html(body: str, *, raw_html: bool = True, budget: float = BUDGET) -> str:
    """`body` as HTML that is NOT yet safe; without `raw_html`, its HTML is shown as text.

    Raises TooIntricate past `budget` seconds of CPU, RecursionError for what nests too deeply.
    """
    parser = _parsers.get(raw_html)
    parser.clock.start(budget)
    try:
        html = str(parser.reset().convert(body))
    except BaseException:
        # What it was in the middle of must not meet the next text.
        _parsers.drop(raw_html)
        raise
    return html


class _Parser(Markdown):  # type: ignore[misc,unused-ignore]
    """python-markdown as we set it up; not to be used by two threads at once."""

    def __init__(self, raw_html: bool) -> None:
        self.clock = Clock()
        self.raw_html = raw_html
        super().__init__(extensions=[*_EXTENSIONS, "pymdownx.magiclink"], extension_configs=_CONFIGS)
        self.set_output_format("html")
        self.ESCAPED_CHARS = list(_PUNCTUATION)
        self.preprocessors.deregister("html_block")
        inlines.register(self, raw_html=raw_html)
        footnotes.register(self)
        self.treeprocessors.register(_Shapes(self), "shapes", 18)
        for pattern in self.inlinePatterns:
            pattern.getCompiledRegExp = self.clock.before(pattern.getCompiledRegExp)
        delimiters = self.inlinePatterns["delimiter"]
        delimiters.search = self.clock.before(delimiters.search)

    def build_parser(self) -> Markdown:
        super().build_parser()
        self.parser = Blocks(self, self.clock, raw_html=self.raw_html)
        processors = self.parser.blockprocessors
        processors.register(BlockReader(self.parser), "blocks", 200)
        processors.register(ReferenceProcessor(self.parser), "reference", 15)
        processors.register(ParagraphProcessor(self.parser), "paragraph", 10)
        return self

    def reset(self) -> Markdown:
        self.parser.footnotes = {}
        return super().reset()


def _caption(paragraph: ElementTree.Element) -> None:
    """A picture that stands alone and has a title is a figure with that title as its caption."""
    picture = paragraph[0] if len(paragraph) == 1 else None
    if picture is None or picture.tag != "img" or (paragraph.text or picture.tail or "").strip():
        return
    caption = picture.attrib.pop("title", "").strip()
    if caption:
        paragraph.tag = "figure"
        ElementTree.SubElement(paragraph, "figcaption").text = AtomicString(caption)


def _label(item: ElementTree.Element) -> None:
    """A task's words name its box, for whoever hears the page."""
    holder = item[0] if len(item) and item[0].tag == "p" and not (item.text or "").strip() else item
    label = ElementTree.Element("label")
    label.text, holder.text = holder.text, None
    while len(holder) and holder[0].tag not in _BLOCKS:
        label.append(holder[0])
        holder.remove(holder[0])
    holder.insert(0, label)


class _Parsers(threading.local):
    """The parsers of one thread, made once each: they hold the state of the text that they read."""

    def __init__(self) -> None:
        self._made: dict[bool, _Parser] = {}

    def get(self, raw_html: bool) -> _Parser:
        if raw_html not in self._made:
            self._made[raw_html] = _Parser(raw_html)
        return self._made[raw_html]

    def drop(self, raw_html: bool) -> None:
        self._made.pop(raw_html, None)


_parsers = _Parsers()


class _Shapes(Treeprocessor):  # type: ignore[misc,unused-ignore]
    """The library's elements in the shapes that our pages and the sanitizer know."""

    def run(self, root: ElementTree.Element) -> None:
        for element in root.iter():
            if element.tag == "img":
                inlines.place_image(element)
            elif element.tag == "del":
                element.tag = "s"
            elif element.tag == "ul" and element.get("class") == "task-list":
                element.set("class", "contains-task-list")
            elif element.tag == "li" and element.get("class") == "task-list-item":
                _label(element)
            elif element.tag in {"td", "th"} and element.attrib.pop("style", "") == "text-align: right;":
                element.set("class", "align-right")
        for paragraph in root.iter("p"):
            _caption(paragraph)

"""What stands within a line: `[[links]]`, links and pictures, raw HTML, line breaks.

The library's own processors, held to a bounded look ahead: its search for a closing bracket goes to the end of the
text from every opening one.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown, inlinepatterns
from markdown.inlinepatterns import HtmlInlineProcessor, InlineProcessor
from markdown.util import AMP_SUBSTITUTE, INLINE_PLACEHOLDER_RE, AtomicString

from wiki.markdown.blocks import known_html
from wiki.markdown.links import LINK, clean_target

# No words of a link and no address are longer.
MAX_LINK = 4_000
_REMOTE = ("http:", "https:", "//")


def register(md: Markdown, *, raw_html: bool) -> None:
    """Put our processors in the place of the library's."""
    patterns = md.inlinePatterns
    patterns.register(WikiLinks(rf"(?<!!)(?={LINK.pattern})", md), "wiki_link", 185)
    patterns.register(BrokenLine(r"(?:(?<! ) {2,}|\\)\n *", md), "linebreak", 182)
    patterns.register(_Reference(inlinepatterns.REFERENCE_RE, md), "reference", 170)
    patterns.register(_Link(inlinepatterns.LINK_RE, md), "link", 160)
    patterns.register(_Image(inlinepatterns.IMAGE_LINK_RE, md), "image_link", 150)
    patterns.register(_ImageReference(inlinepatterns.IMAGE_REFERENCE_RE, md), "image_reference", 140)
    patterns.register(_ShortReference(inlinepatterns.REFERENCE_RE, md), "short_reference", 130)
    patterns.register(_ShortImageReference(inlinepatterns.IMAGE_REFERENCE_RE, md), "short_image_ref", 125)
    # The serializer keeps entities as they stand.
    patterns.deregister("entity")
    if raw_html:
        patterns.register(KnownHtml(inlinepatterns.HTML_RE, md), "html", 90)
    else:
        patterns.deregister("html")


class WikiLinks(InlineProcessor):  # type: ignore[misc,unused-ignore]
    """`[[Title]]` and `[[Title|words]]` become placeholders; a backslash before them makes them text."""

    ANCESTOR_EXCLUDES = ("a",)

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Any, int | None, int | None]:  # noqa: N802
        before = data[max(0, m.start() - 50) : m.start()]
        escaped = (len(before) - len(before.rstrip("\\"))) % 2
        found = LINK.match(data, m.start())
        target = clean_target(found["target"]) if found else ""
        if not found or not target or escaped:
            return None, None, None
        link = ElementTree.Element("a", {"data-wiki": _literal(target)})
        link.text = AtomicString(_literal(clean_target(found["label"] or "")))
        return link, found.start(), found.end()


def _literal(text: str) -> str:
    """`text` so that the serializer takes none of it for an entity."""
    return text.replace("&", f"{AMP_SUBSTITUTE}amp;")


class BrokenLine(InlineProcessor):  # type: ignore[misc,unused-ignore]
    """Two spaces or a backslash at a line's end."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Any, int, int]:  # noqa: N802
        return ElementTree.Element("br"), m.start(), m.end()


class KnownHtml(HtmlInlineProcessor):  # type: ignore[misc,unused-ignore]
    """Raw HTML in a line, the tags that we do not allow as text."""

    def handleMatch(self, m: re.Match[str], data: str) -> tuple[str, int, int]:  # noqa: N802
        raw = self.backslash_unescape(self.unescape(m.group(1)))
        return self.md.htmlStash.store(known_html(raw)), m.start(0), m.end(0)


class _Bounded:
    """Looks MAX_LINK characters ahead; a link never holds another link."""

    ANCESTOR_EXCLUDES: tuple[str, ...] = ()
    holds_links = True
    md: Any

    def getText(self, data: str, index: int) -> tuple[str, int, bool]:  # noqa: N802
        if data.find("]", index, index + MAX_LINK) < 0:
            return "", index, False
        text, end, handled = super().getText(data[index : index + MAX_LINK], 0)  # type: ignore[misc]
        if handled and not self.holds_links and self._holds_link(text):
            return "", index, False
        return text, index + end, handled

    def getLink(self, data: str, index: int) -> tuple[str, str | None, int, bool]:  # noqa: N802
        if not data.startswith("(", index) or data.find(")", index, index + MAX_LINK) < 0:
            return "", None, index, False
        href, title, end, handled = super().getLink(data[index : index + MAX_LINK], 0)  # type: ignore[misc]
        return href, title, index + end, handled

    def evalId(self, data: str, index: int, text: str) -> tuple[str | None, int, bool]:  # noqa: N802
        if not self.md.references:
            return None, index, False
        found: tuple[str | None, int, bool] = super().evalId(data, index, text)  # type: ignore[misc]
        return found

    def _holds_link(self, text: str) -> bool:
        nodes = self.md.treeprocessors["inline"].stashed_nodes
        held = (nodes.get(found[1]) for found in INLINE_PLACEHOLDER_RE.finditer(text))
        return any(isinstance(node, ElementTree.Element) and any(True for _ in node.iter("a")) for node in held)


class _Link(_Bounded, inlinepatterns.LinkInlineProcessor):  # type: ignore[misc,unused-ignore]
    ANCESTOR_EXCLUDES = ("a",)
    holds_links = False


class _Reference(_Bounded, inlinepatterns.ReferenceInlineProcessor):  # type: ignore[misc,unused-ignore]
    ANCESTOR_EXCLUDES = ("a",)
    holds_links = False
    # Without a space between the two pairs of brackets, as everywhere but here.
    RE_LINK = re.compile(r"\[([^\]]{0,1000})\]")


class _ShortReference(_Bounded, inlinepatterns.ShortReferenceInlineProcessor):  # type: ignore[misc,unused-ignore]
    ANCESTOR_EXCLUDES = ("a",)
    holds_links = False


class _Image(_Bounded, inlinepatterns.ImageInlineProcessor):  # type: ignore[misc,unused-ignore]
    pass


class _ImageReference(_Bounded, inlinepatterns.ImageReferenceInlineProcessor):  # type: ignore[misc,unused-ignore]
    pass


class _ShortImageReference(_Bounded, inlinepatterns.ShortImageReferenceInlineProcessor):  # type: ignore[misc,unused-ignore]
    pass


def place_image(image: ElementTree.Element) -> None:
    """Leave an image of ours; one from elsewhere becomes a link, since loading it would tell that site who reads."""
    source = image.get("src", "").strip()
    if source.lower().startswith(_REMOTE):
        words = image.get("alt") or source
        image.attrib.clear()
        image.tag = "a"
        image.set("class", "remote-image")
        image.set("href", source)
        image.text = AtomicString(words)

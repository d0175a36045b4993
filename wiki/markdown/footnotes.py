"""Footnotes: numbered in the order in which the text names them, whatever the order of their words.

The library's own extension looks each number up in a list of all footnotes, for every mention.
"""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree

from markdown import Markdown
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

_MENTION = r"\[\^([^\]\s]{1,100})\]"


def register(md: Markdown) -> None:
    """Read the mentions and write the notes."""
    md.inlinePatterns.register(_Mentions(_MENTION, md), "footnote", 175)
    md.treeprocessors.register(_Notes(md), "footnotes", 19)


class _Mentions(InlineProcessor):  # type: ignore[misc,unused-ignore]
    def handleMatch(self, m: re.Match[str], data: str) -> tuple[Any, int | None, int | None]:  # noqa: N802
        label = m[1].lower()
        if label not in self.md.parser.footnotes:
            return None, None, None
        mark = ElementTree.Element("sup", {"class": "footnote-ref", "label": label})
        return mark, m.start(0), m.end(0)


class _Notes(Treeprocessor):  # type: ignore[misc,unused-ignore]
    """After the lines are read: number the mentions, and add the notes that are mentioned."""

    def run(self, root: ElementTree.Element) -> None:
        parser = self.md.parser
        mentions: dict[str, int] = {}
        self._number(root, mentions)
        if not mentions:
            return
        section = ElementTree.Element("section", {"class": "footnotes"})
        notes = ElementTree.SubElement(section, "ol", {"class": "footnotes-list"})
        # A note may mention others: they are added to the end while this goes on.
        labels = list(mentions)
        while len(notes) < len(labels):
            label = labels[len(notes)]
            note = ElementTree.SubElement(notes, "li", {"class": "footnote-item", "id": f"fn{len(notes) + 1}"})
            parser.parseChunk(note, parser.footnotes[label])
            self.md.treeprocessors["inline"].run(note)
            self._number(note, mentions)
            labels += list(mentions)[len(labels) :]
        for number, (note, label) in enumerate(zip(notes, labels, strict=True), 1):
            _lead_back(note, number, mentions[label])
        root.append(section)

    def _number(self, root: ElementTree.Element, mentions: dict[str, int]) -> None:
        numbers = {label: number for number, label in enumerate(mentions, 1)}
        for mark in root.iter("sup"):
            label = mark.attrib.pop("label", None)
            if label is None:
                continue
            self.md.parser.clock.check()
            number = numbers.setdefault(label, len(numbers) + 1)
            mentions[label] = mentions.get(label, 0) + 1
            link = ElementTree.SubElement(
                mark, "a", {"href": f"#fn{number}", "id": _mention_id(number, mentions[label])}
            )
            link.text = f"[{number}]"


def _mention_id(number: int, count: int) -> str:
    return f"fnref{number}" if count == 1 else f"fnref{number}:{count - 1}"


def _lead_back(note: ElementTree.Element, number: int, count: int) -> None:
    """A link back to each place that mentions the note."""
    last = note[-1] if len(note) else None
    if last is None or last.tag != "p" or isinstance(last.text, AtomicString):
        last = ElementTree.SubElement(note, "p")
    for nth in range(1, count + 1):
        if len(last):
            last[-1].tail = (last[-1].tail or "") + " "
        else:
            last.text = (last.text or "") + " "
        attributes = {
            "href": f"#{_mention_id(number, nth)}",
            "class": "footnote-backref",
            "aria-label": "Back to the text",
        }
        ElementTree.SubElement(last, "a", attributes).text = "↩"

"""A published review cut into the passages that a lesson or an action can be made of (pure).

A passage is a paragraph, an item of a list, a row of a table, or a quotation without its name. It is named by a digest
of its text, so a button on an old page never makes something of another passage.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from wiki.sections import Template, cut, joined

LINKS_HEADING = "## Lessons from this review"
MAX_TITLE = 90
_HEADING = re.compile(r" {0,3}(#{2,3})(?!#)\s*(.*?)\s*#*\s*$")
_FENCE = re.compile(r" {0,3}(```|~~~)")
_ITEM = re.compile(r" {0,3}(?:[-*+]|\d+[.)])\s+(?:\[[ xX]\]\s+)?")
_RULE = re.compile(r"\s*\|?[\s:|-]+\|?\s*$")
_BY = re.compile(r"\n*\s*— .*\Z")


@dataclass(frozen=True, slots=True)
class Passage:
    """One passage: its `key`, and its text as Markdown."""

    key: str
    text: str


@dataclass(frozen=True, slots=True)
class Part:
    """What stands under one heading (of level two or three, counted from 1; 0 before the first)."""

    number: int
    heading: str
    passages: tuple[Passage, ...]


def parts_of(body: str) -> list[Part]:
    """The passages of a text under their headings; headings without any are left out."""
    found: list[Part] = []
    number, heading, lines = 0, "", list[str]()
    fenced = False
    for line in [*body.split("\n"), "## "]:
        match = None if fenced else _HEADING.match(line)
        if _FENCE.match(line):
            fenced = not fenced
        if match is None:
            lines.append(line)
            continue
        passages = tuple(Passage(key_of(text), text) for text in dict.fromkeys(_passages(lines)))
        if passages:
            found.append(Part(number, heading, passages))
        number, heading, lines = number + 1, match[2], []
    if fenced and lines[:-1]:  # a fence that is never closed takes everything with it
        text = "\n".join(lines[:-1]).strip()
        found.append(Part(number, heading, (Passage(key_of(text), text),)))
    return found


def passage(body: str, key: str) -> Passage | None:
    """The passage with this key, if the text still has it."""
    return next((one for part in parts_of(body) for one in part.passages if one.key == key), None)


def key_of(text: str) -> str:
    """What a passage is called: the same text, the same key."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def _passages(lines: list[str]) -> Iterator[str]:
    for block in _blocks(lines):
        if _FENCE.match(block[0]):
            yield "\n".join(block)
        elif block[0].lstrip().startswith(">"):
            yield from _filled(_BY.sub("", "\n".join(re.sub(r"^\s*> ?", "", line) for line in block)))
        elif block[0].lstrip().startswith("|"):
            for row in block[2:] if len(block) > 2 and _RULE.match(block[1]) else block:
                yield from _filled(" · ".join(cell.strip() for cell in row.strip().strip("|").split("|")))
        elif _ITEM.match(block[0]):
            yield from _items(block)
        else:
            yield from _filled("\n".join(block))


def _blocks(lines: list[str]) -> Iterator[list[str]]:
    """Lines that belong together: without a blank line between them, or within one fence."""
    block: list[str] = []
    fenced = False
    for line in lines:
        if _FENCE.match(line):
            if not fenced and block:
                yield block
                block = []
            fenced = not fenced
            block.append(line)
            if not fenced:
                yield block
                block = []
        elif line.strip() or fenced:
            block.append(line)
        elif block:
            yield block
            block = []
    if block:
        yield block


def _items(block: list[str]) -> Iterator[str]:
    item: list[str] = []
    for line in block:
        if _ITEM.match(line) and item:
            yield from _filled("\n".join(item))
            item = []
        item.append(_ITEM.sub("", line, count=1) if not item else line.strip())
    yield from _filled("\n".join(item))


def _filled(text: str) -> Iterator[str]:
    if text.strip():
        yield text.strip("\n").strip()


# --- what is made of one ---------------------------------------------------------------------------------------------


def one_line(text: str, longest: int) -> str:
    """A passage as one line without marks of Markdown, cut at a word."""
    unlinked = re.sub(r"\[\[(?:[^\]|]*\|)?([^\]]*)\]\]", r"\1", text)
    plain = " ".join(re.sub(r"[*_`]+", "", unlinked).split())
    if len(plain) <= longest:
        return plain
    return plain[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def title_of(text: str) -> str:
    """A title to begin with: the first sentence."""
    return one_line(re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0], MAX_TITLE).rstrip(".")


def lesson_body(text: str, citation: str, template: Template) -> str:
    """The beginning of a lesson: its first section quotes the passage and says where it comes from."""
    quoted = "\n".join(f"> {line}".rstrip() for line in text.split("\n"))
    said = f"{quoted}\n\nFrom {citation}."
    if not template.prompts:
        return f"{said}\n"
    first = template.prompts[0].heading
    return template.body.replace(first, f"{first}\n\n{said}", 1)


def with_lesson(body: str, entry_id: str, citation: str) -> str:
    """The review with a link to a lesson that was made of it, in a section of its own; the same where it is there."""
    if re.search(rf"\[\[{re.escape(entry_id)}[|\]]", body):
        return body
    line = f"- {citation}"
    if LINKS_HEADING not in body.split("\n"):
        return f"{body.rstrip()}\n\n{LINKS_HEADING}\n\n{line}\n"
    sections = []
    for section in cut(body):
        if section.heading.strip() == LINKS_HEADING:
            text = f"{section.text}\n{line}" if section.text.strip() else line
            before = section.before if section.text.strip() else "\n\n"
            sections.append(replace(section, text=text, before=before, after=section.after or "\n"))
        else:
            sections.append(section)
    return joined(sections)

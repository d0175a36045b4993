"""An entry cut into the parts that are indexed and shown. Pure: text in, values out.

The cut follows the text: headings outside code fences open sections, stubs join their neighbours, long sections
are cut at sentences (prose) or lines (lists, tables, code) into about `TARGET` words. The end of a piece is
repeated at the start of the next one, so that a thought across the seam is found by meaning; the repeated part is
marked (`overlap`) and counted once by keyword. What holds no words (empty bullets, rules, comments of a template,
headings with nothing below them) is dropped.

`CUTTER_VERSION` goes up whenever the same text would be cut differently; the manifest then asks for a rebuild.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from indexer.documents import Document

CUTTER_VERSION = 2

TARGET = 150
LONGEST = 200
STUB = 50
OVERLAP = 30
CHARS_PER_WORD = 8
LONGEST_HEADING = 300

_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.S)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_ATX = re.compile(r"^ {0,3}(#{1,6})[ \t](.*)$")
_EMPTY_ATX = re.compile(r"^ {0,3}#{1,6}[ \t]*$")
_SETEXT = re.compile(r"^ {0,3}(=+|-{2,})[ \t]*$")
_LINE_ITEM = re.compile(r"^\s*(?:[-*+]\s|\d+[.)]\s|>|\||\[\^)")
_TABLE_RULE = re.compile(r"^[\s|:\-]+$")
# Every repetition is bounded: an entry may hold a megabyte of opening brackets, and each is looked at from.
_IMAGE = re.compile(r"!\[([^\]\n]{0,300})\]\([^)\n]{0,2000}\)")
_LINK = re.compile(r"(?<!!)\[([^\[\]\n]{1,300})\]\(([^)\s]{1,2000})(?:\s+\"[^\"\n]{0,300}\")?\)")
_WIKI_LINK = re.compile(r"\[\[([^\[\]|\n]{1,300})(?:\|([^\[\]\n]{1,300}))?\]\]")
_STRONG = re.compile(r"(\*\*|~~)(?=\S)(.{1,300}?)(?<=\S)\1")
_CODE = re.compile(r"(?<!`)(`{1,8})(?!`)(.{1,300}?)(?<!`)\1(?!`)")
# The HTML that people do write in Markdown. Any other <word> is a placeholder or a generic, and stays.
_INLINE_TAG = re.compile(
    r"</?(?:a|abbr|b|big|cite|code|em|font|i|kbd|mark|s|small|span|strike|strong|sub|sup|tt|u)(?:\s[^<>]{0,500})?/?>",
    re.I,
)
_BLOCK_TAG = re.compile(
    r"</?(?:blockquote|br|caption|center|dd|div|dl|dt|hr|li|ol|p|pre|table|tbody|td|tfoot|th|thead|tr|ul)"
    r"(?:\s[^<>]{0,500})?/?>",
    re.I,
)
_CHECKBOX = re.compile(r"^(\s*[-*+]\s+)\[[ xX]\]\s*")
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+(?=[\"'(\[]?[A-Z0-9\u00C0-\u024F])|(?<=[。！？])")
_WORDY = re.compile(r"\w")
_HEADING = "\x00"  # marks a heading that a joined section keeps in its text; bodies cannot hold it


@dataclass(frozen=True, slots=True)
class Passage:
    """One part of an entry.

    `heading_path` names the sections it lies in, joined by " › " (empty at the top). `text` is plain text for
    people. Its first `overlap` characters repeat the end of the passage before it. `headings` are the headings
    that open with this passage, each named by exactly one passage of the entry.
    """

    ordinal: int
    heading_path: str
    text: str
    overlap: int = 0
    headings: tuple[str, ...] = ()


@dataclass(slots=True)
class _Section:
    path: tuple[str, ...]
    headings: tuple[str, ...]
    units: list[str] = field(default_factory=list)

    @property
    def size(self) -> int:
        return sum(_size(unit) for unit in self.units)


def cut(document: Document) -> list[Passage]:
    """The passages of `document` in reading order; one empty passage when the body holds no words.

    The empty passage makes an entry that has only a title findable by its title.
    """
    sections = _merge_stubs([s for s in _sections(document.body) if s.units])
    passages: list[Passage] = []
    for section in sections:
        path = " › ".join(section.path)
        for number, (text, overlap) in enumerate(_pieces(section.units)):
            headings = section.headings if number == 0 else ()
            passages.append(Passage(len(passages), path, text, overlap, headings))
    return passages or [Passage(0, "", "")]


def embedding_text(document: Document, passage: Passage) -> str:
    """What the encoder sees of a passage: title, heading path and text, so that each stands by itself."""
    parts = [document.title.strip()]
    if passage.heading_path:
        parts.append(passage.heading_path)
    head = " › ".join(part for part in parts if part)
    return f"{head}\n{passage.text}".strip() if head else passage.text


def text_hash(text: str) -> str:
    """The name under which the vector of an embedding text is kept: its SHA-256 in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) offsets of the sentences and lines of `text`, blanks trimmed, in order."""
    spans: list[tuple[int, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        ends = [m.start() for m in _SENTENCE_END.finditer(line.group())] + [len(line.group())]
        previous = 0
        for end in ends:
            piece = line.group()[previous:end]
            left = len(piece) - len(piece.lstrip())
            stripped = piece.strip()
            if _WORDY.search(stripped):
                spans.append((start + previous + left, start + previous + left + len(stripped)))
            previous = end
    return spans


def _size(text: str) -> int:
    """Length in words; text without blanks (a hash, Chinese) counts by its characters."""
    return max(len(text.split()), len(text) // CHARS_PER_WORD)


def _sections(body: str) -> Iterator[_Section]:
    """The body by headings; headings without text of their own open with the next section that has some."""
    path: list[tuple[int, str, bool]] = []
    section = _Section((), ())
    for kind, value, level in _blocks(body):
        if kind == "heading":
            if section.units:
                yield section
                path = [(depth, name, False) for depth, name, _ in path]
            # At most six headings are open, so what a body of nothing but headings costs stays in proportion.
            path = [*(held for held in path if held[0] < level), (level, value, True)]
            section = _Section(tuple(name for _, name, _ in path), tuple(name for _, name, new in path if new))
        else:
            section.units.append(value)
    yield section


def _blocks(body: str) -> Iterator[tuple[str, str, int]]:
    """("heading", text, level) and ("unit", text, 0) in order; a unit is a sentence, a list item or a code line."""
    body = _COMMENT.sub("", body.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", " "))
    paragraph: list[str] = []
    fence = ""
    for line in body.split("\n"):
        marker = _FENCE.match(line)
        if fence:
            if marker and marker.group(1).startswith(fence) and not line.strip().strip(fence[0]):
                fence = ""
            elif _WORDY.search(line):
                yield "unit", line.rstrip() + "\n", 0
            continue
        heading = _ATX.match(line) if len(line) <= LONGEST_HEADING else None
        underline = _SETEXT.match(line) if _may_be_heading(paragraph) else None
        if underline is not None:
            title, paragraph = paragraph[0], []
            yield "heading", _plain(title).strip(), 1 if "=" in line else 2
        elif marker or heading or _EMPTY_ATX.match(line) or not line.strip() or _LINE_ITEM.match(line):
            yield from _units(paragraph)
            paragraph = []
            if marker:
                fence = marker.group(1)
            elif heading and _WORDY.search(heading.group(2)):
                yield "heading", _heading_text(heading.group(2)), len(heading.group(1))
            elif line.strip() and not heading:
                paragraph.append(line)
        else:
            paragraph.append(line)
    yield from _units(paragraph)


def _may_be_heading(paragraph: list[str]) -> bool:
    """Whether an underline would make a heading of it."""
    return len(paragraph) == 1 and len(paragraph[0]) <= LONGEST_HEADING and not _LINE_ITEM.match(paragraph[0])


def _heading_text(text: str) -> str:
    """A heading without the hashes that may close it; those of `C#` belong to it."""
    words = text.split()
    if len(words) > 1 and not words[-1].strip("#"):
        text = text.rstrip().rstrip("#")
    return _plain(text).strip()


def _units(lines: list[str]) -> Iterator[tuple[str, str, int]]:
    """The sentences of one paragraph or list item; the last one ends with a line break."""
    if not lines or all(_TABLE_RULE.match(line) for line in lines):
        return
    text = _plain("\n".join(lines)).strip("\n")
    spans = sentences(text)
    for number, (start, end) in enumerate(spans):
        last = number == len(spans) - 1
        following = len(text) if last else spans[number + 1][0]
        gap = "\n" if last or "\n" in text[end:following] else " "
        begin = 0 if number == 0 else start
        yield "unit", text[begin:end] + gap, 0


def _plain(text: str) -> str:
    """Markdown of one block as people read it: links as their text, no marks of emphasis, code as it stands."""
    if "[" in text:
        text = _IMAGE.sub(r"\1", text)
        text = _LINK.sub(r"\1", text)
        text = _WIKI_LINK.sub(lambda m: m.group(2) or m.group(1), text)
        text = _CHECKBOX.sub(r"\1", text)
    if "`" in text:
        return "".join(part if n % 3 == 2 else _prose(part) for n, part in enumerate(_CODE.split(text)) if n % 3 != 1)
    return _prose(text)


def _prose(text: str) -> str:
    """A stretch without code: HTML as it would be read, no marks of emphasis."""
    if "<" in text:
        text = _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", text))
    if "&" in text:
        text = html.unescape(text).replace("\x00", "")
    if "**" in text or "~~" in text:
        text = _STRONG.sub(r"\2", text)
    return text


def _merge_stubs(sections: list[_Section]) -> list[_Section]:
    """Sections under `STUB` words join the one that follows, or the last one the one before it.

    A joined section keeps the path that both share; headings inside it stay in the text as a line of their own.
    """
    merged: list[_Section] = []
    for section in sections:
        stub = merged and min(merged[-1].size, section.size) < STUB
        if stub and merged[-1].size + section.size <= LONGEST:
            merged[-1] = _join(merged[-1], section)
        else:
            merged.append(section)
    return merged


def _join(first: _Section, second: _Section) -> _Section:
    shared = _shared(first.path, second.path)
    units = list(first.units)
    headings = first.headings
    if len(first.path) > len(shared):
        units.insert(0, _HEADING + first.path[-1] + "\n")
        headings = headings[:-1]
    inside = second.headings
    if len(second.path) > len(shared):
        units.append(_HEADING + second.path[-1] + "\n")
        inside = inside[:-1]
    return _Section(shared, headings + inside, units + second.units)


def _shared(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    count = 0
    while count < min(len(one), len(other)) and one[count] == other[count]:
        count += 1
    return one[:count]


def _pieces(units: list[str]) -> Iterator[tuple[str, int]]:
    """(text, overlap in characters) of balanced pieces of about `TARGET` words."""
    units = [part for unit in units for part in _bounded(unit)]
    total = sum(_size(unit) for unit in units)
    count = 1 if total <= LONGEST else -(-total // TARGET)
    share = total / count
    piece: list[str] = []
    done, size = 0.0, 0
    tail = ""
    for unit in units:
        length = _size(unit)
        if piece and size and (done + size + length / 2 > share or size + length > LONGEST):
            yield _finish(tail, piece)
            tail, done, piece, size = _tail(piece), done + size - share, [], 0
        piece.append(unit)
        size += length
    if piece:
        yield _finish(tail, piece)


def _bounded(unit: str) -> Iterator[str]:
    """A unit longer than a whole passage, cut at blanks or, where there are none, at characters."""
    if _size(unit) <= LONGEST:
        yield unit
        return
    limit = TARGET * CHARS_PER_WORD
    words = unit.split(" ")
    part = ""
    for whole in words:
        word = whole
        while len(word) > limit:
            if part:
                yield part + " "
                part = ""
            yield word[:limit]
            word = word[limit:]
        joined = f"{part} {word}" if part else word
        if part and (len(joined.split()) > TARGET or len(joined) > limit):
            yield part + " "
            part = word
        else:
            part = joined
    if part:
        yield part


def _tail(piece: list[str]) -> str:
    """The last sentences of a piece, at most `OVERLAP` words, to be repeated at the start of the next."""
    kept: list[str] = []
    size = 0
    for unit in reversed(piece):
        size += _size(unit)
        if size > OVERLAP or unit.startswith(_HEADING):
            break
        kept.append(unit)
    return "".join(reversed(kept))


def _finish(tail: str, piece: list[str]) -> tuple[str, int]:
    fresh = "".join(piece).replace(_HEADING, "").rstrip()
    if not tail:
        return fresh.strip("\n"), 0
    return tail.replace(_HEADING, "") + fresh, len(tail)

"""Lines of Markdown cut into blocks, by the rules of CommonMark: what python-markdown's blank lines alone cannot tell.

A list may stand right under a sentence, its items are nested by as many spaces as their text is indented, a fence may
hold blank lines and stand in a list. Each block is the whole of what it names (a list with all that is in its items, a
quotation without its marks); what is inside is cut again by whoever reads it. One pass over the lines, no looking back.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from wiki.markdown.sanitizing import TAGS

_INDENT = re.compile(r" *")
_HEADING = re.compile(r" {0,3}(#{1,6})(?: +(.*))?$")
_CLOSING_MARKS = re.compile(r"(?:^|(?<! ) +)#+ *$")
_RULE = re.compile(r" {0,3}(?:(?:- *){3,}|(?:_ *){3,}|(?:\* *){3,})$")
_UNDERLINE = re.compile(r" {0,3}(=+|-+) *$")
_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
_QUOTE = re.compile(r" {0,3}> ?")
_ITEM = re.compile(r" {0,3}(?P<mark>[-+*]|(?P<number>[0-9]{1,9})[.)])(?P<space> +|$)(?P<text>.*)$")
_ADMONITION = re.compile(r' {0,3}(?:!!!|\?\?\?\+?) ?[\w-]+(?: +[\w-]+)*(?: +"[^"]*")? *$')
_FOOTNOTE = re.compile(r" {0,3}\[\^(?P<label>[^\]\s]{1,100})\]: *(?P<text>.*)$")
_DEFINITION = re.compile(r" {0,3}: +(?P<text>.*)$")
_DELIMITERS = re.compile(r" {0,3}\|? *+:?-++:? *+(?:\| *+:?-++:? *+)*+\|? *+$")
_HTML = re.compile(r" {0,3}<(?:!--|/?(?P<tag>[A-Za-z][A-Za-z0-9]*)(?=[\s/>]|$))")
_NAMES = """
blockquote caption col colgroup dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li ol p pre section summary
table tbody td tfoot th thead tr ul
"""
_BLOCK_TAGS = TAGS & set(_NAMES.split())


class Block(str):
    """One block's text, with what it is and whether a blank line stood before it.

    Kinds: text (a paragraph, table or definition of a reference), heading, rule, fence, code, quote, list, html,
    admonition, footnote, definition. `items` holds the parts of a list, a footnote or a definition; `mark` the level of
    a heading, the words after a fence, the mark of a list's first item, a footnote's label; `loose` says that a list's
    items stand apart.
    """

    kind: str
    mark: str
    items: tuple[str, ...]
    after_blank: bool
    loose: bool

    @classmethod
    def of(cls, kind: str, text: str, mark: str = "", items: tuple[str, ...] = (), *, loose: bool = False) -> Block:
        block = cls(text)
        block.kind, block.mark, block.items, block.loose, block.after_blank = kind, mark, items, loose, False
        return block


def cut(text: str, tick: Callable[[], None], *, raw_html: bool) -> list[Block]:
    """The blocks of `text`; `tick` is called for every block and every line of a paragraph, and may raise."""
    return _Cutter(text.split("\n"), tick, raw_html).blocks()


class _Cutter:
    def __init__(self, lines: list[str], tick: Callable[[], None], raw_html: bool) -> None:
        self.lines, self.tick, self.raw_html = lines, tick, raw_html
        self.at = 0

    def blocks(self) -> list[Block]:
        found: list[Block] = []
        blank = False
        while self.at < len(self.lines):
            self.tick()
            if not self.lines[self.at].strip():
                blank = True
                self.at += 1
                continue
            block = self._next()
            block.after_blank = blank
            found.append(block)
            blank = not self.lines[self.at - 1].strip()
        return found

    def _next(self) -> Block:
        line = self.lines[self.at]
        if line.startswith("    "):
            return self._code()
        if heading := _HEADING.match(line):
            self.at += 1
            return Block.of("heading", _CLOSING_MARKS.sub("", heading[2] or ""), str(len(heading[1])))
        if _RULE.match(line):
            self.at += 1
            return Block.of("rule", line)
        if fence := _fence(line):
            return self._fenced(fence)
        if _QUOTE.match(line):
            return self._quote()
        if item := _ITEM.match(line):
            return self._list(item)
        if _ADMONITION.match(line):
            self.at += 1
            return Block.of("admonition", "\n".join(self._indented(4)), line.strip())
        if note := _FOOTNOTE.match(line):
            self.at += 1
            return Block.of("footnote", "\n".join([note["text"], *self._indented(4, lazy=True)]), note["label"])
        if self.raw_html and (html := _html(line)) is not None:
            return self._html(html)
        return self._paragraph()

    def _code(self) -> Block:
        taken = self._indented(4)
        return Block.of("code", "\n".join(taken).strip("\n"))

    def _indented(self, width: int, *, lazy: bool = False) -> list[str]:
        """The lines from here that are indented by `width`, without it, and the blank ones between them."""
        taken: list[str] = []
        margin = " " * width
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.startswith(margin):
                taken.append(line[width:])
            elif not line.strip():
                lazy = False
                taken.append("")
            elif lazy and not self._interrupts(line) and not _DEFINITION.match(line):
                taken.append(line)
            else:
                break
            self.at += 1
        return taken

    def _fenced(self, fence: re.Match[str]) -> Block:
        indent, mark = len(fence[0]) - len(fence[0].lstrip(" ")), fence["mark"]
        taken: list[str] = []
        self.at += 1
        while self.at < len(self.lines):
            line = self.lines[self.at]
            self.at += 1
            if _closes(line, mark):
                break
            margin = min(indent, len(line) - len(line.lstrip(" ")))
            taken.append(line[margin:])
        else:
            while taken and not taken[-1].strip():
                taken.pop()
        return Block.of("fence", "".join(f"{line}\n" for line in taken), fence["info"].strip())

    def _quote(self) -> Block:
        taken: list[str] = []
        lazy = _Lazy()
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if mark := _QUOTE.match(line):
                taken.append(line[mark.end() :])
            elif lazy.open and line.strip() and not self._interrupts(line):
                taken.append(line)
            else:
                break
            lazy.see(taken[-1])
            self.at += 1
        return Block.of("quote", "\n".join(taken))

    def _list(self, first: re.Match[str]) -> Block:
        """All items from here that go on with the same kind of mark."""
        items: list[str] = []
        kind, loose = first["mark"][-1], False
        item: re.Match[str] | None = first
        while item and item["mark"][-1] == kind and not (items and _RULE.match(item[0])):
            if items and not self.lines[self.at - 1].strip():
                loose = True
            items.append(self._item(item))
            self.tick()
            item = _ITEM.match(self.lines[self.at]) if self.at < len(self.lines) else None
        return Block.of("list", "", first["mark"], tuple(items), loose=loose)

    def _item(self, item: re.Match[str]) -> str:
        space = len(item["space"])
        width = item.end("mark") + (space if 0 < space < 5 else 1)
        taken = [item[0][width:]]
        lazy = _Lazy()
        lazy.see(taken[0])
        margin = " " * width
        self.at += 1
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if line.startswith(margin):
                taken.append(line[width:])
            elif not line.strip():
                if len(taken) == 1 and not taken[0].strip():
                    break
                taken.append("")
            elif lazy.open and not self._interrupts(line, in_list=True):
                taken.append(line.lstrip(" "))
            else:
                break
            lazy.see(taken[-1])
            self.at += 1
        return "\n".join(taken).rstrip("\n")

    def _html(self, end: str) -> Block:
        """Raw HTML to the line that holds `end`, or to the next blank line where `end` is empty."""
        taken: list[str] = []
        while self.at < len(self.lines):
            line = self.lines[self.at]
            if not end and not line.strip():
                break
            taken.append(line)
            self.at += 1
            if end and end in line.lower():
                break
        return Block.of("html", "\n".join(taken))

    def _paragraph(self) -> Block:
        taken = [self.lines[self.at]]
        table = self._is_table()
        self.at += 1
        while self.at < len(self.lines):
            self.tick()
            line = self.lines[self.at]
            underline = None if table else _UNDERLINE.match(line)
            if underline:
                self.at += 1
                return Block.of("heading", "\n".join(taken).strip(), "1" if underline[1][0] == "=" else "2")
            if not table and _DEFINITION.match(line):
                return self._definitions(taken)
            # The second line of a table would be a rule or an item of a list, were it not one.
            if not line.strip() or (self._interrupts(line) and not (table and len(taken) == 1)):
                break
            if not table and self._is_table():
                break
            taken.append(line)
            self.at += 1
        if not table and len(taken) == 1 and self._line(0) == "" and _DEFINITION.match(self._line(1) or ""):
            self.at += 1
            return self._definitions(taken)
        return Block.of("text", "\n".join(taken))

    def _definitions(self, terms: list[str]) -> Block:
        meanings: list[str] = []
        while self.at < len(self.lines) and (definition := _DEFINITION.match(self.lines[self.at])):
            self.tick()
            self.at += 1
            meanings.append("\n".join([definition["text"], *self._indented(2, lazy=True)]).rstrip("\n"))
        return Block.of("definition", "\n".join(terms), items=tuple(meanings))

    def _line(self, ahead: int) -> str | None:
        place = self.at + ahead
        return self.lines[place].rstrip(" ") if place < len(self.lines) else None

    def _is_table(self) -> bool:
        """Whether a table begins here: a line with a bar, and below it the line that says the columns."""
        below = self._line(1)
        return bool(below and "|" in self.lines[self.at] and "|" in below and _DELIMITERS.match(below))

    def _interrupts(self, line: str, *, in_list: bool = False) -> bool:
        """Whether `line` ends a paragraph before it; a number does so only at 1, since sentences break at dates."""
        if line.startswith("    "):
            return False
        if item := _ITEM.match(line):
            return in_list or (bool(item["text"].strip()) and item["number"] in (None, "1"))
        return bool(
            _HEADING.match(line)
            or _QUOTE.match(line)
            or _RULE.match(line)
            or _fence(line)
            or _ADMONITION.match(line)
            or _FOOTNOTE.match(line)
            or (in_list and _DEFINITION.match(line))
            or (self.raw_html and _html(line) is not None)
        )


class _Lazy:
    """Whether a paragraph is open at the end of the lines seen, so that the next line may go on with it unmarked."""

    def __init__(self) -> None:
        self.open = False
        self._fence = ""

    def see(self, line: str) -> None:
        bare = line
        while mark := _QUOTE.match(bare) or (_ITEM.match(bare) if not self._fence else None):
            bare = bare[mark.end("space") if "space" in mark.re.groupindex else mark.end() :]
        bare = bare.strip()
        if self._fence:
            if _closes(bare, self._fence):
                self._fence = ""
            self.open = False
        elif fence := _fence(bare):
            self._fence, self.open = fence["mark"], False
        else:
            self.open = bool(bare) and not _HEADING.match(bare) and not _RULE.match(bare)


def _fence(line: str) -> re.Match[str] | None:
    fence = _FENCE.match(line)
    return None if fence and fence["mark"][0] == "`" and "`" in fence["info"] else fence


def _closes(line: str, mark: str) -> bool:
    bare = line.strip()
    return len(bare) >= len(mark) and not bare.strip(mark[0]) and not line.startswith("    ")


def _html(line: str) -> str | None:
    """What ends the raw HTML that begins with `line` (empty for a blank line), or None where none begins."""
    found = _HTML.match(line)
    if not found:
        return None
    tag = (found["tag"] or "").lower()
    if not tag:
        return "-->"
    if tag == "pre":
        return "</pre>"
    return "" if tag in _BLOCK_TAGS else None

"""The `[[links]]` of a Markdown text: how they are written, and which ones a text holds.

A link is `[[Title]]`, `[[id]]`, or either with words to show: `[[Title|these words]]`. A backslash before the first
bracket makes it plain text, and inside code (fenced, indented or between backticks) it is plain text as well.
Pure, and linear in the length of the text.
"""

from __future__ import annotations

import re

# One link, on one line. Bounded so that a megabyte of brackets cannot make the search quadratic.
LINK_PATTERN = r"\[\[(?P<target>[^\[\]|\n]{1,300})(?:\|(?P<label>[^\[\]\n]{1,300}))?\]\]"

_LINK = re.compile(r"(?<!\\)" + LINK_PATTERN)
_FENCE = re.compile(r"^[ >]*(?P<fence>`{3,}|~{3,})(?P<info>[^`]*)$")
_LIST_ITEM = re.compile(r"^\s{0,3}(?:[-*+]|\d{1,9}[.)])\s")
_TICKS = re.compile(r"`+")


def clean_target(text: str) -> str:
    """The target of a link as it is looked up: spaces at the ends dropped, inner runs of white space made one."""
    return " ".join(text.split())


def link_targets(body: str) -> tuple[str, ...]:
    """The titles or ids that `body` links to, each once, in the order of their first appearance."""
    if "[[" not in body:
        return ()
    found: dict[str, None] = {}
    for match in _LINK.finditer(_without_code(body)):
        target = clean_target(match["target"])
        if target:
            found.setdefault(target)
    return tuple(found)


def _without_code(body: str) -> str:
    """`body` with its code left out: fenced and indented blocks by lines, then spans between backticks."""
    kept: list[str] = []
    paragraph: list[str] = []
    fence = ""
    indented_is_code, in_list = True, False
    for line in body.split("\n"):
        opening = _FENCE.match(line)
        if fence:
            if opening and opening["fence"].startswith(fence) and not opening["info"].strip():
                fence = ""
            continue
        if opening:
            fence = opening["fence"]
        elif not line.strip():
            kept.append(_without_spans("\n".join(paragraph)))
            paragraph.clear()
            indented_is_code = not in_list
        elif line.startswith(("    ", "\t")) and indented_is_code:
            continue
        else:
            paragraph.append(line)
            in_list = bool(_LIST_ITEM.match(line)) or (in_list and line.startswith((" ", "\t")))
            indented_is_code = False
    kept.append(_without_spans("\n".join(paragraph)))
    return "\n\n".join(kept)


def _without_spans(text: str) -> str:
    """One paragraph without its code spans: a run of backticks up to the next run of the same length."""
    if "`" not in text:
        return text
    runs = [(m.start(), m.end()) for m in _TICKS.finditer(text)]
    closers: dict[int, list[int]] = {}
    for index, (start, end) in enumerate(runs):
        closers.setdefault(end - start, []).append(index)
    kept: list[str] = []
    position, index = 0, 0
    taken: dict[int, int] = {}
    while index < len(runs):
        start, end = runs[index]
        same = closers[end - start]
        pointer = taken.get(end - start, 0)
        while pointer < len(same) and same[pointer] <= index:
            pointer += 1
        taken[end - start] = pointer
        if pointer < len(same):
            kept.append(text[position:start])
            index = same[pointer]
            position = runs[index][1]
        index += 1
    kept.append(text[position:])
    return " ".join(kept)

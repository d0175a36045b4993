"""Acronyms and what they stand for: learned from the entries themselves, and from the glossary that people keep. Pure.

Who writes "Kennedy Space Center (KSC)" says that both are the same; from then on either finds the other. Pairs are
found as Schwartz and Hearst found them: the letters of the short form, read backwards, must stand in the words before
it, the first of them at the beginning of a word. The glossary is a page titled "Glossary" or tagged `glossary`; it
says what no text says, and its pairs need not share letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.documents import Document

MOST_PAIRS = 200
"""Pairs that one entry can teach."""
LONGEST_SHORT = 10
LONGEST_LONG = 80
READ_CHARACTERS = 200_000

Pair = tuple[str, str]
"""The short form and the long one, as written."""

_BRACKETS = re.compile(r"\(([^()\n]{2,80})\)")
_SHORT = re.compile(r"[A-Z][A-Za-z0-9&/-]{1,9}")
_BEFORE = re.compile(r"([A-Z][A-Za-z0-9&/-]{1,9})\s*$")
_BREAK = re.compile(r"[.;:!?\n|()]\s")
_ROW = re.compile(r"^\s*\|([^|\n]{1,80})\|([^|\n]{1,300})\|", re.M)
_LIST = re.compile(r"^\s*[-*+]\s+\*{0,2}([^:*\n]{1,80}?)\*{0,2}\s*(?::\*{0,2}|–|—)\s+([^\n]{1,300})$", re.M)
_DEFINITION = re.compile(r"^([^\s:|#>*-][^\n]{0,79})\n:\s+([^\n]{1,300})$", re.M)
_RULE = re.compile(r"[\s:-]+")
_MARKS = re.compile(r"[*_`\[\]]")


def pairs_of(document: Document) -> list[Pair]:
    """The pairs that an entry teaches, each once, in reading order."""
    body = document.body[:READ_CHARACTERS]
    found = glossary(body) if is_glossary(document) else learn(f"{document.title}\n{body}")
    return list(dict.fromkeys(found))[:MOST_PAIRS]


def is_glossary(document: Document) -> bool:
    """Whether people keep their own words there: a page of that title or with that tag."""
    named = document.title.strip().casefold() == "glossary" or "glossary" in document.tags
    return document.kind == "page" and named


def learn(text: str) -> Iterator[Pair]:
    """The pairs in running text: "long form (SHORT)" and "SHORT (long form)"."""
    for bracket in _BRACKETS.finditer(text):
        inside = bracket.group(1).strip()
        before = text[max(0, bracket.start() - 150) : bracket.start()]
        if _SHORT.fullmatch(inside) and _telling(inside):
            long = _expansion(inside, _BREAK.split(before)[-1])
            if long:
                yield inside, long
            continue
        short = _BEFORE.search(before)
        if short and _telling(short.group(1)) and _expansion(short.group(1), inside) == inside:
            yield short.group(1), inside


def glossary(body: str) -> Iterator[Pair]:
    """The pairs of a glossary: rows of a table, items of a list ("KSC: Kennedy Space Center"), definitions.

    Several meanings are parted by semicolons.
    """
    for pattern in (_ROW, _LIST, _DEFINITION):
        rows = list(pattern.finditer(body))
        for number, row in enumerate(rows):
            short, rest = (_MARKS.sub("", part).strip() for part in row.groups())
            heading = pattern is _ROW and number == 0 and _headed(body, row.end())
            if not short or heading or _RULE.fullmatch(short):
                continue
            for meaning in rest.split(";"):
                long = meaning.strip().rstrip(".")
                if long and len(long) <= LONGEST_LONG:
                    yield short, long


def _headed(body: str, end: int) -> bool:
    """Whether a row of a table is followed by the rule that makes a heading of it."""
    following = body[end:].lstrip("\n").split("\n", 1)[0]
    return bool(re.fullmatch(r"[\s|:-]+", following)) and "-" in following


def _telling(short: str) -> bool:
    """Whether it looks like an acronym: at least two capitals, and more of them than small letters."""
    capitals = sum(letter.isupper() for letter in short)
    return capitals >= 2 and capitals >= sum(letter.islower() for letter in short)


def _expansion(short: str, before: str) -> str:
    """The words at the end of `before` that `short` stands for, empty where it stands for none of them."""
    letters = [letter for letter in short.lower() if letter.isalnum()]
    words = before.split()
    text = " ".join(words[-min(len(letters) + 5, 2 * len(letters)) :])
    at = len(text)
    for number, letter in enumerate(reversed(letters)):
        first = number == len(letters) - 1
        at -= 1
        while at >= 0 and (text[at].lower() != letter or (first and at > 0 and text[at - 1].isalnum())):
            at -= 1
        if at < 0:
            return ""
    long = text[at:].strip().strip(",")
    several = len(long.split()) >= 2 or "-" in long
    return long if several and len(long) <= LONGEST_LONG and short not in long.split() else ""

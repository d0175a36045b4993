"""What people type into the one box. Pure.

    words           any of them; more and rarer ones rank higher
    "two words"     exactly so, next to each other
    word*           words that begin so
    -word  -"..."   not with this word
    kind: tag: team: status: year:    only such entries; the same field twice means either
    before: after:  a year, a month or a day

What does not fit this grammar is words: an unknown field (`s3a://bucket`), a date that is none, a lone quote. A
text of several lines or more than `OPERATORS_UP_TO` characters was pasted, and all of it is words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields, replace

from indexer.documents import Filters

OPERATORS_UP_TO = 250
LONGEST = 20_000
"""Characters of a question that are read at all."""

_ITEM = re.compile(
    r"""(?P<minus>(?<!\S)-)?(?:
        (?<!\S)(?P<field>kind|tag|team|status|year|before|after):(?:"(?P<quoted>[^"]*)"|(?P<value>[^\s"]+))(?!\S)
      | (?<!\S|-)"(?P<phrase>[^"]+)"(?!\w)
      | (?<=-)"(?P<nophrase>[^"]+)"(?!\w)
      | (?P<word>\S+)
    )""",
    re.X | re.I,
)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?$")
_PREFIX = re.compile(r"(\w{2,})\*$")


@dataclass(frozen=True, slots=True)
class Query:
    """A question taken apart. `text` is what is left as words, for BM25 and for the encoder; phrases and prefixes
    are in it too (without their marks), because they say what is looked for. `filters` were asked for in the text.
    """

    text: str
    phrases: tuple[str, ...] = ()
    prefixes: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    operators: bool = False


def parse(text: str) -> Query:
    """Take a question apart; never fails."""
    text = text[:LONGEST].replace("\x00", " ").strip()
    if len(text) > OPERATORS_UP_TO or "\n" in text or text.count('"') % 2:
        return Query(text)
    words: list[str] = []
    phrases: list[str] = []
    prefixes: list[str] = []
    without: list[str] = []
    asked: dict[str, list[str]] = {}
    for item in _ITEM.finditer(text):
        phrase = item["phrase"] or item["nophrase"]
        if item["field"]:
            name, value = item["field"].lower(), (item["quoted"] if item["quoted"] is not None else item["value"])
            date = _as_date(value) if name in ("before", "after") else value
            if item["minus"] or not date:
                words.append(item.group())
            else:
                asked.setdefault(name, []).append(date)
        elif phrase and item["minus"]:
            without.append(phrase)
        elif phrase:
            phrases.append(phrase)
            words.append(phrase)
        elif item["minus"] and re.match(r"\w{3}", item["word"]):
            without.append(item["word"])
        elif prefix := _PREFIX.match(item["word"]):
            prefixes.append(prefix[1])
        else:
            words.append(item.group())
    operators = bool(phrases or prefixes or without or asked)
    return Query(" ".join(words), tuple(phrases), tuple(prefixes), tuple(without), _filters(asked), operators)


def both(one: Filters, other: Filters) -> Filters | None:
    """Filters that ask for what both ask; None where they contradict each other and nothing can pass."""
    merged = one
    for name in ("kind", "tag", "team", "status", "year"):
        mine, theirs = getattr(one, name), getattr(other, name)
        if mine and theirs:
            shared = tuple(value for value in mine if value in theirs)
            if not shared:
                return None
            merged = replace(merged, **{name: shared})  # type: ignore[arg-type]
        elif theirs:
            merged = replace(merged, **{name: theirs})
    if other.before:
        merged = replace(merged, before=min(one.before or other.before, other.before))
    if other.after:
        merged = replace(merged, after=max(one.after, other.after))
    return merged


def _filters(asked: dict[str, list[str]]) -> Filters:
    values: dict[str, str | tuple[str, ...]] = {}
    for item in fields(Filters):
        if item.name in asked:
            given = asked[item.name]
            values[item.name] = given[-1] if item.name in ("before", "after") else tuple(dict.fromkeys(given))
    return Filters(**values)  # type: ignore[arg-type]


def _as_date(value: str) -> str:
    """The first day of a year, month or day; empty where it is none."""
    match = _DATE.match(value)
    if not match:
        return ""
    year, month, day = match[1], int(match[2] or 1), int(match[3] or 1)
    return f"{year}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""

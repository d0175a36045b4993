"""Sentences that can be said in another language later: the pattern and its values stay apart (pure).

The core speaks English and knows nothing of who reads. A sentence with values in it is made by `say`, so that whoever
shows it (`wiki.web.locales.translate`) can look up its pattern in a catalog and put the values in afterwards. It is an
ordinary string all the same: what prints, stores or compares it sees the English sentence.

A sentence without values needs nothing of the kind where it is given straight to an error or to `flash`: it is its own
pattern. A constant or an argument that is shown somewhere else is marked by `say`, too: catalogs are made of what is
marked.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any, Self

DAY = "day"
"""Under this name a packed value is a date."""


class Said(str):
    """A sentence in English that knows its pattern (with `%(name)s`) and its values; `many` and `number` where the
    pattern depends on a number."""

    __slots__ = ("many", "number", "pattern", "values")
    pattern: str
    values: Mapping[str, Any]
    many: str | None
    number: int

    def __new__(cls, pattern: str, values: Mapping[str, Any], many: str | None = None, number: int = 1) -> Self:
        """The sentence itself is made at once; without values the pattern is taken as it stands."""
        chosen = pattern if many is None or number == 1 else many
        made = super().__new__(cls, chosen % _listed(values) if values else chosen)
        made.pattern, made.values, made.many, made.number = pattern, values, many, number
        return made

    def __str__(self) -> str:
        """Itself, so that `str(error)` still knows its pattern."""
        return self


def _listed(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _english(value) for name, value in values.items()}


def _english(value: Any) -> Any:
    if isinstance(value, list):
        return ", ".join(value)
    if isinstance(value, date):
        return f"{value.day} {value:%b %Y}"
    return f"{value:,}" if type(value) is int else value


def say(pattern: str, **values: Any) -> Said:
    """The sentence of this pattern: `say("The name %(name)s is taken.", name=name)`; a list is joined by commas;
    dates and whole numbers are written as the reader's language has them."""
    return Said(pattern, values)


def say_many(one: str, many: str, count: int, **values: Any) -> Said:
    """The sentence for this number: `say_many("%(count)s line", "%(count)s lines", 3)`."""
    return Said(one, {"count": count, **values}, many, count)


def pack(text: str) -> str | None:
    """A sentence as JSON that `unpack` reads, to be stored beside its English; None for what is no `Said`."""
    if not isinstance(text, Said):
        return None
    values = {name: str.__str__(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return json.dumps([text.pattern, values, text.many, text.number], ensure_ascii=False, default=_packed)


def _packed(value: Any) -> Any:
    return {DAY: value.isoformat()} if isinstance(value, date) else str(value)


def unpack(packed: str | None, text: str) -> str:
    """What `pack` kept; `text` where it kept nothing."""
    if not packed:
        return text
    pattern, values, many, number = json.loads(packed)
    return Said(pattern, {name: _unpacked(value) for name, value in values.items()}, many, number)


def _unpacked(value: Any) -> Any:
    return date.fromisoformat(value[DAY]) if isinstance(value, dict) else value

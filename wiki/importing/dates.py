"""Dates as tables and front matter have them. Pure."""

from __future__ import annotations

import datetime as dt
import re

from wiki.importing.rows import ImportProblem

_FORMS = ("%d.%m.%Y", "%Y/%m/%d", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%d-%b-%Y", "%Y%m%d")
_SLASHED = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4})")


def read_date(text: str) -> dt.date | None:
    """The day that `text` names, None for nothing. Raises ImportProblem for what is no day, or could be two.

    `03/04/2020` is refused, because half the world reads it as March and the other half as April; `25/04/2020` and
    `04/25/2020` can only be one day.
    """
    text = " ".join(text.split())
    if not text:
        return None
    try:
        return dt.datetime.fromisoformat(text).date()
    except ValueError:
        pass
    head = text.split("T")[0].split(" 0")[0]
    slashed = _SLASHED.fullmatch(text.split(" ")[0])
    if slashed:
        return _slashed(text, *(int(part) for part in slashed.groups()))
    for form in _FORMS:
        for candidate in (text, head):
            try:
                return dt.datetime.strptime(candidate, form).date()
            except ValueError:
                continue
    raise ImportProblem(f"Its date {text[:40]!r} cannot be read. Write it as year-month-day, like 2026-11-24.")


def _slashed(text: str, first: int, second: int, year: int) -> dt.date:
    day, month = (first, second) if first > 12 else (second, first)
    if first <= 12 and second <= 12 and first != second:
        raise ImportProblem(f"Its date {text[:40]!r} could be two days. Write it as year-month-day, like 2026-11-24.")
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise ImportProblem(f"Its date {text[:40]!r} is no day. Write it as year-month-day, like 2026-11-24.") from None

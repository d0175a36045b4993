"""Days and numbers as the reader writes them: in their language."""

from __future__ import annotations

import datetime

from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import get_locale

from wiki.translations import SOURCE


def parsed(value: str | datetime.date | None) -> datetime.date | None:
    """A date or a moment out of its ISO form; None for what is neither."""
    if value is None or isinstance(value, datetime.date):
        return value
    try:
        return datetime.datetime.fromisoformat(value)
    except ValueError:
        return None


def day(value: str | datetime.date | None) -> str:
    """A date as `24 Nov 2026`; what is no date comes back as it is, nothing as nothing."""
    date = parsed(value)
    if date is None:
        return "" if value is None else str(value)
    locale = get_locale()  # none outside of a request
    if locale is None or locale.language == SOURCE:
        return f"{date.day} {date:%b %Y}"
    return str(format_date(date, "d. MMM y" if locale.language == "de" else "medium", locale=locale))


def number(value: float) -> str:
    """A number with its thousands set apart."""
    locale = get_locale()
    if locale is None or locale.language == SOURCE:
        return f"{value:,}"
    return str(format_decimal(value, locale=locale))

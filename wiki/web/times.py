"""Days, moments and numbers as the reader writes them: in their language and, where it is known, their time zone."""

from __future__ import annotations

import datetime

from babel.dates import format_date
from babel.numbers import format_decimal
from flask_babel import gettext
from markupsafe import Markup, escape

from wiki.translations import SOURCE
from wiki.web.locales import current_language, current_zone
from wiki.web.saying import translate
from wiki.words import say_many

DAY = 86400


def _parsed(value: str | datetime.date | None) -> datetime.date | None:
    if value is None or isinstance(value, datetime.date):
        return value
    try:
        return datetime.datetime.fromisoformat(value)
    except ValueError:
        return None


def _moment(value: datetime.datetime | int | float | str) -> datetime.datetime | None:
    if isinstance(value, int | float):
        return datetime.datetime.fromtimestamp(value, datetime.UTC)
    when = _parsed(value)
    if not isinstance(when, datetime.datetime):
        return None
    return when if when.tzinfo else when.replace(tzinfo=datetime.UTC)


def day(value: str | datetime.date | None) -> str:
    """A date as `24 Nov 2026`; what is no date comes back as it is, nothing as nothing."""
    date = _parsed(value)
    if date is None:
        return "" if value is None else str(value)
    if current_language() == SOURCE:
        return f"{date.day} {date:%b %Y}"
    return str(format_date(date, "d. MMM y" if current_language() == "de" else "medium", locale=current_language()))


def exact(when: datetime.datetime) -> str:
    """A moment to the minute in the reader's zone; in UTC, and said so, where that is not known."""
    zone = current_zone()
    there = when.astimezone(zone or datetime.UTC)
    return f"{day(there)}, {there:%H:%M}" + ("" if zone else " UTC")


def moment(value: datetime.datetime | int | float | str) -> Markup:
    """A point in time (datetime, seconds since 1970, ISO) as `<time>`: UTC until the reader's zone is known."""
    when = _moment(value)
    if when is None:
        return escape(value)
    utc = when.astimezone(datetime.UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}">{}</time>').format(utc, exact(when))


def ago(value: datetime.datetime | int | float | str) -> Markup:
    """How long ago a point in time was, as `<time>` with the exact moment in its title."""
    when = _moment(value)
    if when is None:
        return escape(value)
    seconds = int((datetime.datetime.now(datetime.UTC) - when).total_seconds())
    utc = when.astimezone(datetime.UTC).isoformat(timespec="seconds")
    return Markup('<time datetime="{}" title="{}" data-ago>{}</time>').format(
        utc, exact(when), _distance(seconds, when)
    )


def _distance(seconds: int, when: datetime.datetime) -> str:
    if seconds < 60:
        return str(gettext("just now"))
    if seconds < 3600:
        return translate(say_many("%(count)s minute ago", "%(count)s minutes ago", seconds // 60))
    if seconds < DAY:
        return translate(say_many("%(count)s hour ago", "%(count)s hours ago", seconds // 3600))
    if seconds < 15 * DAY:
        return translate(say_many("%(count)s day ago", "%(count)s days ago", seconds // DAY))
    return day(when.astimezone(current_zone() or datetime.UTC))


def number(value: int) -> str:
    """A whole number with its thousands set apart."""
    if current_language() == SOURCE:
        return f"{value:,}"
    return str(format_decimal(value, locale=current_language()))

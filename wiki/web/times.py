"""Moments as the reader writes them: in their language and, where it is known, their time zone."""

from __future__ import annotations

import datetime

from flask_babel import gettext
from markupsafe import Markup, escape

from wiki.web.formats import day, parsed
from wiki.web.locales import current_zone
from wiki.web.saying import translate
from wiki.words import say_many

DAY = 86400


def _moment(value: datetime.datetime | int | float | str) -> datetime.datetime | None:
    if isinstance(value, int | float):
        return datetime.datetime.fromtimestamp(value, datetime.UTC)
    when = parsed(value)
    if not isinstance(when, datetime.datetime):
        return None
    return when if when.tzinfo else when.replace(tzinfo=datetime.UTC)


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

"""Open actions as a calendar (RFC 5545): one all-day entry for each, on its due date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from icalendar import Calendar, Event

from wiki.catalog.lives import ActionRow


def calendar(rows: Sequence[ActionRow], root: str, name: str) -> bytes:
    """The calendar of these actions; `root` is the address of the site. Those without a due date are left out."""
    found = Calendar()
    found.add("prodid", "-//Hindsight//Actions//EN")
    found.add("version", "2.0")
    found.add("x-wr-calname", f"{name}: my actions")
    found.add("refresh-interval;value=duration", "PT6H")
    for row in rows:
        if row.action.due is not None:
            found.add_component(_event(row, row.action.due, root))
    text: bytes = found.to_ical()
    return text


def _event(row: ActionRow, due: dt.date, root: str) -> Event:
    event = Event()
    event.add("uid", f"{row.entry.id}.{row.action.id}@hindsight")
    event.add("dtstamp", row.entry.updated.at)
    event.add("dtstart", due)
    event.add("dtend", due + dt.timedelta(days=1))
    event.add("summary", row.action.what)
    shows = f"What would show that it worked: {row.action.shows}\n" if row.action.shows else ""
    event.add("description", f"{shows}From: {row.entry.title}")
    event.add("url", f"{root}/actions/{row.entry.id}/{row.action.id}")
    event.add("transp", "TRANSPARENT")
    return event

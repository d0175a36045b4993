"""Whoever leads a review is reminded once it has been open for longer than its team allows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from wiki.people import NotFound, People
from wiki.reminders import Reminder
from wiki.reviews.store import Reviews
from wiki.reviews.types import ReviewError
from wiki.services import Services
from wiki.words import say

SETTING = "review_days"
DEFAULT_DAYS = 14
MAX_DAYS = 365


def due(parts: Services, now: datetime) -> Iterable[Reminder]:
    """One reminder for each review that is open for too long, and one more each time as many days have gone by."""
    for review in Reviews(parts.people.database).all_open():
        days = days_of(parts.people, review.team)
        times = (now - review.opened_at) // timedelta(days=days)
        if review.lead_id is None or times < 1:
            continue
        open_for = (now - review.opened_at).days
        yield Reminder(
            account_id=review.lead_id,
            key=f"review-open:{review.id}:{times}",
            kind="review",
            text=say(
                "The review “%(title)s” has been open for %(open_for)s days. Publish it, or close it with a reason.",
                title=review.title[:300],
                open_for=open_for,
            ),
            link=f"/reviews/{review.id}",
        )


def days_of(people: People, team: str | None) -> int:
    """After how many days a review of this team counts as open for too long."""
    if not team:
        return DEFAULT_DAYS
    try:
        kept = people.teams.get(team).settings.get(SETTING)
    except NotFound:
        return DEFAULT_DAYS
    return kept if isinstance(kept, int) and 1 <= kept <= MAX_DAYS else DEFAULT_DAYS


def set_days(people: People, team: str, text: str) -> None:
    """Set the days of a team; empty goes back to the usual ones. Raises ReviewError, NotFound."""
    found = people.teams.get(team)
    kept = {name: value for name, value in found.settings.items() if name != SETTING}
    if text.strip():
        if not (text.strip().isdecimal() and len(text.strip()) < 5 and 1 <= int(text) <= MAX_DAYS):
            raise ReviewError(
                say("Give the days as a whole number from 1 to %(max_days)s.", max_days=MAX_DAYS), SETTING
            )
        kept[SETTING] = int(text)
    people.teams.configure(found.slug, kept)

"""Who is to be told that a topic is past its review-by date."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from wiki.catalog.topics import TopicFacts
from wiki.reminders import Reminder
from wiki.services import Services
from wiki.viewer import SYSTEM
from wiki.words import say


def due(parts: Services, now: datetime) -> Iterator[Reminder]:
    """The steward of each topic whose review-by date has passed, and the deputy while the steward is away.

    The key holds the date, so each date is told once.
    """
    day = now.astimezone(UTC).date()
    for one in parts.catalog.topics.all(SYSTEM):
        if one.review_by is None or one.review_by >= day:
            continue
        for person in _told(one, away=one.away_until is not None and one.away_until >= day):
            yield Reminder(
                person,
                key=f"topic:{one.entry.id}:review:{one.review_by.isoformat()}",
                kind="topic",
                text=say("A topic of yours was to be reviewed by %(review_by)s.", review_by=one.review_by),
                link=one.entry.url,
                entry_id=one.entry.id,
            )


def _told(topic: TopicFacts, *, away: bool) -> list[str]:
    people = [topic.deputy] if away and topic.deputy else [topic.steward]
    return [person for person in people if person]

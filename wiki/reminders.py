"""What people are reminded of as time passes: one table of functions, each of which says whom to tell what by now.

`python -m wiki remind` runs it, and the supervisor runs that once an hour. A notice is told once for its key, so a
function may say the same thing each time: the key holds what makes it a new one (the action and its date, say).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module

from wiki.services import Services


@dataclass(frozen=True, slots=True)
class Reminder:
    """A notice that is due; the fields are those of `people.notices.tell`."""

    account_id: str
    key: str
    kind: str
    text: str
    link: str
    entry_id: str | None = None


Provider = Callable[[Services, datetime], Iterable[Reminder]]

PROVIDERS: tuple[str, ...] = ("wiki.life.reminding", "wiki.topics.reminding", "wiki.reviews.reminding")
"""Modules with a function `due` that takes the services and the present moment (UTC)."""


def remind(parts: Services, now: datetime | None = None, providers: Iterable[Provider] | None = None) -> int:
    """Tell everybody what is due by `now`; how many notices were new. Whoever may not see an entry is not told."""
    parts.catalog.catch_up(limit=None)
    moment = now or datetime.now(UTC)
    chosen = [import_module(name).due for name in PROVIDERS] if providers is None else providers
    return sum(tell(parts, reminder) for provider in chosen for reminder in provider(parts, moment))


def tell(parts: Services, due: Reminder) -> bool:
    """Tell one thing at once; whether it was new to somebody who may see what it is about."""
    if due.entry_id is not None:
        entry = parts.catalog.entry(due.entry_id)
        if entry is None or not parts.people.viewer_for(due.account_id).may_see(entry.audience):
            return False
    return parts.people.notices.tell(
        due.account_id, key=due.key, kind=due.kind, text=due.text, link=due.link, entry_id=due.entry_id
    )

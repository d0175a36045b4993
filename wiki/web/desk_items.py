"""What stands on somebody's desk: one table of functions, each of which says what it asks of the viewer.

A part of the wiki that wants something of people (an action is due, a review waits for a voice, a lesson waits to be
validated) adds its function to `PROVIDERS`; the start page shows what they give, the most urgent first. A provider
gives only what the viewer may see, and answers in a millisecond or two: it runs whenever the start page is opened.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from wiki.catalog.lives import Asked
from wiki.services import Services
from wiki.viewer import Viewer
from wiki.web.notices import told
from wiki.words import say


@dataclass(frozen=True, slots=True)
class DeskItem:
    """One thing that is asked: a sentence that says what to do, and where to do it.

    `about` is the title of what it is about, `label` a word or two for its kind ("Action", "Review"), `due` the day it
    should be done by. `link` is a path of this site.
    """

    text: str
    link: str
    label: str = ""
    about: str = ""
    due: datetime.date | None = None

    def overdue(self, today: datetime.date) -> bool:
        """Whether its day has passed."""
        return self.due is not None and self.due < today


Provider = Callable[[Services, Viewer], Iterable[DeskItem]]


def notices(parts: Services, viewer: Viewer) -> Iterable[DeskItem]:
    """What the viewer was told and has not put away."""
    for row in told(viewer, 20):
        yield DeskItem(row.notice.text, row.notice.link, about=row.entry.title if row.entry else "")


def topics(parts: Services, viewer: Viewer) -> Iterable[DeskItem]:
    """Topics that are offered to the viewer, and those of theirs that are to be reviewed within two weeks."""
    soon = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=14)
    for one in parts.catalog.topics.all(viewer) if viewer.account_id else ():
        title, handover = one.entry.title, f"/topic/{one.entry.id}/handover"
        if one.offered_to == viewer.account_id:
            yield DeskItem(say("Take this topic on, or decline it"), handover, say("Topic"), title)
        if one.steward == viewer.account_id and one.review_by is not None and one.review_by <= soon:
            yield DeskItem(say("Look through this topic"), one.entry.url, say("Topic"), title, one.review_by)


def actions(parts: Services, viewer: Viewer) -> Iterable[DeskItem]:
    """The viewer's open actions, those that are due first."""
    rows, _ = parts.catalog.lives.actions(viewer, Asked(owners=[viewer.account_id or ""]), 0, 20)
    for row in rows:
        link = f"/actions/{row.entry.id}/{row.action.id}"
        yield DeskItem(row.action.what, link, say("Action"), row.entry.title, row.action.due)


PROVIDERS: tuple[Provider, ...] = (actions, topics, notices)
"""What is asked of somebody who is signed in. Of two items with the same link the first stays."""


def asked_of(parts: Services, viewer: Viewer, providers: Iterable[Provider] | None = None) -> list[DeskItem]:
    """Everything that is asked of the viewer: what has a day first, by it, then the rest in the order of the table."""
    found: dict[str, DeskItem] = {}
    for provider in PROVIDERS if providers is None else providers:
        for item in provider(parts, viewer):
            found.setdefault(item.link, item)
    return sorted(found.values(), key=lambda item: (item.due is None, item.due or datetime.date.max))

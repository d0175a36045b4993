"""Who keeps a topic, and how it goes from one to the next: each step gives another topic, or says why not (pure).

Steward and deputy keep a topic, and so does whoever may curate at all. Handing over takes two: the steward offers,
the other accepts. The deputy steps in while the steward is away, inactive or gone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

from wiki.library.types import Forbidden, LibraryError
from wiki.topics.front import MAX_WHY, Handover, Topic
from wiki.viewer import Viewer
from wiki.words import say

QUIET = dt.timedelta(days=60)
"""A steward who has neither signed in nor changed anything for so long counts as inactive."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom a topic names. `here` is False where no account has the id: then `name` is a placeholder."""

    id: str
    name: str
    here: bool = True
    active: bool = True
    seen: dt.datetime | None = None
    may_write: bool = True
    may_see: bool = True

    def absent(self, now: dt.datetime) -> bool:
        """Whether nobody can count on them: no account, switched off, or silent for long."""
        return not self.here or not self.active or self.seen is None or now - self.seen > QUIET


def may_keep(topic: Topic, viewer: Viewer) -> bool:
    """Whether the viewer may change the curated list, the rule, the reading path and the review-by date."""
    return viewer.can_write and (viewer.can_curate or viewer.account_id in _keepers(topic))


def check_keeper(topic: Topic, viewer: Viewer) -> None:
    """Raise Forbidden where they may not."""
    if not may_keep(topic, viewer):
        raise Forbidden("This topic is kept by its steward and deputy, and by facilitators. Ask one of them.")


def _keepers(topic: Topic) -> set[str]:
    return {person for person in (topic.steward, topic.deputy) if person}


def may_decide(topic: Topic, viewer: Viewer) -> bool:
    """Whether the viewer may say who looks after the topic: the steward, administrators, and facilitators while
    nobody is steward."""
    mine = bool(viewer.account_id) and viewer.account_id == topic.steward
    return mine or viewer.can_administer or (viewer.can_curate and not topic.steward)


def _check_decider(topic: Topic, steward: Person | None, viewer: Viewer) -> None:
    if not may_decide(topic, viewer):
        if steward is None:
            raise Forbidden("Only its steward can decide who looks after this topic. Ask an administrator.")
        raise Forbidden(
            say(
                "Only %(name)s can decide who looks after this topic. Ask them, or an administrator.", name=steward.name
            )
        )


def offered(topic: Topic, to: Person, steward: Person | None, note: str, viewer: Viewer, today: dt.date) -> Topic:
    """The topic offered to somebody, who has still to accept."""
    _check_decider(topic, steward, viewer)
    if to.id == topic.steward:
        raise LibraryError(say("%(name)s is the steward already. Choose somebody else.", name=to.name))
    _check_fit(to)
    if len(note) > MAX_WHY:
        raise LibraryError(
            say(
                "The note takes at most %(max_why)s characters. The rest belongs on the topic's page.",
                max_why=MAX_WHY,
            )
        )
    return replace(topic, handover=Handover(to.id, today, " ".join(note.split())))


def _check_fit(person: Person) -> None:
    if not person.here or not person.active:
        raise LibraryError(
            say("%(name)s has no active account here. Choose somebody who has, or invite them first.", name=person.name)
        )
    if not person.may_see:
        raise LibraryError(
            say("%(name)s may not read this topic. Let one of their teams read it first.", name=person.name)
        )
    if not person.may_write:
        raise LibraryError(
            say("%(name)s may read but not write. Ask an administrator to make them an author first.", name=person.name)
        )


def accepted(topic: Topic, viewer: Viewer, offered_to: Person | None) -> Topic:
    """The topic with its new steward; the former one is deputy where there is no other."""
    if topic.handover is None:
        raise LibraryError("This topic is not offered to anybody any more. Load the page again.")
    if viewer.account_id != topic.handover.to or not viewer.can_write:
        if offered_to is None:
            raise Forbidden("This topic was offered to somebody else. Only they can accept it.")
        raise Forbidden(say("This topic was offered to %(name)s. Only they can accept it.", name=offered_to.name))
    new = topic.handover.to
    deputy = topic.steward if topic.deputy in ("", new) else topic.deputy
    return replace(topic, steward=new, deputy=deputy, handover=None, away_until=None)


def withdrawn(topic: Topic, viewer: Viewer, steward: Person | None) -> Topic:
    """The topic no longer offered: declined by whom it was offered to, or taken back."""
    if topic.handover is None:
        raise LibraryError("This topic is not offered to anybody any more. Load the page again.")
    if viewer.account_id != topic.handover.to:
        _check_decider(topic, steward, viewer)
    return replace(topic, handover=None)


def may_step_in(topic: Topic, viewer: Viewer, steward: Person | None, now: dt.datetime) -> bool:
    """Whether the viewer is the deputy and the steward is not there."""
    return viewer.account_id == topic.deputy and bool(topic.deputy) and _steward_away(topic, steward, now)


def _steward_away(topic: Topic, steward: Person | None, now: dt.datetime) -> bool:
    away = topic.away_until is not None and topic.away_until >= now.date()
    return steward is None or away or steward.absent(now)


def stepped_in(topic: Topic, viewer: Viewer, steward: Person | None, deputy: Person | None, now: dt.datetime) -> Topic:
    """The topic with its deputy as steward, and the steward as deputy."""
    if not topic.deputy or viewer.account_id != topic.deputy or not viewer.can_write:
        if deputy is None:
            raise Forbidden("Only a deputy can step in. Ask an administrator to name one.")
        raise Forbidden(
            say("Only the deputy, %(name)s, can step in. Ask an administrator to name another.", name=deputy.name)
        )
    if steward is not None and not _steward_away(topic, steward, now):
        raise LibraryError(
            say(
                "%(name)s is here. Ask them to hand the topic over, or to say until when they are away.",
                name=steward.name,
            )
        )
    still_here = steward is not None and steward.here and steward.active
    return replace(
        topic, steward=topic.deputy, deputy=topic.steward if still_here else "", handover=None, away_until=None
    )


def taken_on(topic: Topic, viewer: Viewer, steward: Person | None) -> Topic:
    """The topic with the viewer as steward, where it has none."""
    if topic.steward:
        if steward is None:
            raise LibraryError("This topic has a steward already. Ask them to hand it over.")
        raise LibraryError(say("%(name)s is the steward. Ask them to hand the topic over.", name=steward.name))
    if not viewer.can_curate:
        raise Forbidden("A topic without a steward is taken on by a facilitator. Ask an administrator for that role.")
    deputy = "" if topic.deputy == viewer.account_id else topic.deputy
    return replace(topic, steward=viewer.account_id or "", deputy=deputy, handover=None)


def with_deputy(topic: Topic, deputy: Person | None, steward: Person | None, viewer: Viewer) -> Topic:
    """The topic with another deputy, or with none."""
    _check_decider(topic, steward, viewer)
    if deputy is None:
        return replace(topic, deputy="")
    _check_fit(deputy)
    if deputy.id == topic.steward:
        raise LibraryError("Steward and deputy must be two people, so that one can step in for the other.")
    return replace(topic, deputy=deputy.id)


def away(topic: Topic, until: dt.date | None, viewer: Viewer, steward: Person | None, today: dt.date) -> Topic:
    """The topic with its steward away until a day, or back."""
    if not topic.steward or viewer.account_id != topic.steward:
        if steward is None:
            raise Forbidden("Only its steward can say until when they are away. The deputy may step in then.")
        raise Forbidden(
            say("Only %(name)s can say until when they are away. The deputy may step in then.", name=steward.name)
        )
    if until is not None and until < today:
        raise LibraryError("This day is past. Choose today or a later one.")
    return replace(topic, away_until=until)

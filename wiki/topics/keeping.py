"""What people do to a topic, from pages and programs alike: checked, saved in one commit that says so, and told.

Each function takes the services and the viewer and gives the topic's page as it is afterwards. Refusals are
sentences: EntryError, Forbidden, NotFound and LibraryError.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

from wiki import words
from wiki.catalog import CatalogEntry
from wiki.entries import Entry, EntryError
from wiki.library import NotFound
from wiki.library.standing import today
from wiki.people import NotFound as NoAccount
from wiki.reminders import Reminder, tell
from wiki.services import Services
from wiki.topics import handing, ordering
from wiki.topics.citing import stands_in
from wiki.topics.front import Rule, Topic
from wiki.topics.people import named, person
from wiki.viewer import Viewer

Change = Callable[[Topic], Topic]
DEFAULT_REVIEW = dt.timedelta(days=182)


def topic_of(parts: Services, topic_id: str, viewer: Viewer) -> tuple[CatalogEntry, Topic]:
    """A topic's page and all it keeps. Raises NotFound, also for pages of another kind."""
    item, entry, _ = parts.library.read(topic_id, viewer)
    if item.kind != "topic":
        raise NotFound("There is no such topic, or it is not shared with you.")
    return item, entry.topic


def page_of(parts: Services, topic_id: str, viewer: Viewer) -> CatalogEntry:
    """A topic's page, without reading all that it keeps. Raises NotFound, also for pages of another kind."""
    facts = parts.catalog.topics.facts(topic_id, viewer)
    if facts is None:
        raise NotFound("There is no such topic, or it is not shared with you.")
    return facts.entry


def change(parts: Services, topic_id: str, make: Change, viewer: Viewer, message: str) -> CatalogEntry:
    """Save what `make` makes of the topic as it stands then. Only steward, deputy and facilitators may."""

    def made(topic: Topic) -> Topic:
        handing.check_keeper(topic, viewer)
        return make(topic)

    return _amend(parts, page_of(parts, topic_id, viewer), made, viewer, message)


def _amend(parts: Services, item: CatalogEntry, make: Change, viewer: Viewer, message: str) -> CatalogEntry:
    def amended(entry: Entry) -> Entry:
        return replace(entry, topic=make(entry.topic))

    return parts.library.amend(item.id, amended, viewer=viewer, message=message)


def choose(
    parts: Services, topic_id: str, entry_id: str, viewer: Viewer, *, why: str = "", passage: str = ""
) -> CatalogEntry:
    """Put an entry into the curated list, with a sentence on why and maybe a passage of its present text."""
    item = page_of(parts, topic_id, viewer)
    chosen = _fitting(parts, item, entry_id, viewer)
    if passage.strip():
        _check_passage(parts, chosen, passage, viewer)
    message = f"Add “{chosen.title}” to “{item.title}”"
    return change(
        parts,
        topic_id,
        lambda topic: ordering.accepted(topic, chosen.id, why, passage, chosen.revision),
        viewer,
        message,
    )


def cite(parts: Services, topic_id: str, entry_id: str, passage: str, viewer: Viewer) -> CatalogEntry:
    """Cite a passage of an entry's present text; an empty one takes the citation away."""
    item = page_of(parts, topic_id, viewer)
    source = _fitting(parts, item, entry_id, viewer)
    if passage.strip():
        _check_passage(parts, source, passage, viewer)
    message = f"Cite “{source.title}” in “{item.title}”"
    return change(
        parts, topic_id, lambda topic: ordering.cited(topic, entry_id, passage, source.revision), viewer, message
    )


def say(parts: Services, topic_id: str, entry_id: str, why: str, passage: str | None, viewer: Viewer) -> CatalogEntry:
    """Say why an entry of the list matters, and cite a passage of it; None or the passage that is there leaves the
    citation as it is."""
    item, topic = topic_of(parts, topic_id, viewer)
    source = _fitting(parts, item, entry_id, viewer)
    known = next((one for one in topic.curated if one.id == entry_id), None)
    if known is None or passage is None or " ".join(passage.split()) == " ".join(known.passage.split()):
        passage = None
    elif passage.strip():
        _check_passage(parts, source, passage, viewer)

    def said(now: Topic) -> Topic:
        explained = ordering.explained(now, entry_id, why)
        return explained if passage is None else ordering.cited(explained, entry_id, passage, source.revision)

    return change(parts, topic_id, said, viewer, f"Say why “{source.title}” matters in “{item.title}”")


def set_rule(parts: Services, topic_id: str, rule: Rule, review_by: dt.date | None, viewer: Viewer) -> CatalogEntry:
    """Say what belongs to the topic, and by when it is to be reviewed."""
    return change(
        parts,
        topic_id,
        lambda topic: replace(topic, rule=rule, review_by=review_by),
        viewer,
        "Change the topic's settings",
    )


def keep_passage(parts: Services, topic_id: str, entry_id: str, viewer: Viewer) -> CatalogEntry:
    """Keep a passage as it was cited, knowing that its source says something else by now."""
    item = page_of(parts, topic_id, viewer)
    source = _fitting(parts, item, entry_id, viewer)

    def kept(topic: Topic) -> Topic:
        known = next((one for one in topic.curated if one.id == entry_id), None)
        return ordering.cited(topic, entry_id, known.passage if known else "", source.revision)

    return change(parts, topic_id, kept, viewer, f"Keep what “{item.title}” cites from “{source.title}”")


def step(parts: Services, topic_id: str, entry_id: str, by: int, viewer: Viewer) -> CatalogEntry:
    """Move an entry of the curated list up (-1) or down (1), past the next one that the viewer sees."""
    item = page_of(parts, topic_id, viewer)
    seen = parts.catalog.topics.listed(topic_id, viewer)
    return change(
        parts,
        topic_id,
        lambda now: ordering.stepped(now, entry_id, by, seen),
        viewer,
        f"Reorder “{item.title}”",
    )


def add_step(parts: Services, topic_id: str, entry_id: str, note: str, viewer: Viewer) -> CatalogEntry:
    """Put an entry on the reading path, with a word on what to look for."""
    item = page_of(parts, topic_id, viewer)
    chosen = _fitting(parts, item, entry_id, viewer)
    message = f"Put “{chosen.title}” on the reading path of “{item.title}”"
    return change(parts, topic_id, lambda topic: ordering.path_with(topic, chosen.id, note), viewer, message)


def change_step(parts: Services, topic_id: str, entry_id: str, what: str, viewer: Viewer) -> CatalogEntry:
    """Move a step of the reading path `up` or `down`, or take it `out`."""
    item = page_of(parts, topic_id, viewer)

    def changed(topic: Topic) -> Topic:
        if what == "out":
            return ordering.path_without(topic, entry_id)
        return ordering.path_stepped(topic, entry_id, -1 if what == "up" else 1)

    return change(parts, topic_id, changed, viewer, f"Change the reading path of “{item.title}”")


def reviewed(parts: Services, topic_id: str, until: dt.date | None, viewer: Viewer) -> CatalogEntry:
    """The topic was looked through: the next time is `until`, half a year from now where it is None."""
    day = until or today() + DEFAULT_REVIEW
    if day <= today():
        raise EntryError("The next review must lie ahead. Choose a later day.", "review_by")
    return change(
        parts, topic_id, lambda topic: replace(topic, review_by=day), viewer, f"Reviewed, next by {day.isoformat()}"
    )


def _fitting(parts: Services, topic: CatalogEntry, entry_id: str, viewer: Viewer) -> CatalogEntry:
    """An entry that may stand in the topic: whoever reads the topic may read it too. Raises NotFound, EntryError."""
    found = parts.catalog.entries_by_id([entry_id], viewer).get(entry_id)
    if found is None:
        raise NotFound("There is no such entry, or it is not shared with you.")
    if found.id == topic.id:
        raise EntryError("A topic cannot hold itself.", "entry")
    if found.audience and not (topic.audience and set(topic.audience) <= set(found.audience)):
        raise EntryError(
            words.say(
                "“%(title)s” is for some teams only, and this topic has more readers. Put it into a topic of theirs.",
                title=found.title,
            ),
            "entry",
        )
    return found


def _check_passage(parts: Services, source: CatalogEntry, passage: str, viewer: Viewer) -> None:
    body = parts.library.read(source.id, viewer).entry.body
    if not stands_in(passage, body):
        raise EntryError(
            words.say("These words do not stand in “%(title)s”. Copy them from its page.", title=source.title),
            "passage",
        )


# --- from one to the next -------------------------------------------------------------------------------------------


def offer(parts: Services, topic_id: str, to: str, note: str, viewer: Viewer) -> CatalogEntry:
    """Offer the topic to somebody (sign-in name, display name or account id), who is told."""
    item, topic = topic_of(parts, topic_id, viewer)
    chosen = _account(parts, to, item)
    steward = person(parts, topic.steward)
    saved = _amend(
        parts,
        item,
        lambda now: handing.offered(now, chosen, steward, note, viewer, today()),
        viewer,
        f"Offer this topic to {chosen.name}" + (f": {' '.join(note.split())}" if note.strip() else ""),
    )
    _tell(
        parts,
        saved,
        chosen.id,
        f"offered:{today()}",
        words.say("%(name)s would like to hand a topic to you.", name=viewer.name),
    )
    return saved


def accept(parts: Services, topic_id: str, viewer: Viewer) -> CatalogEntry:
    """Become the steward of a topic that was offered to one."""
    item, topic = topic_of(parts, topic_id, viewer)
    to = person(parts, topic.handover.to) if topic.handover else None
    before = person(parts, topic.steward)
    message = f"{viewer.name} accepts this topic" + (f" from {before.name}" if before else "")
    saved = _amend(parts, item, lambda now: handing.accepted(now, viewer, to), viewer, message)
    if before is not None:
        _tell(
            parts,
            saved,
            before.id,
            f"accepted:{today()}",
            words.say("%(name)s is the steward of your topic now.", name=viewer.name),
        )
    return saved


def withdraw(parts: Services, topic_id: str, viewer: Viewer) -> CatalogEntry:
    """Decline a topic, or take an offer back."""
    item, topic = topic_of(parts, topic_id, viewer)
    steward = person(parts, topic.steward)
    declined = topic.handover is not None and topic.handover.to == viewer.account_id
    message = f"{viewer.name} declines this topic" if declined else "Take back the offer of this topic"
    saved = _amend(parts, item, lambda now: handing.withdrawn(now, viewer, steward), viewer, message)
    if declined and steward is not None:
        _tell(
            parts,
            saved,
            steward.id,
            f"declined:{today()}",
            words.say("%(name)s cannot take your topic on.", name=viewer.name),
        )
    return saved


def step_in(parts: Services, topic_id: str, viewer: Viewer) -> CatalogEntry:
    """The deputy becomes steward, while the steward is away, inactive or gone."""
    item, topic = topic_of(parts, topic_id, viewer)
    steward, deputy = person(parts, topic.steward), person(parts, topic.deputy)
    now = dt.datetime.now(dt.UTC)
    why = f" for {steward.name}" if steward else ""
    if topic.away_until is not None and topic.away_until >= now.date():
        why += f", who is away until {topic.away_until.isoformat()}"
    saved = _amend(
        parts,
        item,
        lambda present: handing.stepped_in(present, viewer, steward, deputy, now),
        viewer,
        f"{viewer.name} steps in as steward{why}",
    )
    if steward is not None:
        _tell(
            parts,
            saved,
            steward.id,
            f"stepped-in:{today()}",
            words.say("%(name)s stepped in for you as steward.", name=viewer.name),
        )
    return saved


def take_on(parts: Services, topic_id: str, viewer: Viewer) -> CatalogEntry:
    """Become the steward of a topic that has none."""
    item, topic = topic_of(parts, topic_id, viewer)
    steward = person(parts, topic.steward)
    return _amend(
        parts, item, lambda now: handing.taken_on(now, viewer, steward), viewer, f"{viewer.name} takes this topic on"
    )


def name_deputy(parts: Services, topic_id: str, who: str, viewer: Viewer) -> CatalogEntry:
    """Say who is the deputy; nobody where `who` is empty."""
    item, topic = topic_of(parts, topic_id, viewer)
    steward = person(parts, topic.steward)
    chosen = _account(parts, who, item) if who.strip() else None
    message = f"{chosen.name} is the deputy" if chosen else "No deputy"
    saved = _amend(parts, item, lambda now: handing.with_deputy(now, chosen, steward, viewer), viewer, message)
    if chosen is not None and chosen.id != viewer.account_id:
        _tell(
            parts,
            saved,
            chosen.id,
            f"deputy:{today()}",
            words.say("%(name)s named you the deputy of a topic.", name=viewer.name),
        )
    return saved


def set_away(parts: Services, topic_id: str, until: dt.date | None, viewer: Viewer) -> CatalogEntry:
    """Say until when one is away as steward, or that one is back."""
    item, topic = topic_of(parts, topic_id, viewer)
    steward = person(parts, topic.steward)
    message = f"{viewer.name} is away until {until.isoformat()}" if until else f"{viewer.name} is back"
    return _amend(parts, item, lambda now: handing.away(now, until, viewer, steward, today()), viewer, message)


def _account(parts: Services, who: str, item: CatalogEntry) -> handing.Person:
    if not who.strip():
        raise EntryError("Choose who is to look after this topic.", "to")
    try:
        return named(parts, who, item.audience)
    except NoAccount:
        raise EntryError(
            words.say("Nobody here is called “%(who)s”. Choose somebody from the list.", who=who.strip()[:60]), "to"
        ) from None


def _tell(parts: Services, topic: CatalogEntry, account_id: str, what: str, text: str) -> None:
    tell(
        parts, Reminder(account_id, f"topic:{topic.id}:{what}", "topic", text, f"/topic/{topic.id}/handover", topic.id)
    )

"""What the buttons of the desk do: each act takes the services, what was filled in, and the viewer.

An act is one commit (or a note in the people room), and says in a sentence what it did; `commit` is set where the whole
can be undone. Refusals are sentences: EntryError, LibraryError and NotFound.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from wiki.catalog import CatalogEntry
from wiki.curation import names
from wiki.curation.texts import relinked, unlinked, with_link
from wiki.entries import Entry, EntryError, read_date
from wiki.library import Forbidden, NotFound, StepTaken
from wiki.services import Services
from wiki.topics import keeping
from wiki.topics.naming import entry_named
from wiki.viewer import Viewer
from wiki.words import say

Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Done:
    """What an act did; `commit` can be undone as a whole."""

    sentence: str
    commit: str = ""


Act = Callable[[Services, Given, Viewer], Done]


def check_curator(viewer: Viewer) -> None:
    """Raise Forbidden for who is no facilitator."""
    if not viewer.can_curate:
        raise Forbidden("The desk is for facilitators. Ask an administrator for that role.")


def perform(parts: Services, name: str, given: Given, viewer: Viewer) -> Done:
    """Do what a button says."""
    check_curator(viewer)
    act = ACTS.get(name)
    if act is None:
        raise EntryError(say("Choose one of %(acts)s.", acts=", ".join(ACTS)), "act")
    return act(parts, given, viewer)


def _entry(parts: Services, given: Given, viewer: Viewer, name: str = "entry") -> CatalogEntry:
    wanted = given.get(name, "")
    found = parts.catalog.entries_by_id([wanted], viewer).get(wanted) if wanted else None
    if found is None:
        raise NotFound("There is no such entry, or it is not shared with you.")
    return found


def _seen(parts: Services, given: Given, viewer: Viewer) -> Done:
    moment = dt.datetime.now(dt.UTC)
    parts.people.curating.mark_seen(str(viewer.account_id), moment)
    return Done(say("What is new is seen. You find here what comes from now on."))


def _validate(parts: Services, given: Given, viewer: Viewer) -> Done:
    item = _entry(parts, given, viewer)
    if item.status == "observation":
        parts.library.step(item.id, StepTaken("identified"), viewer=viewer)
    parts.library.step(item.id, StepTaken("validated"), viewer=viewer)
    return Done(f"“{item.title}” is validated.")


def _reject(parts: Services, given: Given, viewer: Viewer) -> Done:
    item = _entry(parts, given, viewer)
    parts.library.step(item.id, StepTaken("rejected", reason=given.get("reason", "")), viewer=viewer)
    return Done(f"“{item.title}” is rejected.")


def _reviewed(parts: Services, given: Given, viewer: Viewer) -> Done:
    item = _entry(parts, given, viewer)
    day = given.get("until", "").strip()
    keeping.reviewed(parts, item.id, read_date(day) if day else None, viewer)
    return Done(f"“{item.title}” is reviewed.")


def _take_on(parts: Services, given: Given, viewer: Viewer) -> Done:
    item = _entry(parts, given, viewer)
    keeping.take_on(parts, item.id, viewer)
    return Done(say("You are the steward of “%(title)s” now.", title=item.title))


def _into_topic(parts: Services, given: Given, viewer: Viewer) -> Done:
    item = _entry(parts, given, viewer)
    if not given.get("topic", "").strip():
        raise EntryError("Name the topic that it belongs to.", "topic")
    topic = entry_named(parts, given["topic"], viewer)
    keeping.choose(parts, topic.id, item.id, viewer, why=given.get("why", ""))
    return Done(f"“{item.title}” is in “{topic.title}”.")


def _pair(parts: Services, given: Given, viewer: Viewer) -> tuple[CatalogEntry, CatalogEntry]:
    one, other = _entry(parts, given, viewer), _entry(parts, given, viewer, "other")
    if one.id == other.id:
        raise EntryError("These are one and the same entry. Choose two different ones.", "other")
    return one, other


def _apart(parts: Services, given: Given, viewer: Viewer) -> Done:
    """Noted in the one that fewer people may read, so that it tells nobody of the other."""
    one, other = _pair(parts, given, viewer)
    if other.audience and not one.audience:
        one, other = other, one
    parts.library.amend(
        one.id,
        lambda entry: replace(entry, kept_apart=tuple(dict.fromkeys((*entry.kept_apart, other.id)))),
        viewer=viewer,
        message="Keep apart from an entry that looks alike",
    )
    return Done(say("“%(title)s” and “%(title2)s” are kept apart.", title=one.title, title2=other.title))


def _link(parts: Services, given: Given, viewer: Viewer) -> Done:
    one, other = _pair(parts, given, viewer)
    if not _open_to_readers_of(one, other):
        one, other = other, one
    if not _open_to_readers_of(one, other):
        raise EntryError("These two are for different readers, so neither can lead to the other. Keep them apart.")

    def linked(entry: Entry) -> Entry:
        return replace(entry, body=with_link(entry.body, other.id, other.title))

    parts.library.amend(one.id, linked, viewer=viewer, message="Link a related entry")
    return Done(say("“%(title)s” leads to “%(title2)s” now.", title=one.title, title2=other.title))


def _open_to_readers_of(one: CatalogEntry, other: CatalogEntry) -> bool:
    """Whether everybody who may read `one` may read `other`, so that `one` may name it."""
    return not other.audience or bool(one.audience and set(one.audience) <= set(other.audience))


def _again(parts: Services, given: Given, viewer: Viewer) -> Done:
    one, other = _pair(parts, given, viewer)
    earlier, later = sorted((one, other), key=lambda entry: (entry.date or entry.created.at.date(), entry.created.at))
    parts.library.recur(earlier.id, later.id, missed=given.get("missed", ""), viewer=viewer)
    return Done(say("“%(title)s” tells of the same thing happening again.", title=later.title))


def _merge(parts: Services, given: Given, viewer: Viewer) -> Done:
    keep, other = _pair(parts, given, viewer)
    saved, commit = parts.library.join(keep.id, other.id, viewer=viewer)
    return Done(say("“%(title)s” is merged into “%(title2)s”.", title=other.title, title2=saved.title), commit)


def _relink(parts: Services, given: Given, viewer: Viewer) -> Done:
    item, target = _entry(parts, given, viewer), given.get("target", "")
    to = entry_named(parts, given.get("named", ""), viewer)
    _mend(parts, item, target, viewer, lambda body: relinked(body, target, to.id))
    return Done(say("The link to “%(target)s” leads to “%(title)s” now.", target=target, title=to.title))


def _unlink(parts: Services, given: Given, viewer: Viewer) -> Done:
    item, target = _entry(parts, given, viewer), given.get("target", "")
    _mend(parts, item, target, viewer, lambda body: unlinked(body, target))
    return Done(say("The link to “%(target)s” is plain text now.", target=target))


def _mend(parts: Services, item: CatalogEntry, target: str, viewer: Viewer, change: Callable[[str], str]) -> None:
    if not parts.catalog.curation.targets_written(item.id, target):
        raise EntryError("This link is not there any more. Load the page again.", "target")
    parts.library.amend(
        item.id,
        lambda entry: replace(entry, body=change(entry.body)),
        viewer=viewer,
        message=f"Mend the link to “{target}”",
    )


def _give_name(parts: Services, given: Given, viewer: Viewer) -> Done:
    return Done(*names.give(parts, given.get("name", ""), given.get("account", ""), viewer))


def _refuse_name(parts: Services, given: Given, viewer: Viewer) -> Done:
    return Done(names.refuse(parts, given.get("name", ""), given.get("account", ""), viewer))


def _undo(parts: Services, given: Given, viewer: Viewer) -> Done:
    parts.library.undo(given.get("commit", ""), viewer=viewer)
    return Done(say("Undone. Everything is as it was before."))


ACTS: dict[str, Act] = {
    "seen": _seen, "validate": _validate, "reject": _reject, "reviewed": _reviewed, "take-on": _take_on,
    "into-topic": _into_topic, "keep-apart": _apart, "link": _link, "again": _again, "merge": _merge,
    "relink": _relink, "unlink": _unlink, "give-name": _give_name, "refuse-name": _refuse_name,
    "undo": _undo,
}  # fmt: skip
"""What can be done at the desk to one row; tags are renamed by `Library.retag`, which takes its time."""

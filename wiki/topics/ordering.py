"""The curated list of a topic and its reading path, changed: each function gives another topic (pure).

Where a change makes no sense any more, because somebody else was faster, EntryError says so in a sentence.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TypeVar

from wiki.entry_values import EntryError
from wiki.topics.front import Curated, Step, Topic
from wiki.words import say

Named = TypeVar("Named", Curated, Step)
GONE = say("This entry is not in the list any more. Load the page again.")


def accepted(topic: Topic, entry_id: str, why: str = "", passage: str = "", revision: str = "") -> Topic:
    """The topic with an entry at the end of its list; one that is there already gets what is given here."""
    one = Curated(entry_id, why.strip(), passage.strip(), revision if passage.strip() else "")
    left_out = tuple(other for other in topic.left_out if other != entry_id)
    known = next((item for item in topic.curated if item.id == entry_id), None)
    if known is None:
        return replace(topic, curated=(*topic.curated, one), left_out=left_out)
    merged = replace(known, why=one.why or known.why)
    if one.passage:
        merged = replace(merged, passage=one.passage, revision=one.revision)
    return replace(topic, curated=_with(topic.curated, merged), left_out=left_out)


def dismissed(topic: Topic, entry_id: str) -> Topic:
    """The topic with an entry left out: taken from the list where it is there, and not proposed again."""
    left_out = topic.left_out if entry_id in topic.left_out else (*topic.left_out, entry_id)
    return replace(topic, curated=tuple(item for item in topic.curated if item.id != entry_id), left_out=left_out)


def brought_back(topic: Topic, entry_id: str) -> Topic:
    """The topic with an entry proposed again that was left out."""
    return replace(topic, left_out=tuple(other for other in topic.left_out if other != entry_id))


def taken_out(topic: Topic, entry_id: str) -> Topic:
    """The topic without an entry in its list; the rule may propose it again."""
    _item(topic.curated, entry_id)
    return replace(topic, curated=tuple(item for item in topic.curated if item.id != entry_id))


def explained(topic: Topic, entry_id: str, why: str) -> Topic:
    """The topic with another sentence on why an entry matters."""
    return replace(topic, curated=_with(topic.curated, replace(_item(topic.curated, entry_id), why=why.strip())))


def cited(topic: Topic, entry_id: str, passage: str, revision: str) -> Topic:
    """The topic with a passage cited from this version of an entry; an empty one takes the citation away."""
    item = _item(topic.curated, entry_id)
    passage = passage.strip()
    return replace(
        topic, curated=_with(topic.curated, replace(item, passage=passage, revision=revision if passage else ""))
    )


def stepped(topic: Topic, entry_id: str, by: int, shown: Collection[str] | None = None) -> Topic:
    """The topic with an entry moved up (`by` -1) or down (1), past the next one that is `shown` (all by default)."""
    return replace(topic, curated=_stepped(topic.curated, entry_id, by, shown))


def placed(topic: Topic, entry_id: str, before: str) -> Topic:
    """The topic with an entry moved before another one, to the end where `before` is empty."""
    return replace(topic, curated=_placed(topic.curated, entry_id, before))


def path_with(topic: Topic, entry_id: str, note: str = "") -> Topic:
    """The topic with a step at the end of its reading path; one that is there already gets the note."""
    known = next((step for step in topic.reading_path if step.id == entry_id), None)
    if known is None:
        return replace(topic, reading_path=(*topic.reading_path, Step(entry_id, note.strip())))
    return replace(topic, reading_path=_with(topic.reading_path, replace(known, note=note.strip() or known.note)))


def path_without(topic: Topic, entry_id: str) -> Topic:
    """The topic without a step of its reading path."""
    _item(topic.reading_path, entry_id)
    return replace(topic, reading_path=tuple(step for step in topic.reading_path if step.id != entry_id))


def path_stepped(topic: Topic, entry_id: str, by: int) -> Topic:
    """The topic with a step of the reading path moved up (-1) or down (1)."""
    return replace(topic, reading_path=_stepped(topic.reading_path, entry_id, by, None))


def _item(items: Sequence[Named], entry_id: str) -> Named:
    found = next((item for item in items if item.id == entry_id), None)
    if found is None:
        raise EntryError(GONE, "entry")
    return found


def _with(items: Sequence[Named], one: Named) -> tuple[Named, ...]:
    return tuple(one if item.id == one.id else item for item in items)


def _stepped(items: Sequence[Named], entry_id: str, by: int, shown: Collection[str] | None) -> tuple[Named, ...]:
    item = _item(items, entry_id)

    def seen(one: Named) -> bool:
        return shown is None or one.id in shown

    rest: list[Named] = [one for one in items if one.id != entry_id]
    place = next(number for number, one in enumerate(items) if one.id == entry_id)
    before, after = rest[:place], rest[place:]
    target: int
    if by < 0:
        target = max((number for number, one in enumerate(before) if seen(one)), default=place)
    else:
        target = place + next((number + 1 for number, one in enumerate(after) if seen(one)), 0)
    rest.insert(target, item)
    return tuple(rest)


def _placed(items: Sequence[Named], entry_id: str, before: str) -> tuple[Named, ...]:
    item = _item(items, entry_id)
    if before == entry_id:
        return tuple(items)
    rest: list[Named] = [one for one in items if one.id != entry_id]
    places = (number for number, one in enumerate(rest) if one.id == before)
    target: int | None = next(places, None) if before else len(rest)
    if target is None:
        raise EntryError(GONE, "before")
    rest.insert(target, item)
    return tuple(rest)

"""What each version of an entry did, for its timeline. Kept by the two blobs, since nothing else decides it."""

from __future__ import annotations

from dataclasses import dataclass

from flask import current_app

from indexer.kept import Kept
from wiki.catalog import Version
from wiki.changes import Touched, begun, touched
from wiki.entries import Entry, EntryError, parse
from wiki.library import automatic_notes
from wiki.services import services
from wiki.web.labels import FIELDS, in_words
from wiki.words import say

MAX_KEPT = 4_000
LABELS = {
    **FIELDS,
    "status": say("Status"),
    "source": say("Source"),
    "recurrence_of": say("Came back from"),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field of the head that differs between two versions, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Told:
    """A version in a few words: `message` is what its author left (or empty), `text` what became of the text, `fields`
    the labels of what changed in the head. `first` says that there is no version before it."""

    message: str
    text: Touched
    fields: tuple[str, ...] = ()
    first: bool = False


def told(older: Version | None, version: Version) -> Told:
    """What `version` did to the one before it, which the viewer may see as well (None: it is the first)."""
    automatic = version.message in automatic_notes(version.title)
    message = "" if automatic else version.message
    if version.action == "deleted" or (older is None and version.action != "created"):
        return Told(message, Touched((), (), (), begun("").words))
    kept: Kept[tuple[str, str], tuple[Touched, tuple[str, ...]]]
    kept = current_app.extensions.setdefault("hindsight-summaries", Kept(MAX_KEPT))
    key = (older.revision if older else "", version.revision)
    found = kept.get(key)
    if found is None:
        found = _looked_at(*key)
        kept.put(key, found)
    return Told(message, *found, first=older is None)


def _looked_at(older: str, newer: str) -> tuple[Touched, tuple[str, ...]]:
    new_body, new = _read(newer)
    if not older:
        return begun(new_body), ()
    old_body, old = _read(older)
    fields = field_changes(old, new) if old is not None and new is not None else []
    return touched(old_body, new_body), tuple(change.label for change in fields)


def _read(revision: str) -> tuple[str, Entry | None]:
    """The text of a version, and what it says of itself where that can be read."""
    raw = services().store.blob(revision)
    try:
        entry = parse(raw)
    except EntryError:
        return raw.decode("utf-8", "replace"), None
    return entry.body, entry


def field_changes(old: Entry, new: Entry) -> list[FieldChange]:
    """The fields of the head in which two versions differ."""
    changes = []
    for name, label in LABELS.items():
        before, after = in_words(getattr(old, name)), in_words(getattr(new, name))
        if before != after:
            changes.append(FieldChange(label, before, after))
    return changes

"""From a review in SQL to one entry in git, once, whatever is cut off in between.

The entry's id is the review's, chosen when it was opened. Publishing first marks the review (from now on nobody
changes it), then commits the entry, then takes what was said out of SQL. Whoever comes after a kill, or at the same
moment, goes on with the same id: the library makes an entry with a given id once.
"""

from __future__ import annotations

from wiki.catalog import CatalogEntry
from wiki.entries import EntryError
from wiki.library import EntryFields, Forbidden, NotFound
from wiki.people import People
from wiki.reviews.compose import entry_body
from wiki.reviews.joint import Joints
from wiki.reviews.rules import may_lead
from wiki.reviews.store import Reviews
from wiki.reviews.types import Phase, Review, ReviewError
from wiki.reviews.voices import Voices, shuffled
from wiki.sections import Template
from wiki.services import Services
from wiki.viewer import Viewer

KIND = "after-action-review"


def publish(parts: Services, review: Review, template: Template, viewer: Viewer) -> CatalogEntry:
    """Publish the review as one entry; asked again, the same entry comes back.

    Raises Forbidden for others than its lead, ReviewError where there is nothing to publish yet, EntryError for a text
    that cannot be an entry (the review is then open as before), and NotFound when the entry was deleted since.
    """
    if not may_lead(review, viewer):
        raise Forbidden("Whoever leads the review publishes it. Ask them, or an administrator to hand it over.")
    held = Reviews(parts.people.database)
    if review.phase is not Phase.PUBLISHED:
        if review.phase is Phase.DISCUSSING and not _text(parts.people, review, template).strip():
            raise ReviewError("Nobody has said or written anything yet. Write a sentence of the joint text first.")
        held.advance(review.id, Phase.PUBLISHING, out_of=(Phase.DISCUSSING, Phase.PUBLISHING))
        _commit(parts, held, review, template, viewer)
        held.finish(review.id, Phase.PUBLISHED)
    entry = parts.catalog.entry(review.id)
    if entry is None:
        raise NotFound("The entry of this review was deleted. Restore it from the deleted entries.")
    return entry


def _commit(parts: Services, held: Reviews, review: Review, template: Template, viewer: Viewer) -> None:
    if _is_there(parts, review.id):
        return
    try:
        body = _text(parts.people, review, template)
    except ReviewError:
        if held.get(review.id).phase is Phase.PUBLISHED:
            return  # somebody else pressed at the same moment, and was done before we read
        raise
    fields = EntryFields(
        kind=KIND,
        title=review.title,
        body=body,
        team=review.team or "",
        date=review.happened_on or "",
        audience=review.audience,
        recurrence_of=review.recurrence_of,
    )
    message = f"Publish the review “{review.title}”"
    try:
        parts.library.create(fields, viewer=viewer, message=message, entry_id=review.id)
    except EntryError:
        held.advance(review.id, Phase.DISCUSSING, out_of=(Phase.PUBLISHING,))
        raise


def _is_there(parts: Services, entry_id: str) -> bool:
    parts.catalog.catch_up(limit=None)
    return parts.catalog.entry(entry_id) is not None or parts.catalog.deleted_entry(entry_id) is not None


def _text(people: People, review: Review, template: Template) -> str:
    """The body of the entry as things stand; empty when there is nothing in it."""
    voices = shuffled(Voices(people.database).together(review.id))
    joint = Joints(people.database)
    events = joint.events(review.id)
    return entry_body(template, joint.text(review.id).parts, review.summary, events, voices)

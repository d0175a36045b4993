"""Two people changed the same lines: both versions side by side, and the writer's own text ready to be finished.

Nothing was saved and nothing is lost. The form is based on the other version from here on, so that what is published
next is taken as the joined text; a draft put aside from this page keeps its old base (see `Writing.draft_base`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from flask import render_template

from wiki.catalog import Version
from wiki.diffs import inline
from wiki.library import EditConflict
from wiki.services import services
from wiki.web.desk import Desk, desk_context
from wiki.web.labels import FIELDS, in_words
from wiki.web.writing import FREE, Writing
from wiki.words import say

LABELS = {**FIELDS, "recurrence_of": say("Same thing as")}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that both versions hold differently, as plain words."""

    label: str
    base: str
    theirs: str
    yours: str


def conflict_page(desk: Desk, writing: Writing, conflict: EditConflict) -> tuple[str, int]:
    """The page that shows base, theirs and yours, with yours in the editor (409)."""
    mine = replace(
        writing,
        base_revision=conflict.revision,
        draft_base=writing.draft_base or writing.base_revision,
        mode=FREE,
    )
    return render_template(
        "editor/conflict.html",
        **desk_context(desk, mine),
        conflict=conflict,
        theirs_by=_last_change(desk),
        differences=differences(conflict),
        their_changes=inline(conflict.base.body, conflict.theirs.body),
        your_changes=inline(conflict.base.body, conflict.yours.body),
        between=inline(conflict.theirs.body, conflict.yours.body),
    ), 409


def differences(conflict: EditConflict) -> list[Difference]:
    """The fields beside the text in which theirs and yours differ."""
    found = []
    for name, label in LABELS.items():
        versions = (conflict.base, conflict.theirs, conflict.yours)
        base, theirs, yours = (in_words(getattr(entry, name)) for entry in versions)
        if theirs != yours:
            found.append(Difference(label, base, theirs, yours))
    return found


def _last_change(desk: Desk) -> Version | None:
    if desk.item is None:
        return None
    history = services().catalog.history(desk.item.id, limit=1)
    return history[0] if history else None

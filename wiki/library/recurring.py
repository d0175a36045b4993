"""The same thing happened again: an entry that says so takes the lessons that it names back to identified."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from wiki.content import Author, Change
from wiki.content.store import Snapshot
from wiki.entries import Entry, EntryError, parse, render
from wiki.library.base import LibraryBase, author_for
from wiki.library.standing import today
from wiki.life.front import Recurred
from wiki.lifecycle import taken_back
from wiki.viewer import Viewer

AGAIN = "It happened again"


class Recurring(LibraryBase):
    """What a recurrence does to the lessons that it is one of."""

    def _came_back(
        self,
        entry_id: str,
        lessons: Iterable[str],
        viewer: Viewer,
        author: Author | None = None,
        missed: str = "",
    ) -> None:
        """Note in each of the lessons that it came back in an entry, in a commit of its own: its history must not tell
        of an entry that fewer people may see. Lessons that the viewer does not see are left alone."""
        wanted = [other for other in dict.fromkeys(lessons) if other != entry_id]
        if not wanted:
            return
        by = viewer.account_id or ""

        def build(snapshot: Snapshot) -> Sequence[Change]:
            self._catalog.catch_up(limit=None)
            found = [self._taken_back_lesson(snapshot, other, entry_id, by, missed, viewer) for other in wanted]
            return [change for change in found if change is not None]

        note = f"{AGAIN}: {missed}" if missed else AGAIN
        self._store.update(build, author=author_for(viewer, author), message=note)

    def _taken_back_lesson(
        self, snapshot: Snapshot, lesson_id: str, entry_id: str, by: str, missed: str, viewer: Viewer
    ) -> Change | None:
        item = self._catalog.entry(lesson_id)
        raw = snapshot.data(item.path) if item is not None else None
        if item is None or raw is None or item.kind != "lesson" or not viewer.may_see(item.audience):
            return None
        try:
            before = replace(parse(raw, item.path), id=item.id)
        except EntryError:
            return None  # shown with its error already; there is no status to take back
        after = recurred(before, Recurred(entry_id, missed, by, today()))
        return None if after == before else Change(item.path, render(after, raw))


def recurred(lesson: Entry, event: Recurred) -> Entry:
    """The lesson once it has come back; what the action missed is added where the recurrence is noted already."""
    known = next((one for one in lesson.life.recurred if one.id == event.id), None)
    if known is not None:
        changed = replace(known, missed=event.missed or known.missed)
        items = tuple(changed if one.id == event.id else one for one in lesson.life.recurred)
        return replace(lesson, life=replace(lesson.life, recurred=items))
    life = taken_back(lesson.life)
    return replace(lesson, status="identified", life=replace(life, recurred=(*life.recurred, event)))

"""A name in the entries turns out to be somebody with an account: their duties follow, in one commit."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from wiki.content import Author, Change
from wiki.content.store import Snapshot
from wiki.entries import Entry, EntryError, render
from wiki.library.base import author_for, readable
from wiki.library.living import Living
from wiki.life.front import Life
from wiki.topics.front import Topic
from wiki.viewer import Viewer


class Naming(Living):
    """The part of the library that knows people by other names."""

    def rename_person(
        self,
        written: Collection[str],
        account_id: str,
        entry_ids: Collection[str],
        *,
        viewer: Viewer,
        author: Author | None = None,
        message: str,
    ) -> tuple[str, int]:
        """Let these entries name an account where they name somebody as `written`; gives the one commit, which `undo`
        takes back, and how many entries it changed. Entries that the viewer may not see keep the name. Raises
        EntryError where nothing names them any more."""
        self._require_writer(viewer)
        count = 0

        def build(snapshot: Snapshot) -> Sequence[Change]:
            nonlocal count
            self._catalog.catch_up(limit=None)
            changes = []
            for item in self._catalog.entries_by_id(list(entry_ids), viewer).values():
                raw = snapshot.data(item.path)
                before = readable(raw, item.path, item.id) if raw is not None else None
                after = renamed(before, written, account_id) if before is not None else None
                if after != before and after is not None:
                    changes.append(Change(item.path, render(after, raw)))
            count = len(changes)
            return changes

        commit = self._store.update(build, author=author_for(viewer, author), message=message)
        if not count:
            raise EntryError("No entry names them any more. Load the page again.", "name")
        self._after_write()
        return commit, count


def renamed(entry: Entry, written: Collection[str], account_id: str) -> Entry:
    """The entry with the account in each place where it names somebody as `written` (pure)."""

    def who(name: str) -> str:
        return account_id if name in written else name

    return replace(entry, life=_life(entry.life, who), topic=_topic(entry.topic, who))


def _life(life: Life, who: Callable[[str], str]) -> Life:
    return replace(
        life,
        steward=who(life.steward),
        actions=tuple(replace(one, owner=who(one.owner)) for one in life.actions),
        applied=tuple(replace(one, by=who(one.by)) for one in life.applied),
        recurred=tuple(replace(one, by=who(one.by)) for one in life.recurred),
    )


def _topic(topic: Topic, who: Callable[[str], str]) -> Topic:
    """A steward is not their own deputy, and is offered nothing that they have."""
    steward, deputy, handover = who(topic.steward), who(topic.deputy), topic.handover
    if handover is not None:
        handover = None if who(handover.to) == steward else replace(handover, to=who(handover.to))
    return replace(topic, steward=steward, deputy="" if deputy == steward else deputy, handover=handover)

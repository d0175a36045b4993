"""How far the index is behind the content, counted in entries by whoever knows the content."""

from __future__ import annotations

from wiki.content import ContentStore, Missing


class Behind:
    """`entries_behind` for one store, remembered for as long as neither cursor nor tip moves: health is asked often."""

    def __init__(self, store: ContentStore) -> None:
        self._store = store
        self._known: tuple[str, str | None, int] = ("", None, 0)

    def __call__(self, cursor: str) -> int:
        """Files between `cursor` and the tip."""
        tip = self._store.tip()
        known = self._known
        if known[:2] != (cursor, tip):
            known = self._known = (cursor, tip, entries_behind(self._store, cursor))
        return known[2]


def entries_behind(store: ContentStore, cursor: str) -> int:
    """Files that differ between the commit `cursor` and the tip; all of them where there is no such commit."""
    tip = store.tip()
    if tip is None or cursor == tip:
        return 0
    try:
        return store.differences(cursor or None, tip)
    except Missing:
        return store.differences(None, tip)

"""How far the index is behind the content, counted in entries by whoever knows the content."""

from __future__ import annotations

from wiki.content import ContentStore, Missing


def entries_behind(store: ContentStore, cursor: str) -> int:
    """Files that differ between the commit `cursor` and the tip; all of them where there is no such commit."""
    tip = store.tip()
    if tip is None or cursor == tip:
        return 0
    try:
        return store.differences(cursor or None, tip)
    except Missing:
        return store.differences(None, tip)

"""What a commit says of a write for which nobody left a message: no more than the action, so lists may leave it out."""

from __future__ import annotations

CREATE, EDIT, DELETE, RESTORE = "Create “{}”", "Edit “{}”", "Delete “{}”", "Restore “{}”"
RENAME, MOVE = "Rename", "Move"


def automatic_notes(title: str) -> frozenset[str]:
    """Every such message about an entry of this title."""
    return frozenset(note.format(title) for note in (CREATE, EDIT, DELETE, RESTORE, RENAME, MOVE))

"""The whole wiki as a folder of plain Markdown, attachments beside their entries: what git holds at its tip."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from wiki.content import ContentStore
from wiki.importing.trees import MARKER
from wiki.library import LibraryError
from wiki.services import Services
from wiki.viewer import SYSTEM

FORMAT = 1


def export(store: ContentStore, folder: Path, people: Mapping[str, str] | None = None) -> int:
    """Write every file of the newest commit below `folder`, which is empty or new; gives the number of files.

    The marker file tells an import that these files may keep their paths, and what the `people` are called (by account
    id) whom they name: where nobody has these accounts, they can be claimed by that name. Raises LibraryError when the
    folder holds anything that is not an earlier export of ours, since files removed from the wiki would live on in it.
    """
    if folder.exists() and not folder.is_dir():
        raise LibraryError(f"{folder} is a file. Name a folder.")
    if folder.is_dir() and any(folder.iterdir()):
        raise LibraryError(f"{folder} is not empty. Name a new or empty folder.")
    folder.mkdir(parents=True, exist_ok=True)
    tip = store.tip()
    count = 0
    if tip is not None:
        for path, revision in store.paths(tip):
            target = folder.joinpath(*path.split("/"))
            if not target.resolve().is_relative_to(folder.resolve()):
                raise LibraryError(
                    f"{path} leads out of the folder; it was not written. Remove it from the repository."
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(store.blob(revision))
            count += 1
    marker = {"format": FORMAT, "commit": tip, "files": count, "people": dict(sorted((people or {}).items()))}
    (folder / MARKER).write_text(json.dumps(marker, ensure_ascii=False) + "\n", encoding="utf-8")
    return count


def named_people(parts: Services) -> dict[str, str]:
    """What everybody is called whom entries name by an account id, of this wiki or of one that it was brought from."""
    ids = [name for name in parts.catalog.lives.named(SYSTEM) if name != SYSTEM.account_id]
    return parts.people.claims.known_as(ids) | parts.people.names(ids)

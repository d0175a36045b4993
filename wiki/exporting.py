"""The whole wiki as a folder of plain Markdown, attachments beside their entries: what git holds at its tip."""

from __future__ import annotations

import json
from pathlib import Path

from wiki.content import ContentStore
from wiki.importing.trees import MARKER
from wiki.library import LibraryError

FORMAT = 1


def export(store: ContentStore, folder: Path) -> int:
    """Write every file of the newest commit below `folder`, which is empty or new; gives the number of files.

    The marker file tells an import that these files may keep their paths. Raises LibraryError when the folder
    holds anything that is not an earlier export of ours, since files removed from the wiki would live on in it.
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
    marker = {"format": FORMAT, "commit": tip, "files": count}
    (folder / MARKER).write_text(json.dumps(marker) + "\n", encoding="utf-8")
    return count

"""Trees: looked up, listed, compared, and built anew from a set of changes (pygit2 only, no policy)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pygit2

from wiki.content.types import Exists, FileChange
from wiki.words import say

FILE_MODE = int(pygit2.enums.FileMode.BLOB)
TREE_MODE = int(pygit2.enums.FileMode.TREE)
_FILES = (FILE_MODE, int(pygit2.enums.FileMode.BLOB_EXECUTABLE))
_DIFF = pygit2.enums.DiffOption.SKIP_BINARY_CHECK


def find(tree: Any, path: str) -> str | None:
    """The blob id of a file in a tree, None where there is none (a folder is none)."""
    if tree is None:
        return None
    try:
        found = tree[path]
    except (KeyError, ValueError):
        return None
    return str(found.id) if found.filemode in _FILES else None


def files(repository: Any, tree: Any, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every file under a tree: (path, blob id), in git's order.

    Links, submodules and undecodable names are left out."""
    for item in tree:
        try:
            path = prefix + item.name
        except UnicodeDecodeError:
            continue
        if item.filemode == TREE_MODE:
            yield from files(repository, repository[item.id], path + "/")
        elif item.filemode in _FILES:
            yield path, str(item.id)


def twin(repository: Any, tree: Any, path: str) -> str | None:
    """The path of a file or folder in the tree that differs from `path` (or a folder of it) in case only."""
    walked = ""
    for segment in path.split("/"):
        if tree is None:
            return None
        folded = segment.casefold()
        below = None
        for item in tree:
            if item.name == segment:
                below = repository[item.id] if item.filemode == TREE_MODE else None
            elif item.name.casefold() == folded:
                return f"{walked}{item.name}"
        walked += segment + "/"
        tree = below
    return None


def differences(before: Any, after: Any) -> tuple[FileChange, ...]:
    """The files that differ between two trees (either may be None), by path. A rename is a removal and an addition."""
    if before is None and after is None:
        return ()
    if before is None:
        diff = after.diff_to_tree(flags=_DIFF, swap=True)
    elif after is None:
        diff = before.diff_to_tree(flags=_DIFF)
    else:
        diff = before.diff_to_tree(after, flags=_DIFF)
    changes = []
    for delta in diff.deltas:
        old, new = _side(delta.old_file), _side(delta.new_file)
        raw = delta.new_file.raw_path or delta.old_file.raw_path
        if old == new:
            continue
        try:
            path = raw.decode("utf-8")
        except UnicodeDecodeError:
            continue
        changes.append(FileChange(path, old, new))
    return tuple(changes)


def _side(file: Any) -> str | None:
    return str(file.id) if int(file.mode) in _FILES else None


def build(repository: Any, tree: Any, changes: Mapping[str, str | None], written: list[str]) -> str:
    """The id of `tree` with some files set to blob ids or removed (None). Ids of new trees are added to `written`.

    Folders that become empty go. Raises Exists where a file stands in the way of a folder or the other way round.
    """
    here: dict[str, str | None] = {}
    below: dict[str, dict[str, str | None]] = {}
    for path, blob in changes.items():
        first, _, rest = path.partition("/")
        if rest:
            below.setdefault(first, {})[rest] = blob
        else:
            here[first] = blob
    builder = repository.TreeBuilder(tree) if tree is not None else repository.TreeBuilder()
    # In this order a folder can take the place of a file that goes in the same commit, and the other way round.
    for name in (name for name, blob in here.items() if blob is None):
        _set_file(builder, name, None)
    for name, inner in below.items():
        _set_folder(repository, builder, name, inner, written)
    for name, blob in here.items():
        if blob is not None:
            _set_file(builder, name, blob)
    tree_id = str(builder.write())
    written.append(tree_id)
    return tree_id


def _set_file(builder: Any, name: str, blob: str | None) -> None:
    present = builder.get(name)
    if blob is None:
        if present is not None and present.filemode != TREE_MODE:
            builder.remove(name)
        return
    if present is not None and present.filemode == TREE_MODE:
        raise Exists(say("“%(name)s” is a folder here, so no file can have that name. Choose another.", name=name))
    builder.insert(name, blob, FILE_MODE)


def _set_folder(repository: Any, builder: Any, name: str, inner: dict[str, str | None], written: list[str]) -> None:
    present = builder.get(name)
    if present is not None and present.filemode != TREE_MODE:
        if all(blob is None for blob in inner.values()):
            return
        raise Exists(say("“%(name)s” is a file here, so no folder can have that name. Choose another.", name=name))
    if present is None and all(blob is None for blob in inner.values()):
        return
    tree_id = build(repository, repository[present.id] if present is not None else None, inner, written)
    if len(repository[tree_id]) == 0:
        if present is not None:
            builder.remove(name)
        return
    builder.insert(name, tree_id, TREE_MODE)

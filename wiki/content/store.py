"""The git store: files by path, every version of them, and one way to write.

All writing goes through `ContentStore.update`: hold our lock, look at the tip, compute the changes against it, write
the objects, flush them, and move the branch by compare-and-swap; if a `git push` from outside was faster, all of it
again on the new tip. What is read needs no lock, since objects never change.
"""

from __future__ import annotations

import datetime as dt
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pygit2

from wiki.content import trees
from wiki.content.durable import flush_tree, object_files
from wiki.content.locks import hold
from wiki.content.refs import read_ref, swap_ref
from wiki.content.types import (
    ACCOUNT_DOMAIN,
    Author,
    Blob,
    Busy,
    Change,
    CommitInfo,
    Conflict,
    ContentError,
    Exists,
    Missing,
    Saved,
    UnknownCommit,
)
from wiki.merge import merge
from wiki.slugs import PathError, check_path
from wiki.words import say

BRANCH = "refs/heads/main"
LOCK_TIMEOUT = 30.0
MAX_MESSAGE = 2000
_ATTEMPTS = 50
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The repository as it stands in one commit (or empty, before the first), for computing changes against."""

    repository: Any
    commit: str | None
    tree: Any

    def revision(self, path: str) -> str | None:
        """The blob id of a file, None where there is none."""
        return trees.find(self.tree, path)

    def data(self, path: str) -> bytes | None:
        """The content of a file, None where there is none."""
        revision = self.revision(path)
        return None if revision is None else bytes(self.repository[revision].data)

    def files(self, folder: str = "") -> Iterator[tuple[str, str]]:
        """The files under a folder (all by default): (path, blob id)."""
        if self.tree is None:
            return
        if not folder:
            yield from trees.files(self.repository, self.tree)
            return
        try:
            below = self.tree[folder]
        except KeyError:
            return
        if below.filemode == trees.TREE_MODE:
            yield from trees.files(self.repository, below, folder + "/")

    def twin(self, path: str) -> str | None:
        """What already stands here under a name that differs from `path` in case only."""
        return trees.twin(self.repository, self.tree, path)


Build = Callable[[Snapshot], Sequence[Change]]


class ContentStore:
    """A bare repository and the lock beside it. One object serves all threads of a process."""

    def __init__(self, path: Path, run_path: Path) -> None:
        self.path = path
        self.lock_path = run_path / "content.lock"
        self._local = threading.local()

    @classmethod
    def create(cls, path: Path, run_path: Path) -> ContentStore:
        """Make the repository if there is none, durably, and open it."""
        run_path.mkdir(parents=True, exist_ok=True)
        store = cls(path, run_path)
        with hold(store.lock_path, LOCK_TIMEOUT):
            if not (path / "HEAD").exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                repository = pygit2.init_repository(str(path), bare=True, initial_head="main")
                # A push from outside is to be as durable as a save; git leaves loose objects out by default.
                repository.config["core.fsync"] = "all"
                repository.config["core.logAllRefUpdates"] = False
                flush_tree(path)
        return store

    @property
    def _repository(self) -> Any:
        """libgit2's objects must not be shared between threads, so each thread opens the repository for itself."""
        repository = getattr(self._local, "repository", None)
        if repository is None:
            try:
                repository = pygit2.Repository(str(self.path))
            except pygit2.GitError as error:
                raise ContentError(say("There is no git repository at %(path)s.", path=self.path)) from error
            self._local.repository = repository
        return repository

    def tip(self) -> str | None:
        """The newest commit, None in an empty repository. Costs microseconds."""
        return read_ref(self.path, BRANCH)

    def _object(self, name: str, kind: Any) -> Any:
        try:
            found = self._repository[name]
        except (KeyError, ValueError, TypeError):
            found = None
        if not isinstance(found, kind) or len(name) != 40:
            raise Missing("There is no such version.")
        return found

    def snapshot(self, at: str | None = None) -> Snapshot:
        """The repository as it stands in commit `at` (the tip by default). Raises Missing."""
        commit = at or self.tip()
        tree = self._object(commit, pygit2.Commit).tree if commit else None
        return Snapshot(self._repository, commit, tree)

    def read(self, path: str, at: str | None = None) -> Blob:
        """The file at `path` in commit `at` (the tip by default). Raises Missing."""
        revision = self.snapshot(at).revision(path)
        if revision is None:
            raise Missing(say("There is no file “%(path)s”.", path=path))
        return Blob(path, revision, self.blob(revision))

    def blob(self, revision: str) -> bytes:
        """The content of a blob. Raises Missing."""
        return bytes(self._object(revision, pygit2.Blob).data)

    def size(self, revision: str) -> int:
        """The size of a blob in bytes, without reading it. Raises Missing."""
        try:
            return int(self._repository.odb.read_header(revision)[1])
        except (KeyError, ValueError) as error:
            raise Missing("There is no such version.") from error

    def paths(self, at: str | None = None) -> Iterator[tuple[str, str]]:
        """Every file of a commit (the tip by default): (path, blob id), in git's order."""
        return self.snapshot(at).files()

    def put(self, path: str, data: bytes, *, base: str | None, author: Author, message: str) -> Saved:
        """Write one file.

        `base` is the blob that the writer started from, None for a new file. Raises Exists for a new file whose path
        (case aside) is taken, Missing when the file is gone, and Conflict when somebody else changed the same lines;
        other changes are merged in.
        """
        outcome: dict[str, bool] = {}

        def build(snapshot: Snapshot) -> list[Change]:
            text, outcome["merged"] = self._merged(snapshot, path, data, base)
            return [Change(path, text)]

        commit = self.update(build, author=author, message=message)
        revision = self.snapshot(commit).revision(path)
        if revision is None:
            raise Missing(say("There is no file “%(path)s”.", path=path))
        return Saved(commit, path, revision, outcome["merged"])

    def _merged(self, snapshot: Snapshot, path: str, data: bytes, base: str | None) -> tuple[bytes, bool]:
        present = snapshot.revision(path)
        if base is None:
            if present is not None:
                raise Exists(say("There is already a file “%(path)s”.", path=path))
            return data, False
        if present is None:
            raise Missing(say("“%(path)s” was deleted or moved meanwhile.", path=path))
        if present == base:
            return data, False
        return self.merge_into(present, data, base), True

    def merge_into(self, present: str, data: bytes, base: str) -> bytes:
        """`data`, written on top of the blob `base`, with what changed from `base` to the blob `present`.

        Raises Conflict when both changed the same lines.
        """
        before, theirs = self.blob(base), self.blob(present)
        merged = merge(before, data, theirs)
        if merged is None:
            raise Conflict(before, theirs, data, present)
        return merged

    def apply(self, changes: Sequence[Change], *, author: Author, message: str) -> str:
        """Write and remove several files in one commit, whatever stood there before; gives the commit."""
        return self.update(lambda _: changes, author=author, message=message)

    def move(self, old: str, new: str, *, data: bytes | None = None, author: Author, message: str) -> str:
        """Rename a file, with other content where `data` is given; gives the commit. Raises Missing, Exists."""

        def build(snapshot: Snapshot) -> list[Change]:
            content = snapshot.data(old)
            if content is None:
                raise Missing(say("There is no file “%(old)s”.", old=old))
            if snapshot.revision(new) is not None:
                raise Exists(say("There is already a file “%(new)s”.", new=new))
            return [Change(old, None), Change(new, content if data is None else data)]

        return self.update(build, author=author, message=message)

    def delete(self, path: str, *, base: str | None = None, author: Author, message: str) -> str:
        """Remove a file, with `base` only if it is still that blob (else Conflict); gives the commit."""

        def build(snapshot: Snapshot) -> list[Change]:
            revision = snapshot.revision(path)
            if revision is None:
                raise Missing(say("There is no file “%(path)s”.", path=path))
            if base is not None and revision != base:
                raise Conflict(self.blob(base), self.blob(revision), b"", revision)
            return [Change(path, None)]

        return self.update(build, author=author, message=message)

    def update(self, build: Build, *, author: Author, message: str, timeout: float = LOCK_TIMEOUT) -> str:
        """Commit what `build(snapshot)` asks for; gives the tip that holds it, which is durable by then.

        `build` is called again whenever a push from outside was faster, so it must have no effects of its own; what
        it raises passes through, with nothing written. A change that changes nothing makes no commit (the empty text
        comes back where there is none at all). Raises Exists
        for a new path that differs from a present one in case only, and Busy.
        """
        with hold(self.lock_path, timeout) as notes:
            for attempt in range(_ATTEMPTS):
                snapshot = self.snapshot()
                changes = build(snapshot)
                if not changes:
                    return snapshot.commit or ""
                commit, written = self._write(snapshot, changes, author, message)
                if commit == snapshot.commit:
                    return commit
                before = object_files(self.path, written)
                if swap_ref(self.path, BRANCH, snapshot.commit, commit, notes=notes, before=before):
                    return commit
                time.sleep(0.001 * attempt)
        raise Busy("The repository is being changed by another program all the time. Please try again.")

    def _write(
        self, snapshot: Snapshot, changes: Sequence[Change], author: Author, message: str
    ) -> tuple[str, list[str]]:
        """A commit with these changes, not yet named by the branch, and the ids of the objects that it needs."""
        repository = snapshot.repository
        written: list[str] = []
        wanted: dict[str, str | None] = {}
        gone = {change.path for change in changes if change.data is None}
        for change in changes:
            if change.data is None:
                wanted[change.path] = None
                continue
            if snapshot.revision(change.path) is None:
                _check_new(change.path)
                twin = snapshot.twin(change.path)
                if twin is not None and twin not in gone:
                    raise Exists(
                        say("There is already “%(twin)s”, which differs in upper and lower case only.", twin=twin)
                    )
            blob = str(repository.create_blob(change.data))
            written.append(blob)
            wanted[change.path] = blob
        tree = trees.build(repository, snapshot.tree, wanted, written)
        if snapshot.commit is not None and tree == str(snapshot.tree.id):
            return snapshot.commit, []
        parents = [snapshot.commit] if snapshot.commit else []
        signature = _signature(author)
        commit = str(repository.create_commit(None, signature, signature, _clean(message), tree, parents))
        return commit, [*written, commit]

    def commit(self, commit: str) -> CommitInfo:
        """One commit with the files that it changed against its first parent. Raises Missing."""
        found = self._object(commit, pygit2.Commit)
        parents = tuple(str(parent) for parent in found.parent_ids)
        before = self._repository[parents[0]].tree if parents else None
        return CommitInfo(
            id=commit,
            parents=parents,
            at=dt.datetime.fromtimestamp(found.commit_time, dt.UTC),
            author=author_of(found.author),
            message=found.message.strip(),
            changes=trees.differences(before, found.tree),
        )

    def differences(self, before: str | None, after: str) -> int:
        """How many files differ between two commits."""
        old = self._object(before, pygit2.Commit).tree if before else None
        return len(trees.differences(old, self._object(after, pygit2.Commit).tree))

    def ancestors(self, commit: str) -> Iterator[str]:
        """The commit and its first parents, newest first: the line of the branch itself. Raises Missing."""
        found = self._object(commit, pygit2.Commit)
        while True:
            yield str(found.id)
            parents = found.parent_ids
            if not parents:
                return
            found = self._repository[parents[0]]

    def timeline(self, since: str | None, until: str) -> list[str]:
        """The commits after `since` up to `until`, oldest first, along first parents.

        Raises UnknownCommit when `since` is not among them.
        """
        chain: list[str] = []
        for commit in self.ancestors(until):
            if commit == since:
                return chain[::-1]
            chain.append(commit)
        if since is not None:
            raise UnknownCommit("This commit is not in the history of the branch.")
        return chain[::-1]

    def walk(self, since: str | None) -> Iterator[CommitInfo]:
        """The commits after `since` (all of them for None), oldest first. Raises UnknownCommit."""
        tip = self.tip()
        for commit in self.timeline(since, tip) if tip else []:
            yield self.commit(commit)

    def merged_commits(self, commit: CommitInfo) -> list[CommitInfo]:
        """The commits that a merge brought in beside its first parent's line, oldest first."""
        if len(commit.parents) < 2:
            return []
        order = pygit2.enums.SortMode.TOPOLOGICAL | pygit2.enums.SortMode.REVERSE
        walker = self._repository.walk(commit.parents[1], order)
        for other in commit.parents[2:]:
            walker.push(other)
        walker.hide(commit.parents[0])
        return [self.commit(str(found.id)) for found in walker]


def _check_new(path: str) -> None:
    try:
        normal = check_path(path)
    except PathError as error:
        raise ContentError(str(error)) from error
    if normal != path:
        raise ContentError("A path is written in Unicode's composed form.")


def author_of(signature: Any) -> Author:
    """Whose account a commit names. A mail address from outside is not shown to anybody, so it is dropped."""
    local, _, domain = (signature.email or "").partition("@")
    return Author(local if domain == ACCOUNT_DOMAIN else "", (signature.name or "").strip() or "somebody")


def _signature(author: Author) -> Any:
    name = " ".join(re.sub(r"[<>\x00-\x1f\x7f]", " ", author.name).split()).strip(" .,:;\"'") or "somebody"
    local = re.sub(r"[^A-Za-z0-9._-]", "", author.id) or "nobody"
    return pygit2.Signature(name[:200], f"{local}@{ACCOUNT_DOMAIN}")


def _clean(message: str) -> str:
    text = _CONTROL.sub(" ", message.replace("\r\n", "\n")).strip()[:MAX_MESSAGE]
    return text.encode("utf-8", "replace").decode() or "Change"

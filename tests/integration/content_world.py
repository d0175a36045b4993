"""A store, a catalog and a library in a temporary folder, and somebody who pushes from outside with git itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from wiki.catalog import Catalog, CatalogEntry
from wiki.config import Config, load_config
from wiki.content import Author, Change, ContentStore
from wiki.library import EntryFields, Library
from wiki.viewer import Role, Viewer

ANN = Author("annaccount22", "Ann")
AUTHOR = Viewer("annaccount22", "Ann", Role.AUTHOR, frozenset({"ops"}))
OTHER = Viewer("bobaccount22", "Bob", Role.AUTHOR, frozenset({"sales"}))
READER = Viewer("reader222222", "Rea", Role.READER)
ADMIN = Viewer("admin2222222", "Adi", Role.ADMINISTRATOR)


@dataclass
class World:
    """Everything that content needs, and a few short words for tests."""

    config: Config
    store: ContentStore
    catalog: Catalog
    library: Library
    nudges: list[int] = field(default_factory=list)

    def write(self, path: str, text: str | bytes | None) -> str:
        """Put a file into the repository as it is, past the library; gives the commit."""
        data = text.encode() if isinstance(text, str) else text
        return self.store.apply([Change(path, data)], author=ANN, message=f"Write {path}")

    def create(self, title: str = "A title", body: str = "One.\n\nTwo.\n\nThree.\n", **fields: object) -> CatalogEntry:
        """A new page of Ann's."""
        values = {"kind": "page", "title": title, "body": body, **fields}
        return self.library.create(EntryFields(**values), viewer=AUTHOR)  # type: ignore[arg-type]

    def rebuilt(self) -> dict[str, list[tuple[object, ...]]]:
        """What a catalog holds that is built from nothing."""
        fresh = Catalog(self.config.instance / "fresh" / "catalog.db", self.store)
        try:
            fresh.catch_up(limit=None)
            return fresh.dump()
        finally:
            fresh.close()
            shutil.rmtree(fresh.path.parent)

    def check(self) -> None:
        """The catalog followed is the catalog rebuilt."""
        assert self.catalog.catch_up(limit=None)
        assert self.catalog.cursor() == self.store.tip()
        assert self.catalog.dump() == self.rebuilt()


@contextmanager
def world(folder: Path) -> Iterator[World]:
    """A world in `folder`, put away afterwards."""
    config = load_config({}, instance=folder / "instance", testing=True)
    store = ContentStore.create(config.content_path, config.run_path)
    catalog = Catalog(config.catalog_path, store)
    nudges: list[int] = []
    library = Library(config, store, catalog, lambda: nudges.append(1))
    try:
        yield World(config, store, catalog, library, nudges)
    finally:
        catalog.close()


def git(*args: str, at: Path, stdin: bytes | None = None) -> str:
    """Run git; gives what it printed."""
    environment = {
        **os.environ,
        "GIT_AUTHOR_NAME": "Olga Outside",
        "GIT_AUTHOR_EMAIL": "olga@example.org",
        "GIT_COMMITTER_NAME": "Olga Outside",
        "GIT_COMMITTER_EMAIL": "olga@example.org",
        "GIT_CONFIG_GLOBAL": "/dev/null",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    done = subprocess.run(["git", *args], cwd=at, env=environment, input=stdin, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().strip()


def clone(world: World, folder: Path) -> Path:
    """A working copy such as an administrator may have."""
    git("clone", "-q", str(world.store.path), str(folder), at=folder.parent)
    return folder


def push(folder: Path, message: str = "From outside", *flags: str) -> None:
    """Commit everything in a working copy and push it."""
    git("add", "-A", at=folder)
    git("commit", "-q", "--allow-empty", "-m", message, at=folder)
    git("push", "-q", *flags, "origin", "HEAD:main", at=folder)


def save(w: World, entry: CatalogEntry, viewer: Viewer = AUTHOR, **values: object) -> object:
    fields = EntryFields(**values)  # type: ignore[arg-type]
    return w.library.save(entry.id, fields, base_revision=entry.revision, viewer=viewer)

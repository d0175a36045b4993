"""One file that holds everything that cannot be made again: the people database, then the content repository.

Order matters: SQL is copied first, then the pictures that its drafts hold, and git last, so whatever the people room
refers to is there. All are
copied by their own means (SQLite's backup, a portable dump for PostgreSQL, a git bundle), so a backup may be taken
while people write. Derived data is left out, it comes back from content; so is the key that signs sessions, so that a
backup that gets lost opens nobody's session.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from wiki.config import Config
from wiki.content import ContentStore
from wiki.sqlbackup import BackupError, dump_people, load_people

__all__ = ["BackupError", "create", "restore"]

FORMAT = 1
MANIFEST = "manifest.json"
BUNDLE = "content.bundle"
HELD = "held.tar"
PINS = "refs/hindsight/backup"
_CHUNK = 1 << 20


def create(config: Config, target: Path) -> dict[str, Any]:
    """Write the backup to `target` (a tar file, replaced whole or not at all); gives its manifest."""
    from wiki import __version__

    target.parent.mkdir(parents=True, exist_ok=True)
    with _workspace(target.parent) as folder:
        people = dump_people(config, folder)
        held = _pack_held(config, folder / HELD)
        tip = _bundle(config, folder / BUNDLE)
        names = [people, *([HELD] if held else []), *([BUNDLE] if tip else [])]
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "commit": tip,
            "people": people,
            "files": {name: _checksum(folder / name) for name in names},
        }
        (folder / MANIFEST).write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
        unfinished = folder / "backup.tar"
        with tarfile.open(unfinished, "w") as archive:
            for name in (MANIFEST, *names):
                archive.add(folder / name, arcname=name, recursive=False)
        unfinished.chmod(0o600)
        _sync(unfinished)
        unfinished.replace(target)
        _sync(target.parent)
    return manifest


def restore(config: Config, source: Path, *, force: bool = False) -> dict[str, Any]:
    """Put a backup in the place of the instance; gives its manifest.

    Everything is checked before anything is changed. Raises BackupError when a checksum is wrong, when the instance
    holds data and `force` is not set, or when it is being served.
    """
    from wiki.serving import instance_lock

    config.instance.mkdir(parents=True, exist_ok=True)
    with instance_lock(config), _workspace(config.instance) as folder:
        manifest = _unpack(source, folder)
        if not force and _holds_data(config):
            raise BackupError(f"The instance {config.instance} holds data already. Use an empty one, or --force.")
        fresh = folder / "content.git"
        _unbundle(folder / BUNDLE if manifest["commit"] else None, fresh, config.run_path, manifest["commit"])
        load_people(config, folder / manifest["people"])
        old = folder / "replaced.git"
        if config.content_path.exists():
            config.content_path.rename(old)
        fresh.rename(config.content_path)
        _unpack_held(folder / HELD if HELD in manifest["files"] else None, config)
        shutil.rmtree(config.derived_path, ignore_errors=True)
        _sync(config.instance)
    return manifest


@contextmanager
def _workspace(parent: Path) -> Iterator[Path]:
    """A private folder on the same file system, so that renaming into place is atomic."""
    with tempfile.TemporaryDirectory(prefix=".hindsight-backup-", dir=parent) as name:
        yield Path(name)


def _git(*arguments: str, cwd: Path) -> str:
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(["git", *arguments], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise BackupError("The program git is needed for this. Install it and try again.") from None
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise BackupError(f"git {arguments[0]} {arguments[1]} failed: {last}")
    return done.stdout


def _bundle(config: Config, target: Path) -> str | None:
    """Every reference of the repository as one file; gives the newest commit in it, None when there is none.

    git leaves out a branch that moves while it writes the bundle, so a reference of our own holds the tip meanwhile.
    """
    tip = ContentStore.create(config.content_path, config.run_path).tip()
    if tip is None:
        return None
    pin = f"{PINS}/{secrets.token_hex(8)}"
    _git("update-ref", pin, tip, cwd=config.content_path)
    try:
        _git("bundle", "create", "--quiet", str(target), pin, "--all", cwd=config.content_path)
    finally:
        _git("update-ref", "-d", pin, cwd=config.content_path)
    return tip


def _pack_held(config: Config, target: Path) -> bool:
    """The pictures that drafts hold, as one file; False when there are none. What is published meanwhile is in git."""
    if not config.held_path.is_dir():
        return False
    with tarfile.open(target, "w") as archive:
        for path in sorted(config.held_path.rglob("*")):
            with contextlib.suppress(FileNotFoundError):
                archive.add(path, arcname=path.relative_to(config.held_path).as_posix(), recursive=False)
    return True


def _unpack_held(source: Path | None, config: Config) -> None:
    """Put the held pictures in the place of those that are here."""
    shutil.rmtree(config.held_path, ignore_errors=True)
    if source is not None:
        with tarfile.open(source, "r:") as archive:
            archive.extractall(config.held_path, filter="data")


def _unbundle(bundle: Path | None, target: Path, run_path: Path, commit: str | None) -> None:
    """A fresh repository with the content of the bundle, checked to hold the commit that the manifest names."""
    store = ContentStore.create(target, run_path)
    if bundle is None or commit is None:
        return
    _git("bundle", "verify", "--quiet", str(bundle), cwd=target)
    _git("fetch", "--quiet", "--no-write-fetch-head", str(bundle), "+refs/*:refs/*", cwd=target)
    _git("update-ref", "refs/heads/main", commit, cwd=target)
    for pin in _git("for-each-ref", "--format=%(refname)", PINS, cwd=target).split():
        _git("update-ref", "-d", pin, cwd=target)
    _git("fsck", "--connectivity-only", "--no-progress", "--no-dangling", cwd=target)
    if store.tip() != commit:
        raise BackupError("The content in the backup is not what its manifest says. The backup is damaged.")


def _unpack(source: Path, folder: Path) -> dict[str, Any]:
    """The files of a backup in `folder`, their checksums verified; gives the manifest. Raises BackupError."""
    if not source.is_file():
        raise BackupError(f"There is no backup at {source}.")
    try:
        with tarfile.open(source, "r:") as archive:
            manifest = _manifest(archive)
            for name, known in manifest["files"].items():
                _extract(archive, name, folder / name)
                if _checksum(folder / name) != known:
                    raise BackupError(f"{name} in the backup does not have its checksum. The backup is damaged.")
    except (tarfile.TarError, EOFError) as error:
        raise BackupError(f"{source} is no whole backup: {error}.") from None
    return manifest


def _manifest(archive: tarfile.TarFile) -> dict[str, Any]:
    damaged = BackupError("This file is no backup of Hindsight, or it is damaged.")
    try:
        member = archive.extractfile(MANIFEST)
        found = json.loads(member.read(1_000_000)) if member else None
    except (KeyError, ValueError):
        raise damaged from None
    if (
        not isinstance(found, dict)
        or not isinstance(found.get("files"), dict)
        or found.get("people") not in found["files"]
    ):
        raise damaged
    if found.get("format") != FORMAT:
        raise BackupError("This backup was made by a newer version of Hindsight. Restore it with that version.")
    names = {BUNDLE, HELD, *_PEOPLE_NAMES}
    if not set(found["files"]) <= names or bool(found.get("commit")) != (BUNDLE in found["files"]):
        raise damaged
    return found


_PEOPLE_NAMES = ("people.db", "people.json")


def _extract(archive: tarfile.TarFile, name: str, target: Path) -> None:
    try:
        member = archive.extractfile(name)
    except KeyError:
        member = None
    if member is None:
        raise BackupError(f"{name} is missing from the backup. The backup is damaged.")
    with member, target.open("wb") as file:
        shutil.copyfileobj(member, file, _CHUNK)


def _holds_data(config: Config) -> bool:
    """Whether the instance has accounts or content that a restore would replace."""
    from wiki.people import People

    if config.content_path.exists() and ContentStore(config.content_path, config.run_path).tip() is not None:
        return True
    if config.database_url is None and not (config.instance / "people.db").exists():
        return False
    People.prepare(config.people_url)
    people = People(config.people_url)
    try:
        return people.accounts.exist()
    finally:
        people.close()


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return "sha256:" + hashlib.file_digest(file, "sha256").hexdigest()


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

"""Backups taken while people write, and put back elsewhere."""

from __future__ import annotations

import io
import json
import sqlite3
import tarfile
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live import LiveServer
from wiki import backup
from wiki.backup import BackupError
from wiki.composition import build_services, close_services, prepare_instance
from wiki.config import Config, load_config
from wiki.content import ContentStore
from wiki.library import EntryFields
from wiki.services import Services
from wiki.serving import AlreadyServedError
from wiki.viewer import SYSTEM, Role, Viewer
from wiki.web.held import HeldFiles


def config_at(folder: Path) -> Config:
    return load_config({}, instance=folder, model="hash", testing=True)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Services]:
    config = config_at(tmp_path / "instance")
    prepare_instance(config, seed=False)
    found = build_services(config)
    yield found
    close_services(found)


def fields(title: str) -> EntryFields:
    return EntryFields(kind="lesson", title=title, body=f"{title} happened.\n", tags=("real",))


def restored(source: Path, folder: Path) -> Services:
    config = config_at(folder)
    backup.restore(config, source)
    prepare_instance(config, seed=False)
    return build_services(config)


def test_what_was_there_is_there_again(parts: Services, tmp_path: Path) -> None:
    ada = parts.people.accounts.create("ada", "author", "correct horse battery")
    secret = parts.people.tokens.issue(ada.id, "write", "")
    viewer = Viewer(ada.id, "ada", Role.AUTHOR)
    entry = parts.library.create(fields("One"), viewer=viewer)
    parts.people.drafts.save(ada.id, f"entry:{entry.id}", {"title": "half written"})
    manifest = backup.create(parts.config, tmp_path / "b.tar")
    assert manifest["commit"] == parts.store.tip()
    assert (tmp_path / "b.tar").stat().st_mode & 0o777 == 0o600
    other = restored(tmp_path / "b.tar", tmp_path / "other")
    try:
        assert other.store.tip() == parts.store.tip()
        other.catalog.catch_up(None)
        found = other.catalog.entry(entry.id)
        assert found is not None
        assert found.created.author_id == ada.id
        assert other.people.tokens.check(secret) is not None
        draft = other.people.drafts.get(ada.id, f"entry:{entry.id}")
        assert draft is not None
        assert draft.payload == {"title": "half written"}
        assert [version.revision for version in other.catalog.history(entry.id)] == [entry.revision]
        other.library.create(fields("After"), viewer=SYSTEM)
        assert (other.config.content_path / "config").read_text() == (parts.config.content_path / "config").read_text()
    finally:
        close_services(other)


def test_pictures_of_unpublished_drafts_are_in_it(parts: Services, tmp_path: Path) -> None:
    held = HeldFiles(parts.config.held_path)
    name = held.put("ada", "new:lesson:abcdefghij", "plan.png", b"\x89PNG\r\n\x1a\nreal").name
    backup.create(parts.config, tmp_path / "b.tar")
    other = restored(tmp_path / "b.tar", tmp_path / "other")
    found = HeldFiles(other.config.held_path).get("ada", "new:lesson:abcdefghij", name)
    assert found is not None
    assert found.data.endswith(b"real")
    close_services(other)


def test_every_save_that_was_answered_before_is_in_it_and_references_hold(parts: Services, tmp_path: Path) -> None:
    """Four writers save entries and then drafts that name them, while five backups are taken."""
    accounts = [parts.people.accounts.create(f"writer{n}", "author", "correct horse battery") for n in range(4)]
    answered: list[str] = []
    failures: list[BaseException] = []
    stop = threading.Event()

    def write(number: int) -> None:
        account = accounts[number]
        viewer = Viewer(account.id, account.name, Role.AUTHOR)
        count = 0
        try:
            while not stop.is_set():
                count += 1
                entry = parts.library.create(fields(f"{number} {count}"), viewer=viewer)
                parts.people.judgements.record(account.id, entry.id, "opened", draft_key=f"new:lesson:{count}")
                answered.append(entry.id)
        except BaseException as error:
            failures.append(error)
            raise

    writers = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for writer in writers:
        writer.start()
    promised: list[list[str]] = []
    try:
        for number in range(5):
            while len(answered) < 10 * (number + 1) and not failures:
                pass
            promised.append(list(answered))
            backup.create(parts.config, tmp_path / f"{number}.tar")
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    assert not failures
    for number, ids in enumerate(promised):
        other = restored(tmp_path / f"{number}.tar", tmp_path / f"other{number}")
        try:
            other.catalog.catch_up(None)
            assert all(other.catalog.entry(entry_id) is not None for entry_id in ids)
            with sqlite3.connect(other.config.instance / "people.db") as connection:
                judged = {row[0] for row in connection.execute("SELECT entry_id FROM judgement")}
            connection.close()
            assert set(ids) <= judged
            assert all(other.catalog.entry(entry_id) is not None for entry_id in judged)
        finally:
            close_services(other)


def test_an_instance_with_data_is_not_replaced_by_accident(parts: Services, tmp_path: Path) -> None:
    entry = parts.library.create(fields("One"), viewer=SYSTEM)
    backup.create(parts.config, tmp_path / "b.tar")
    later = parts.library.create(fields("Two"), viewer=SYSTEM)
    tip = parts.store.tip()
    with pytest.raises(BackupError, match="--force"):
        backup.restore(parts.config, tmp_path / "b.tar")
    assert ContentStore(parts.config.content_path, parts.config.run_path).tip() == tip
    close_services(parts)
    backup.restore(parts.config, tmp_path / "b.tar", force=True)
    assert not parts.config.derived_path.exists()
    again = build_services(parts.config)
    try:
        prepare_instance(parts.config, seed=False)
        again.catalog.catch_up(None)
        assert again.catalog.entry(entry.id) is not None
        assert again.catalog.entry(later.id) is None
    finally:
        close_services(again)


def test_an_empty_wiki_has_a_backup_too(parts: Services, tmp_path: Path) -> None:
    backup.create(parts.config, tmp_path / "b.tar")
    other = restored(tmp_path / "b.tar", tmp_path / "other")
    assert other.store.tip() is None
    close_services(other)


def altered(source: Path, target: Path, name: str, change: bytes | None) -> Path:
    """A copy of the backup with one file replaced, or left out."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            file = old.extractfile(member)
            assert file
            content = file.read()
            if member.name == name:
                if change is None:
                    continue
                content = change
                member.size = len(content)
            new.addfile(member, io.BytesIO(content))
    return target


@pytest.mark.parametrize("name", ["people.db", "content.bundle", "manifest.json"])
@pytest.mark.parametrize("change", [None, b"", b"something else"])
def test_a_damaged_backup_changes_nothing(parts: Services, tmp_path: Path, name: str, change: bytes | None) -> None:
    parts.library.create(fields("One"), viewer=SYSTEM)
    backup.create(parts.config, tmp_path / "b.tar")
    damaged = altered(tmp_path / "b.tar", tmp_path / "damaged.tar", name, change)
    other = config_at(tmp_path / "other")
    with pytest.raises(BackupError, match=r"\.$"):
        backup.restore(other, damaged)
    assert not other.content_path.exists()
    assert not (other.instance / "people.db").exists()
    assert not [path for path in other.instance.iterdir() if path.name.startswith(".hindsight")]


def test_a_cut_off_backup_or_a_foreign_file_is_a_sentence(parts: Services, tmp_path: Path) -> None:
    parts.library.create(fields("One"), viewer=SYSTEM)
    backup.create(parts.config, tmp_path / "b.tar")
    whole = (tmp_path / "b.tar").read_bytes()
    for number, content in enumerate((b"", whole[: len(whole) // 2], whole[:700], b"x" * 5000, whole[512:])):
        path = tmp_path / f"{number}.tar"
        path.write_bytes(content)
        with pytest.raises(BackupError, match=r"\.$"):
            backup.restore(config_at(tmp_path / "other"), path)


def test_names_in_a_manifest_lead_nowhere(parts: Services, tmp_path: Path) -> None:
    parts.library.create(fields("One"), viewer=SYSTEM)
    manifest = backup.create(parts.config, tmp_path / "b.tar")
    evil = manifest | {"files": manifest["files"] | {"../evil": "sha256:0"}}
    path = altered(tmp_path / "b.tar", tmp_path / "evil.tar", "manifest.json", json.dumps(evil).encode())
    with pytest.raises(BackupError, match="damaged"):
        backup.restore(config_at(tmp_path / "other"), path)
    assert not (tmp_path / "evil").exists()


def test_a_served_instance_is_backed_up_and_not_restored_over(live: LiveServer, tmp_path: Path) -> None:
    live.token()
    live.wiki("backup", str(tmp_path / "b.tar"))
    with pytest.raises(AlreadyServedError, match="already served"):
        backup.restore(config_at(live.instance), tmp_path / "b.tar", force=True)
    live.stop()
    server = LiveServer(tmp_path / "other")
    server.wiki("restore", str(tmp_path / "b.tar"))
    try:
        server.start()
        server.wait_indexed()
        assert "ada" in server.wiki("user", "list")
    finally:
        server.stop()

"""Imports and exports on real instances, with the 1,637 real lessons among them."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from tests.live import LiveServer, wait_for
from tests.needs import ROOT, data
from wiki.composition import build_services, close_services, prepare_instance
from wiki.config import Config, load_config
from wiki.exporting import export
from wiki.importing import ImportOptions, Report, run_import
from wiki.importing.mapping import parse_options
from wiki.library import EntryFields
from wiki.services import Services
from wiki.viewer import SYSTEM

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"


@contextmanager
def wiki_at(folder: Path) -> Iterator[Services]:
    config: Config = load_config({}, instance=folder, model="hash", testing=True)
    prepare_instance(config, seed=False)
    parts = build_services(config)
    try:
        yield parts
    finally:
        close_services(parts)


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Services]:
    with wiki_at(tmp_path / "instance") as found:
        yield found


def bring(parts: Services, path: Path, **options: object) -> Report:
    return run_import(parts, path, ImportOptions(**options))  # type: ignore[arg-type]


def total(parts: Services) -> int:
    return parts.catalog.entries(SYSTEM, limit=1).total


@pytest.mark.alone
def test_every_real_lesson_goes_in_once_whole_and_soon(parts: Services) -> None:
    path = data("llis/lessons.jsonl")
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    started = time.monotonic()
    report = bring(parts, path)
    took = time.monotonic() - started
    assert (report.created, report.refused) == (1637, [])
    assert took < 60
    assert total(parts) == len(rows) == 1637

    by_source = {}
    cursor = None
    while True:
        page = parts.catalog.entries(SYSTEM, limit=200, cursor=cursor)
        by_source |= {entry.source: entry for entry in page.items}
        cursor = page.next_cursor
        if cursor is None:
            break
    for row in rows:
        entry = by_source[row["url"]]
        _, content, _ = parts.library.read(entry.id, SYSTEM)
        assert row["lesson"].strip() in content.body
        assert row["abstract"].strip() in content.body
        assert ("## Abstract" in content.body) == bool(row["abstract"].strip())
        assert entry.title
        assert entry.title == row["title"].replace("&amp;", "&") or not row["title"]
        assert entry.team == row["organization"].lower()
        assert str(entry.date) == row["date"]
        assert len(entry.tags) >= len({tag.lower().strip("& ") for tag in row["categories"]} - {"categories"})
    assert {team.slug for team in parts.people.teams.all()} == {row["organization"].lower() for row in rows}
    assert next(team for team in parts.people.teams.all() if team.slug == "larc").name == "LaRC"

    again = bring(parts, path)
    assert (again.created, again.unchanged, again.refused) == (0, 1637, [])
    assert total(parts) == 1637


def test_a_rehearsal_tells_the_same_and_writes_nothing(parts: Services, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Title,Lesson,Date\nGood,text,2024-01-02\nBad,text,sometime\n,,\n" + "x" * 301 + ",t,\n", "utf-8")
    rehearsal = bring(parts, path, dry_run=True)
    assert parts.store.tip() is None
    assert parts.people.teams.all() == []
    real = bring(parts, path)
    assert rehearsal.created == real.created == 2
    assert [row.where for row in rehearsal.refused] == [row.where for row in real.refused] == ["row 2 (line 3)"]
    assert bring(parts, path, dry_run=True).unchanged == 2


def test_an_import_can_be_stopped_and_run_again(tmp_path: Path) -> None:
    path = data("llis/lessons.jsonl")
    instance = tmp_path / "instance"
    command = [sys.executable, "-m", "wiki", "import", str(path), "--instance", str(instance)]
    subprocess.run([*command[:3], "seed", "--instance", str(instance)], cwd=ROOT, check=True, capture_output=True)
    with wiki_at(instance) as parts:
        parts.catalog.catch_up(None)
        planted, starter = parts.store.tip(), total(parts)
        running = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        wait_for(lambda: parts.store.tip() != planted, 60)
        running.send_signal(signal.SIGKILL)
        running.communicate(timeout=10)
        parts.catalog.catch_up(None)
        before = total(parts) - starter
        assert 0 < before < 1637
        report = bring(parts, path)
        assert report.created + report.unchanged == 1637
        assert report.unchanged == before
        assert total(parts) == 1637 + starter


def test_an_import_into_a_new_wiki_plants_the_starter_content_first_but_an_export_does_not(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("Title,Lesson\nGood,text\n", "utf-8")
    command = [sys.executable, "-m", "wiki"]

    def wiki(*arguments: str) -> None:
        subprocess.run([*command, *arguments], cwd=ROOT, check=True, capture_output=True)

    wiki("import", str(tmp_path / "t.csv"), "--instance", str(tmp_path / "one"))
    with wiki_at(tmp_path / "one") as parts:
        parts.catalog.catch_up(None)
        assert total(parts) > 10
        parts.library.delete(
            next(e.id for e in parts.catalog.entries(SYSTEM).items if e.title != "Good"), viewer=SYSTEM
        )
        left = total(parts)
    wiki("export", str(tmp_path / "out"), "--instance", str(tmp_path / "one"))
    wiki("import", str(tmp_path / "out"), "--instance", str(tmp_path / "two"))
    with wiki_at(tmp_path / "two") as parts:
        parts.catalog.catch_up(None)
        assert total(parts) == left


def test_what_was_edited_here_is_kept_and_an_update_says_so(parts: Services, tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    path.write_text('{"id": 1, "title": "One", "lesson": "a"}\n{"id": 2, "title": "Two", "lesson": "b"}\n', "utf-8")
    assert bring(parts, path).created == 2
    first = next(entry for entry in parts.catalog.entries(SYSTEM).items if entry.title == "One")
    parts.library.save(first.id, EntryFields(body="Edited here.\n"), base_revision=first.revision, viewer=SYSTEM)
    path.write_text('{"id": 1, "title": "One", "lesson": "c"}\n{"id": 2, "title": "Two", "lesson": "d"}\n', "utf-8")
    again = bring(parts, path)
    assert (again.created, again.updated, again.kept) == (0, 0, 2)
    assert parts.library.read(first.id, SYSTEM).entry.body == "Edited here.\n"
    report = bring(parts, path, update=True)
    assert (report.updated, report.kept) == (2, 0)
    assert len(parts.catalog.history(first.id)) == 3
    bodies = {
        entry.title: parts.library.read(entry.id, SYSTEM).entry.body for entry in parts.catalog.entries(SYSTEM).items
    }
    assert "c" in bodies["One"]
    assert "d" in bodies["Two"]


def test_a_spreadsheet_with_columns_of_its_own_is_mapped(parts: Services, tmp_path: Path) -> None:
    path = tmp_path / "lessons.csv"
    path.write_bytes("Nr;Überschrift;Was war;Wörter\n7;Ventil fror;Es war kalt;Kälte, Ventile\n".encode("utf-16"))
    columns = parse_options(["title=Überschrift", "id=Nr"], ["What happened=Was war"], ["Wörter"])
    assert bring(parts, path, columns=columns, kind="after-action-review").created == 1
    [entry] = parts.catalog.entries(SYSTEM).items
    assert (entry.title, entry.kind, entry.tags) == ("Ventil fror", "after-action-review", ("kälte", "ventile"))
    assert parts.library.read(entry.id, SYSTEM).entry.body == "## What happened\n\nEs war kalt\n"


def test_rows_that_are_the_same_go_in_once(parts: Services, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Title,Lesson\nA,x\nA,x\nA,y\n", "utf-8")
    report = bring(parts, path)
    assert report.created == 2
    assert report.refused[0].where == "row 2 (line 3)"
    assert "row 1" in report.refused[0].why


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A folder as Obsidian keeps it, with notes that link to each other and show pictures."""
    root = tmp_path / "vault"
    for path, text in {
        "postmortems/2023-05-01-dns.md": "# DNS went away\n\nSee [[Runbook#Restart|the runbook]] and ![[map.png]].\n",
        "Runbook.md": "---\ntags: [ops]\nowner: nobody\n---\nHow to restart. ![m](img/map.png)\n",
        "broken.md": "---\n: [\n---\nx\n",
        ".obsidian/app.md": "not ours",
    }.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, "utf-8")
    (root / "img").mkdir()
    (root / "img" / "map.png").write_bytes(PNG)
    return root


def test_a_folder_of_notes_comes_in_with_links_and_pictures(parts: Services, vault: Path) -> None:
    report = bring(parts, vault)
    assert report.created == 2
    assert [row.where for row in report.refused] == ["broken.md"]
    review, page = sorted(parts.catalog.entries(SYSTEM).items, key=lambda entry: entry.kind)
    assert (review.kind, review.title, str(review.date)) == ("after-action-review", "DNS went away", "2023-05-01")
    assert (page.kind, page.title, page.tags) == ("page", "Runbook", ("ops",))
    assert [linked.id for linked in parts.catalog.backlinks(page.id, SYSTEM)] == [review.id]
    read = parts.library.read(page.id, SYSTEM)
    assert read.entry.extra == {"owner": "nobody"}
    for entry in (review, page):
        [attachment] = parts.catalog.attachments(entry.id)
        assert parts.library.read_attachment(attachment.path, SYSTEM).data == PNG
        body = parts.library.read(entry.id, SYSTEM).entry.body
        assert attachment.url in body or f"(<{attachment.name}>)" in body or f"({attachment.name})" in body
    again = bring(parts, vault)
    assert (again.created, again.unchanged) == (0, 2)


def test_an_export_comes_back_without_loss(parts: Services, vault: Path, tmp_path: Path) -> None:
    sample = tmp_path / "some.jsonl"
    sample.write_text("".join(data("llis/lessons.jsonl").read_text("utf-8").splitlines(keepends=True)[:120]), "utf-8")
    bring(parts, sample)
    bring(parts, vault)
    moved = parts.catalog.entries(SYSTEM).items[0]
    parts.library.move(moved.id, title="Moved since", viewer=SYSTEM)
    folder = tmp_path / "export"
    count = export(parts.store, folder)
    assert count == len(dict(parts.store.paths()))
    with wiki_at(tmp_path / "other") as other:
        report = bring(other, folder)
        assert report.refused == []
        assert dict(other.store.paths()) == dict(parts.store.paths())
        assert total(other) == total(parts) == 122
        known = other.catalog.entry(moved.id)
        assert known is not None
        assert known.title == "Moved since"
        again = bring(other, folder)
        assert (again.created, again.updated, again.unchanged, again.kept) == (0, 0, 122, 0)


def test_a_plain_copy_of_an_export_keeps_its_identities(parts: Services, vault: Path, tmp_path: Path) -> None:
    bring(parts, vault)
    folder = tmp_path / "copy"
    export(parts.store, folder)
    (folder / ".hindsight-export.json").unlink()
    with wiki_at(tmp_path / "other") as other:
        assert bring(other, folder).created == 2
        assert {entry.id for entry in other.catalog.entries(SYSTEM).items} == {
            entry.id for entry in parts.catalog.entries(SYSTEM).items
        }


def test_an_export_never_writes_into_a_folder_with_something_in_it(parts: Services, tmp_path: Path) -> None:
    from wiki.library import LibraryError

    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "mine.txt").write_text("x", "utf-8")
    with pytest.raises(LibraryError, match="not empty"):
        export(parts.store, tmp_path / "full")
    assert export(parts.store, tmp_path / "new") == 0


def test_a_file_that_would_not_fit_is_named(parts: Services, tmp_path: Path) -> None:
    folder = tmp_path / "notes"
    folder.mkdir()
    (folder / "big.md").write_text("x" * 1_000_001, "utf-8")
    (folder / "latin.md").write_bytes(b"caf\xe9")
    (folder / "good.md").write_text("fine", "utf-8")
    report = bring(parts, folder)
    assert report.created == 1
    assert sorted(row.where for row in report.refused) == ["big.md", "latin.md"]
    shutil.rmtree(folder)


def test_an_import_while_the_wiki_is_served_is_seen_at_once(live: LiveServer) -> None:
    token = live.token(scope="read")
    before = count_over_api(live, token)
    live.wiki("import", str(data("llis/lessons.jsonl")))
    assert count_over_api(live, token) == before + 1637
    live.wait_indexed(part="keyword", timeout=90)


def count_over_api(live: LiveServer, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    answer = httpx.get(live.url + "/api/v1/entries?limit=1", headers=headers, timeout=10)
    assert answer.status_code == 200, answer.text
    return int(answer.json()["total"])

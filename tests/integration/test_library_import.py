"""Imports: in batches, as often as one likes, with every refusal named; and the real lessons in seconds."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.content_world import ANN, AUTHOR, READER, World, world
from wiki.library import BulkItem, BulkReport, EntryFields
from wiki.slugs import id_from_key, slugify

PNG = b"\x89PNG\r\n\x1a\nx"


@pytest.fixture
def w(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def run(w: World, items: list[BulkItem], **options: object) -> BulkReport:
    return w.library.bulk(items, author=ANN, viewer=AUTHOR, message="Import", **options)  # type: ignore[arg-type]


def item(number: int, body: str = "body", **values: object) -> BulkItem:
    fields = EntryFields(kind="lesson", title="Same title", body=body, date="2020-01-02", **values)  # type: ignore[arg-type]
    return BulkItem(f"row {number}", id_from_key(str(number)), fields)


def test_an_import_can_be_run_again_and_stopped_anywhere(w: World) -> None:
    items = [item(n) for n in range(10)]
    part = run(w, items[:4], batch=3)
    assert (part.created, len(part.commits)) == (4, 2)
    rest = run(w, items, batch=3)
    assert (rest.created, rest.unchanged) == (6, 4)
    again = run(w, items, batch=3)
    assert (again.created, again.unchanged, again.commits) == (0, 10, [])
    assert w.catalog.entries(READER).total == 10
    assert len({entry.path for entry in w.catalog.entries(READER).items}) == 10
    w.check()


def test_what_was_edited_or_deleted_here_is_kept_unless_told_otherwise(w: World) -> None:
    run(w, [item(1), item(2), item(3)])
    one, two = id_from_key("1"), id_from_key("2")
    entry = w.catalog.entry(one)
    assert entry is not None
    w.library.save(one, EntryFields(body="edited here"), base_revision=entry.revision, viewer=AUTHOR)
    w.library.delete(two, viewer=AUTHOR)
    report = run(w, [item(1), item(2), item(3)])
    assert (report.created, report.kept, report.unchanged) == (0, 2, 1)
    assert w.library.read(one, READER).entry.body == "edited here"
    report = run(w, [item(1), item(2), item(3)], update=True)
    assert (report.created, report.updated, report.unchanged) == (1, 1, 1)
    assert w.library.read(one, READER).entry.body == "body"


def test_every_refusal_is_named_and_the_rest_goes_in(w: World) -> None:
    items = [
        item(1),
        BulkItem("row 2", id_from_key("2"), EntryFields(kind="lesson", title="", body="x")),
        BulkItem("row 3", id_from_key("3"), EntryFields(kind="lesson", title="x", body="a\0b")),
        BulkItem("row 4", id_from_key("4"), EntryFields(kind="lesson", title="x", date="some day")),
        BulkItem("row 5", id_from_key("1"), EntryFields(kind="lesson", title="twice")),
        BulkItem("row 6", id_from_key("6"), EntryFields(kind="odd", title="x")),
        BulkItem("row 7", id_from_key("7"), EntryFields(kind="page", title="x"), path="../../x"),
        BulkItem("row 8", id_from_key("8"), EntryFields(kind="page", title="x"), attachments=(("a.png", b"no"),)),
        item(9),
    ]
    report = run(w, items)
    assert report.created == 2
    assert [refusal.key for refusal in report.refused] == [f"row {n}" for n in range(2, 9)]
    assert all(refusal.reason.endswith(".") for refusal in report.refused)


def test_unknown_front_matter_paths_and_files_come_along(w: World) -> None:
    original = b"---\n# theirs\naliases: [x]\ndate: someday\ntitle: Old\n---\nOld body\n"
    fields = EntryFields(kind="page", title="Note", body="![](pic.png)\n")
    report = run(
        w,
        [BulkItem("n", "noteid222222", fields, original, (("pic.png", PNG),), path="Vault/My Note.md")],
    )
    assert report.refused == []
    read = w.library.read("noteid222222", READER)
    assert read.item.path == "Vault/My Note.md"
    assert b"# theirs\naliases: [x]\n" in read.raw
    assert [a.path for a in w.catalog.attachments("noteid222222")] == ["Vault/My Note/pic.png"]


def lessons() -> list[dict[str, object]]:
    root = Path(os.environ.get("HINDSIGHT_DATA", "../shared/data"))
    path = root / "llis/lessons.jsonl"
    if not path.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(f"{path} is missing")
        pytest.skip(f"{path} is not on this machine")
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.mark.alone
@pytest.mark.slow
def test_the_real_lessons_go_in_within_seconds(w: World, capsys: pytest.CaptureFixture[str]) -> None:
    rows = lessons()
    items = [
        BulkItem(
            str(row["id"]),
            id_from_key(str(row["id"])),
            EntryFields(
                kind="lesson",
                title=str(row["title"] or f"Lesson {row['id']}"),
                body=f"## Abstract\n\n{row['abstract']}\n\n## Lesson\n\n{row['lesson']}\n",
                tags=tuple(row["categories"]),  # type: ignore[arg-type]
                team=slugify(str(row["organization"])) if row["organization"] else "",
                date=str(row["date"] or ""),
                source=str(row["url"] or ""),
            ),
        )
        for row in rows
    ]
    begun = time.perf_counter()
    report = run(w, items)
    took = time.perf_counter() - begun
    assert report.refused == []
    assert report.created == len(rows)
    begun = time.perf_counter()
    assert run(w, items).unchanged == len(rows)
    again = time.perf_counter() - begun
    with capsys.disabled():
        print(f"\n{len(rows)} lessons: {took:.1f} s, again {again:.1f} s, {len(report.commits)} commits")
    assert took < 30
    w.check()

"""What pages, the API and the import call: permissions, merges, moves, deletions, attachments, and clear refusals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.content_world import ANN, AUTHOR, OTHER, READER, World, save, world
from wiki.catalog import Redirect
from wiki.content import Change
from wiki.entries import EntryError
from wiki.library import EditConflict, EntryFields, LibraryError, NotFound

PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 20


@pytest.fixture
def w(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def test_a_new_entry_is_there_when_it_is_answered(w: World) -> None:
    entry = w.create(
        "Über den Ausfall", kind="lesson", tags=("Backup", "backup", "#ops"), team="ops", date="2026-03-02"
    )
    assert entry.path == "lessons/2026/03/uber-den-ausfall.md"
    assert (entry.tags, entry.team, entry.date, entry.status) == (
        ("backup", "ops"),
        "ops",
        dt.date(2026, 3, 2),
        "identified",
    )
    assert (entry.created.author_id, entry.created.author_name) == (AUTHOR.account_id, "Ann")
    assert w.catalog.entries(READER).total == 1
    assert w.nudges
    item, read, raw = w.library.read(entry.id, READER)
    assert item == entry
    assert read.body == "One.\n\nTwo.\n\nThree.\n"
    assert b"updated" not in raw
    assert w.library.read(entry.path, READER).item == entry
    assert w.library.read("lessons/2026/03/uber-den-ausfall", READER).item == entry


def test_names_that_differ_in_case_only_get_distinct_paths(w: World) -> None:
    paths = [w.create(title).path for title in ("Outage", "OUTAGE", "outage", "Outage!")]
    assert paths == ["pages/outage.md", "pages/outage-2.md", "pages/outage-3.md", "pages/outage-4.md"]
    assert w.create("数据库迁移").path == "pages/数据库迁移.md"
    assert w.create("x" * 300).path == f"pages/{'x' * 60}.md"


def test_two_people_edit_different_paragraphs(w: World) -> None:
    entry = w.create()
    save(w, entry, body="One!\n\nTwo.\n\nThree.\n", tags=("a",))
    result = w.library.save(
        entry.id,
        EntryFields(body="One.\n\nTwo.\n\nThree!\n", tags=("b",)),
        base_revision=entry.revision,
        viewer=OTHER,
    )
    assert result.merged
    read = w.library.read(entry.id, READER)
    assert read.entry.body == "One!\n\nTwo.\n\nThree!\n"
    assert set(read.entry.tags) == {"a", "b"}
    assert result.revision == read.item.revision
    w.check()


def test_two_people_edit_the_same_line(w: World) -> None:
    entry = w.create()
    save(w, entry, body="Uno.\n\nTwo.\n\nThree.\n")
    with pytest.raises(EditConflict) as caught:
        save(w, entry, OTHER, body="Un.\n\nTwo.\n\nThree.\n")
    conflict = caught.value
    assert [side.body.split()[0] for side in (conflict.base, conflict.theirs, conflict.yours)] == [
        "One.",
        "Uno.",
        "Un.",
    ]
    assert not conflict.deleted
    joined = w.library.save(entry.id, EntryFields(body="Uno, un.\n"), base_revision=conflict.revision, viewer=OTHER)
    assert not joined.merged


def test_a_save_on_an_entry_that_was_deleted_or_moved_meanwhile(w: World) -> None:
    entry = w.create()
    w.library.move(entry.id, path="elsewhere/new-place", viewer=OTHER)
    moved = save(w, entry, body="One!\n\nTwo.\n\nThree.\n")
    assert moved.entry.path == "elsewhere/new-place.md"  # type: ignore[attr-defined]
    w.library.delete(entry.id, viewer=OTHER)
    with pytest.raises(EditConflict) as caught:
        save(w, entry, body="Mine.\n")
    assert caught.value.deleted
    assert caught.value.yours.body == "Mine.\n"


def test_none_leaves_a_field_and_an_empty_value_clears_it(w: World) -> None:
    entry = w.create(kind="lesson", team="ops", date="2026-01-01", tags=("a",), source="https://example.org")
    same = save(w, entry, body="x").entry  # type: ignore[attr-defined]
    assert (same.team, same.date, same.tags, same.source) == ("ops", dt.date(2026, 1, 1), ("a",), "https://example.org")
    cleared = save(w, same, team="", date="", tags=(), source="").entry  # type: ignore[attr-defined]
    assert (cleared.team, cleared.date, cleared.tags, cleared.source) == (None, None, (), None)


def test_a_base_of_another_entry_is_refused(w: World) -> None:
    one, other = w.create("One"), w.create("Other", "Other body")
    with pytest.raises(LibraryError, match="not one of this page"):
        w.library.save(one.id, EntryFields(body="x"), base_revision=other.revision, viewer=AUTHOR)


def test_renaming_and_moving_keep_the_old_address_and_title(w: World) -> None:
    entry = w.create("First title")
    linking = w.create("Linking", "See [[first TITLE]].")
    picture = w.library.attach(entry.id, "Shot 1.PNG", PNG, viewer=AUTHOR)
    renamed = w.library.move(entry.id, title="Second title", viewer=AUTHOR)
    assert (renamed.id, renamed.path) == (entry.id, "pages/second-title.md")
    moved = w.library.move(entry.id, path="/wiki/topics/deep/third", viewer=AUTHOR)
    assert moved.path == "topics/deep/third.md"
    for old in ("pages/first-title", "pages/second-title.md"):
        found = w.catalog.by_path(old)
        assert isinstance(found, Redirect)
        assert found.entry == moved
    assert [e.id for e in w.catalog.backlinks(entry.id, READER)] == [linking.id]
    assert w.catalog.links_of(linking.id, READER)["first TITLE"] == moved
    assert [a.path for a in w.catalog.attachments(entry.id)] == ["topics/deep/third/shot-1.png"]
    assert w.library.read_attachment(picture.path, READER).data == PNG
    newcomer = w.create("First title")
    assert newcomer.path == "pages/first-title-2.md"
    back = w.library.move(entry.id, title="First title", path="pages/first-title", viewer=AUTHOR)
    assert back.path == "pages/first-title.md"
    assert w.library.read(back.id, READER).entry.former_titles == ("Second title",)
    w.check()


@pytest.mark.parametrize(
    "path", ["../x", "a/../../b", "templates/lesson", "x/.git/y", "con", "a\0b", "", "/", "a//b", "x" * 250]
)
def test_addresses_that_cannot_be(w: World, path: str) -> None:
    entry = w.create()
    with pytest.raises(EntryError) as caught:
        w.library.move(entry.id, path=path, viewer=AUTHOR)
    assert caught.value.field == "path"
    assert w.library.read(entry.id, READER).item == entry


def test_an_address_that_is_taken(w: World) -> None:
    entry, other = w.create("One"), w.create("Other")
    for path in (other.path, other.path.upper().replace(".MD", ".md")):
        with pytest.raises(EntryError, match="already a page"):
            w.library.move(entry.id, path=path, viewer=AUTHOR)


def test_deleting_and_restoring_with_attachments(w: World) -> None:
    entry = w.create("Precious")
    w.library.attach(entry.id, "a.png", PNG, viewer=AUTHOR)
    save(w, entry, tags=("x",))
    with pytest.raises(EditConflict):
        w.library.delete(entry.id, viewer=AUTHOR, base_revision=entry.revision)
    w.library.delete(entry.id, viewer=AUTHOR)
    with pytest.raises(NotFound):
        w.library.read(entry.id, READER)
    assert list(w.store.paths()) == []
    version, old = w.library.read_version(entry.id, entry.revision, READER)
    assert (version.title, old.entry.body[:4]) == ("Precious", "One.")
    other = w.create("Precious")
    assert other.path == entry.path
    restored = w.library.restore(entry.id, viewer=AUTHOR)
    assert (restored.id, restored.path) == (entry.id, "pages/precious-2.md")
    assert [a.name for a in w.catalog.attachments(entry.id)] == ["a.png"]
    w.check()


def test_restoring_an_old_version_keeps_the_history(w: World) -> None:
    entry = w.create("Old title", "old")
    new = save(w, entry, title="New title", body="new").entry  # type: ignore[attr-defined]
    restored = w.library.restore(entry.id, revision=entry.revision, viewer=AUTHOR)
    assert (restored.title, restored.path) == ("Old title", new.path)
    assert w.library.read(entry.id, READER).entry.body == "old"
    assert [v.action for v in w.catalog.history(entry.id)] == ["edited", "edited", "created"]
    assert w.catalog.version(entry.id, new.revision) is not None


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 301}, "title"),
        ({"title": "a\x00b"}, "title"),
        ({"body": "x" * 5_000_000}, "body"),
        ({"body": "a\x00b"}, "body"),
        ({"kind": "nonsense"}, "kind"),
        ({"date": "tomorrow"}, "date"),
        ({"team": "no slug"}, "team"),
        ({"status": "odd", "kind": "lesson"}, "status"),
        ({"source": "javascript:alert(1)"}, "source"),
    ],
)
def test_bad_input_is_refused_and_nothing_changes(w: World, values: dict[str, object], field: str) -> None:
    entry = w.create()
    tip = w.store.tip()
    for act in (lambda: w.create(**values), lambda: save(w, entry, **values)):  # type: ignore[arg-type]
        with pytest.raises(EntryError) as caught:
            act()
        assert caught.value.field == field
    assert w.store.tip() == tip


def test_a_broken_page_is_mended_by_its_raw_text(w: World) -> None:
    w.write("pages/broken.md", "---\ntitle: [oops\nid: brokenbroken\n---\nText.\n")
    w.catalog.catch_up()
    item, _, raw = w.library.read("pages/broken", AUTHOR)
    assert item.id == "brokenbroken"
    with pytest.raises(EntryError, match="raw text"):
        save(w, item, body="x")
    with pytest.raises(EntryError):
        w.library.save_raw(item.id, raw, base_revision=item.revision, viewer=AUTHOR)
    with pytest.raises(EntryError, match="cannot change"):
        w.library.save_raw(
            item.id,
            raw.replace(b"[oops", b"x").replace(b"brokenbroken", b"other"),
            base_revision=item.revision,
            viewer=AUTHOR,
        )
    result = w.library.save_raw(item.id, raw.replace(b"[oops", b"oops"), base_revision=item.revision, viewer=AUTHOR)
    assert (result.entry.title, result.entry.error) == ("oops", None)
    assert b"title: oops\nid: brokenbroken\n" in w.library.read(item.id, AUTHOR).raw


def test_unknown_front_matter_survives_a_save(w: World) -> None:
    w.write("pages/own.md", "---\n# ours\ncustom:  {a: [1, 2]}\ntitle: 'T'\n---\nBody\n")
    w.catalog.catch_up()
    item = w.library.read("pages/own", AUTHOR).item
    save(w, item, body="New\n", team="ops")
    raw = w.library.read(item.id, AUTHOR).raw.decode()
    assert raw.startswith(f"---\nid: {item.id}\n") or raw.startswith("---\n# ours")
    assert "# ours\ncustom:  {a: [1, 2]}\n" in raw
    assert "title: 'T'\nteam: ops\n---\nNew\n" in raw


def test_attachments_are_sniffed_and_bounded(w: World) -> None:
    entry = w.create()
    one = w.library.attach(entry.id, "../../Bild 1.PNG", PNG, viewer=AUTHOR)
    assert (one.path, one.size) == ("pages/a-title/bild-1.png", len(PNG))
    assert w.library.attach(entry.id, "other.png", PNG, viewer=AUTHOR) == one
    two = w.library.attach(entry.id, "bild 1.png", PNG + b"2", viewer=AUTHOR)
    assert two.name == "bild-1-2.png"
    served = w.library.read_attachment(one.path, READER)
    assert (served.media_type, served.inline, served.data) == ("image/png", True, PNG)
    page = w.library.attach(entry.id, "x.html", b"<script>alert(1)</script>", viewer=AUTHOR)
    shown = w.library.read_attachment(page.path, READER)
    assert (shown.media_type, shown.inline) == ("text/plain", False)
    svg = w.library.attach(entry.id, "x.svg", b"<svg onload='x'/>", viewer=AUTHOR)
    assert not w.library.read_attachment(svg.path, READER).inline
    for name, data in (
        ("a.png", b"<script>"),
        ("a.png", b""),
        ("a.md", b"# page"),
        ("big.bin", b"x" * 10_000_001),
        ("a.jpg", PNG),
    ):
        with pytest.raises(EntryError) as caught:
            w.library.attach(entry.id, name, data, viewer=AUTHOR)
        assert caught.value.field == "file"
    w.library.detach(one.path, viewer=AUTHOR)
    with pytest.raises(NotFound):
        w.library.read_attachment(one.path, READER)
    assert w.library.attach(entry.id, "CON", b"text", viewer=AUTHOR).name == "con-entry"
    w.check()


def test_lists_page_by_page_give_everything_once(w: World) -> None:
    w.store.apply(
        [
            Change(f"p/{n:03}.md", f"---\ntitle: T{n % 7}\ndate: 2026-01-{n % 9 + 1:02}\n---\n".encode())
            for n in range(60)
        ],
        author=ANN,
        message="m",
    )
    w.catalog.catch_up()
    for order in ("updated", "title", "date"):
        seen: list[str] = []
        cursor = None
        while True:
            page = w.catalog.entries(READER, order=order, limit=7, cursor=cursor)  # type: ignore[arg-type]
            assert page.total == 60
            seen += [entry.id for entry in page.items]
            cursor = page.next_cursor
            if cursor is None:
                break
        assert len(seen) == len(set(seen)) == 60
        everything = w.catalog.entries(READER, order=order, limit=100).items  # type: ignore[arg-type]
        assert [entry.id for entry in everything] == seen


def test_links_mean_ids_titles_and_former_titles(w: World) -> None:
    one = w.create("One thing")
    page = w.create("Links", f"[[one  THING]] [[{one.id}|by id]] [[Nobody wrote this]] [[One thing#a part]] `[[code]]`")
    links = w.catalog.links_of(page.id, READER)
    assert {target: entry and entry.id for target, entry in links.items()} == {
        "one THING": one.id,
        one.id: one.id,
        "Nobody wrote this": None,
        "One thing#a part": one.id,
    }
    assert [count.value for count in w.catalog.wanted(READER)] == ["Nobody wrote this"]
    w.create("C# tips")
    other = w.create("Part", "[[One thing#a part]] [[C# tips]]")
    assert [entry.id for entry in w.catalog.backlinks(one.id, READER)] == [page.id, other.id]
    again = w.create("Again", recurrence_of=(one.id,))
    assert [entry.id for entry in w.catalog.recurrences(one.id, READER)] == [again.id]


def test_templates_come_from_the_repository(w: World) -> None:
    assert w.library.template("lesson") == ""
    assert w.library.template("../secret") == ""
    w.write("templates/lesson.md", "## What happened\n")
    w.write("templates/game-day.md", "## Scenario\n")
    assert w.library.template("lesson") == "## What happened\n"
    assert [kind.slug for kind in w.library.kinds()][-1] == "game-day"
    assert w.create("A game", kind="game-day").path == "game-day/a-game.md"


def test_starter_content_goes_into_an_empty_repository_only(w: World, tmp_path: Path) -> None:
    folder = tmp_path / "content"
    (folder / "lessons").mkdir(parents=True)
    (folder / "lessons/a.md").write_text("# A\n")
    (folder / ".hidden").write_text("x")
    assert w.library.seed(tmp_path / "none", author=ANN) == 0
    assert w.library.seed(folder, author=ANN) == 1
    assert w.catalog.entries(READER).total == 1
    assert w.library.seed(folder, author=ANN) == 0
    assert len(list(w.store.walk(None))) == 1

"""The catalog follows whatever happens to the repository, and a rebuild gives the same rows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from tests.integration.content_world import ADMIN, ANN, AUTHOR, READER, World, clone, git, push, world
from wiki.catalog import ADMINISTRATORS_ONLY, Catalog, CatalogEntry, Redirect
from wiki.content import Change
from wiki.slugs import id_from_path


@pytest.fixture
def w(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def page(entry_id: str | None, title: str, body: str = "text", **extra: str) -> str:
    lines = [f"id: {entry_id}"] if entry_id else []
    lines += [f"title: {title}", *(f"{name}: {value}" for name, value in extra.items())]
    return "---\n" + "\n".join(lines) + f"\n---\n\n{body}\n"


def followed(w: World, entry_id: str) -> CatalogEntry:
    w.check()
    entry = w.catalog.entry(entry_id)
    assert entry is not None
    return entry


def test_a_push_is_picked_up_at_the_next_request(w: World, tmp_path: Path) -> None:
    w.create("Here first")
    copy = clone(w, tmp_path / "copy")
    (copy / "notes").mkdir()
    (copy / "notes/Plain file.md").write_text("# From outside\n\nSee [[here FIRST]].\n")
    push(copy)
    assert w.catalog.catch_up()
    found = w.catalog.by_path("notes/Plain file")
    assert isinstance(found, CatalogEntry)
    assert (found.title, found.id, found.url) == (
        "From outside",
        id_from_path("notes/Plain file.md"),
        "/wiki/notes/Plain%20file",
    )
    assert (found.updated.author_id, found.updated.author_name) == ("", "Olga Outside")
    first = w.catalog.by_title("Here first", READER)
    assert first is not None
    assert [entry.id for entry in w.catalog.backlinks(first.id, READER)] == [found.id]
    w.check()


def test_a_file_that_cannot_be_read_is_shown_with_its_error(w: World) -> None:
    w.write("lessons/good.md", page("goodgoodgood", "Good"))
    w.write("lessons/broken.md", "---\ntitle: [oops\n---\nRaw words.\n")
    w.write("lessons/binary.md", b"\xff\xfe\x00\x01")
    w.write("lessons/list.md", "---\n- a\n---\n")
    w.check()
    items = w.catalog.entries(READER).items
    assert len(items) == 4
    broken = w.catalog.by_path("lessons/broken")
    assert isinstance(broken, CatalogEntry)
    assert broken.title == "Broken"
    assert broken.error is not None
    assert "line 2" in broken.error or "line 3" in broken.error
    assert "Raw words." in w.library.read(broken.id, READER).entry.body


def test_the_audience_of_a_file_that_cannot_be_read(w: World) -> None:
    """It keeps the last one that could be read; a new one that speaks of an audience is for administrators."""
    w.write("a.md", page("aaaaaaaaaaaa", "Secret", audience="[ops]"))
    w.write("a.md", "---\nid: aaaaaaaaaaaa\ntitle: [broken\naudience: [ops]\n---\n")
    w.write("b.md", "---\ntitle: [broken\nAudience: [ops]\n---\n")
    w.write("c.md", "---\ntitle: [broken\n---\naudience in the text\n")
    w.write("d.md", b"---\naudience: [ops]\n---\n\xff")
    w.write("e.md", page("eeeeeeeeeeee", "Secret", audience="Not A Slug!"))
    w.check()
    audiences = {entry.path: entry.audience for entry in w.catalog.entries(ADMIN).items}
    assert audiences == {
        "a.md": ("ops",),
        "b.md": (ADMINISTRATORS_ONLY,),
        "c.md": (),
        "d.md": (ADMINISTRATORS_ONLY,),
        "e.md": (ADMINISTRATORS_ONLY,),
    }
    assert {entry.path for entry in w.catalog.entries(AUTHOR).items} == {"a.md", "c.md"}
    assert {entry.path for entry in w.catalog.entries(READER).items} == {"c.md"}
    assert w.catalog.entry("aaaaaaaaaaaa") is not None
    w.write("a.md", page("aaaaaaaaaaaa", "Open now"))
    assert followed(w, "aaaaaaaaaaaa").audience == ()


def test_of_two_files_with_one_id_the_older_keeps_it(w: World) -> None:
    w.write("z-older.md", page("samesamesame", "Older"))
    w.write("a-newer.md", page("samesamesame", "Newer"))
    assert followed(w, "samesamesame").title == "Older"
    newer = w.catalog.by_path("a-newer")
    assert isinstance(newer, CatalogEntry)
    assert newer.id == id_from_path("a-newer.md")
    assert newer.error is not None
    w.write("z-older.md", None)
    assert followed(w, "samesamesame").title == "Newer"
    assert w.catalog.entry(newer.id) is None
    w.write("a-newer.md", page(None, "No id any more"))
    kept = w.catalog
    kept.catch_up()
    assert followed(w, "samesamesame").title == "No id any more"


def test_a_copy_that_loses_its_foreign_id_keeps_the_one_it_had(w: World) -> None:
    w.write("one.md", page("samesamesame", "One"))
    w.write("two.md", page("samesamesame", "Two"))
    w.write("two.md", page(None, "Two"))
    entry = followed(w, id_from_path("two.md"))
    assert (entry.title, entry.error) == ("Two", None)


def test_files_without_an_id_keep_theirs_when_they_move(w: World) -> None:
    w.write("a/first.md", page(None, "Moves"))
    entry_id = id_from_path("a/first.md")
    w.store.move("a/first.md", "b/second.md", author=ANN, message="m")
    assert followed(w, entry_id).path == "b/second.md"
    old = w.catalog.by_path("a/first")
    assert isinstance(old, Redirect)
    assert old.entry.id == entry_id
    w.write("a/first.md", page(None, "Another"))
    newcomer = w.catalog
    newcomer.catch_up()
    w.check()
    other = w.catalog.by_path("a/first")
    assert isinstance(other, CatalogEntry)
    assert other.id not in ("", entry_id)
    assert [v.action for v in w.catalog.history(entry_id)] == ["moved", "created"]


def test_two_entries_that_swap_their_paths(w: World) -> None:
    w.write("a.md", page("aaaaaaaaaaaa", "A"))
    w.write("b.md", page("bbbbbbbbbbbb", "B"))
    w.catalog.catch_up()
    swap = [Change("a.md", page("bbbbbbbbbbbb", "B").encode()), Change("b.md", page("aaaaaaaaaaaa", "A").encode())]
    w.store.apply(swap, author=ANN, message="swap")
    assert followed(w, "aaaaaaaaaaaa").path == "b.md"
    assert followed(w, "bbbbbbbbbbbb").path == "a.md"


def test_deleted_and_written_again(w: World) -> None:
    w.write("a.md", page("aaaaaaaaaaaa", "A"))
    w.write("a.md", None)
    w.check()
    assert w.catalog.entry("aaaaaaaaaaaa") is None
    assert [(gone.id, gone.title) for gone in w.catalog.deleted(READER)] == [("aaaaaaaaaaaa", "A")]
    w.write("b.md", page("aaaaaaaaaaaa", "A again"))
    assert followed(w, "aaaaaaaaaaaa").path == "b.md"
    assert w.catalog.deleted(READER) == []
    assert [v.action for v in w.catalog.history("aaaaaaaaaaaa")] == ["restored", "deleted", "created"]


def test_templates_hidden_files_and_links_are_no_entries(w: World, tmp_path: Path) -> None:
    w.write("templates/lesson.md", "## What happened\n")
    w.write("a.md", page("aaaaaaaaaaaa", "A"))
    copy = clone(w, tmp_path / "copy")
    (copy / ".obsidian").mkdir()
    (copy / ".obsidian/x.md").write_text("x")
    (copy / "link.md").symlink_to("/etc/passwd")
    (copy / b"bad-\xff.md".decode("utf-8", "surrogateescape")).write_text("x")
    push(copy)
    w.check()
    assert [entry.id for entry in w.catalog.entries(READER).items] == ["aaaaaaaaaaaa"]


def test_a_merge_from_outside_counts_everybodys_changes_once(w: World, tmp_path: Path) -> None:
    entry = w.create("Shared", "One.\n\nTwo.\n\nThree.\n")
    copy = clone(w, tmp_path / "copy")
    text = (copy / entry.path).read_text()
    (copy / entry.path).write_text(text.replace("One.", "Uno."))
    git("commit", "-q", "-am", "From a working copy", at=copy)
    w.library.save(entry.id, fields(body="One.\n\nTwo.\n\nTres.\n"), base_revision=entry.revision, viewer=AUTHOR)
    git("pull", "-q", "--no-rebase", "--no-edit", "origin", "main", at=copy)
    git("push", "-q", "origin", "HEAD:main", at=copy)
    w.check()
    assert w.library.read(entry.id, READER).entry.body == "Uno.\n\nTwo.\n\nTres.\n"
    names = [person.name for person in w.catalog.contributors(entry.id)]
    assert sorted(names) == ["Ann", "Olga Outside"]


def fields(**values: object) -> object:
    from wiki.library import EntryFields

    return EntryFields(**values)  # type: ignore[arg-type]


def test_a_rewritten_history_rebuilds(w: World, tmp_path: Path) -> None:
    w.write("a.md", page("aaaaaaaaaaaa", "A"))
    start = w.store.tip()
    w.write("secret.md", page("ssssssssssss", "To be purged"))
    w.check()
    copy = clone(w, tmp_path / "copy")
    git("reset", "-q", "--hard", str(start), at=copy)
    (copy / "b.md").write_text(page("bbbbbbbbbbbb", "B"))
    push(copy, "Purge", "--force")
    assert w.catalog.behind() == 2
    w.check()
    assert w.catalog.entry("ssssssssssss") is None
    assert w.catalog.history("ssssssssssss") == []


def test_deleting_everything_derived_brings_everything_back(w: World) -> None:
    for number in range(5):
        w.create(f"Title {number}", tags=("x",))
    before = w.catalog.dump()
    w.catalog.close()
    shutil.rmtree(w.config.derived_path)
    w.check()
    assert w.catalog.dump() == before


def test_a_damaged_or_older_catalog_is_built_again(w: World) -> None:
    w.create("Title")
    before = w.catalog.dump()
    w.catalog.close()
    for path in w.config.derived_path.glob("catalog.db*"):
        path.unlink()
    w.config.catalog_path.write_bytes(b"this is no database, " * 500)
    assert w.catalog.catch_up()
    assert w.catalog.dump() == before
    w.catalog._db.execute("PRAGMA user_version = 999")
    w.catalog.close()
    assert w.catalog.catch_up()
    assert w.catalog.dump() == before


def test_a_large_gap_is_left_to_the_indexer_and_said(w: World) -> None:
    w.catalog.catch_up()
    w.store.apply([Change(f"p/{n}.md", b"x") for n in range(600)], author=ANN, message="many")
    assert not w.catalog.catch_up()
    assert w.catalog.entries(READER).total == 0
    notice = w.catalog.notice()
    assert notice is not None
    assert "1 change is" in notice
    assert w.catalog.catch_up(limit=None)
    assert w.catalog.notice() is None
    assert w.catalog.entries(READER).total == 600
    for number in range(4):
        w.write("x.md", f"{number}")
    assert not w.catalog.catch_up(limit=3)
    assert w.catalog.catch_up(limit=4)


def test_many_processes_following_at_once_agree(w: World) -> None:
    import threading

    for number in range(50):
        w.write(f"{number}.md", page(None, str(number)))
    errors: list[BaseException] = []

    def follow() -> None:
        mine = Catalog(w.config.catalog_path, w.store)
        try:
            mine.catch_up(limit=None)
            assert mine.entries(READER).total == 50
        except BaseException as error:  # noqa: BLE001 - carried to the test's thread
            errors.append(error)
        finally:
            mine.close()

    threads = [threading.Thread(target=follow) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    w.check()


IDS = ["aaaaaaaaaaaa", "bbbbbbbbbbbb", None]
PATHS = ["a.md", "b.md", "f/a.md", "f/b.md", "f/c.md"]
TEXTS = ["text", "[[A]] and [[b]]", "other"]
HEADS = ["ok", "broken", "audience", "former"]


class Histories(RuleBasedStateMachine):
    """Random histories of few files and fewer ids, so that everything collides; followed step by step or in leaps."""

    folder: Path
    number = 0

    def __init__(self) -> None:
        super().__init__()
        Histories.number += 1
        self._context = world(self.folder / str(Histories.number))
        self.w = self._context.__enter__()
        self.present: set[str] = set()

    def teardown(self) -> None:
        self.w.check()
        self._context.__exit__(None, None, None)

    def text(self, entry_id: str | None, head: str, body: str) -> bytes:
        if head == "broken":
            return (f"---\nid: {entry_id}\n" if entry_id else "---\n").encode() + b"title: [x\n---\n" + body.encode()
        extra = {"audience": {"audience": "[ops]"}, "former": {"former_paths": "[f/old.md]"}}.get(head, {})
        return page(entry_id, body[:1].upper(), body, **extra).encode()

    @rule(
        path=st.sampled_from(PATHS),
        entry_id=st.sampled_from(IDS),
        head=st.sampled_from(HEADS),
        body=st.sampled_from(TEXTS),
    )
    def write(self, path: str, entry_id: str | None, head: str, body: str) -> None:
        self.w.store.apply([Change(path, self.text(entry_id, head, body))], author=ANN, message="write")
        self.present.add(path)

    @rule(old=st.sampled_from(PATHS), new=st.sampled_from(PATHS))
    def move(self, old: str, new: str) -> None:
        if old in self.present and new not in self.present:
            self.w.store.move(old, new, author=ANN, message="move")
            self.present = self.present - {old} | {new}

    @rule(paths=st.lists(st.sampled_from(PATHS), min_size=2, max_size=3, unique=True), data=st.data())
    def write_many(self, paths: list[str], data: st.DataObject) -> None:
        changes = []
        for path in paths:
            entry_id = data.draw(st.sampled_from(IDS))
            if path in self.present and data.draw(st.booleans()):
                changes.append(Change(path, None))
                self.present.discard(path)
            else:
                changes.append(Change(path, self.text(entry_id, "ok", data.draw(st.sampled_from(TEXTS)))))
                self.present.add(path)
        self.w.store.apply(changes, author=ANN, message="many")

    @rule(path=st.sampled_from(PATHS))
    def remove(self, path: str) -> None:
        if path in self.present:
            self.w.write(path, None)
            self.present.discard(path)

    @rule()
    def follow(self) -> None:
        self.w.catalog.catch_up(limit=None)
        entries = self.w.catalog.entries(ADMIN).items
        assert {entry.path for entry in entries} == self.present
        assert len({entry.id for entry in entries}) == len(entries)
        for entry in entries:
            assert self.w.catalog.history(entry.id)[0].action != "deleted"

    @invariant()
    def listings_never_break(self) -> None:
        self.w.catalog.entries(READER)
        self.w.catalog.recent(READER)


@pytest.mark.slow
def test_any_history_followed_step_by_step_equals_a_rebuild(tmp_path: Path) -> None:
    Histories.folder = tmp_path
    run_state_machine_as_test(
        Histories,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
        ),
    )

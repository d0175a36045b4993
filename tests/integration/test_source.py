"""What the indexer is fed: every change once, and everything where the cursor is unknown."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from indexer.documents import Document
from tests.integration.content_world import ANN, AUTHOR, World, clone, git, push, world
from wiki.catalog import ADMINISTRATORS_ONLY
from wiki.content import Change
from wiki.library import EntryFields
from wiki.source import GitSource


@dataclass
class Mirror:
    """An index that only remembers documents."""

    source: GitSource
    cursor: str = ""
    documents: dict[str, Document] = field(default_factory=dict)

    def follow(self) -> bool:
        changes = self.source.changes(self.cursor)
        if changes.complete:
            self.documents.clear()
        for document in changes.upserts:
            self.documents[document.id] = document
        for gone in changes.deletes:
            self.documents.pop(gone, None)
        self.cursor = changes.cursor
        return changes.complete

    def check(self) -> None:
        self.follow()
        assert self.cursor == self.source.tip()
        fresh = Mirror(self.source)
        assert fresh.follow()
        assert self.documents == fresh.documents


@pytest.fixture
def w(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def test_an_empty_repository(w: World) -> None:
    source = GitSource(w.store, w.catalog)
    assert source.tip() == ""
    changes = source.changes("")
    assert (changes.cursor, list(changes.upserts), changes.complete) == ("", [], True)


def test_a_document_holds_the_text_without_front_matter(w: World) -> None:
    one = w.create("First")
    entry = w.create(
        "Title",
        "Body.\n",
        kind="lesson",
        tags=("a",),
        team="ops",
        date="2026-01-02",
        audience=("ops",),
        recurrence_of=(one.id,),
    )
    w.library.move(entry.id, title="New title", viewer=AUTHOR)
    documents = {d.id: d for d in GitSource(w.store, w.catalog).changes("").upserts}
    assert documents[entry.id] == Document(
        id=entry.id,
        title="New title",
        body="Body.\n",
        kind="lesson",
        tags=("a",),
        team="ops",
        status="identified",
        date="2026-01-02",
        audience=("ops",),
        former_titles=("Title",),
        links=(one.id,),
    )


def test_a_file_that_cannot_be_read_is_found_by_its_raw_text_by_who_may(w: World) -> None:
    w.write("a.md", "---\ntitle: [x\naudience: [ops]\n---\nwords to find\n")
    (document,) = GitSource(w.store, w.catalog).changes("").upserts
    assert "words to find" in document.body
    assert document.audience == (ADMINISTRATORS_ONLY,)


def test_edits_renames_deletions_and_id_changes(w: World, tmp_path: Path) -> None:
    mirror = Mirror(GitSource(w.store, w.catalog))
    entry = w.create("One")
    mirror.check()
    w.library.save(entry.id, EntryFields(audience=("ops",)), base_revision=entry.revision, viewer=AUTHOR)
    w.library.move(entry.id, path="else/where", viewer=AUTHOR)
    assert not mirror.follow()
    assert mirror.documents[entry.id].audience == ("ops",)
    mirror.check()
    copy = clone(w, tmp_path / "copy")
    text = (copy / "else/where.md").read_text()
    (copy / "else/where.md").write_text(text.replace(entry.id, "anotherid222"))
    (copy / "copy-of-it.md").write_text(text.replace(entry.id, "anotherid222"))
    push(copy)
    mirror.check()
    assert "anotherid222" in mirror.documents
    assert entry.id not in mirror.documents
    w.library.delete("anotherid222", viewer=AUTHOR)
    mirror.check()
    assert len(mirror.documents) == 1


def test_an_unknown_cursor_gives_everything(w: World, tmp_path: Path) -> None:
    source = GitSource(w.store, w.catalog)
    mirror = Mirror(source)
    w.create("One")
    start = w.store.tip()
    w.create("Two")
    mirror.check()
    copy = clone(w, tmp_path / "copy")
    git("reset", "-q", "--hard", str(start), at=copy)
    push(copy, "Another history", "--force")
    assert mirror.follow()
    assert len(mirror.documents) == 1
    assert source.changes("no such commit").complete


def test_random_work_followed_in_random_steps(w: World) -> None:
    chance = random.Random(7)
    mirror = Mirror(GitSource(w.store, w.catalog))
    for number in range(60):
        entries = w.catalog.entries(AUTHOR).items
        entry = chance.choice(entries) if entries else None
        match chance.randrange(5) if entry else 0:
            case 0:
                w.create(f"Title {number}")
            case 1 if entry:
                fields = EntryFields(body=f"{number}", audience=chance.choice([(), ("ops",)]))
                w.library.save(entry.id, fields, base_revision=entry.revision, viewer=AUTHOR)
            case 2 if entry:
                w.library.move(entry.id, title=f"Moved {number}", viewer=AUTHOR)
            case 3 if entry:
                w.library.delete(entry.id, viewer=AUTHOR)
            case _:
                duplicate = b"---\nid: samesamesame\ntitle: x\n---\n%d" % number
                path = f"dup/{chance.randrange(3)}.md"
                w.store.apply([Change(path, chance.choice([duplicate, b"no id"]))], author=ANN, message="m")
        if chance.random() < 0.4:
            mirror.check()
    mirror.check()

"""Merging two entries, renaming tags everywhere, and taking such steps back: one commit each, nothing lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.integration.content_world import ADMIN, AUTHOR, OTHER, READER, World, save, world
from wiki.catalog import Redirect
from wiki.entries import EntryError
from wiki.library import LibraryError, NotFound
from wiki.topics.front import Curated, Rule, Topic


@pytest.fixture
def w(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def retag(w: World, old: list[str], new: str, viewer: Any = AUTHOR) -> tuple[str, int]:
    steps = w.library.retag(old, new, viewer=viewer)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def two(w: World) -> tuple[Any, Any]:
    keep = w.create("The restore hung", "It hung.\n", tags=("backup",), kind="lesson")
    other = w.create(
        "A restore never ended", "# Top\n\n```\n# code\n```\n\nIt never ended.\n", tags=("copy",), kind="lesson"
    )
    return keep, other


def test_merging_keeps_text_tags_files_addresses_and_history_of_both(w: World) -> None:
    keep, other = two(w)
    linking = w.create("Elsewhere", f"See [[{other.id}]] and [[A restore never ended]].")
    again = w.create("Again", kind="lesson", recurrence_of=(other.id,))
    w.library.attach(keep.id, "log.txt", b"mine", viewer=AUTHOR)
    w.library.attach(other.id, "log.txt", b"theirs", viewer=AUTHOR)
    w.library.attach(other.id, "b.txt", b"other", viewer=AUTHOR)
    other = save(w, w.catalog.entry(other.id), body="# Top\n\n[log](log.txt)\n").entry  # type: ignore[attr-defined,arg-type]
    entry, commit = w.library.join(keep.id, other.id, viewer=AUTHOR)
    body = w.library.read(keep.id, READER).entry.body
    assert "It hung." in body
    assert "## From “A restore never ended”\n\n## Top\n\n[log](log-2.txt)" in body
    assert entry.tags == ("backup", "copy")
    assert sorted(file.name for file in w.catalog.attachments(keep.id)) == ["b.txt", "log-2.txt", "log.txt"]
    assert w.catalog.by_path(other.path) == Redirect(entry)
    assert w.library.read(other.id, READER).item == entry
    assert w.library.read_attachment(f"{other.path.removesuffix('.md')}/b.txt", READER).data == b"other"
    assert [found.id for found in w.catalog.links_of(linking.id, READER).values() if found] == [keep.id, keep.id]
    assert [found.id for found in w.catalog.recurrences(keep.id, READER)] == [again.id]
    assert w.catalog.history(other.id)[-1].action == "created"
    assert w.store.commit(commit).message == "Merge “A restore never ended” into “The restore hung”"
    w.check()


def test_a_merge_is_undone_in_one_step_and_what_was_written_since_stays(w: World) -> None:
    keep, other = two(w)
    w.library.attach(other.id, "b.txt", b"other", viewer=AUTHOR)
    entry, commit = w.library.join(keep.id, other.id, viewer=AUTHOR)
    save(w, entry, title="The restore hung for hours")
    w.library.undo(commit, viewer=AUTHOR)
    assert w.library.read(keep.id, READER).entry.body == "It hung.\n"
    assert w.library.read(keep.id, READER).entry.title == "The restore hung for hours"
    back = w.catalog.entry(other.id)
    assert back is not None
    assert back.title == "A restore never ended"
    assert [file.name for file in w.catalog.attachments(other.id)] == ["b.txt"]
    with pytest.raises(LibraryError, match="undone already"):
        w.library.undo(commit, viewer=AUTHOR)
    w.check()


def test_what_was_changed_in_the_same_place_since_is_not_undone_over_it(w: World) -> None:
    keep, other = two(w)
    entry, commit = w.library.join(keep.id, other.id, viewer=AUTHOR)
    save(w, entry, body="Written anew.\n")
    with pytest.raises(LibraryError, match="changed in the same places"):
        w.library.undo(commit, viewer=AUTHOR)
    w.library.delete(keep.id, viewer=AUTHOR)
    with pytest.raises(LibraryError, match="moved, deleted or written anew"):
        w.library.undo(commit, viewer=AUTHOR)
    with pytest.raises(NotFound, match="no such change"):
        w.library.undo("f" * 40, viewer=AUTHOR)


def test_two_that_cannot_be_one_are_refused_with_a_sentence(w: World) -> None:
    keep, other = two(w)
    page = w.create("A page")
    closed = w.create("Closed", kind="lesson", audience=("ops",))
    for one, two_, words in (
        (keep.id, keep.id, "with itself"),
        (keep.id, page.id, "one kind"),
        (keep.id, closed.id, "different readers"),
    ):
        with pytest.raises(EntryError, match=words):
            w.library.join(one, two_, viewer=AUTHOR)
    with pytest.raises(NotFound):
        w.library.join(keep.id, closed.id, viewer=OTHER)
    w.write(other.path, "---\nid: " + other.id + "\ntitle: [a\n---\n")
    with pytest.raises(EntryError, match="cannot be read"):
        w.library.join(keep.id, other.id, viewer=AUTHOR)


def test_texts_that_say_the_same_are_not_said_twice(w: World) -> None:
    keep = w.create("One", "It hung.  Twice.\n")
    other = w.create("Two", "It hung. Twice.\n")
    w.library.join(keep.id, other.id, viewer=AUTHOR)
    assert w.library.read(keep.id, READER).entry.body == "It hung.  Twice.\n"


def test_a_tag_is_renamed_everywhere_in_one_commit_and_back(w: World) -> None:
    first = w.create("One", tags=("a", "backups", "b"))
    second = w.create("Two", tags=("backup", "backups"))
    topic = w.create("Topic", kind="topic", topic=Topic(rule=Rule(("backups",))))
    before = len(list(w.store.walk(None)))
    commit, count = retag(w, ["backups"], "Backup")
    assert count == 3
    assert len(list(w.store.walk(None))) == before + 1
    assert w.catalog.entry(first.id).tags == ("a", "backup", "b")  # type: ignore[union-attr]
    assert w.catalog.entry(second.id).tags == ("backup",)  # type: ignore[union-attr]
    assert w.library.read(topic.id, READER).entry.topic.rule.tags == ("backup",)
    save(w, w.catalog.entry(first.id), body="Other words.\n")  # type: ignore[arg-type]
    w.library.undo(commit, viewer=AUTHOR)
    assert w.catalog.entry(first.id).tags == ("a", "backups", "b")  # type: ignore[union-attr]
    assert w.catalog.entry(second.id).tags == ("backup", "backups")  # type: ignore[union-attr]
    retag(w, ["a", "b"], "")
    assert w.catalog.entry(first.id).tags == ("backups",)  # type: ignore[union-attr]
    w.check()


def test_tags_of_entries_that_one_may_not_see_stay(w: World) -> None:
    w.create("Open", tags=("old",))
    closed = w.create("Closed", tags=("old",), audience=("ops",))
    commit, count = retag(w, ["old"], "new", viewer=OTHER)
    assert count == 1
    assert w.catalog.entry(closed.id).tags == ("old",)  # type: ignore[union-attr]
    both, _ = retag(w, ["old"], "newer", viewer=ADMIN)
    with pytest.raises(NotFound, match="no such change"):
        w.library.undo(both, viewer=OTHER)
    assert commit != both


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ([], "x", "at least one tag"),
        (["a"], "a", "called “a” already"),
        (["a"], "x, y", "without a comma"),
        (["a"], "x" * 200, "at most 120"),
        (["nowhere"], "x", "No entry carries"),
    ],
)
def test_a_rename_that_makes_no_sense_is_refused_with_a_sentence(
    w: World, old: list[str], new: str, words: str
) -> None:
    w.create("One", tags=("a",))
    with pytest.raises(EntryError, match=words):
        retag(w, old, new)


def test_the_catalog_knows_the_curated_list_as_the_viewer_may_see_it(w: World) -> None:
    first, second = w.create("First", tags=("t",)), w.create("Second", team="ops")
    closed = w.create("Closed", tags=("t",), audience=("ops",))
    third, fourth = w.create("Third", tags=("t",)), w.create("Fourth")
    topic = Topic(
        rule=Rule(("t",), ("ops",)),
        curated=(Curated(second.id, "Why."), Curated(closed.id), Curated("gone22222222"), Curated(first.id)),
        left_out=(third.id,),
    )
    page = w.create("Topic", kind="topic", topic=topic)
    topics = w.catalog.topics
    items, total = topics.items(page.id, READER)
    assert ([item.entry.id for item in items], total) == ([second.id, first.id], 2)
    assert items[0].why == "Why."
    assert topics.items(page.id, AUTHOR, 1, 1)[0][0].entry.id == closed.id
    assert topics.sizes(READER) == {page.id: 2}
    assert topics.curating(first.id, READER) == [w.catalog.entry(page.id)]
    found = topics.proposals(page.id, topic.rule, [fourth.id], READER)
    assert ([entry.id for entry in found.items], found.total) == ([fourth.id], 1)
    assert topics.proposals(page.id, Rule(), [], READER).total == 0
    w.library.amend(page.id, lambda entry: replace(entry, topic=Topic(rule=topic.rule)), viewer=AUTHOR, message="Empty")
    assert {entry.title for entry in topics.proposals(page.id, topic.rule, [], READER).items} == {
        "First",
        "Second",
        "Third",
    }
    w.check()


def test_what_curators_look_for_leaves_out_what_the_viewer_may_not_see(w: World) -> None:
    first = w.create("First", "See [[Nowhere]] and [[nowhere]].", kind="lesson")
    w.create("Closed", f"See [[Nothing]] and [[{first.id}]].", kind="lesson", audience=("ops",))
    curation = w.catalog.curation
    assert [entry.title for entry in curation.waiting(READER, 0, 10)[0]] == ["First"]
    assert curation.waiting(AUTHOR, 0, 0) == ([], 2)
    assert [entry.title for entry in curation.orphans(READER, 0, 10)[0]] == ["First"]
    assert curation.orphans(AUTHOR, 0, 10) == ([], 0)
    assert [(link.entry.id, link.target) for link in curation.broken_links(READER, 0, 10)[0]] == [(first.id, "Nowhere")]
    assert curation.broken_links(AUTHOR, 0, 10)[1] == 2
    assert curation.created_since(0, READER, 0, 10)[1] == 1
    assert curation.created_since(0, AUTHOR, 0, 10)[1] == 0
    assert curation.targets_written(first.id, "NOWHERE") == ["Nowhere", "nowhere"]

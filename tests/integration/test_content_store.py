"""The git store: versions, merges, paths, and a repository that git itself finds sound."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.content_world import ANN, World, git, world
from wiki.content import Author, Busy, Change, Conflict, ContentError, ContentStore, Exists, Missing, UnknownCommit
from wiki.content.locks import hold


@pytest.fixture
def w(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def test_an_empty_repository_has_no_tip(w: World) -> None:
    assert w.store.tip() is None
    assert list(w.store.paths()) == []
    with pytest.raises(Missing):
        w.store.read("a.md")


def test_every_version_stays_readable(w: World) -> None:
    first = w.store.put("a/b.md", b"one", base=None, author=ANN, message="First")
    second = w.store.put("a/b.md", b"two", base=first.revision, author=ANN, message="Second")
    assert w.store.tip() == second.commit
    assert w.store.read("a/b.md").data == b"two"
    assert w.store.read("a/b.md", first.commit).data == b"one"
    assert w.store.blob(first.revision) == b"one"
    commits = list(w.store.walk(None))
    assert [(c.message, c.author, [f.path for f in c.changes]) for c in commits] == [
        ("First", ANN, ["a/b.md"]),
        ("Second", ANN, ["a/b.md"]),
    ]
    assert [c.id for c in w.store.walk(first.commit)] == [second.commit]


def test_git_finds_the_repository_sound_and_no_mail_address_in_it(w: World) -> None:
    w.store.put("a.md", b"one", base=None, author=Author("acc222", "Ann <ann@example.org>\n"), message="x\0y")
    w.store.apply([Change("b/c/d.md", b"d"), Change("a.md", None)], author=ANN, message="")
    git("fsck", "--strict", "--full", at=w.store.path)
    log = git("log", "--format=%ae %ce %an", at=w.store.path)
    assert log.splitlines() == [
        "annaccount22@account.invalid annaccount22@account.invalid Ann",
        "acc222@account.invalid acc222@account.invalid Ann ann@example.org",
    ]


def test_a_new_file_never_replaces_one(w: World) -> None:
    w.store.put("a/b.md", b"one", base=None, author=ANN, message="m")
    with pytest.raises(Exists):
        w.store.put("a/b.md", b"two", base=None, author=ANN, message="m")
    for path in ("A/b.md", "a/B.md", "a/b.md/c.md"):
        with pytest.raises(Exists):
            w.store.put(path, b"two", base=None, author=ANN, message="m")
    assert [path for path, _ in w.store.paths()] == ["a/b.md"]


@pytest.mark.parametrize("path", ["../x.md", "/x.md", "a/../b.md", ".git/config", "a/con.md", "a\0b.md", "x/.git/y"])
def test_paths_that_are_not_safe_are_refused(w: World, path: str) -> None:
    with pytest.raises(ContentError):
        w.store.put(path, b"x", base=None, author=ANN, message="m")
    assert w.store.tip() is None


def test_a_stale_base_is_merged_or_a_conflict_that_keeps_all_three(w: World) -> None:
    base = w.store.put("a.md", b"1\n\n2\n\n3\n", base=None, author=ANN, message="m").revision
    theirs = w.store.put("a.md", b"1\n\n2\n\nthree\n", base=base, author=ANN, message="m").revision
    merged = w.store.put("a.md", b"one\n\n2\n\n3\n", base=base, author=ANN, message="m")
    assert merged.merged
    assert w.store.read("a.md").data == b"one\n\n2\n\nthree\n"
    with pytest.raises(Conflict) as caught:
        w.store.put("a.md", b"1\n\n2\n\ndrei\n", base=base, author=ANN, message="m")
    assert caught.value.base == b"1\n\n2\n\n3\n"
    assert caught.value.theirs == b"one\n\n2\n\nthree\n"
    assert caught.value.yours == b"1\n\n2\n\ndrei\n"
    assert caught.value.revision == merged.revision
    assert theirs != merged.revision


def test_saving_the_same_again_makes_no_commit(w: World) -> None:
    saved = w.store.put("a.md", b"1", base=None, author=ANN, message="m")
    again = w.store.put("a.md", b"1", base=saved.revision, author=ANN, message="m")
    assert again.commit == saved.commit


def test_moving_deleting_and_folders_that_become_empty(w: World) -> None:
    saved = w.store.put("a/b/c.md", b"1", base=None, author=ANN, message="m")
    w.store.move("a/b/c.md", "d.md", author=ANN, message="m")
    assert [path for path, _ in w.store.paths()] == ["d.md"]
    w.store.apply([Change("d.md", None), Change("d.md/e.md", b"2")], author=ANN, message="file to folder")
    w.store.apply([Change("d.md/e.md", None), Change("d.md", b"3")], author=ANN, message="folder to file")
    with pytest.raises(Missing):
        w.store.move("a/b/c.md", "e.md", author=ANN, message="m")
    with pytest.raises(Conflict):
        w.store.delete("d.md", base=saved.revision, author=ANN, message="m")
    w.store.delete("d.md", author=ANN, message="m")
    assert list(w.store.paths()) == []
    git("fsck", "--strict", at=w.store.path)


def test_a_commit_of_another_history_is_unknown(w: World) -> None:
    w.store.put("a.md", b"1", base=None, author=ANN, message="m")
    with pytest.raises(UnknownCommit):
        list(w.store.walk("0" * 40))
    with pytest.raises(Missing):
        w.store.commit("0" * 40)
    with pytest.raises(Missing):
        w.store.blob("not an id")


def test_the_tip_is_read_from_packed_refs_too(w: World) -> None:
    saved = w.store.put("a.md", b"1", base=None, author=ANN, message="m")
    git("pack-refs", "--all", at=w.store.path)
    git("gc", "-q", "--prune=now", at=w.store.path)
    assert not (w.store.path / "refs/heads/main").exists()
    assert w.store.tip() == saved.commit
    assert w.store.put("a.md", b"2", base=saved.revision, author=ANN, message="m").commit == w.store.tip()
    assert w.store.read("a.md", saved.commit).data == b"1"


def test_an_open_store_survives_git_packing_everything(w: World) -> None:
    saved = [w.store.put(f"{n}.md", b"x%d" % n, base=None, author=ANN, message="m") for n in range(5)]
    git("gc", "-q", "--prune=now", at=w.store.path)
    assert w.store.blob(saved[2].revision) == b"x2"
    w.store.put("5.md", b"x5", base=None, author=ANN, message="m")
    git("fsck", "--strict", at=w.store.path)


def test_a_lock_left_behind_long_ago_is_removed(w: World) -> None:
    w.store.put("a.md", b"1", base=None, author=ANN, message="m")
    lock = w.store.path / "refs/heads/main.lock"
    lock.write_text("")
    long_ago = time.time() - 60
    os.utime(lock, (long_ago, long_ago))
    w.store.put("b.md", b"1", base=None, author=ANN, message="m")
    assert not lock.exists()


def test_a_fresh_lock_of_another_program_is_waited_for(w: World) -> None:
    """A living git's lock must not be removed: the save waits, and goes on when it is gone."""
    import threading

    w.store.put("a.md", b"1", base=None, author=ANN, message="m")
    lock = w.store.path / "refs/heads/main.lock"
    lock.write_text("")
    seen: list[bool] = []

    def release() -> None:
        seen.append(lock.exists())
        lock.unlink()

    timer = threading.Timer(0.4, release)
    timer.start()
    start = time.monotonic()
    w.store.put("b.md", b"1", base=None, author=ANN, message="m")
    assert time.monotonic() - start > 0.3
    assert seen == [True]


def test_waiting_for_other_writers_ends(w: World) -> None:
    w.store.put("a.md", b"1", base=None, author=ANN, message="m")
    with hold(w.store.lock_path, 1), pytest.raises(Busy):
        w.store.update(lambda _: [Change("b.md", b"2")], author=ANN, message="m", timeout=0.05)


def test_a_folder_without_a_repository_says_so(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="no git repository"):
        ContentStore(tmp_path / "none.git", tmp_path).snapshot("0" * 40)

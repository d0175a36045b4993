"""Who may write and see what, by every function that pages, the API and the import call."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.content_world import ADMIN, ANN, AUTHOR, OTHER, READER, World, save, world
from wiki.entries import EntryError
from wiki.library import EntryFields, Forbidden, NotFound
from wiki.viewer import ANONYMOUS

PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 20


@pytest.fixture
def w(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as made:
        yield made


def test_readers_and_strangers_may_not_write(w: World) -> None:
    entry = w.create()
    for viewer in (READER, ANONYMOUS):
        for act in (
            lambda v: w.library.create(EntryFields(title="x"), viewer=v),
            lambda v: save(w, entry, v, body="x"),
            lambda v: w.library.move(entry.id, title="x", viewer=v),
            lambda v: w.library.delete(entry.id, viewer=v),
            lambda v: w.library.restore(entry.id, revision=entry.revision, viewer=v),
            lambda v: w.library.attach(entry.id, "a.png", PNG, viewer=v),
            lambda v: w.library.bulk([], author=ANN, viewer=v, message="m"),
        ):
            with pytest.raises(Forbidden):
                act(viewer)
    with pytest.raises(NotFound):
        w.library.read(entry.id, ANONYMOUS)
    assert w.library.read(entry.id, READER).item == entry


def test_what_is_for_a_team_is_not_there_for_others(w: World) -> None:
    secret = w.create(
        "Secret plan", "See [[Open page]].", audience=("ops",), tags=("hidden",), team="ops", kind="lesson"
    )
    w.library.attach(secret.id, "a.png", PNG, viewer=AUTHOR)
    open_page = w.create("Open page", "See [[Secret plan]] and [[Nothing]].")
    assert w.catalog.entries(AUTHOR).total == 2
    for viewer in (OTHER, READER, ANONYMOUS):
        assert w.catalog.entries(viewer).total == 1
        assert w.catalog.tags(viewer) == []
        assert w.catalog.teams(viewer) == []
        assert w.catalog.counts(viewer).kinds == {"page": 1}
        assert w.catalog.suggest_titles("sec", viewer) == []
        assert [c.id for c in w.catalog.recent(viewer)] == [open_page.id]
        assert w.catalog.backlinks(open_page.id, viewer) == []
        assert w.catalog.links_of(open_page.id, viewer)["Secret plan"] is None
        assert w.catalog.by_title("secret plan", viewer) is None
        assert w.catalog.entries_by_id([secret.id], viewer) == {}
        assert w.catalog.resolve([secret.id], viewer) == {secret.id: None}
        for act in (
            lambda v: w.library.read(secret.id, v),
            lambda v: w.library.read(secret.path, v),
            lambda v: w.library.read_version(secret.id, secret.revision, v),
            lambda v: w.library.read_attachment("lessons/2026/11/secret-plan/a.png", v),
            lambda v: w.library.read_attachment(w.catalog.attachments(secret.id)[0].path, v),
        ):
            with pytest.raises(NotFound):
                act(viewer)
    for act in (
        lambda: save(w, secret, OTHER, body="x"),
        lambda: w.library.move(secret.id, title="x", viewer=OTHER),
        lambda: w.library.delete(secret.id, viewer=OTHER),
        lambda: w.library.attach(secret.id, "b.png", PNG, viewer=OTHER),
        lambda: w.library.restore(secret.id, revision=secret.revision, viewer=OTHER),
    ):
        with pytest.raises(NotFound):
            act()
    assert w.catalog.entries(ADMIN).total == 2
    path = w.catalog.attachments(secret.id)[0].path
    w.library.delete(secret.id, viewer=AUTHOR)
    assert w.catalog.deleted(OTHER) == []
    assert [gone.id for gone in w.catalog.deleted(AUTHOR)] == [secret.id]
    with pytest.raises(NotFound):
        w.library.restore(secret.id, viewer=OTHER)
    w.write(path, PNG)
    w.catalog.catch_up()
    with pytest.raises(NotFound):
        w.library.read_attachment(path, OTHER)


def test_an_old_version_that_was_for_a_team_stays_closed_when_the_page_is_opened(w: World) -> None:
    closed = w.create("Plan", "the secret", audience=("ops",))
    opened = save(w, closed, body="the public part", audience=()).entry  # type: ignore[attr-defined]
    assert w.library.read(opened.id, OTHER).entry.body == "the public part"
    with pytest.raises(NotFound):
        w.library.read_version(opened.id, closed.revision, OTHER)
    with pytest.raises(NotFound):
        w.library.restore(opened.id, revision=closed.revision, viewer=OTHER)
    assert [change.version.commit for change in w.catalog.recent(OTHER)] == [opened.updated.commit]


def test_nobody_locks_themselves_out(w: World) -> None:
    entry = w.create()
    with pytest.raises(EntryError) as caught:
        save(w, entry, audience=("sales",))
    assert caught.value.field == "audience"
    with pytest.raises(EntryError):
        w.create("Other", audience=("sales",))
    assert w.catalog.entries(AUTHOR).total == 1

"""Watching: what is new in it stands on the desk, and what may not be seen does not exist, watched or not."""

from __future__ import annotations

import datetime

import pytest
from flask import Flask

from indexer import Indexer, load_encoder
from tests.integration.reading_web import Writer, publish, text_of
from wiki.composition import content_source, index_settings
from wiki.people import PeopleError
from wiki.people.watches import MAX_WATCHES
from wiki.web.desk_items import DeskItem, asked_of


def watch(writer: Writer, subject: str, **more: str) -> str:
    writer.post("/watch", subject=subject, **more)
    return text_of(writer.get("/watching"))


@pytest.mark.parametrize("subject", ["entry:{id}", "tag:tls", "team:billing"])
def test_what_others_change_in_what_i_watch_is_on_my_desk(app: Flask, subject: str) -> None:
    app.extensions["hindsight"].people.teams.create("billing", "Billing")
    writer = Writer(app, "wanda", "reader")
    entry = publish(app, "The certificate ran out", tags=("tls",), team="billing")
    publish(app, "Something else")
    assert "Nothing new." in text_of(writer.client.get("/"))
    assert "You watch" in watch(writer, subject.format(id=entry.id))
    desk = text_of(writer.client.get("/")).split("New in what you watch")[1].split("desk-side")[0]
    assert "The certificate ran out" in desk
    assert "Something else" not in desk
    assert "You no longer watch" in watch(writer, subject.format(id=entry.id), stop="1")
    assert "Nothing new." in text_of(writer.client.get("/"))


def test_watching_a_topic_page_watches_what_links_to_it(app: Flask) -> None:
    writer = Writer(app, "wanda", "author")
    topic = publish(app, "Certificates", kind="topic")
    publish(app, "It ran out", f"See [[{topic.id}|Certificates]].")
    watch(writer, f"entry:{topic.id}")
    assert "It ran out" in text_of(writer.client.get("/watching"))


def test_my_own_changes_are_no_news(app: Flask) -> None:
    writer = Writer(app, "wanda", "author")
    watch(writer, "tag:mine")
    writer.publish("Own", "It was me.", tags="mine")
    assert "Nobody else changed anything" in text_of(writer.client.get("/watching"))


def test_what_may_not_be_seen_cannot_be_watched_and_is_not_named(app: Flask) -> None:
    app.extensions["hindsight"].people.teams.create("board", "Board")
    writer = Writer(app, "wanda", "author")
    secret = publish(app, "Only the board", audience=("board",), tags=("tls",))
    assert "There is nothing of this name" in watch(writer, f"entry:{secret.id}")
    watch(writer, "tag:tls")
    app.extensions["hindsight"].people.watches.watch(writer.account_id, f"entry:{secret.id}")
    for address in ("/", "/watching", f"/watching?subject=entry:{secret.id}"):
        assert "Only the board" not in text_of(writer.client.get(address))


@pytest.mark.parametrize(
    "subject", ["", "nonsense", "entry:", "entry:nobody", "tag:\0", "tag:" + "x" * 300, "author:ada"]
)
def test_nonsense_cannot_be_watched(app: Flask, subject: str) -> None:
    writer = Writer(app, "wanda", "author")
    if not subject.startswith("tag:"):
        assert "There is nothing of this name" in watch(writer, subject)
    with pytest.raises(PeopleError):
        people = app.extensions["hindsight"].people
        people.watches.watch(writer.account_id, subject if subject != "entry:nobody" else "entry")


def test_somebody_can_watch_only_so_much(app: Flask) -> None:
    writer = Writer(app, "wanda", "author")
    watches = app.extensions["hindsight"].people.watches
    for number in range(MAX_WATCHES):
        watches.watch(writer.account_id, f"tag:{number}")
    assert "Stop watching one of them first" in watch(writer, "tag:more")


def test_the_desk_asks_for_what_is_due_first_and_once(app: Flask) -> None:
    day = datetime.date(2026, 11, 24)
    items = [DeskItem("later", "/a"), DeskItem("due", "/b", due=day), DeskItem("overdue", "/c", due=day.replace(day=1))]

    def provider(*_: object) -> list[DeskItem]:
        return [*items, DeskItem("the same again", "/a")]

    parts = app.extensions["hindsight"]
    viewer = parts.people.viewer_for(Writer(app, "wanda", "author").account_id)
    assert [item.text for item in asked_of(parts, viewer, (provider,))] == ["overdue", "due", "later"]
    assert items[2].overdue(day)
    assert not items[0].overdue(day)
    assert not items[1].overdue(day)


def test_notices_are_on_the_desk(app: Flask) -> None:
    writer = Writer(app, "wanda", "author")
    notices = app.extensions["hindsight"].people.notices
    notices.tell(writer.account_id, key="k", kind="action", text="Close the action", link="/recent")
    assert "Close the action" in text_of(writer.client.get("/")).split("Asked of you")[1].split("New in what")[0]


def test_a_saved_search_tells_what_others_changed_among_its_results(app: Flask) -> None:
    parts = app.extensions["hindsight"]
    parts.people.teams.create("board", "Board")
    writer = Writer(app, "wanda", "reader")
    publish(app, "The certificate ran out", "Nobody had renewed it.", tags=("tls",))
    publish(app, "Only the board knows of the certificate", "Nobody had renewed it.", audience=("board",))
    publish(app, "Paper and pens", "Ask at the desk.")
    settings = index_settings(parts.config)
    with Indexer(settings, content_source(parts), load_encoder(settings)) as indexer:
        assert indexer.catch_up(60)
    page = text_of(writer.client.get("/search?q=certificate+renewed&mode=keyword&tag=tls"))
    assert "Save this search" in page
    watching = watch(writer, "search:q=certificate+renewed&mode=keyword&tag=tls")
    assert "“certificate renewed”, tls" in watching
    assert "The certificate ran out" in watching
    assert "Only the board" not in watching
    assert "Paper and pens" not in watching
    for nonsense in ("search:", "search:tag=tls", "search:q=", "search:%%%"):
        assert "There is nothing of this name" in watch(writer, nonsense)
    assert "Save this search" not in text_of(writer.client.get("/search?q=" + "certificate+" * 30))

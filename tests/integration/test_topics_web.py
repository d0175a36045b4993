"""A topic's page as its people use it, without scripts: the list, what is proposed, the path, and handing it over."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from tests.integration.reading_web import Writer, client_of, publish, text_of, with_searcher
from wiki.catalog import CatalogEntry
from wiki.library import EntryFields
from wiki.topics.front import Curated, Rule, Topic
from wiki.viewer import SYSTEM


def kept(app: Flask, item: CatalogEntry) -> Topic:
    topic: Topic = app.extensions["hindsight"].library.read(item.id, SYSTEM).entry.topic
    return topic


def messages(app: Flask, item: CatalogEntry) -> list[str]:
    return [one.message for one in app.extensions["hindsight"].catalog.history(item.id)]


def ids(topic: Topic) -> list[str]:
    return [one.id for one in topic.curated]


@pytest.fixture
def fay(app: Flask) -> Writer:
    return Writer(app, "fay", "facilitator", teams=["ops"])


def list_act(writer: Writer, item: CatalogEntry, act: str, entry: str = "", **more: Any) -> Any:
    return writer.post(f"/topic/{item.id}/list", act=act, entry=entry, **more)


def test_a_list_is_curated_from_what_the_rule_proposes(app: Flask, fay: Writer) -> None:
    one, two, three = (publish(app, title, f"{title} froze.", tags=("cold",)) for title in ("One", "Two", "Three"))
    topic = publish(app, "Cold", kind="topic")
    assert "this topic has no rule" in text_of(fay.get(topic.url))
    fay.post(f"/topic/{topic.id}/settings", tags="cold, ice", teams="ops", query="", review_by="2020-01-02")
    assert kept(app, topic).rule == Rule(("cold", "ice"), ("ops",))
    page = text_of(fay.get(topic.url))
    assert 'Not yet curated <span class="count">3</span>' in page
    assert "Past" in page
    list_act(fay, topic, "accept", one.id, why="It shows the cold.")
    list_act(fay, topic, "accept", two.id)
    list_act(fay, topic, "dismiss", three.id)
    assert ids(kept(app, topic)) == [one.id, two.id]
    assert kept(app, topic).left_out == (three.id,)
    page = text_of(fay.get(topic.url))
    assert "It shows the cold." in page
    assert "Everything that the rule finds is in the list or left out." in page
    list_act(fay, topic, "up", two.id)
    list_act(fay, topic, "back", three.id)
    list_act(fay, topic, "add", named="/wiki/" + three.path.removesuffix(".md"))
    list_act(fay, topic, "place", three.id, before=two.id)
    assert ids(kept(app, topic)) == [three.id, two.id, one.id]
    list_act(fay, topic, "down", three.id)
    list_act(fay, topic, "out", one.id)
    assert ids(kept(app, topic)) == [two.id, three.id]
    assert messages(app, topic)[0] == "Take out “One”"
    assert "Cold" in text_of(fay.get(two.url)), "an entry tells in which topics it is"


def test_a_cited_passage_shows_when_its_source_has_changed(app: Flask, fay: Writer) -> None:
    parts = app.extensions["hindsight"]
    source = publish(
        app, "Source", "Nobody had **ever** tried [it](https://x.org).\n\nThe copy was [[Old|five]] years old."
    )
    topic = publish(app, "Copies", kind="topic")
    list_act(fay, topic, "accept", source.id)
    list_act(fay, topic, "edit", source.id, why="Why.", passage="The copy was five years old.")
    assert kept(app, topic).curated[0] == Curated(source.id, "Why.", "The copy was five years old.", source.revision)
    assert "has changed since" not in text_of(fay.get(topic.url))
    parts.library.save(
        source.id,
        EntryFields(body="Nobody.\n\nThe copy was six years old."),
        base_revision=source.revision,
        viewer=SYSTEM,
    )
    page = text_of(fay.get(topic.url))
    assert "The source has changed since" in page
    assert "<del>five</del><ins>six</ins>" in page.replace("\n", "") or "six" in page
    assert "Source” has changed since it was cited" in text_of(fay.get(f"/topic/{topic.id}/handover"))
    list_act(fay, topic, "keep", source.id)
    assert "has changed since" not in text_of(fay.get(topic.url))
    list_act(fay, topic, "recite", source.id, passage="The copy was six years old.")
    assert kept(app, topic).curated[0].passage == "The copy was six years old."
    now = parts.catalog.entry(source.id)
    parts.library.save(source.id, EntryFields(body="All gone."), base_revision=now.revision, viewer=SYSTEM)
    assert "Nothing like it stands there any more." in text_of(fay.get(topic.url))


def test_refusals_of_the_list_say_what_to_do(app: Flask, fay: Writer) -> None:
    source, closed = publish(app, "Source", "Words."), publish(app, "Closed", audience=("ops",))
    topic = publish(app, "Copies", kind="topic")
    ann = Writer(app, "ann", "author")

    def said(answer: Any) -> str:
        return text_of(fay.client.get(answer.location.partition("#")[0]))

    assert "do not stand in “Source”" in said(list_act(fay, topic, "accept", source.id, passage="Other words."))
    assert "is for some teams only" in said(list_act(fay, topic, "accept", closed.id))
    assert "A topic cannot hold itself." in said(list_act(fay, topic, "accept", topic.id))
    assert "There is no entry called “Nowhere”" in said(list_act(fay, topic, "add", named="Nowhere"))
    assert "not in the list any more" in said(list_act(fay, topic, "out", source.id))
    assert "not in the list any more" in said(list_act(fay, topic, "up", source.id))
    assert "Choose one of accept" in said(list_act(fay, topic, "whatever"))
    ann.post(f"/topic/{topic.id}/list", status=404, act="accept", entry=closed.id)
    refused = ann.post(f"/topic/{topic.id}/list", status=403, act="accept", entry=source.id)
    assert "kept by its steward and deputy, and by facilitators" in text_of(refused)
    page = text_of(
        fay.post(f"/topic/{topic.id}/settings", status=422, tags="", teams="Not_A", query="", review_by="soon")
    )
    assert "Write the date as 2026-11-24" in page
    assert "must lie ahead" in text_of(fay.post(f"/topic/{topic.id}/reviewed", status=422, until="2020-01-01"))
    ann.get(f"/topic/{topic.id}/settings", status=403)
    ann.get(f"/topic/{source.id}/handover", status=404)


def test_a_script_gets_the_part_of_the_page_anew_and_refusals_as_sentences(app: Flask, fay: Writer) -> None:
    source = publish(app, "Source", "Words.")
    topic = publish(app, "Copies", kind="topic")
    headers = {"X-Fragment": "1", "X-CSRFToken": fay.token()}
    form = {"act": "accept", "entry": source.id, "why": "<b>"}
    answer = fay.client.post(f"/topic/{topic.id}/list", data=form, headers=headers)
    page = answer.get_data(as_text=True)
    assert page.startswith("<p hidden data-said>“Source” is in the list.</p>")
    assert "data-swap" in page
    assert "&lt;b&gt;" in page
    assert "<html" not in page
    refused = fay.client.post(f"/topic/{topic.id}/list", data={**form, "passage": "other"}, headers=headers)
    assert refused.status_code == 422
    assert "do not stand in" in refused.json["detail"]


def test_the_rules_query_proposes_what_a_search_finds(app: Flask, fay: Writer) -> None:
    from indexer import Results
    from tests.integration.reading_web import hit_for

    found = publish(app, "Found")
    topic = publish(app, "Copies", kind="topic", topic=Topic(rule=Rule(query="copy")))
    told = with_searcher(app, Results((hit_for(found),), 1, "keyword"))
    assert 'Not yet curated <span class="count">1</span>' in text_of(fay.get(topic.url))
    assert (told.asked[0].text, told.asked[0].mode) == ("copy", "keyword")  # type: ignore[union-attr]


def test_a_reading_path_leads_a_newcomer_and_remembers_for_them_alone(app: Flask, fay: Writer) -> None:
    one, two = publish(app, "One"), publish(app, "Two")
    topic = publish(app, "Copies", kind="topic")
    path = f"/topic/{topic.id}/path"
    fay.post(path, act="add", named="One", note="First this.")
    fay.post(path, act="add", named=two.id)
    fay.post(path, act="up", entry=two.id)
    assert [step.id for step in kept(app, topic).reading_path] == [two.id, one.id]
    newcomer, other = Writer(app, "new", "reader"), Writer(app, "oth", "reader")
    assert "Start: Two" in text_of(newcomer.get(path))
    newcomer.post(path + "/read", entry=two.id, read="1")
    page = text_of(newcomer.get(path))
    assert "Go on: One" in page
    assert "Read: 1 of 2" in page
    assert "First this." in page
    assert "Start: Two" in text_of(other.get(path))
    newcomer.post(path + "/read", entry=one.id, read="1")
    assert "You have read all of it." in text_of(newcomer.get(path))
    newcomer.post(path + "/read", entry=one.id, read="0")
    newcomer.post(path + "/read", entry="elsewhere", read="1", status=404)
    newcomer.post(path, act="out", entry=one.id, status=403)
    fay.post(path, act="out", entry=one.id)
    fay.post(path, act="nothing", entry=one.id)
    assert "not in the list any more" in text_of(fay.client.get(fay.post(path, act="out", entry=one.id).location))


def test_a_topic_goes_from_one_to_the_next_and_commits_say_so(app: Flask, fay: Writer) -> None:
    ann = Writer(app, "ann", "author")
    topic = publish(app, "Copies", kind="topic")
    address = f"/topic/{topic.id}/handover"
    fay.post(address, act="take-on")
    fay.post(address, act="offer", to="ann", note="I move to Oslo.")
    assert kept(app, topic).steward == fay.account_id
    assert "I move to Oslo." in text_of(ann.get(address))
    assert "This topic is offered to you." in text_of(ann.get(topic.url))
    assert "would like to hand a topic to you" in text_of(ann.get("/notices"))
    ann.post(address, act="accept")
    after = kept(app, topic)
    assert (after.steward, after.deputy, after.handover) == (ann.account_id, fay.account_id, None)
    assert messages(app, topic)[:3] == [
        "ann accepts this topic from fay",
        "Offer this topic to ann: I move to Oslo.",
        "fay takes this topic on",
    ]
    tomorrow = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)).isoformat()
    ann.post(address, act="away", until=tomorrow)
    assert "Step in as steward" in text_of(fay.get(address))
    fay.post(address, act="step-in")
    after = kept(app, topic)
    assert (after.steward, after.deputy, after.away_until) == (fay.account_id, ann.account_id, None)
    assert messages(app, topic)[0] == f"fay steps in as steward for ann, who is away until {tomorrow}"
    fay.post(address, act="deputy", to="")
    fay.post(address, act="offer", to=ann.account_id)
    ann.post(address, act="withdraw")
    assert kept(app, topic).handover is None
    assert messages(app, topic)[0] == "ann declines this topic"


def test_refusals_of_handing_over_say_what_to_do(app: Flask, fay: Writer) -> None:
    ann, rea = Writer(app, "ann", "author"), Writer(app, "rea", "reader")
    topic = publish(app, "Copies", kind="topic", topic=Topic(steward=fay.account_id, deputy=ann.account_id))
    closed = publish(app, "Closed", kind="topic", audience=("ops",), topic=Topic(steward=fay.account_id))
    address = f"/topic/{topic.id}/handover"

    def said(path: str = address, **form: Any) -> str:
        return text_of(fay.client.get(fay.post(path, **form).location))

    assert "Nobody here is called “Zoe”" in said(act="offer", to="Zoe")
    assert "Choose who is to look after" in said(act="offer", to="")
    assert "fay is the steward already" in said(act="offer", to="fay")
    assert "rea may read but not write" in said(act="offer", to="rea")
    assert "ann may not read this topic" in said(f"/topic/{closed.id}/handover", act="offer", to="ann")
    assert "at most 1,000 characters" in said(act="offer", to="ann", note="x" * 2000)
    assert "not offered to anybody any more" in said(act="withdraw")
    assert "not offered to anybody any more" in said(act="accept")
    assert "Ask them to hand the topic over" in said(act="take-on")
    assert "two people" in said(act="deputy", to="fay")
    assert "This day is past" in said(act="away", until="2020-01-01")
    app.extensions["hindsight"].people.accounts.deactivate(rea.account_id)
    assert "has no active account" in said(act="offer", to=rea.account_id)
    assert "Only fay can decide" in text_of(ann.post(address, status=403, act="offer", to="ann"))
    assert "Only fay can say until when" in text_of(ann.post(address, status=403, act="away", until="2030-01-01"))
    assert "Only the deputy, ann, can step in" in text_of(fay.post(address, status=403, act="step-in"))
    answer = ann.post(address, act="step-in")
    assert "fay is here. Ask them to hand the topic over" in text_of(ann.client.get(answer.location))
    fay.post(address, act="offer", to="ann")
    gus = Writer(app, "gus", "facilitator")
    assert "offered to ann. Only they can accept" in text_of(gus.post(address, status=403, act="accept"))
    assert "Choose one of offer" in said(act="nothing")
    app.extensions["hindsight"].people.accounts.deactivate(fay.account_id)
    ann.post(address, act="step-in")
    assert kept(app, topic).steward == ann.account_id
    assert kept(app, topic).deputy == "", "a steward without an active account does not become deputy"


def test_a_steward_without_an_account_is_a_placeholder(app: Flask, fay: Writer) -> None:
    topic = publish(app, "Copies", kind="topic", topic=Topic(steward="elsewhere222"))
    assert "no account here" in text_of(fay.get(topic.url))
    assert "no account here" in text_of(fay.get("/topics"))
    assert "No active account" in text_of(fay.get(f"/topic/{topic.id}/handover"))


def test_readers_see_the_list_without_what_they_may_not_see_and_no_buttons(app: Flask, fay: Writer) -> None:
    one = publish(app, "One")
    topic = publish(app, "Copies", kind="topic")
    closed = publish(app, "Secret", audience=("ops",))
    app.extensions["hindsight"].library.amend(
        topic.id,
        lambda entry: replace(
            entry, topic=Topic(curated=(Curated(closed.id, "Hidden why."), Curated(one.id, "Shown why.")))
        ),
        viewer=SYSTEM,
        message="Pushed from outside",
    )
    page = text_of(client_of(app).get(topic.url))
    assert "Shown why." in page
    assert "Hidden why." not in page
    assert "Secret" not in page
    assert 'What carries it <span class="count">1</span>' in page
    assert "data-act" not in page
    assert "Hidden why." in text_of(fay.get(topic.url))
    assert "Secret" not in text_of(client_of(app, "rob").get(f"/topic/{topic.id}/handover"))

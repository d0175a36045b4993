"""The curator's desk without scripts and for scripts: its queues, what settles a row, undo, and who may come near."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from indexer import pairs
from tests.integration.reading_web import Writer, client_of, publish, text_of
from wiki.topics.front import Curated, Rule, Topic
from wiki.viewer import SYSTEM


@pytest.fixture
def fay(app: Flask) -> Writer:
    return Writer(app, "fay", "facilitator", teams=["ops"])


def queue(writer: Writer, name: str, **more: Any) -> str:
    query = "".join(f"&{key}={value}" for key, value in more.items())
    return text_of(writer.get(f"/desk?queue={name}{query}"))


def said(writer: Writer, **form: Any) -> str:
    """The desk after an act."""
    return text_of(writer.client.get(writer.post("/desk", **form).location))


def close(monkeypatch: pytest.MonkeyPatch, *found: tuple[str, str, float]) -> None:
    """Let the indexer have found these pairs."""
    made = [pairs.Pair(a, b, score, "passage a", "passage b") for a, b, score in found]
    monkeypatch.setattr(pairs, "closest", lambda settings, **options: made)


def test_what_is_new_is_new_until_one_has_seen_it(app: Flask, fay: Writer) -> None:
    publish(app, "Something new")
    publish(app, "For others", audience=("sales",))
    topic = publish(app, "Copies", kind="topic")
    page = queue(fay, "new")
    assert "Something new" in page
    assert "For others" not in page
    entry = app.extensions["hindsight"].catalog.by_title("Something new", SYSTEM)
    assert "“Something new” is in “Copies”." in said(
        fay, queue="new", act="into-topic", entry=entry.id, topic=topic.id, why="It is."
    )
    fay.post("/desk", queue="new", act="seen")
    assert "Nothing new since you looked last." in queue(fay, "new")


def test_lessons_are_validated_or_rejected_with_a_reason(app: Flask, fay: Writer) -> None:
    one, two = publish(app, "One"), publish(app, "Two", status="observation")
    assert "Lessons that nobody has validated" in queue(fay, "validate")
    assert "“One” is validated." in said(fay, queue="validate", act="validate", entry=one.id)
    assert "Say why" in said(fay, queue="validate", act="reject", entry=two.id)
    assert "“Two” is rejected." in said(fay, queue="validate", act="reject", entry=two.id, reason="It is a wish.")
    catalog = app.extensions["hindsight"].catalog
    assert (catalog.entry(one.id).status, catalog.entry(two.id).status) == ("validated", "rejected")
    assert "It is a wish." in catalog.history(two.id)[0].message
    assert "Every lesson has been looked at." in queue(fay, "validate")


def test_topics_past_review_without_steward_and_thin_are_settled(app: Flask, fay: Writer) -> None:
    import datetime as dt

    topic = publish(app, "Copies of data", kind="topic", topic=Topic(review_by=dt.date(2020, 1, 2)))
    assert "Copies of data" in queue(fay, "review")
    assert "is reviewed" in said(fay, queue="review", act="reviewed", entry=topic.id, until="2099-01-01")
    assert "No topic is past" in queue(fay, "review")
    assert "The next review must lie ahead" in said(
        fay, queue="review", act="reviewed", entry=topic.id, until="2020-01-01"
    )
    assert "Copies of data" in queue(fay, "steward")
    assert "You are the steward" in said(fay, queue="steward", act="take-on", entry=topic.id)
    assert "Every topic has a steward." in queue(fay, "steward")
    for _ in range(3):
        client_of(app, f"reader{_}").get("/search?q=where are the copies of our data")
    page = queue(fay, "thin")
    assert "searched for 3 times" in page
    assert "0 entries" in page


def test_pairs_are_kept_apart_linked_called_a_recurrence_or_merged(
    app: Flask, fay: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = app.extensions["hindsight"]
    one, two = publish(app, "One", "It hung."), publish(app, "Two", "It hung again.", date="2026-02-01")
    three, four = publish(app, "Three", date="2026-03-01"), publish(app, "Four", audience=("sales",))
    close(
        monkeypatch, (one.id, two.id, 0.97), (one.id, three.id, 0.7), (two.id, three.id, 0.6), (one.id, four.id, 0.99)
    )
    page = queue(fay, "duplicates")
    assert "97% alike" in page
    assert "passage a" in page
    assert "Four" not in page
    assert "70% alike" in queue(fay, "recurrences")
    assert "are kept apart" in said(fay, queue="recurrences", act="keep-apart", entry=one.id, other=three.id)
    assert parts.library.read(one.id, SYSTEM).entry.kept_apart == (three.id,)
    assert "70% alike" not in queue(fay, "recurrences")
    assert "tells of the same thing" in said(fay, queue="recurrences", act="again", entry=two.id, other=three.id)
    assert parts.catalog.entry(three.id).recurrence_of == (two.id,)
    assert "No two entries look like a recurrence." in queue(fay, "recurrences")
    answer = fay.post("/desk", queue="duplicates", act="merge", entry=one.id, other=two.id)
    page = text_of(fay.client.get(answer.location))
    assert "Merge “Two” into “One”" in page
    assert "No two entries look like duplicates." in page
    assert fay.client.get(two.url).status_code == 301
    assert f'href="/history/{two.id}"' in text_of(fay.get(f"/history/{one.id}"))
    assert "3 words" in text_of(fay.get(f"/history/{two.id}"))
    assert "Undone." in said(fay, queue="duplicates", act="undo", commit=answer.location.rpartition("=")[2])
    assert fay.client.get(two.url).status_code == 200
    assert "is not shared with you" in text_of(fay.post("/desk", status=404, act="merge", entry=one.id, other=four.id))
    assert "one and the same" in said(fay, act="link", entry=one.id, other=one.id)


def test_a_link_is_written_into_the_text_where_its_readers_may_follow_it(app: Flask, fay: Writer) -> None:
    parts = app.extensions["hindsight"]
    one, two, three = publish(app, "One", "Text."), publish(app, "Two [odd]", "Text."), publish(app, "Three", "Text.")
    closed = publish(app, "Closed", "Text.", audience=("ops",))
    other = publish(app, "Other", "Text.", audience=("ops", "sales"))
    said(fay, act="link", entry=one.id, other=two.id)
    said(fay, act="link", entry=one.id, other=three.id)
    body = parts.library.read(one.id, SYSTEM).entry.body
    assert body == f"Text.\n\n## See also\n\n- [[{two.id}|Two  odd]]\n- [[{three.id}|Three]]\n"
    said(fay, act="link", entry=one.id, other=closed.id)
    assert closed.id not in parts.library.read(one.id, SYSTEM).entry.body
    assert one.id in parts.library.read(closed.id, SYSTEM).entry.body
    said(fay, act="link", entry=other.id, other=closed.id)
    assert other.id in parts.library.read(closed.id, SYSTEM).entry.body
    sales = Writer(app, "sal", "facilitator", teams=["sales", "ops"])
    third = publish(app, "Third", "Text.", audience=("sales",))
    assert "for different readers" in said(sales, act="link", entry=closed.id, other=third.id)


def test_broken_links_are_mended_and_orphans_found(app: Flask, fay: Writer) -> None:
    parts = app.extensions["hindsight"]
    lost = publish(app, "Lost", "Alone.")
    entry = publish(app, "One", "See [[Nowhere]], [[nowhere|there]], `[[Nowhere]]` and [[Gone]].", kind="page")
    assert "Nowhere" in queue(fay, "links")
    assert "There is no entry called" in said(fay, act="relink", entry=entry.id, target="Nowhere", named="What")
    assert "leads to “Lost” now" in said(fay, act="relink", entry=entry.id, target="Nowhere", named="Lost")
    assert "not there any more" in said(fay, act="unlink", entry=entry.id, target="Nowhere")
    said(fay, act="unlink", entry=entry.id, target="Gone")
    body = parts.library.read(entry.id, SYSTEM).entry.body
    assert body == f"See [[{lost.id}|Nowhere]], [[{lost.id}|there]], `[[Nowhere]]` and Gone."
    assert "Every link leads somewhere." in queue(fay, "links")
    assert "Everything hangs together." in queue(fay, "orphans")
    publish(app, "Really lost", "Alone.")
    assert "Really lost" in queue(fay, "orphans")


def test_tags_are_renamed_in_bulk_with_progress_and_undo(app: Flask, fay: Writer) -> None:
    parts = app.extensions["hindsight"]
    for number in range(3):
        publish(app, f"Entry {number}", tags=("backups", "x"))
    publish(app, "Another", tags=("back-up",))
    page = queue(fay, "tags")
    assert "like backups" in page
    answer = fay.client.post(
        "/desk/tags", data={"csrf_token": fay.token(), "tag": ["backups", "back-up"], "new": "Backup"}
    )
    page = text_of(fay.client.get(answer.location))
    assert "4 entries are changed." in page
    assert "Rename the tags “back-up”, “backups” to “backup” in 4 entries" in page
    assert {count.value: count.count for count in parts.catalog.tags(SYSTEM)} == {"backup": 4, "x": 3}
    commit = answer.location.rpartition("=")[2]
    assert "Undone." in said(fay, queue="tags", act="undo", commit=commit)
    assert "undone already" in said(fay, queue="tags", act="undo", commit=commit)
    data = {"tag": ["x"], "act": "remove"}
    streamed = fay.client.post("/desk/tags", data=data, headers={"X-Stream": "1", "X-CSRFToken": fay.token()})
    lines = [json.loads(line) for line in streamed.get_data(as_text=True).splitlines()]
    assert lines[0] == {"done": 3, "total": 3}
    assert lines[1]["said"] == "3 entries are changed."
    assert lines[1]["location"].startswith("/desk?queue=tags&done=")
    streamed = fay.client.post("/desk/tags", data=data, headers={"X-Stream": "1", "X-CSRFToken": fay.token()})
    assert "No entry carries this tag any more" in json.loads(streamed.get_data(as_text=True))["error"]
    for form, words in (({"tag": "backup"}, "Write the name"), ({"new": "x"}, "Choose at least one tag")):
        assert words in text_of(fay.client.get(fay.post("/desk/tags", **form).location))
    streamed = fay.client.post("/desk/tags", data={"tag": "x"}, headers={"X-Stream": "1", "X-CSRFToken": fay.token()})
    assert "Write the name" in streamed.get_data(as_text=True)


def test_the_desk_is_for_facilitators_and_shows_no_commit_that_one_may_not_see(app: Flask, fay: Writer) -> None:
    ann = Writer(app, "ann", "author")
    assert "role of a facilitator" in text_of(ann.get("/desk", status=403))
    ann.post("/desk", status=403, act="seen")
    ann.post("/desk/tags", status=403, tag="x", new="y")
    assert "Choose one of" in said(fay, act="nothing")
    parts = app.extensions["hindsight"]
    one, two = publish(app, "Secret one", audience=("sales",)), publish(app, "Secret two", audience=("sales",))
    _, commit = parts.library.join(one.id, two.id, viewer=SYSTEM)
    assert "Secret" not in queue(fay, "new", done=commit)
    assert "There is no such change" in text_of(fay.post("/desk", status=404, act="undo", commit=commit))
    queue(fay, "nonsense", page="-1", done="x" * 40)


def test_queues_go_on_page_by_page_and_scripts_get_a_part(app: Flask, fay: Writer) -> None:
    made = [publish(app, f"Lesson {number:02}") for number in range(23)]
    page = queue(fay, "validate")
    assert "Page 1 of 2" in page
    assert "Lesson 22" not in page
    assert "Lesson 22" in queue(fay, "validate", page=2)
    assert "Lesson 22" in queue(fay, "validate", page=99)
    form = {"act": "validate", "entry": made[0].id, "queue": "validate", "page": "1"}
    answer = fay.client.post("/desk", data=form, headers={"X-Fragment": "1", "X-CSRFToken": fay.token()})
    page = text_of(answer)
    assert page.startswith("<p hidden data-said>“Lesson 00” is validated.</p>")
    assert "<html" not in page
    assert "Lesson 20" in page
    refused = fay.client.post(
        "/desk", data={**form, "act": "reject"}, headers={"X-Fragment": "1", "X-CSRFToken": fay.token()}
    )
    assert refused.status_code == 422
    assert "Say why" in refused.json["detail"]


def test_a_topic_that_holds_much_is_not_thin_and_searches_name_nobody(app: Flask, fay: Writer) -> None:
    parts = app.extensions["hindsight"]
    entries = tuple(Curated(publish(app, f"E{number}").id) for number in range(5))
    full = publish(app, "Cold starts", kind="topic", topic=Topic(curated=entries, rule=Rule(tags=("ice",))))
    closed = publish(app, "Cold secrets", kind="topic", audience=("ops",))
    for _ in range(3):
        fay.get("/search?q=cold starts")
        fay.get("/search?q=ice everywhere")
        client_of(app, f"rob{_}").get("/search?q=cold secrets")
    assert parts.people.curating.times_asked() == {full.id: 6}, "who may not see a topic does not ask for it"
    assert "No topic is both" in queue(fay, "thin")
    assert closed.id not in parts.people.curating.times_asked()

"""What is made of a published review: lessons and actions from its passages; and the one-line observation."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

from tests.integration.editor_web import Writer, text_of, textarea, value
from tests.integration.reviews_world import Team, team
from wiki.reviews.passages import key_of

SAID = "The disk was sized from a copy of last year."


@pytest.fixture
def published(app: Flask) -> Team:
    """A review with one sentence of a voice, published."""
    five = team(app, ("bob",))
    five.nameless(five.others[0], difference=SAID)
    five.discuss()
    five.publish()
    return five


def lesson_from(writer: Writer, review: str, text: str = SAID) -> Any:
    """The editor that the button opens."""
    answer = writer.post(f"/passages/{review}/lesson", passage=key_of(text))
    return answer.headers["Location"], writer.get(answer.headers["Location"])


def test_a_lesson_from_a_passage_is_linked_both_ways(published: Team) -> None:
    bob = published.others[0]
    assert f"/passages/{published.review}" in text_of(bob.get(bob.services.catalog.entry(published.review).url))
    page = text_of(bob.get(f"/passages/{published.review}"))
    assert "Make this a lesson" in page
    assert SAID in page
    assert "— without a name" not in page
    where, editor = lesson_from(bob, published.review)
    assert value(editor, "title") == SAID.rstrip(".")
    assert value(editor, "made_from") == published.review
    assert f"> {SAID}" in textarea(editor, "section-1")
    form = {name: value(editor, name) for name in ("title", "made_from", "draft", "date", "shape")}
    form |= {f"section-{n}": textarea(editor, f"section-{n}") for n in range(1, 6)}
    form["section-3"] = "Size a disk from what is there today."
    bob.post(where.split("?")[0], **form, **{"section-0": "", "mode": "guided", "action": "publish"})
    lesson = bob.services.catalog.by_title(SAID.rstrip("."), bob.viewer)
    body = bob.body_of(lesson.id)
    assert f"From [[{published.review}|The move of the billing database]]." in body
    assert "Say what it cost" not in body
    review = bob.body_of(published.review)
    assert review.endswith(f"## Lessons from this review\n\n- [[{lesson.id}|{lesson.title}]]\n")
    assert str(lesson.date) == "2026-11-20"
    assert lesson.url in text_of(bob.get(bob.services.catalog.entry(published.review).url))


def test_an_action_from_a_passage_stands_in_the_front_matter(published: Team) -> None:
    bob = published.others[0]
    bob.post(f"/passages/{published.review}/action", passage=key_of(SAID))
    (action,) = bob.services.library.read(published.review, bob.viewer).entry.life.actions
    assert (action.what, action.state, action.owner) == (SAID, "open", "")


def test_refusals_of_what_is_made(published: Team, app: Flask) -> None:
    bob = published.others[0]
    for what in ("lesson", "action"):
        page = text_of(bob.post(f"/passages/{published.review}/{what}", 409, passage="gone"))
        assert "The review has changed since this page was loaded." in page
    refused = bob.post(f"/passages/{published.review}/action", 422, passage=key_of(SAID), due="soon")
    assert "date" in text_of(refused)
    other = bob.publish("No review", "A text.\n")
    assert "from passages of after-action reviews" in text_of(bob.get(f"/passages/{other.id}", 404))
    Writer(app, "ron", "reader").get(f"/passages/{published.review}", 403)


def test_a_review_that_is_gone_does_not_stop_the_lesson(published: Team) -> None:
    bob = published.others[0]
    where, editor = lesson_from(bob, published.review)
    bob.services.library.delete(published.review, viewer=bob.viewer)
    page = bob.post(
        where.split("?")[0],
        title="Still a lesson",
        body="Text.\n",
        mode="free",
        made_from=published.review,
        draft=value(editor, "draft"),
        action="publish",
    )
    assert "could not be linked to it" in text_of(bob.get(page.headers["Location"]))


def test_a_passage_of_a_restricted_review_makes_a_lesson_for_the_same_readers(app: Flask) -> None:
    lead = Writer(app, teams=["ops"])
    entry = lead.publish("Only for ops", f"## What did happen?\n\n{SAID}\n", "after-action-review", audience="ops")
    stranger = Writer(app, "mallory")
    stranger.get(f"/passages/{entry.id}", 404)
    stranger.post(f"/passages/{entry.id}/lesson", 404, passage=key_of(SAID))
    stranger.post(f"/passages/{entry.id}/action", 404, passage=key_of(SAID))
    _, editor = lesson_from(lead, entry.id)
    assert re.search(r'name="audience" value="ops" checked', text_of(editor))


def test_an_observation_from_any_page(app: Flask) -> None:
    ada = Writer(app)
    seen = ada.publish("A gauge", "How to read it.\n")
    page = text_of(ada.get(seen.url))
    assert 'action="/observe"' in page
    data = {"csrf_token": ada.token(), "text": "The gauge sticks at 3 bar. Twice this week."}
    answer = ada.client.post("/observe", data=data, headers={"Referer": f"http://localhost{seen.url}"})
    assert (answer.status_code, answer.headers["Location"]) == (303, seen.url)
    assert "Noted as “The gauge sticks at 3 bar”." in text_of(ada.get(seen.url))
    made = ada.services.catalog.by_title("The gauge sticks at 3 bar", ada.viewer)
    assert (made.kind, made.status) == ("lesson", "observation")
    assert f"Noticed while reading [[{seen.id}|A gauge]]." in ada.body_of(made.id)
    assert made.title in text_of(ada.get("/observations"))
    for text, sentence in ((" ", "Write a sentence about what you noticed."), ("x" * 2001, "at most 2,000 characters")):
        refused = text_of(ada.post("/observe", 400, text=text))
        assert sentence in refused
        assert not text.strip() or text in refused
    reader = Writer(app, "ron", "reader")
    assert 'action="/observe"' not in text_of(reader.get("/"))
    assert "needs the role of an author" in text_of(reader.post("/observe", 403, text="x"))

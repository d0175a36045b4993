"""The life of a lesson in the browser's pages: steps and their refusals, actions, recurrences, and who sees what."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from flask import Flask
from icalendar import Calendar

from indexer import Results
from tests.integration.reading_web import Writer, hit_for, publish, text_of, with_searcher
from wiki.catalog.lives import Asked
from wiki.content import Author, Change
from wiki.entries import EntryError
from wiki.library import EntryFields, LifeFields, StepTaken
from wiki.library.standing import today
from wiki.life.front import Action
from wiki.reminders import remind
from wiki.services import Services
from wiki.viewer import SYSTEM, Viewer

DAY = dt.timedelta(days=1)


@pytest.fixture(name="parts")
def parts_fixture(app: Flask) -> Services:
    found: Services = app.extensions["hindsight"]
    return found


@pytest.fixture(name="fay")
def fay_fixture(app: Flask) -> Writer:
    """A facilitator."""
    return Writer(app, "fay", "facilitator")


def due(days: int) -> str:
    return (today() + days * DAY).isoformat()


def viewer_of(parts: Services, writer: Writer) -> Viewer:
    return parts.people.viewer_for(writer.account_id)


def test_a_lesson_from_observation_to_learned_and_back(app: Flask, parts: Services, fay: Writer) -> None:
    ada = Writer(app, "ada")
    entry = publish(app, "Certificates run out on Sundays", status="observation")
    life = f"/life/{entry.id}"
    ada.post(f"{life}/step", to="identified")
    assert "steward or a facilitator" in text_of(ada.post(f"{life}/step", 422, to="validated"))
    fay.post(f"{life}/step", to="validated")
    assert "Add one with an owner" in text_of(fay.post(f"{life}/step", 422, to="action-under-way"))
    ada.post(f"/actions/{entry.id}", what="Renew by a job", owner="ada", due=due(3), shows="None is older than 60 days")
    ada.post(f"{life}/step", to="action-under-way")
    page = text_of(fay.post(f"{life}/step", 422, to="learned", evidence="No alert", loop="single"))
    assert "verified, or dropped with a reason" in page
    action = parts.library.read(entry.id, SYSTEM).entry.life.actions[0]
    assert action.owner == ada.account_id
    for seen, state in (("open", "done"), ("done", "verified")):
        ada.post(f"/actions/{entry.id}/{action.id}", state=state, seen=seen)
    assert "Somebody changed this action meanwhile" in text_of(
        ada.post(f"/actions/{entry.id}/{action.id}", 422, state="dropped", reason="x", seen="open")
    )
    assert "Write the evidence down" in text_of(fay.post(f"{life}/step", 422, to="learned", loop="single"))
    assert "single-loop" in text_of(fay.post(f"{life}/step", 422, to="learned", evidence="None ran out."))
    fay.post(f"{life}/step", to="learned", evidence="None ran out in a year.", loop="double")
    page = text_of(ada.get(entry.url))
    for words in ("Lesson learned", "Holds", "None ran out in a year.", "the assumption was corrected", "Verified"):
        assert words in page
    ada.post(f"{life}/again", what="The mail gateway's certificate ran out.", missed="Only web servers were renewed.")
    page = text_of(ada.get(entry.url))
    for words in ("It came back once", "Only web servers were renewed.", "It came back: not learned yet"):
        assert words in page
    read = parts.library.read(entry.id, SYSTEM)
    assert read.item.status == "identified"
    assert not read.entry.life.evidence
    assert [line.after for line in parts.catalog.lives.steps(entry.id)] == [
        "observation", "identified", "validated", "action-under-way", "learned", "identified",
    ]  # fmt: skip
    assert all(not line.skipped for line in parts.catalog.lives.steps(entry.id))


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("learned", "cannot become a lesson learned in one step"),
        ("rejected", "a lesson is rejected or retired with a reason"),
        ("retired", "a lesson is rejected or retired with a reason"),
        ("asleep", "is one of observation"),
        ("identified", "already"),
    ],
)
def test_refusals_are_sentences_on_the_page(app: Flask, fay: Writer, to: str, sentence: str) -> None:
    entry = publish(app, "A lesson")
    assert sentence in text_of(fay.post(f"/life/{entry.id}/step", 422, to=to))


def test_an_editor_or_a_raw_text_cannot_go_around_the_table(app: Flask, parts: Services) -> None:
    ada = Writer(app, "ada")
    entry = publish(app, "A lesson")
    raw = parts.store.blob(entry.revision).replace(b"status: identified", b"status: validated")
    with pytest.raises(EntryError, match="steward or a facilitator"):
        parts.library.save_raw(entry.id, raw, base_revision=entry.revision, viewer=viewer_of(parts, ada))
    fields = EntryFields(status="learned")
    with pytest.raises(EntryError, match="cannot become a lesson learned in one step"):
        parts.library.save(entry.id, fields, base_revision=entry.revision, viewer=SYSTEM)
    with pytest.raises(EntryError, match="A lesson begins as"):
        parts.library.create(
            EntryFields(kind="lesson", title="T", body="B", status="validated"), viewer=viewer_of(parts, ada)
        )


def test_a_push_from_outside_is_taken_and_says_what_it_left_out(app: Flask, parts: Services, fay: Writer) -> None:
    entry = publish(app, "A lesson")
    raw = parts.store.blob(entry.revision).replace(b"status: identified", b"status: learned")
    parts.store.apply([Change(entry.path, raw)], author=Author("", "Guest"), message="by git")
    page = text_of(fay.get(entry.url))
    assert "Lesson learned" in page
    assert "Came from outside, without what it needs" in page
    assert "cannot become a lesson learned in one step" in page
    step = parts.catalog.lives.steps(entry.id)[-1]
    assert step.version.author_name == "Guest"


def test_restoring_an_old_text_leaves_the_life_as_it_is(app: Flask, parts: Services) -> None:
    entry = publish(app, "A lesson", body="First.")
    parts.library.step(entry.id, StepTaken("validated"), viewer=SYSTEM)
    restored = parts.library.restore(entry.id, viewer=SYSTEM, revision=entry.revision)
    assert restored.status == "validated"


def test_an_overdue_action_is_not_closed_in_silence(app: Flask, parts: Services) -> None:
    ada = Writer(app, "ada")
    late = Action("a1", "Renew by a job", owner=ada.account_id, due=today() - DAY)
    entry = publish(app, "A review", kind="after-action-review", life=LifeFields(actions=(late,)))
    page = text_of(ada.get("/actions?view=overdue"))
    assert "Renew by a job" in page
    assert "Overdue" in page
    page = text_of(ada.post(f"/actions/{entry.id}/a1", 422, state="done", seen="open"))
    assert "Say what happened" in page
    ada.post(f"/actions/{entry.id}/a1", state="done", seen="open", happened="The supplier was late.")
    assert "The supplier was late." in text_of(ada.get(entry.url))
    assert "Nothing is overdue" in text_of(ada.get("/actions?view=overdue"))
    raw = parts.store.blob(entry.revision)
    gone = raw.replace(raw[raw.index(b"actions:") : raw.index(b"---", 5)], b"")
    parts.library.change_action(entry.id, "a1", {"state": "open"}, viewer=SYSTEM)
    now = parts.library.read(entry.id, SYSTEM).item.revision
    with pytest.raises(EntryError, match="rather than take it out"):
        parts.library.save_raw(entry.id, gone, base_revision=now, viewer=SYSTEM)


def test_lists_of_actions_show_what_the_viewer_may_see_in_pages(app: Flask, parts: Services) -> None:
    ada = Writer(app, "ada", teams=["ops"])
    bob = Writer(app, "bob", teams=["ops"])
    eve = Writer(app, "eve")
    many = tuple(Action(f"a{n}", f"Step {n}", owner=bob.account_id, due=today() + n * DAY) for n in range(60))
    publish(app, "For operations", audience=("ops",), team="ops", life=LifeFields(actions=many))
    publish(app, "Of somebody unknown", life=LifeFields(actions=(Action("a1", "Ask Jane", owner="Jane Doe"),)))
    assert "No action is waiting for you" in text_of(ada.get("/actions"))
    page = text_of(ada.get("/actions?view=team"))
    assert "60 actions" in page
    assert "Page 1 of 2" in page
    assert "Step 59" in text_of(ada.get("/actions?view=team&page=2"))
    page = text_of(eve.get("/actions?view=all"))
    assert "1 action," in page
    assert 'Jane Doe (<a href="/names?q=Jane+Doe">no account here</a>)' in page
    assert "Step" not in page.replace("Steps", "")
    for page_asked in ("-4", "9" * 30, "1.5", "٣", ""):
        page = text_of(eve.get(f"/actions?view=nonsense&page={page_asked}"))
        assert page.count("<h1>Actions</h1>") == 1, page_asked


def test_a_calendar_is_read_by_its_secret_address_until_it_is_ended(app: Flask, parts: Services) -> None:
    ada = Writer(app, "ada")
    mine = Action("a1", "Renew; by a job, weekly", owner=ada.account_id, due=today(), shows="None is old")
    entry = publish(app, "A review", kind="after-action-review", life=LifeFields(actions=(mine,)))
    page = text_of(ada.post("/actions/calendar", 200))
    address = re.search(r"http://localhost(/actions/calendar/[\w-]+\.ics)", page)
    assert address
    stranger = app.test_client()
    answer = stranger.get(address[1])
    assert answer.mimetype == "text/calendar"
    (event,) = Calendar.from_ical(answer.data).walk("VEVENT")
    assert event["summary"] == "Renew; by a job, weekly"
    assert event["dtstart"].dt == today()
    assert event["url"] == f"http://localhost/actions/{entry.id}/a1"
    newer = text_of(ada.post("/actions/calendar", 200))
    assert stranger.get(address[1]).status_code == 404, "a new address ends the old one"
    address = re.search(r"/actions/calendar/[\w-]+\.ics", newer)
    assert address
    assert stranger.get(address[0]).status_code == 200
    ada.post("/actions/calendar", action="revoke")
    assert stranger.get(address[0]).status_code == 404


def test_reminders_before_and_after_the_day_and_of_what_came_back(app: Flask, parts: Services, fay: Writer) -> None:
    ada = Writer(app, "ada")
    action = Action("a1", "Renew by a job", owner=ada.account_id, due=today() + 3 * DAY)
    entry = publish(app, "A lesson", life=LifeFields(actions=(action,), steward=fay.account_id))
    now = dt.datetime.now(dt.UTC)
    assert remind(parts, now) == 1
    assert remind(parts, now) == 0
    assert remind(parts, now + 3 * DAY) == 1
    assert remind(parts, now + 4 * DAY) == 1
    assert remind(parts, now + 5 * DAY) == 0
    assert remind(parts, now + 18 * DAY) == 2, "the steward hears of it, too"
    told = [notice.text for notice in parts.people.notices.open_for(ada.account_id)]
    assert any("is due on" in text for text in told)
    assert any("What happened?" in text for text in told)
    bob = Writer(app, "bob")
    other = bob.publish("Again", "It ran out again.", recurrence_of=entry.id)
    assert other.recurrence_of == (entry.id,)
    assert parts.library.read(entry.id, SYSTEM).item.status == "identified"
    for who in (ada, fay):
        assert "It happened again" in text_of(who.get("/notices"))
    assert "What did the action of then miss?" in text_of(bob.get("/notices"))
    page = text_of(bob.get(f"/life/{entry.id}"))
    assert "Say what the action of then missed" in page
    bob.post(f"/life/{entry.id}/again", entry=other.id, missed="The other team")
    assert parts.library.read(entry.id, SYSTEM).entry.life.recurred[0].missed == "The other team"
    assert len(parts.library.read(entry.id, SYSTEM).entry.life.recurred) == 1


def test_what_came_back_in_a_closed_entry_is_not_told_to_those_who_may_not_read_it(app: Flask, parts: Services) -> None:
    ada = Writer(app, "ada", teams=["legal"])
    eve = Writer(app, "eve", role="facilitator")
    lesson = publish(app, "A lesson", life=LifeFields(steward=eve.account_id))
    ada.publish("Secret matter", "Again.", recurrence_of=lesson.id, audience="legal")
    page = text_of(eve.get(lesson.url))
    assert "Secret matter" not in page
    assert "It came back once" not in page
    assert "Secret matter" not in text_of(eve.get(f"/life/{lesson.id}"))
    assert "Secret matter" not in text_of(eve.get(f"/history/{lesson.id}"))
    assert "Secret matter" not in text_of(eve.get("/notices"))
    assert "Secret matter" in text_of(ada.get(lesson.url))


@pytest.mark.parametrize("kind", ["after-action-review", "page"])
def test_from_any_other_entry_one_says_which_lesson_came_back(app: Flask, parts: Services, kind: str) -> None:
    ada = Writer(app, "ada")
    lesson, told = publish(app, "Renew certificates by a job"), publish(app, "The gateway failed", kind=kind)
    closed = publish(app, "Closed", audience=("ops",))
    again = f"/life/{told.id}/again"
    assert again in text_of(ada.get(told.url))
    with_searcher(app, Results((hit_for(lesson), hit_for(told)), 2, "hybrid"))
    assert f'<option value="{lesson.title}">' in text_of(ada.get(again))
    assert "Say which lesson came back" in text_of(ada.post(again, 422, lesson=" "))
    assert "is no lesson" in text_of(ada.post(again, 422, lesson=told.title))
    for strange in ("Nothing", closed.id):
        assert "There is no such entry" in text_of(ada.post(again, 422, lesson=strange))
    ada.post(again, lesson=lesson.title, missed="The gateway")
    read = parts.library.read(lesson.id, SYSTEM).entry
    assert [(one.id, one.missed) for one in read.life.recurred] == [(told.id, "The gateway")]
    assert parts.catalog.entry(told.id).recurrence_of == (lesson.id,)
    assert "The same experience in time" in text_of(ada.get(f"/life/{lesson.id}"))


def test_readers_say_whether_it_held(app: Flask, parts: Services) -> None:
    ada = Writer(app, "ada")
    lesson = publish(app, "A lesson")
    ada.post(f"/life/{lesson.id}/applied", held="yes")
    page = text_of(ada.get(lesson.url))
    assert "Holds" in page
    assert "last confirmed" in page
    assert "Say what did not hold" in text_of(ada.post(f"/life/{lesson.id}/applied", 422, held="no"))
    ada.post(f"/life/{lesson.id}/applied", held="no", note="Not on ARM")
    page = text_of(ada.get(lesson.url))
    assert "Did not hold" in page
    assert "Not on ARM" in page
    care = parts.catalog.lives.care(lesson.id)
    assert (care.held, care.failed) == (0, 1), "said again on one day it is the same judgement"


@pytest.mark.parametrize("path", ["/life/{}", "/life/{}/again", "/actions/{}", "/actions/{}/a1"])
def test_what_a_viewer_may_not_see_does_not_exist(app: Flask, parts: Services, path: str) -> None:
    ada = Writer(app, "ada")
    parts.people.teams.ensure("ops", "Operations")
    closed = publish(app, "Closed", audience=("ops",), life=LifeFields(actions=(Action("a1", "Do it"),)))
    ada.get(path.format(closed.id), 404)
    ada.get(path.format("nosuchentry1"), 404)
    assert parts.catalog.lives.actions(viewer_of(parts, ada), Asked())[1] == 0

"""Export, and import into an empty instance: everything that is content of a full life is there again."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from tests.integration.reading_web import Writer, publish, text_of
from tests.integration.reviews_world import team
from wiki import close_app, create_app
from wiki.catalog import CatalogEntry
from wiki.composition import prepare_instance
from wiki.config import load_config
from wiki.exporting import export, named_people
from wiki.importing.runner import ImportOptions, run_import
from wiki.library import EntryFields, LifeFields, StepTaken
from wiki.library.standing import today
from wiki.life.front import Action
from wiki.reminders import remind
from wiki.services import Services
from wiki.topics.front import Curated, Rule, Step, Topic
from wiki.viewer import SYSTEM

DAY = dt.timedelta(days=1)
PNG = b"\x89PNG\r\n\x1a\nx"


@pytest.fixture(name="empty")
def empty_fixture(tmp_path: Path) -> Iterator[Flask]:
    """Another instance without content."""
    config = load_config({}, instance=tmp_path / "other", model="hash", testing=True)
    prepare_instance(config, seed=False)
    made = create_app(config)
    yield made
    close_app(made)


def lived(app: Flask, fay: Writer, ann: Writer) -> CatalogEntry:
    """A lesson that was learned, came back, was learned anew, and moved."""
    library = app.extensions["hindsight"].library
    lesson = publish(app, "Renew by a job", "It ran out.", status="observation", tags=("certificates",))
    for to in ("identified", "validated"):
        library.step(lesson.id, StepTaken(to), viewer=SYSTEM)
    values = {"what": "Write the job", "owner": ann.account_id, "shows": "None is old"}
    _, first = library.add_action(lesson.id, values, viewer=fay.viewer)
    library.step(lesson.id, StepTaken("action-under-way"), viewer=fay.viewer)
    library.change_action(lesson.id, first, {"state": "verified"}, viewer=ann.viewer)
    learned = StepTaken("learned", evidence="None ran out: https://example.org/e", loop="double")
    library.step(lesson.id, learned, viewer=fay.viewer)
    library.judge(lesson.id, held=False, note="Not on the gateway", viewer=ann.viewer)
    again = publish(app, "It ran out again", "The gateway this time.", kind="after-action-review")
    library.recur(lesson.id, again.id, missed="The gateway", viewer=ann.viewer)
    values = {"what": "The gateway, too", "owner": "Jane Doe", "due": (today() + DAY).isoformat()}
    library.add_action(lesson.id, values, viewer=fay.viewer)
    library.steward(lesson.id, fay.account_id, viewer=fay.viewer)
    library.move(lesson.id, title="Renew certificates by a job", viewer=fay.viewer)
    found: CatalogEntry = library.read(lesson.id, SYSTEM).item
    return found


def told(parts: Services, entry_id: str) -> object:
    """All that a life is, beside the commits that made it."""
    read = parts.library.read(entry_id, SYSTEM)
    return (
        read.raw,
        read.item.url,
        read.item.status,
        read.entry.life,
        read.entry.topic,
        parts.catalog.lives.care(entry_id),
    )


def test_a_full_life_is_there_again_and_its_people_can_be_claimed(app: Flask, empty: Flask, tmp_path: Path) -> None:
    parts, there = app.extensions["hindsight"], empty.extensions["hindsight"]
    fay, ann = Writer(app, "fay", "facilitator", teams=["ops"]), Writer(app, "ann", teams=["ops"])
    lesson = lived(app, fay, ann)
    parts.library.attach(lesson.id, "plan.png", PNG, viewer=SYSTEM)
    closed = publish(app, "Only for operations", audience=("ops",), team="ops")
    gone = publish(app, "Rejected", status="observation")
    parts.library.step(gone.id, StepTaken("rejected", reason="A wish."), viewer=SYSTEM)
    held = team(app, ("bob", "cem"))
    held.named(held.others[0], happened="The disk was full.")
    held.nameless(held.others[1], happened="Nobody looked.")
    held.discuss()
    held.lead.post(f"{held.address}/events", at="2026-11-20T03:10", zone="Asia/Tokyo", text="Pager", event_id="")
    held.publish()
    topic = Topic(
        steward=fay.account_id, deputy=ann.account_id, review_by=dt.date(2027, 1, 31), rule=Rule(("certificates",)),
        curated=(Curated(lesson.id, "Why.", "It ran out.", lesson.revision), Curated(closed.id)),
        reading_path=(Step(lesson.id, "First."),), left_out=(gone.id,),
    )  # fmt: skip
    page = publish(app, "Certificates", "What we know.", kind="topic", audience=("ops",), topic=topic)
    parts.library.move(page.id, title="Certificates and keys", viewer=SYSTEM)
    export(parts.store, tmp_path / "out", named_people(parts))
    report = run_import(there, tmp_path / "out", ImportOptions())
    assert report.refused == []
    ids = sorted(one.id for one in parts.catalog.entries(SYSTEM).items)
    assert sorted(one.id for one in there.catalog.entries(SYSTEM).items) == ids
    for entry_id in ids:
        assert told(there, entry_id) == told(parts, entry_id)
    assert list(there.store.paths()) == list(parts.store.paths()), "files and all"
    again = run_import(there, tmp_path / "out", ImportOptions())
    assert (again.created, again.updated, again.refused) == (0, 0, []), "a second time changes nothing"
    reader = Writer(empty, "gus", "facilitator", teams=["ops"])
    assert reader.client.get(lesson.url).status_code == 200
    assert reader.client.get(page.url).status_code == 301, "its former address leads on"
    assert Writer(empty, "eve").client.get(closed.url).status_code == 404
    names = text_of(reader.get("/names"))
    for name in ("fay", "ann", "Jane Doe"):
        assert name in names.casefold() or name in names
    assert remind(there) == 0
    jane = Writer(empty, "jane")
    jane.post("/names", name="Jane Doe")
    reader.post("/desk", act="give-name", name="Jane Doe", account=jane.account_id)
    reader.post("/desk", act="give-name", name=fay.account_id, account=reader.account_id)
    assert "The gateway, too" in text_of(jane.get("/actions"))
    assert there.library.read(page.id, SYSTEM).entry.topic.steward == reader.account_id
    remind(there)
    assert any("is due on" in notice.text for notice in there.people.notices.open_for(jane.account_id))


@pytest.mark.parametrize(
    ("front", "sentence"),
    [
        ("status: learned", "every"),
        ("status: learned\nevidence: It works.", "single-loop"),
        ("status: rejected", "with a reason"),
        ("status: learned\nevidence: x\nloop: single\nactions:\n  - id: a1\n    what: Do it", "verified, or dropped"),
    ],
)
def test_an_import_refuses_what_the_page_refuses_with_the_same_sentence(
    empty: Flask, tmp_path: Path, front: str, sentence: str
) -> None:
    there, folder = empty.extensions["hindsight"], tmp_path / "in"
    (folder / "lessons").mkdir(parents=True)
    (folder / ".hindsight-export.json").write_text(json.dumps({"format": 1, "people": ["nonsense"]}))
    (folder / "lessons/bad.md").write_text(f"---\nid: badlesson222\nkind: lesson\ntitle: Bad\n{front}\n---\nText.\n")
    (folder / "lessons/good.md").write_text("---\nid: goodlesson22\nkind: lesson\ntitle: G\nstatus: validated\n---\nx")
    report = run_import(there, folder, ImportOptions())
    assert report.created == 1
    (refused,) = report.refused
    assert refused.where == "lessons/bad.md"
    assert sentence in refused.why or "something shows that it worked" in refused.why


def test_an_import_that_updates_takes_no_impossible_step(empty: Flask, tmp_path: Path) -> None:
    there, folder = empty.extensions["hindsight"], tmp_path / "in"
    lesson = publish(empty, "A lesson")
    export(there.store, folder)
    file = folder / lesson.path
    file.write_text(file.read_text().replace("status: identified", "status: learned\nevidence: x\nloop: single"))
    report = run_import(there, folder, ImportOptions(update=True))
    assert "cannot become a lesson learned in one step" in report.refused[0].why
    assert there.catalog.entry(lesson.id).status == "identified"


def test_undoing_takes_no_impossible_step_either(app: Flask) -> None:
    parts = app.extensions["hindsight"]
    lesson = publish(app, "A lesson", life=LifeFields(actions=(Action("a1", "Do it", "Jane", state="doing"),)))
    other = publish(app, "Again")
    for taken in (
        StepTaken("validated"),
        StepTaken("action-under-way"),
    ):
        parts.library.step(lesson.id, taken, viewer=SYSTEM)
    parts.library.change_action(lesson.id, "a1", {"state": "verified"}, viewer=SYSTEM)
    parts.library.step(lesson.id, StepTaken("learned", evidence="x", loop="single"), viewer=SYSTEM)
    parts.library.recur(lesson.id, other.id, viewer=SYSTEM)
    fay = Writer(app, "fay", "facilitator")
    commit = parts.catalog.history(lesson.id)[0].commit
    answer = fay.post("/desk", act="undo", commit=commit)
    assert "cannot become a lesson learned in one step" in text_of(fay.client.get(answer.location))
    assert parts.catalog.entry(lesson.id).status == "identified"
    fields = EntryFields(title="Again, and longer")
    revision = parts.catalog.entry(other.id).revision
    parts.library.save(other.id, fields, base_revision=revision, viewer=SYSTEM)
    answer = fay.post("/desk", act="undo", commit=parts.catalog.history(other.id)[0].commit)
    assert "Undone." in text_of(fay.client.get(answer.location))

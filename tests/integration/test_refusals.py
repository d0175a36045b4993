"""Refusals that no flow comes by: each is a sentence that says what to do, and nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask

from tests.integration.reading_web import Writer, publish
from wiki.catalog import CatalogEntry
from wiki.curation import names
from wiki.curation.acts import perform
from wiki.entries import EntryError, parse
from wiki.library import LibraryError
from wiki.life.front import Action, Applied, Life, check_life
from wiki.people import PeopleError
from wiki.people.errors import NotFound
from wiki.reviews import acting
from wiki.reviews.joint import Joints
from wiki.reviews.store import MAX_OPEN, Reviews
from wiki.reviews.types import Opening, Phase
from wiki.reviews.voices import Voices
from wiki.services import Services
from wiki.topics.acts import STEPS
from wiki.topics.acts import perform as topic_act
from wiki.topics.front import Rule, Topic, check_topic
from wiki.viewer import ANONYMOUS, SYSTEM


@dataclass
class World:
    """A lesson, a review, a topic, and people who may and may not."""

    parts: Services
    ann: Writer
    fay: Writer
    lesson: CatalogEntry
    review: CatalogEntry
    topic: CatalogEntry
    closed: CatalogEntry
    loose: CatalogEntry

    def desk(self, act: str, **given: str) -> object:
        """What a facilitator does at the desk."""
        return perform(self.parts, act, given, self.fay.viewer)

    def hand(self, who: Writer, act: str, **given: str) -> object:
        """A step of handing the topic over."""
        return topic_act(STEPS, self.parts, self.topic.id, {"act": act, **given}, who.viewer)

    def open_review(self, phase: Phase = Phase.GATHERING) -> str:
        """A review of ann's that is held."""
        review = Reviews(self.parts.people.database).open(Opening("Held"), self.ann.account_id)
        if phase is Phase.DISCUSSING:
            Voices(self.parts.people.database).save(review.id, self.ann.account_id, {"next": "x"}, given=True)
            Reviews(self.parts.people.database).advance(review.id, phase, out_of=(Phase.GATHERING,))
        return review.id

    def joint(self, parts: dict[str, str]) -> object:
        """Write the joint text of a review that is discussed."""
        held = self.open_review(Phase.DISCUSSING)
        return Joints(self.parts.people.database).save(held, parts, base=0, account_id=self.ann.account_id)

    def event_of_another(self) -> None:
        """An event is sent to a second review under the id that it has in the first."""
        joints = Joints(self.parts.people.database)
        for held in (self.open_review(Phase.DISCUSSING), self.open_review(Phase.DISCUSSING)):
            joints.add_event(held, "2026-11-20T02:10", "UTC", "Full", event_id="abcdefgh2345")

    def too_many(self) -> None:
        """Ann opens reviews without end."""
        for _ in range(MAX_OPEN + 1):
            self.open_review()

    def invite_old(self) -> object:
        """Ann invites somebody whose account is switched off."""
        review = Reviews(self.parts.people.database).get(self.open_review())
        return acting.invite(self.parts, review, "old", self.ann.viewer)

    def read(self, front: str, kind: str = "lesson") -> object:
        """Somebody writes this front matter."""
        return parse(f"---\nkind: {kind}\n{front}\n---\n".encode())


Act = Callable[[World], Any]
REFUSED: dict[str, Act] = {
    "The desk is for facilitators": lambda w: perform(w.parts, "seen", {}, w.ann.viewer),
    "Name the topic that it belongs to": lambda w: w.desk("into-topic", entry=w.lesson.id, topic=" "),
    "Only two entries of one kind can be merged": lambda w: w.desk("merge", entry=w.lesson.id, other=w.review.id),
    "These two are for different readers. Let": lambda w: w.desk("merge", entry=w.review.id, other=w.closed.id),
    "An entry cannot be merged with itself": lambda w: w.parts.library.join(w.lesson.id, w.lesson.id, viewer=SYSTEM),
    "Write one tag, without a comma": lambda w: list(w.parts.library.retag(["a"], "b, c", viewer=SYSTEM)),
    "Choose one of seen": lambda w: w.desk("dance"),
    "is switched off. Choose another one": lambda w: w.desk("give-name", name="Jane", account="old"),
    "Sign in first: a name is claimed": lambda w: names.claim(w.parts, "Jane", ANONYMOUS),
    "No entry names them any more": lambda w: w.parts.library.rename_person(
        ["Zoe"], w.ann.account_id, [w.lesson.id], viewer=SYSTEM, message="x"
    ),
    "can decide who looks after this topic": lambda w: w.hand(w.ann, "offer", to="ann"),
    "can step in. Ask an administrator to name": lambda w: w.hand(w.ann, "step-in"),
    "A topic without a steward is taken on by": lambda w: topic_act(
        STEPS, w.parts, w.loose.id, {"act": "take-on"}, w.ann.viewer
    ),
    "The teams of the rule are short names": lambda w: check_topic(Topic(rule=Rule(teams=("No Team!",)))),
    "“rule” is a map with tags": lambda w: w.read("rule: [a]", "topic"),
    "is an account id, or a name of at most": lambda w: w.read(f"steward: {'x' * 200}", "topic"),
    "“loop” is single": lambda w: w.read("loop: triple"),
    "“actions” is a list of maps": lambda w: w.read("actions: {a: b}"),
    "The state of an action is one of": lambda w: w.read("actions: [{id: a, what: x, state: lost}]"),
    "needs an id of letters, digits": lambda _: check_life(Life(actions=(Action("a 1", "x"),))),
    "“applied” holds too many items": lambda _: check_life(Life(applied=(Applied("a", True),) * 501)),
    "Only lessons and reviews have actions": lambda w: w.parts.library.add_action(
        w.topic.id, {"what": "x"}, viewer=SYSTEM
    ),
    "Only lessons and reviews tell of what can": lambda w: w.parts.library.recur(
        w.topic.id, w.lesson.id, viewer=SYSTEM
    ),
    "Only lessons are applied": lambda w: w.parts.library.judge(w.review.id, held=True, viewer=SYSTEM),
    "This account is switched off. Ask": World.invite_old,
    "A joint text has at most": lambda w: w.joint({f"part {n}": "x" for n in range(200)}),
    "Load the page again, then add the event": World.event_of_another,
    "A part is named by the heading": lambda w: w.joint({"": "x"}),
    "The questions are called": lambda w: Voices(w.parts.people.database).save(
        w.open_review(), w.ann.account_id, {"what": "x"}
    ),
    "open reviews. Publish or close one": World.too_many,
}


@pytest.fixture(name="world")
def world_fixture(app: Flask) -> World:
    parts: Services = app.extensions["hindsight"]
    ann, fay = Writer(app, "ann", teams=["ops"]), Writer(app, "fay", "facilitator", teams=["ops"])
    parts.people.accounts.deactivate(Writer(app, "old").account_id)
    lesson = publish(app, "A lesson")
    parts.library.add_action(lesson.id, {"what": "Do it", "owner": "Jane"}, viewer=SYSTEM)
    lesson = parts.library.read(lesson.id, SYSTEM).item
    review = publish(app, "A review", kind="after-action-review")
    topic = publish(app, "A topic", kind="topic", topic=Topic(steward=fay.account_id))
    closed = publish(app, "Closed", kind="after-action-review", audience=("ops",))
    loose = publish(app, "Without steward", kind="topic")
    return World(parts, ann, fay, lesson, review, topic, closed, loose)


def test_every_refusal_says_what_to_do(world: World) -> None:
    before, missed = world.parts.store.tip(), {}
    for sentence, act in REFUSED.items():
        try:
            act(world)
        except (EntryError, LibraryError, PeopleError, NotFound) as error:
            if sentence not in str(error) or not str(error).endswith((".", "…”.")):
                missed[sentence] = str(error)
        else:
            missed[sentence] = "was taken"
    assert missed == {}
    assert world.parts.store.tip() == before

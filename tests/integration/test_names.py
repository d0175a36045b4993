"""Names in the entries of people who have no account here: claimed, confirmed or given, and what follows from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.integration.api_program import Api, parts_fixture, problem, token_fixture
from tests.integration.reading_web import Writer, publish, text_of
from wiki.library import LifeFields
from wiki.library.standing import today
from wiki.life.front import Action
from wiki.reminders import remind
from wiki.services import Services
from wiki.topics.front import Handover, Topic
from wiki.viewer import SYSTEM

__all__ = ["parts_fixture", "token_fixture"]

DAY = dt.timedelta(days=1)


@pytest.fixture(name="fay")
def fay_fixture(app: Flask) -> Writer:
    return Writer(app, "fay", "facilitator")


def told(parts: Services, who: Writer) -> str:
    return " ".join(notice.text for notice in parts.people.notices.open_for(who.account_id))


def test_a_name_is_claimed_and_confirmed_and_its_duties_follow(app: Flask, parts: Services, fay: Writer) -> None:
    ada, bob = Writer(app, "ada"), Writer(app, "bob")
    late = Action("a1", "Renew by a job", owner="Jane  Doe", due=today() + DAY)
    done = Action("a2", "Ask", owner="JANE DOE", state="verified")
    lesson = publish(app, "A lesson", life=LifeFields(actions=(late, done), steward="jane doe"))
    topic = publish(app, "A topic", kind="topic", topic=Topic(deputy="Jane Doe", handover=Handover("Jane Doe")))
    assert remind(parts) == 0
    page = text_of(ada.get("/names"))
    assert "Jane Doe" in page
    assert "in 2 entries" in page
    assert "Jane Doe" in text_of(ada.get(f"/actions/{lesson.id}"))
    ada.post("/names", name="JANE doe")
    assert "claimed this name already" in text_of(ada.post("/names", 422, name="Jane Doe"))
    bob.post("/names", name="Jane Doe")
    assert "You claimed it" in text_of(ada.get("/names"))
    assert "says that a name in the entries means them" in told(parts, fay)
    bob.post("/names", name="Jane Doe", act="withdraw")
    assert "nothing to take back" in text_of(bob.post("/names", 422, name="Jane Doe", act="withdraw"))
    desk = text_of(fay.get("/desk?queue=names"))
    assert "says: this is me." in desk
    answer = fay.post("/desk", queue="names", act="give-name", name="Jane Doe", account=ada.account_id)
    assert "in 2 entries" in text_of(fay.client.get(answer.location))
    read = parts.library.read(lesson.id, SYSTEM).entry.life
    assert {read.steward, *(one.owner for one in read.actions)} == {ada.account_id}
    assert parts.library.read(topic.id, SYSTEM).entry.topic.deputy == ada.account_id
    assert "Renew by a job" in text_of(ada.get("/actions?view=mine"))
    assert "Renew by a job" in text_of(ada.get("/")), "on the desk of the start page, too"
    assert remind(parts) == 1
    assert "means you now" in told(parts, ada)
    assert "Everybody whom entries name has an account here." in text_of(ada.get("/names"))
    bob.post(f"/actions/{lesson.id}", what="Ask again", owner="jane DOE")
    assert parts.library.read(lesson.id, SYSTEM).entry.life.actions[2].owner == ada.account_id, "it stays known"
    fay.post("/desk", queue="names", act="undo", commit=answer.location.rpartition("=")[2])
    assert parts.library.read(lesson.id, SYSTEM).entry.life.actions[0].owner == "Jane Doe"
    assert "Known to be" in text_of(fay.get("/desk?queue=names"))
    fay.post("/desk", queue="names", act="refuse-name", name="jane doe", account=ada.account_id)
    assert parts.people.claims.account_of("Jane Doe") is None


def test_a_claim_is_refused_and_the_name_given_to_another(app: Flask, parts: Services, fay: Writer) -> None:
    ada, bob = Writer(app, "ada", "reader"), Writer(app, "bob")
    lesson = publish(app, "A lesson", life=LifeFields(actions=(Action("a1", "Do it", owner="B. Obama"),)))
    topic = publish(app, "T", kind="topic", topic=Topic(steward="B. Obama", deputy=bob.account_id))
    ada.post("/names", name="B. Obama")
    fay.post("/desk", act="refuse-name", name="B. Obama", account=ada.account_id)
    assert "did not confirm that “B. Obama” is you" in told(parts, ada)
    fay.post("/desk", act="give-name", name="B. Obama", account="bob")
    assert parts.library.read(lesson.id, SYSTEM).entry.life.actions[0].owner == bob.account_id
    kept = parts.library.read(topic.id, SYSTEM).entry.topic
    assert (kept.steward, kept.deputy) == (bob.account_id, ""), "nobody is their own deputy"


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({"act": "give-name", "name": "Nobody", "account": "ada"}, "No entry that you may read names somebody like"),
        ({"act": "give-name", "name": "Jane", "account": " "}, "Say which account it is"),
        ({"act": "give-name", "name": "Jane", "account": "zoe"}, "There is no account “zoe”"),
        ({"act": "give-name", "name": "Jane", "account": "old"}, "is switched off"),
        ({"act": "refuse-name", "name": "Jane", "account": "ada"}, "Nobody claims this name any more"),
    ],
)
def test_refusals_say_what_to_do_on_the_desk_and_in_the_api(
    app: Flask, parts: Services, fay: Writer, token: Callable[..., str], form: dict[str, str], sentence: str
) -> None:
    Writer(app, "ada")
    parts.people.accounts.deactivate(Writer(app, "old").account_id)
    publish(app, "A lesson", life=LifeFields(actions=(Action("a1", "Do it", owner="Jane"),)))
    answer = fay.client.post("/desk", data=form | {"csrf_token": fay.token(), "queue": "names"})
    page = fay.client.get(answer.location) if answer.status_code == 303 else answer
    assert sentence in text_of(page)
    asked = Api(app.test_client(), token("facilitator"))("POST", "/desk", json=form)
    assert sentence in problem(asked, asked.status_code)["detail"]
    assert asked.status_code in (404, 422)


def test_a_program_claims_and_nobody_sees_names_of_what_they_may_not_read(
    app: Flask, parts: Services, fay: Writer, token: Callable[..., str]
) -> None:
    Writer(app, "ops-member", teams=["ops"])
    closed = LifeFields(actions=(Action("a1", "Do it", owner="Jane"), Action("a2", "Both", owner="Kim")))
    publish(app, "Closed", audience=("ops",), life=closed)
    publish(app, "Open", life=LifeFields(actions=(Action("a1", "Do it", owner="Kim"),)))
    ada = Api(app.test_client(), token("author", name="ada"))
    leo = Api(app.test_client(), token("facilitator", name="leo", teams=("ops",)))
    names: Any = ada("GET", "/names").json
    assert [(one["name"], one["entries"]) for one in names["names"]] == [("Kim", 1)]
    problem(ada("POST", "/names/claims", json={"act": "claim", "name": "Jane"}), 404)
    assert (
        "A facilitator will look" in ada("POST", "/names/claims", json={"act": "claim", "name": "kim"}).json["sentence"]
    )
    problem(ada("POST", "/names/claims", json={"act": "claim", "name": "kim"}), 422)
    problem(Api(app.test_client(), "")("GET", "/names"), 401)
    assert [row["name"] for row in leo("GET", "/desk?queue=names").json["rows"]] == ["Kim", "Jane"]
    given = {"act": "give-name", "name": "Kim", "account": "ada"}
    problem(ada("POST", "/desk", json=given), 403)
    assert "in 1 entry" in text_of(fay.client.get(fay.post("/desk", queue="names", **given).location)), (
        "where she may not read it, the name stays"
    )
    assert leo("GET", "/names").json["names"][0]["known"]
    assert "in 1 entry" in leo("POST", "/desk", json=given).json["sentence"]
    assert [one["name"] for one in leo("GET", "/names").json["names"]] == ["Jane"]

"""A lesson from observation to learned to recurred by program, with the sentences of the pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.integration.api_program import Api, parts_fixture, token_fixture
from wiki.library.standing import today
from wiki.services import Services

__all__ = ["parts_fixture", "token_fixture"]
PAST = (today() - dt.timedelta(days=2)).isoformat()


@pytest.fixture
def fay(app: Flask, token: Callable[..., str]) -> Api:
    return Api(app.test_client(), token("facilitator", name="fay"))


@pytest.fixture
def ada(app: Flask, token: Callable[..., str]) -> Api:
    return Api(app.test_client(), token("author", name="ada"))


def refused(answer: Any, words: str, field: str) -> None:
    assert answer.status_code == 422, answer.text
    assert words in answer.json["detail"]
    assert answer.json["errors"][0]["field"] == field


def test_a_lesson_lives_by_program(ada: Api, fay: Api, parts: Services) -> None:
    lesson = ada.create(kind="lesson", title="Certificates", status="observation")
    base = f"/entries/{lesson['id']}"
    assert ada("POST", base + "/steps", json={"to": "identified"}).json["status"] == "identified"
    refused(ada("POST", base + "/steps", json={"to": "validated"}), "steward or a facilitator", "who")
    sent = {"status": "learned"}
    revision = ada("GET", base).json["revision"]
    answer = fay("PUT", base, json=sent, headers={"If-Match": f'"{revision}"'})
    refused(answer, "cannot become a lesson learned in one step", "status")
    fay("POST", base + "/steps", json={"to": "validated"})
    refused(fay("POST", base + "/steps", json={"to": "action-under-way"}), "Add one with an owner", "actions")
    made = ada("POST", base + "/actions", json={"what": "Renew by a job", "owner": "ada", "due": PAST})
    assert made.status_code == 201
    assert made.json["overdue"]
    action = f"{base}/actions/{made.json['id']}"
    fay("POST", base + "/steps", json={"to": "action-under-way"})
    refused(fay("POST", base + "/steps", json={"to": "learned"}), "dropped with a reason", "actions")
    refused(ada("PUT", action, json={"state": "done"}), "Say what happened", "happened")
    refused(ada("PUT", action, json={"state": "done", "happened": "x", "seen": "doing"}), "meanwhile", "state")
    assert ada("GET", "/actions?view=overdue").json["total"] == 1
    refused(ada("PUT", action, json={"state": "dropped", "happened": "x"}), "dropped with a reason", "reason")
    ada("PUT", action, json={"state": "verified", "happened": "The supplier was late."})
    refused(fay("POST", base + "/steps", json={"to": "learned", "loop": "double"}), "evidence", "evidence")
    life = fay("POST", base + "/steps", json={"to": "learned", "loop": "double", "evidence": "None ran out."}).json
    assert life["status"] == "learned"
    assert life["holds"] == "Holds"
    assert life["actions"][0]["happened"] == "The supplier was late."
    again = ada.create(kind="lesson", title="Again", body="Again.")
    life = ada("POST", base + "/recurrences", json={"entry": again["id"], "missed": "Mail"}).json
    assert life["status"] == "identified"
    assert life["recurred"][0]["missed"] == "Mail"
    assert [line["after"] for line in life["steps"]][-2:] == ["learned", "identified"]
    refused(ada("POST", base + "/applied", json={"held": "no"}), "Say what did not hold", "note")
    assert ada("POST", base + "/applied", json={"held": "yes"}).json["applied"][0]["held"]
    assert ada("PUT", base + "/steward", json={"steward": "ada"}).json["steward"]
    refused(fay("POST", base + "/steps", json={"to": "retired"}), "with a reason", "reason")
    wrong = {"to": "retired", "reason": "Old", "replaced_by": "nosuchentry1"}
    refused(fay("POST", base + "/steps", json=wrong), "There is no such entry", "replaced_by")
    right = wrong | {"replaced_by": again["id"]}
    assert ada("POST", base + "/steps", json=right).json["replaced_by"] == again["id"], "ada is its steward now"


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("GET", "/life", None),
        ("POST", "/steps", {"to": "validated"}),
        ("POST", "/applied", {"held": "yes"}),
        ("POST", "/recurrences", {"entry": "abc"}),
        ("POST", "/actions", {"what": "x"}),
        ("PUT", "/actions/a1", {"state": "done"}),
        ("PUT", "/steward", {"steward": "ada"}),
    ],
)
def test_what_a_caller_may_not_see_does_not_exist(
    app: Flask, token: Callable[..., str], ada: Api, method: str, path: str, body: Any
) -> None:
    closed = Api(app.test_client(), token("author", name="leo", teams=("legal",))).create(
        kind="lesson", title="Closed", audience=["legal"]
    )
    assert ada(method, f"/entries/{closed['id']}{path}", **({"json": body} if body else {})).status_code == 404
    assert ada("GET", "/actions?view=all").json["total"] == 0

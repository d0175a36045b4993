"""Topics and the curator's desk by program: the same steps as on the pages, and the same sentences."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from tests.integration.api_program import Api, parts_fixture, problem, token_fixture
from wiki.services import Services

__all__ = ["parts_fixture", "token_fixture"]


@pytest.fixture
def fay(app: Flask, token: Callable[..., str]) -> Api:
    return Api(app.test_client(), token("facilitator", name="fay", teams=("ops",)))


def post(api: Api, path: str, **fields: Any) -> str:
    answer = api("POST", path, json=fields)
    assert answer.status_code == 200, answer.text
    return str((answer.json or {})["sentence"])


def test_a_topic_is_curated_by_program(app: Flask, fay: Api) -> None:
    one, two = fay.create(title="One", body="The valve froze.\n", tags=["cold"]), fay.create(title="Two", tags=["cold"])
    topic = fay.create(kind="topic", title="Cold", body="What we know.")
    address = f"/topics/{topic['id']}"
    read = fay("PUT", address, json={"tags": ["Cold"], "teams": ["OPS"], "review_by": "2027-01-31"}).json
    assert read["rule"] == {"tags": ["cold"], "teams": ["ops"], "query": ""}
    assert fay("PUT", address, json={"query": "froze"}).json["rule"]["tags"] == ["cold"]
    fay("PUT", address, json={"query": None})
    assert fay("GET", address + "/proposals").json["total"] == 2
    assert (
        post(fay, address + "/list", act="accept", entry=one["id"], why="It froze.", passage="The valve froze.")
        == "“One” is in the list."
    )
    post(fay, address + "/list", act="add", named="Two")
    post(fay, address + "/list", act="up", entry=two["id"])
    read = fay("GET", address).json
    assert [item["title"] for item in read["curated"]] == ["Two", "One"]
    assert (read["entries"], read["curated"][1]["passage"], read["curated"][1]["changed"]) == (
        2,
        "The valve froze.",
        False,
    )
    fay.put(one, body="The valve burst.\n")
    item = fay("GET", address + "?offset=1").json["curated"][0]
    assert (item["changed"], item["now"]) == (True, "The valve burst.")
    post(fay, address + "/path", act="add", entry=one["id"], note="First.")
    read = fay("PUT", address + "/path/read", json={"entry": one["id"], "read": "yes"}).json
    assert [(step["note"], step["read"]) for step in read["reading_path"]] == [("First.", True)]
    assert fay("GET", "/topics").json["topics"][0]["review_by"] == "2027-01-31"
    assert (
        "not on the reading path"
        in problem(fay("PUT", address + "/path/read", json={"entry": "x", "read": "no"}), 404)["detail"]
    )
    assert (
        "not in the list" in problem(fay("POST", address + "/list", json={"act": "out", "entry": "x"}), 422)["detail"]
    )
    assert "one of accept" in problem(fay("POST", address + "/list", json={"act": "x"}), 422)["detail"]
    problem(fay("GET", f"/topics/{one['id']}"), 404)


def test_a_topic_is_handed_over_by_program(app: Flask, fay: Api, token: Callable[..., str]) -> None:
    ann = Api(app.test_client(), token("author", name="ann"))
    topic = fay.create(kind="topic", title="Cold", body="What we know.")
    address = f"/topics/{topic['id']}/handover"
    post(fay, address, act="take-on")
    post(fay, address, act="offer", to="ann", note="Please.")
    assert "Only they can accept" in problem(fay("POST", address, json={"act": "accept"}), 403)["detail"]
    post(ann, address, act="accept")
    tomorrow = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=1)
    post(ann, address, act="away", until=tomorrow.isoformat())
    post(fay, address, act="step-in")
    found = fay("GET", f"/topics/{topic['id']}").json
    parts: Services = app.extensions["hindsight"]
    assert found["steward"] == parts.people.accounts.by_name("fay").id
    assert found["deputy"] == parts.people.accounts.by_name("ann").id
    bob = Api(app.test_client(), token("author", name="bob"))
    refused = bob("POST", f"/topics/{topic['id']}/path", json={"act": "out", "entry": topic["id"]})
    assert "kept by its steward and deputy" in problem(refused, 403)["detail"]


def test_the_desk_is_settled_by_program(app: Flask, fay: Api, token: Callable[..., str]) -> None:
    one, two = fay.create(title="One", tags=["x"]), fay.create(title="Two", tags=["x"], body="See [[Nowhere]].")
    assert [row["title"] for row in fay("GET", "/desk?queue=validate").json["rows"]] == ["One", "Two"]
    assert post(fay, "/desk", act="validate", entry=one["id"]) == "“One” is validated."
    assert fay("GET", "/desk?queue=links").json["rows"][0]["target"] == "Nowhere"
    for queue in ("new", "review", "steward", "thin", "recurrences", "duplicates", "orphans", "tags"):
        assert fay("GET", f"/desk?queue={queue}&limit=1").status_code == 200
    done = fay("POST", "/desk", json={"act": "merge", "entry": one["id"], "other": two["id"]}).json
    assert fay("GET", f"/entries/{two['id']}").json["id"] == one["id"], "the id of what was merged means the whole"
    assert post(fay, "/desk", act="undo", commit=done["commit"]) == "Undone. Everything is as it was before."
    assert fay("GET", f"/entries/{two['id']}").json["title"] == "Two"
    done = fay("POST", "/tags/rename", json={"tags": ["x"], "new": "y"}).json
    assert done["sentence"] == "2 entries are changed."
    assert fay("GET", "/tags").json["items"] == [{"name": "y", "label": "y", "count": 2}]
    assert "at least one tag" in problem(fay("POST", "/tags/rename", json={"tags": []}), 422)["detail"]
    ann = Api(app.test_client(), token("author", name="ann"))
    assert "for facilitators" in problem(ann("GET", "/desk"), 403)["detail"]
    assert "for facilitators" in problem(ann("POST", "/desk", json={"act": "seen"}), 403)["detail"]
    assert "for facilitators" in problem(ann("POST", "/tags/rename", json={"tags": ["y"]}), 403)["detail"]

"""A review held through /api/v1, as on the pages."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from tests.integration.editor_web import Writer
from wiki.reviews.store import Reviews


class Program:
    """A client with one account's token."""

    def __init__(self, app: Flask, name: str, role: str = "author") -> None:
        people = app.extensions["hindsight"].people
        self.account = people.accounts.create(name, role, None)
        self.headers = {"Authorization": "Bearer " + people.tokens.issue(self.account.id, "write", "")}
        self.client = app.test_client()

    def __call__(self, method: str, path: str, status: int = 200, **body: Any) -> Any:
        more = {"json": body} if method in ("POST", "PUT") else {}
        answer = self.client.open("/api/v1" + path, method=method, headers=self.headers, **more)  # type: ignore[arg-type]
        assert answer.status_code == status, (answer.status_code, answer.text)
        return answer.get_json(silent=True)


@pytest.fixture
def ada(app: Flask) -> Program:
    return Program(app, "ada")


@pytest.fixture
def bob(app: Flask) -> Program:
    return Program(app, "bob")


def test_a_review_from_opening_to_its_entry(app: Flask, ada: Program, bob: Program) -> None:
    made = ada("POST", "/reviews", 201, title="Over the API", date="2026-11-20", guests=1, writers="all")
    where = f"/reviews/{made['id']}"
    assert (made["phase"], made["lead"], made["answered"]) == (
        "gathering",
        ada.account.id,
        "Fewer than three answers so far.",
    )
    bob("GET", where, 404)
    ada("POST", where + "/people", name="bob")
    assert [one["id"] for one in bob("GET", "/reviews")["reviews"]] == [made["id"]]
    assert bob("PUT", where + "/answer", supposed="Two hours.")["given"] is True
    assert ada("PUT", where + "/answer", supposed="Four hours.", given="no") == ada("GET", where + "/answer")
    assert "still gathering" in bob("GET", where + "/voices", 422)["detail"]
    link = Reviews(app.extensions["hindsight"].people.database).new_link(made["id"], "guest")
    nameless = {"link": f"http://x/answer/{link}", "ticket": "t" * 16, "happened": "Nobody was called."}
    refused = ada("POST", "/reviews/nameless", 422, **nameless)
    assert "Send this without a token" in refused["detail"]
    for _ in range(2):
        sent = app.test_client().post("/api/v1/reviews/nameless", json=nameless)
        assert sent.status_code == 204, sent.text
    ada("POST", where + "/phase", to="discussing")
    assert ada("GET", where + "/voices")["voices"] == {
        "supposed": [{"name": "bob", "text": "Two hours."}],
        "happened": [{"name": None, "text": "Nobody was called."}],
        "difference": [],
        "next": [],
    }
    ada("PUT", where + "/text", base=0, part="factors", text="disk\n\nnight")
    ada("PUT", where + "/text", base=1, part="factors", text="full disk\n\nnight")
    merged = bob("PUT", where + "/text", base=1, part="factors", text="disk\n\nnight shift")
    assert (merged["merged"], merged["parts"]["factors"]) == (True, "full disk\n\nnight shift")
    met = bob("PUT", where + "/text", 409, base=1, part="factors", text="no disk\n\nnight")
    assert (met["met"], met["theirs"]["parts"]["factors"]) == (["factors"], "full disk\n\nnight shift")
    event = bob("POST", where + "/events", 201, at="2026-11-20T02:10", zone="Europe/Berlin", text="Full")
    assert event["at"] == "2026-11-20T01:10:00+00:00"
    bob("POST", where + "/events", 201, at="2026-11-20T03:00+01:00", text="Gone again")
    last = ada("GET", where + "/events")["events"][-1]["id"]
    ada("DELETE", f"{where}/events/{last}", 204)
    assert "Whoever leads the review publishes it." in bob("POST", where + "/phase", 403, to="published")["detail"]
    assert ada("POST", where + "/phase", to="published")["entry"] == made["id"]
    assert ada("POST", where + "/phase", to="published")["phase"] == "published"
    body = bob("GET", f"/entries/{made['id']}")["body"]
    assert "> Nobody was called.\n>\n> — without a name" in body
    assert "- full disk\n- night shift" in body


def test_five_hold_a_review_two_of_them_without_a_name(app: Flask, ada: Program, bob: Program) -> None:
    others = [Program(app, name) for name in ("cem", "dai", "eva")]
    made = ada("POST", "/reviews", 201, title="Five over the API")
    where = f"/reviews/{made['id']}"
    for one in (bob, *others):
        ada("POST", where + "/people", name=one.account.name)
    for number, one in enumerate((ada, bob, others[0])):
        one("PUT", where + "/answer", happened=f"I saw {number}.")
    member = Reviews(app.extensions["hindsight"].people.database)
    ada("PUT", where, guests=2)
    link = f"http://x/answer/{member.new_link(made['id'], 'guest')}"
    for number in range(2):
        nameless = {"link": link, "ticket": f"{number}" * 16, "happened": f"Nobody asked {number}."}
        assert app.test_client().post("/api/v1/reviews/nameless", json=nameless).status_code == 204
    assert ada("GET", where)["answered"] == "Five or more answers so far."
    ada("POST", where + "/phase", to="discussing")
    said = others[2]("GET", where + "/voices")["voices"]["happened"]
    assert sorted((one["name"] or "") for one in said) == ["", "", "ada", "bob", "cem"]
    ada("PUT", where + "/text", base=0, part="factors", text="nobody was asked")
    entry = ada("POST", where + "/phase", to="published")["entry"]
    body = others[1]("GET", f"/entries/{entry}")["body"]
    assert body.count("— without a name") == 2
    for words in ("I saw 0.", "I saw 1.", "I saw 2.", "Nobody asked 0.", "Nobody asked 1.", "- nobody was asked"):
        assert words in body


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "sentence"),
    [
        ("POST", "/phase", {"to": "closed"}, 422, "Say in a sentence why the review is closed"),
        ("POST", "/phase", {"to": "discussing"}, 422, "Nobody has answered yet."),
        ("POST", "/phase", {"to": "nowhere"}, 422, "It must be one of discussing, published, closed."),
        ("POST", "/people", {"name": "nobody"}, 422, "There is no"),
        ("PUT", "/answer", {"given": "yes"}, 422, "There is no answer yet."),
        ("PUT", "/text", {"base": 0, "part": "factors", "text": "x"}, 422, "still gathering answers"),
        ("POST", "/events", {"at": "x", "text": "x"}, 422, "Write the time as year-month-day"),
        ("PUT", "", {"date": "soon"}, 422, "date"),
        ("PUT", "", {"title": " "}, 422, "Give it a title"),
    ],
)
def test_refusals_are_the_same_sentences(
    ada: Program, method: str, path: str, body: dict[str, Any], status: int, sentence: str
) -> None:
    made = ada("POST", "/reviews", 201, title="x")
    assert sentence in ada(method, f"/reviews/{made['id']}{path}", status, **body)["detail"]


def test_an_observation_over_the_api_links_what_was_read_and_keeps_its_readers(app: Flask, ada: Program) -> None:
    writer = Writer(app, "wim", teams=["ops"])
    seen = writer.publish("Only for ops", "A text.\n", audience="ops")
    bot = Program(app, "opsbot")
    app.extensions["hindsight"].people.teams.add_member("ops", bot.account.id)
    made = bot("POST", "/observations", 201, text="The gauge sticks. Again.", entry=seen.id)
    assert (made["status"], made["title"], made["audience"]) == ("observation", "The gauge sticks", ["ops"])
    assert f"[[{seen.id}|Only for ops]]" in made["body"]
    hidden = ada("POST", "/observations", 201, text="The gauge sticks too.", entry=seen.id)
    assert hidden["body"] == "The gauge sticks too.\n"
    assert "Write a sentence" in ada("POST", "/observations", 422, text=" ")["detail"]

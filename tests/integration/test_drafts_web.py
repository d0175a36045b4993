"""Drafts on the server: saved while one types, offered again, never overwritten by an older save."""

from __future__ import annotations

import time

import pytest
from flask import Flask

from tests.integration.editor_web import Writer, text_of, textarea, value


@pytest.fixture
def ada(app: Flask) -> Writer:
    return Writer(app)


def payload(body: str, **more: object) -> dict[str, object]:
    return {"kind": "lesson", "title": "Half a thought", "body": body, "mode": "free"} | more


def test_a_draft_is_offered_again_with_all_its_fields(ada: Writer) -> None:
    key = value(ada.get("/new/lesson"), "draft")
    saved = ada.json(
        "PUT", f"/drafts/{key}", {"sequence": 3, "payload": payload("Words.", tags="a, b", date="2026-01-02")}
    )
    assert saved["stored"] is True and saved["sequence"] == 3 and saved["saved_at"]
    page = ada.get(f"/new/lesson?draft={key.split(':')[-1]}")
    assert textarea(page, "body") == "Words."
    assert (value(page, "title"), value(page, "tags"), value(page, "date")) == ("Half a thought", "a, b", "2026-01-02")
    assert value(page, "draft") == key
    assert "You have a draft from" in text_of(page)
    assert "Half a thought" in text_of(ada.get("/drafts"))
    assert "Half a thought" in text_of(ada.get("/new"))


def test_an_older_save_never_overwrites_a_newer_one(ada: Writer) -> None:
    key = "new:lesson:abc"
    ada.json("PUT", f"/drafts/{key}", {"sequence": 20, "payload": payload("newer")})
    late = ada.json("PUT", f"/drafts/{key}", {"sequence": 10, "payload": payload("older")})
    assert late == {"stored": False, "sequence": 20, "saved_at": late["saved_at"]}
    assert ada.json("GET", f"/drafts/{key}", None)["payload"]["body"] == "newer"


def test_a_draft_survives_the_end_of_the_session(ada: Writer) -> None:
    ada.json("PUT", "/drafts/new:lesson:abc", {"sequence": 1, "payload": payload("kept")})
    ada.sign_out()
    ada.get("/new/lesson?draft=abc", 302)
    ada.sign_in()
    assert textarea(ada.get("/new/lesson?draft=abc"), "body") == "kept"


def test_every_new_page_has_a_draft_of_its_own(ada: Writer) -> None:
    assert value(ada.get("/new/lesson"), "draft") != value(ada.get("/new/lesson"), "draft")


def test_drafts_are_private(app: Flask, ada: Writer) -> None:
    ada.json("PUT", "/drafts/new:lesson:abc", {"sequence": 1, "payload": payload("mine alone")})
    bob = Writer(app, "bob")
    bob.json("GET", "/drafts/new:lesson:abc", None, 404)
    assert "mine alone" not in text_of(bob.get("/new/lesson?draft=abc"))
    assert "Half a thought" not in text_of(bob.get("/drafts"))


def test_a_draft_of_an_entry_knows_its_base_and_merges_when_published(app: Flask, ada: Writer) -> None:
    entry = ada.publish("Shared", "one\n\ntwo\n\nthree\n\nfour\n\nfive\n")
    mine = payload("one\n\ntwo\n\nthree\n\nfour\n\nFIVE\n", title="Shared", base_revision=entry.revision)
    ada.json("PUT", f"/drafts/entry:{entry.id}", {"sequence": 1, "payload": mine})
    Writer(app, "bob").post(f"/edit/{entry.id}", title="Shared", body="ONE\n\ntwo\n\nthree\n\nfour\n\nfive\n",
                            mode="free", kind="lesson", base_revision=entry.revision)  # fmt: skip
    page = ada.get(f"/edit/{entry.id}")
    assert value(page, "base_revision") == entry.revision
    ada.post(f"/edit/{entry.id}", title="Shared", body=textarea(page, "body"), mode="free", kind="lesson",
             base_revision=value(page, "base_revision"), draft=value(page, "draft"), sequence="2")  # fmt: skip
    assert ada.body_of(entry.id) == "ONE\n\ntwo\n\nthree\n\nfour\n\nFIVE\n"
    assert ada.services.people.drafts.list(ada.account_id) == []


def test_discarding_a_draft_shows_the_published_text(ada: Writer) -> None:
    entry = ada.publish("Shared", "published\n")
    ada.json("PUT", f"/drafts/entry:{entry.id}", {"sequence": 1, "payload": payload("drafted")})
    assert textarea(ada.get(f"/edit/{entry.id}"), "body") == "drafted"
    answer = ada.post(f"/drafts/entry:{entry.id}/discard", next=f"/edit/{entry.id}")
    assert answer.location == f"/edit/{entry.id}"
    assert textarea(ada.get(f"/edit/{entry.id}"), "body") == "published\n"


def test_a_save_under_way_does_not_bring_back_a_discarded_draft(ada: Writer) -> None:
    """The editor numbers saves by the clock; one sent before the discard may arrive after it."""
    sent = time.time_ns() // 1_000_000
    ada.json("PUT", "/drafts/new:lesson:abc", {"sequence": sent, "payload": payload("first")})
    ada.post("/drafts/new:lesson:abc/discard")
    late = ada.json("PUT", "/drafts/new:lesson:abc", {"sequence": sent, "payload": payload("late")})
    assert late["stored"] is False
    assert ada.services.people.drafts.list(ada.account_id) == []
    fresh = ada.json("PUT", "/drafts/new:lesson:abc", {"sequence": late["sequence"] + 1, "payload": payload("new")})
    assert fresh["stored"] is True


def test_discarding_leads_only_to_our_own_pages(ada: Writer) -> None:
    assert ada.post("/drafts/new:lesson:abc/discard", next="//elsewhere.example/").location == "/drafts"


def test_saving_a_draft_without_scripts(ada: Writer) -> None:
    page = ada.post(
        "/new/lesson", 200, title="Slow line", body="some words", mode="free", draft="new:lesson:abc", action="draft"
    )
    assert textarea(page, "body") == "some words"
    assert textarea(ada.get("/new/lesson?draft=abc"), "body") == "some words"


def test_an_old_token_is_answered_with_one_that_works(ada: Writer) -> None:
    body = {"sequence": 1, "payload": payload("kept")}
    answer = ada.client.put("/drafts/new:lesson:abc", json=body, headers={"X-CSRFToken": "old"})
    assert answer.status_code == 400
    fresh = answer.get_json()["csrf_token"]
    answer = ada.client.put("/drafts/new:lesson:abc", json=body, headers={"X-CSRFToken": fresh})
    assert answer.get_json()["stored"] is True


@pytest.mark.parametrize(
    ("key", "body"),
    [
        ("nonsense", {"sequence": 1, "payload": {}}),
        ("new:lesson:abc", {"sequence": -1, "payload": {}}),
        ("new:lesson:abc", {"sequence": True, "payload": {}}),
        ("new:lesson:abc", {"sequence": 2**60, "payload": {}}),
        ("new:lesson:abc", {"sequence": 1, "payload": []}),
        ("new:lesson:abc", []),
        ("new:lesson:abc", {"payload": {}}),
    ],
)
def test_a_save_that_makes_no_sense_is_refused(ada: Writer, key: str, body: object) -> None:
    ada.json("PUT", f"/drafts/{key}", body, 400)


def test_values_of_the_wrong_type_in_a_draft_do_no_harm(ada: Writer) -> None:
    odd = {"title": 7, "body": ["x"], "audience": "abc", "recurrence_of": [1, "ok", "../no"], "mode": None}
    ada.json("PUT", "/drafts/new:lesson:abc", {"sequence": 1, "payload": odd})
    page = ada.get("/new/lesson?draft=abc")
    assert value(page, "title") == ""
    assert value(page, "recurrence_of") == "ok"


def test_a_draft_that_is_too_large_is_refused_in_words(ada: Writer) -> None:
    answer = ada.client.put(
        "/drafts/new:lesson:abc",
        json={"sequence": 1, "payload": payload("x" * 3_000_000)},
        headers={"X-CSRFToken": ada.token()},
    )
    assert answer.status_code == 413

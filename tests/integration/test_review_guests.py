"""Guests of a review: what they are shown while they answer, and what they are not."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flask import Flask

from indexer import Results
from tests.integration.reading_web import Writer, hit_for, publish, text_of, with_searcher
from tests.integration.reviews_world import team


@pytest.mark.parametrize("public", [True, False])
def test_a_guest_is_shown_what_happened_before_as_far_as_anybody_may_read_it(app: Flask, public: bool) -> None:
    five = team(app)
    parts = app.extensions["hindsight"]
    shown, closed = publish(app, "It hung before"), publish(app, "It hung in secret", audience=("ops",))
    five.lead.post(f"{five.address}/change", title="The move", guests="1")
    links = text_of(five.lead.post(f"{five.address}/links", 200, kind="guest", act="make"))
    made = re.search(r"http://localhost(/answer/[\w-]+)", links)
    assert made
    path = made[1]
    told = with_searcher(app, Results((hit_for(shown), hit_for(closed)), 2, "hybrid"))
    app.extensions["hindsight"] = replace(
        app.extensions["hindsight"], config=replace(parts.config, read="public" if public else "members")
    )
    member = Writer(app, "olga", "facilitator", ["ops"])
    for client in (app.test_client(), member.client):
        page = text_of(client.get(path))
        assert ("ui-related" in page) == public
        question = {
            "title": "The move of the database",
            "body": "The database hung for two hours, as it did the year before that one.",
        }
        csrf = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert csrf
        answer = client.post(f"{path}/related", json=question, headers={"X-CSRFToken": csrf[1]})
        assert answer.status_code == (200 if public else 404)
        assert "secret" not in answer.text
        if public:
            assert [item["id"] for item in answer.json["items"]] == [shown.id]
            assert told.asked[-1].audiences == frozenset()
        else:
            assert "Your answer goes on without them." in answer.text
    assert app.test_client().post("/answer/nothing/related", json={}).status_code in (400, 404)

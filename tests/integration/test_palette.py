"""The palette offers what the viewer may go to, and nothing else."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.integration.reading_web import client_of, publish


def labels(app: Flask, name: str, role: str, question: str = "") -> dict[str, list[str]]:
    answer = client_of(app, name, role).get("/palette", query_string={"q": question})
    assert answer.status_code == 200
    return {group: [item["label"] for item in items] for group, items in answer.get_json().items()}


@pytest.mark.parametrize(
    ("role", "writes", "administers"),
    [("reader", False, False), ("author", True, False), ("administrator", True, True)],
)
def test_actions_and_pages_are_those_of_the_role(app: Flask, role: str, writes: bool, administers: bool) -> None:
    found = labels(app, f"a-{role}", role)
    assert ("New lesson" in found["actions"]) is writes
    assert ("My drafts" in found["pages"]) is writes
    assert ("People" in found["pages"]) is administers
    assert "Browse everything" in found["pages"]
    assert found["content"] == []


def test_entries_are_found_by_title_and_only_those_that_may_be_seen(app: Flask) -> None:
    app.extensions["hindsight"].people.teams.create("board", "Board")
    publish(app, "The certificate ran out")
    publish(app, "The certificate of the board", audience=("board",))
    assert labels(app, "rita", "reader", "certificate")["content"] == ["The certificate ran out"]


def test_nonsense_finds_nothing(app: Flask) -> None:
    for number, question in enumerate(("\0", "x" * 5000, "'; DROP TABLE entries; --", "%")):
        assert labels(app, f"n{number}", "reader", question)["content"] == []

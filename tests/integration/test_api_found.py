"""Search and related over the API on a real index, followed in this process by the small encoder."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from indexer import Indexer, load_encoder
from wiki.composition import content_source, index_settings
from wiki.services import Services

RESULT = {"id", "title", "url", "kind", "score", "passage", "heading", "why"}


@pytest.fixture
def headers(app: Flask) -> dict[str, str]:
    """A token of an author, after a few lessons were written and indexed."""
    parts: Services = app.extensions["hindsight"]
    account = parts.people.accounts.create("ada", "author", "correct horse battery")
    found = {"Authorization": "Bearer " + parts.people.tokens.issue(account.id, "write", "")}
    client = app.test_client()
    for title, text in (
        ("Frozen valve", "## Lesson\n\nThe hydrazine valve froze overnight because the heater was off.\n"),
        ("Lost backup", "## Lesson\n\nNobody had restored the database backup, and the tapes were empty.\n"),
        ("Late parts", "## Lesson\n\nThe supplier shipped the bearings six weeks late.\n"),
    ):
        fields = {"kind": "lesson", "title": title, "body": text, "tags": ["real"], "team": "ops"}
        assert client.post("/api/v1/entries", json=fields, headers=found).status_code == 201
    settings = index_settings(parts.config)
    with Indexer(settings, content_source(parts), load_encoder(settings)) as indexer:
        assert indexer.catch_up(30)
    return found


def results(answer: Any) -> list[dict[str, Any]]:
    assert answer.status_code == 200, answer.text
    document = answer.json
    assert document["took_ms"] >= 0
    for result in document["results"]:
        assert set(result) >= RESULT
        assert result["why"]["summary"]
        assert isinstance(result["score"], float | int)
    return list(document["results"])


@pytest.mark.parametrize("mode", ["keyword", "hybrid"])
def test_an_entry_is_found_by_its_words(app: Flask, headers: dict[str, str], mode: str) -> None:
    client = app.test_client()
    found = results(client.get(f"/api/v1/search?q=hydrazine+heater&mode={mode}", headers=headers))
    assert found[0]["title"] == "Frozen valve"
    assert "froze overnight" in found[0]["passage"]
    assert found[0]["heading"].endswith("Lesson")
    assert found[0]["url"].startswith("/wiki/")


def test_filters_narrow_and_pages_go_on(app: Flask, headers: dict[str, str]) -> None:
    client = app.test_client()
    assert results(client.get("/api/v1/search?q=the&mode=keyword&tag=other", headers=headers)) == []
    query = "/api/v1/search?q=valve+backup+bearings&mode=keyword&tag=real&kind=lesson&team=ops"
    whole = [hit["id"] for hit in results(client.get(query, headers=headers))]
    assert len(whole) == 3
    pages = [hit["id"] for n in range(3) for hit in results(client.get(f"{query}&limit=1&offset={n}", headers=headers))]
    assert pages == whole


def test_a_draft_is_told_what_happened_before_but_not_itself(app: Flask, headers: dict[str, str]) -> None:
    client = app.test_client()
    draft = {"title": "Valve frozen again", "body": "The hydrazine valve froze because a heater was off overnight."}
    found = results(client.post("/api/v1/related", json=draft, headers=headers))
    assert found[0]["title"] == "Frozen valve"
    again = results(client.post("/api/v1/related", json=draft | {"exclude": [found[0]["id"]]}, headers=headers))
    assert found[0]["id"] not in [hit["id"] for hit in again]
    assert results(client.post("/api/v1/related", json={"title": "", "body": ""}, headers=headers)) == []


def test_what_was_just_deleted_is_not_shown(app: Flask, headers: dict[str, str]) -> None:
    client = app.test_client()
    query = "/api/v1/search?q=hydrazine&mode=keyword"
    entry = results(client.get(query, headers=headers))[0]
    assert client.delete(f"/api/v1/entries/{entry['id']}", headers=headers).status_code == 204
    assert results(client.get(query, headers=headers)) == []


def test_close_pairs_are_for_facilitators_and_leave_out_what_is_linked_or_dismissed(
    app: Flask, headers: dict[str, str]
) -> None:
    parts: Services = app.extensions["hindsight"]
    client = app.test_client()
    body = "## Lesson\n\nThe hydrazine valve froze overnight because the heater was off again.\n"
    ada = parts.people.accounts.by_name("ada")
    parts.people.teams.ensure("ops", "Operations")
    parts.people.teams.add_member("ops", ada.id)
    made = [
        client.post("/api/v1/entries", json={"kind": "lesson", "title": title, "body": body, **more}, headers=headers)
        for title, more in (
            ("Valve frozen", {}), ("Valve frozen too", {}), ("Valve of a team", {"audience": ["ops"]}),
        )
    ]  # fmt: skip
    assert [answer.status_code for answer in made] == [201, 201, 201], made[2].text
    settings = index_settings(parts.config)
    with Indexer(settings, content_source(parts), load_encoder(settings)) as indexer:
        assert indexer.catch_up(30)

    refused = client.get("/api/v1/pairs", headers=headers)
    assert refused.status_code == 403
    assert "facilitator" in refused.json["detail"]

    def titles(name: str, role: str) -> set[frozenset[str]]:
        account = parts.people.accounts.create(name, role, "correct horse battery")
        token = {"Authorization": "Bearer " + parts.people.tokens.issue(account.id, "read", "")}
        answer = client.get("/api/v1/pairs?limit=200", headers=token)
        assert answer.status_code == 200, answer.text
        return {frozenset(entry["title"] for entry in pair["entries"]) for pair in answer.json["pairs"]}

    twins, hidden = frozenset({"Valve frozen", "Valve frozen too"}), frozenset({"Valve frozen", "Valve of a team"})
    assert hidden in titles("root", "administrator")
    seen = titles("fay", "facilitator")
    assert twins in seen
    assert not any("Valve of a team" in pair for pair in seen)

    one, two = (answer.json["id"] for answer in made[:2])
    parts.people.judgements.record(ada.id, two, "not-related", draft_key=f"entry:{one}", subject_id=one)
    assert twins not in titles("flo", "facilitator")
    entry = client.get(f"/api/v1/entries/{one}", headers=headers)
    changed = {"body": body + "\nSee [[Frozen valve]].\n"}
    linked = client.put(f"/api/v1/entries/{one}", json=changed, headers={**headers, "If-Match": entry.headers["ETag"]})
    assert linked.status_code == 200
    assert frozenset({"Frozen valve", "Valve frozen too"}) in titles("fred", "facilitator")
    assert frozenset({"Frozen valve", "Valve frozen"}) not in titles("fern", "facilitator")

"""How search stands, for administrators: the index, slow searches and searches that found nothing, without names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from indexer import Indexer, load_encoder
from tests.integration.people_web import Browser
from wiki.composition import content_source, index_settings
from wiki.people import asked as room
from wiki.people.rules import now
from wiki.services import Services
from wiki.web import search


@pytest.fixture
def parts(app: Flask) -> Services:
    found: Services = app.extensions["hindsight"]
    for name, role in (("ada", "author"), ("root", "administrator")):
        found.people.accounts.create(name, role, "correct horse battery")
    settings = index_settings(found.config)
    with Indexer(settings, content_source(found), load_encoder(settings)) as indexer:
        assert indexer.catch_up(60)
    return found


def signed_in(app: Flask, name: str) -> Browser:
    browser = Browser(app.test_client())
    assert browser.submit("/sign-in", name=name, password="correct horse battery").status_code == 303
    return browser


def test_a_search_that_found_nothing_is_counted_by_its_words_alone(app: Flask, parts: Services) -> None:
    ada = signed_in(app, "ada")
    for question in ("Zyxwv  Qrstu", "zyxwv qrstu after:2020-01-01"):
        assert ada.client.get("/search", query_string={"q": question, "mode": "keyword"}).status_code == 200
    passed_over = (
        {"q": "zyxwv", "kind": "lesson"},  # narrowed by a filter
        {"q": "zyxwv", "page": "2"},
        {"q": "a pasted\ntext of zyxwv"},
        {"q": "zyxwv " * 60},
        {"q": "kind:lesson"},
    )
    for question in passed_over:
        assert ada.client.get("/search", query_string={"mode": "keyword", **question}).status_code == 200
    app.test_client().get("/search?q=outsider&mode=keyword")
    found = parts.people.asked.found_nothing()
    assert [(one.words, one.unanswered, one.slow) for one in found] == [("zyxwv qrstu", 2, 0)]


def test_the_page_is_for_administrators_and_leads_to_a_topic(app: Flask, parts: Services) -> None:
    parts.people.asked.note("moon <dust>", nothing=True)
    parts.people.asked.note("slow thing", nothing=False, slow_ms=900)
    parts.people.asked.note("slow thing", nothing=False, slow_ms=700)
    assert signed_in(app, "ada").client.get("/admin/search").status_code == 403
    root = signed_in(app, "root")
    page = root.client.get("/admin/search").text
    assert "moon &lt;dust&gt;" in page
    assert "/new/topic?title=Moon+%3Cdust%3E" in page
    assert "900 ms" in page
    assert "<td>2</td>" in page
    assert "hash" in page
    root.submit("/admin/search/forget", page="/admin/search", words="moon <dust>")
    assert parts.people.asked.found_nothing() == []
    assert [one.words for one in parts.people.asked.slowest()] == ["slow thing"]
    root.submit("/admin/search/forget", page="/admin/search")
    assert "found something" in root.client.get("/admin/search").text


def test_a_slow_search_is_noted(app: Flask, parts: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "SLOW_MS", -1)
    signed_in(app, "ada").client.get("/search?q=backup&mode=keyword")
    # None where it took less than half a millisecond.
    assert [(one.words, one.slow) for one in parts.people.asked.slowest()] in ([("backup", 1)], [])


def test_the_lists_are_bounded(parts: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = parts.people.asked
    monkeypatch.setattr(room, "MOST", 3)
    asked.note("x" * 101, nothing=True)
    asked.note("a\x00b", nothing=True)
    asked.note("fine", nothing=False)
    assert asked.found_nothing() == []
    monkeypatch.setattr(room, "now", lambda: now() - timedelta(days=181))
    asked.note("old", nothing=True)
    monkeypatch.setattr(room, "now", now)
    for number in range(5):
        asked.note(f"question {number}", nothing=True)
    kept = {one.words for one in asked.found_nothing()}
    assert len(kept) == 3
    assert "old" not in kept

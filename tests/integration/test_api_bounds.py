"""The API beyond its bounds: every odd request gets a problem document, never a crash."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from tests.integration.api_program import PASSWORD, Api, api_fixture, parts_fixture, problem, token_fixture  # noqa: F401
from wiki.services import Services

# --- bounds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"title": ""}, 422), ({"title": " \t "}, 422), ({"title": "x" * 301}, 422), ({"title": "x" * 5000}, 422),
        ({"title": "a\x00b"}, 422), ({"title": "\ud800"}, 422), ({"title": 5}, 422), ({"title": None}, 422),
        ({"title": "a\x07b"}, 422), ({"body": "a\x00b"}, 422), ({"body": "\udfff"}, 422), ({"body": ["x"]}, 422),
        ({"body": "x" * 1_000_001}, 413), ({"body": "é" * 600_000}, 413), ({"kind": "no such kind"}, 422),
        ({"kind": ""}, 422), ({"tags": "a"}, 422), ({"tags": [1]}, 422), ({"tags": ["x" * 201]}, 422),
        ({"tags": ["x"] * 201}, 422), ({"tags": [["x"]]}, 422), ({"date": "yesterday"}, 422),
        ({"date": "2024-02-30"}, 422), ({"date": 5}, 422),
        ({"team": "../up"}, 422), ({"team": {}}, 422), ({"audience": ["Not A Slug"]}, 422),
        ({"status": "finished"}, 422), ({"source": "javascript:alert(1)"}, 422), ({"recurrence_of": ["../x"]}, 422),
        ({"nonsense": 1}, 422), ({"audience": ["somewhere-else"]}, 422),
    ],
)  # fmt: skip
def test_fields_beyond_their_bounds_are_refused_and_named(api: Api, fields: dict[str, Any], status: int) -> None:
    answer = api("POST", "/entries", json={"kind": "lesson", "title": "A valve froze", "body": "x\n"} | fields)
    document = problem(answer, status)
    if status == 422 and "audience" not in fields:
        assert [fault["field"] for fault in document["errors"]] == list(fields)
    assert (api("GET", "/entries").json or {})["total"] == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400), (b"   ", 400), (b"{", 400), (b'{"a":', 400), (b"\xff\xfe", 400), (b'{"title": "\xe9"}', 400),
        (b"[" * 200_000, 400), (b'{"a":' * 50_000, 400), (b"[]", 422), (b"3", 422), (b"null", 422), (b'"x"', 422),
        (b"9" * 10_000, 400), (b"NaN", 422), (b"x" * 21_000_000, 413),
    ],
)  # fmt: skip
def test_bodies_that_are_no_json_object_are_refused(api: Api, body: bytes, status: int) -> None:
    for path in ("/entries", "/related"):
        problem(api("POST", path, data=body, content_type="application/json"), status)


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
def test_another_media_type_is_refused(api: Api, kind: str) -> None:
    problem(api("POST", "/entries", data=b'{"a": 1}', content_type=kind), 415)


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=101", "limit=x", "limit=-1", "limit=1e9", "limit=" + "9" * 500, "offset=-1", "offset=99999999",
     "mode=magic", "mode=", "q=" + "x" * 20_001, "q=%00", "before=soon", "after=2024-13-01", "kind=" + "x" * 100],
)  # fmt: skip
def test_questions_beyond_their_bounds_are_refused(api: Api, query: str) -> None:
    assert problem(api("GET", "/search?" + query), 422)["errors"]


@pytest.mark.parametrize(
    "query",
    ["", "q=", "q=%ff%fe", "q=%ed%a0%80", 'q="', "q=((((", "q=AND+OR+NOT", "q=*", "q=kind:", "q=before:x", "q=a:b:c",
     "q=" + "x" * 4000, "q=" + "a+" * 2000, "q=%F0%9F%92%A5", "q=\\", "q=[a+TO", "q=x&kind=none", "q=x&nonsense=1",
     "q=-", "q=x&tag=%27%3B--", "q=x&before=2024-01-01&after=2020-01-01", "q=x&limit=100&offset=10000"],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["hybrid", "keyword", "semantic"])
def test_odd_questions_get_an_honest_answer(api: Api, query: str, mode: str) -> None:
    answer = api("GET", f"/search?{query}&mode={mode}")
    assert answer.status_code == 200, answer.text
    document = answer.json
    assert document is not None
    assert set(document) >= {"results", "total", "mode", "degraded", "took_ms"}
    assert document["mode"] == mode


@pytest.mark.parametrize(
    "fields",
    [
        {"limit": 0},
        {"limit": 51},
        {"limit": "many"},
        {"title": 3},
        {"exclude": "x"},
        {"exclude": [None]},
        {"body": "\x00"},
    ],
)
def test_drafts_beyond_their_bounds_are_refused(api: Api, fields: dict[str, Any]) -> None:
    assert problem(api("POST", "/related", json={"title": "x", "body": "y"} | fields), 422)["errors"]
    problem(api("POST", "/related", json={"title": "x", "body": "y" * 1_000_001}), 413)


def test_lists_beyond_their_bounds_are_refused(api: Api) -> None:
    for query in ("limit=0", "limit=1000", "cursor=nonsense", "order=random", "year=abc", "cursor=%00", "kind=%00"):
        problem(api("GET", "/entries?" + query), 422)
    assert (api("GET", "/entries?kind=nothing&tag=%27&team=x").json or {})["total"] == 0


def test_unknown_addresses_and_methods_are_problems_too(api: Api, app: Flask) -> None:
    for path in ("", "/", "/nothing", "/entries/", "/entries/a/b/c", "/entries/" + "x" * 5000, "/%00", "/%ff"):
        problem(api("GET", path), 404)
    answer = api("PATCH", "/entries")
    problem(answer, 405)
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"
    problem(api("DELETE", "/search"), 405)
    assert api("OPTIONS", "/entries").status_code == 204
    for entry_id in ("nobody", "..", "%2e%2e%2fpeople.db", "lessons%2Fx", "'", "%00", "\N{SNOWMAN}"):
        problem(api("GET", f"/entries/{entry_id}"), 404)


def test_a_runaway_loop_is_stopped_with_a_time_to_wait(app: Flask, api: Api) -> None:
    from wiki.api.access import Meter

    app.extensions["hindsight-meter"] = Meter(per_minute=3)
    assert [api("GET", "/kinds").status_code for _ in range(3)] == [200] * 3
    answer = api("GET", "/kinds")
    problem(answer, 429)
    assert int(answer.headers["Retry-After"]) > 0


def test_a_fault_of_our_own_is_a_problem_without_details(
    app: Flask, api: Api, parts: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(type(parts.catalog), "tags", broken)
    app.testing = False
    document = problem(api("GET", "/tags"), 500)
    assert "secret" not in json.dumps(document)

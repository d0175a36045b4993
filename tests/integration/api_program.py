"""A program with a token, for tests of the API. Test modules import the fixtures that they ask for."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from wiki.services import Services

Answer = TestResponse
PASSWORD = "correct horse battery"


@pytest.fixture(name="parts")
def parts_fixture(app: Flask) -> Services:
    found: Services = app.extensions["hindsight"]
    return found


@pytest.fixture(name="token")
def token_fixture(parts: Services) -> Callable[..., str]:
    """Makes an account with the role (once for each name) and gives a token of it."""

    def make(role: str = "author", scope: str = "write", name: str = "", teams: tuple[str, ...] = ()) -> str:
        for team in teams:
            parts.people.teams.ensure(team)
        account = parts.people.accounts.create(name or f"{role}-{scope}", role, PASSWORD, teams=teams)
        return parts.people.tokens.issue(account.id, scope, "test")

    return make


class Api:
    """A program with a token."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self._client = client
        self._headers = {"Authorization": f"Bearer {token}"} if token else {}

    def __call__(self, method: str, path: str, **options: Any) -> Answer:
        headers = self._headers | options.pop("headers", {})
        return self._client.open("/api/v1" + path, method=method, headers=headers, **options)

    def create(self, **fields: Any) -> dict[str, Any]:
        answer = self(
            "POST", "/entries", json={"kind": "lesson", "title": "A valve froze", "body": "It froze.\n"} | fields
        )
        assert answer.status_code == 201, answer.text
        return dict(answer.json or {})

    def put(self, entry: dict[str, Any], **fields: Any) -> Answer:
        return self("PUT", f"/entries/{entry['id']}", json=fields, headers={"If-Match": f'"{entry["revision"]}"'})


@pytest.fixture(name="api")
def api_fixture(app: Flask, token: Callable[..., str]) -> Api:
    return Api(app.test_client(), token())


def problem(answer: Answer, status: int) -> dict[str, Any]:
    """The problem document of an answer, its form checked."""
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    document = json.loads(answer.text)
    assert document["status"] == status
    assert document["type"] == "about:blank"
    assert document["title"]
    assert document["detail"].endswith(".")
    return dict(document)

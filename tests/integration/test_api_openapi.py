"""The API against its own description, with requests that nobody thought of: no crash, no undocumented answer."""

from __future__ import annotations

import time
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks

from wiki.api.table import OPERATIONS

pytestmark = pytest.mark.slow

WANTED = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
ASKED = [
    (operation.name, sense)
    for operation in OPERATIONS
    for sense in ("positive", "negative")
    if sense == "positive" or operation.query or operation.body or "{" in operation.path
]
LIMITED = settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def bearer(app: Flask) -> dict[str, str]:
    people = app.extensions["hindsight"].people
    account = people.accounts.create("ada", "author", "correct horse battery")
    return {"Authorization": "Bearer " + people.tokens.issue(account.id, "write", "")}


@pytest.mark.parametrize(("name", "sense"), ASKED)
def test_every_operation_answers_as_described(app: Flask, bearer: dict[str, str], name: str, sense: str) -> None:
    load_all_checks()
    checks = CHECKS.get_by_names(WANTED)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    operation = schema.find_operation_by_id(name)
    mode = schemathesis.GenerationMode.POSITIVE if sense == "positive" else schemathesis.GenerationMode.NEGATIVE
    tried = 0

    @given(case=operation.as_strategy(generation_mode=mode))
    @LIMITED
    def ask(case: Any) -> None:
        nonlocal tried
        tried += 1
        case.validate_response(case.call(headers=bearer), checks=checks)

    started = time.monotonic()
    ask()
    assert tried
    assert time.monotonic() - started < 30

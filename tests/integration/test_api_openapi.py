"""The API against its own description, with requests that nobody thought of: no crash, no undocumented answer."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS, load_all_checks

pytestmark = pytest.mark.slow

WANTED = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance")
EXAMPLES = 12


@pytest.fixture
def described(app: Flask) -> Any:
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.fixture
def bearer(app: Flask) -> dict[str, str]:
    people = app.extensions["hindsight"].people
    account = people.accounts.create("ada", "author", "correct horse battery")
    return {"Authorization": "Bearer " + people.tokens.issue(account.id, "write", "")}


schema = schemathesis.pytest.from_fixture("described")


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_operation_answers_as_described(case: Any, bearer: dict[str, str]) -> None:
    load_all_checks()
    response = case.call(headers=bearer)
    case.validate_response(response, checks=CHECKS.get_by_names(WANTED))

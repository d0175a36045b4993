"""The API against its own description, with requests that nobody thought of: no crash, no undocumented answer."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import CHECKS, load_all_checks

from wiki import close_app, create_app
from wiki.api.table import OPERATIONS
from wiki.config import load_config

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


@pytest.fixture(scope="module")
def app(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One for all operations, as in life: each meets what the ones before it left."""
    instance = tmp_path_factory.mktemp("described") / "instance"
    shutil.copytree(blank, instance, symlinks=True)
    application = create_app(load_config({}, instance=instance, model="hash", testing=True))
    yield application
    close_app(application)


@pytest.fixture(scope="module")
def schema(app: Flask) -> Any:
    load_all_checks()
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


@pytest.fixture(scope="module")
def bearer(app: Flask) -> dict[str, str]:
    people = app.extensions["hindsight"].people
    account = people.accounts.create("ada", "author", "correct horse battery")
    return {"Authorization": "Bearer " + people.tokens.issue(account.id, "write", "")}


@pytest.mark.parametrize(("name", "sense"), ASKED)
def test_every_operation_answers_as_described(schema: Any, bearer: dict[str, str], name: str, sense: str) -> None:
    checks = CHECKS.get_by_names(WANTED)
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

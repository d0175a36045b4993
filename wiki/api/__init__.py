"""The API under /api/v1: the same functions as the pages, for programs.

`bp` is the blueprint that `create_app` registers. One rule stands for each path, whatever the method, so that a
method that a path does not have is answered with a problem document and its `Allow` header like every other error.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, current_app, request
from flask.blueprints import BlueprintSetupState
from werkzeug.exceptions import HTTPException

from wiki.api.access import Meter, allowed_caller
from wiki.api.faults import translated
from wiki.api.fields import read_object, read_query
from wiki.api.openapi import document
from wiki.api.operations import Answer, Call, Operation
from wiki.api.problems import Problem, from_http, problem_response, read_json
from wiki.api.table import OPERATIONS, PREFIX
from wiki.services import services
from wiki.viewer import ANONYMOUS
from wiki.web.security import public

METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
log = logging.getLogger(__name__)

bp = Blueprint("api", __name__)


@bp.record_once
def _prepare(state: BlueprintSetupState) -> None:
    from wiki import __version__

    app = state.app
    app.extensions["hindsight-openapi"] = document(OPERATIONS, PREFIX, __version__)
    app.extensions["hindsight-meter"] = Meter()


@bp.errorhandler(Problem)
def _problem(error: Problem) -> Response:
    return problem_response(error)


@bp.errorhandler(HTTPException)
def _http(error: HTTPException) -> Response:
    return from_http(error)


@bp.errorhandler(Exception)
def _any(error: Exception) -> Response:
    """Refusals of the layers below become problems; anything else is ours: logged, and answered with 500."""
    problem = translated(error)
    if problem is None:
        if current_app.testing:
            raise error
        log.error("%s %s failed", request.method, request.path, exc_info=error)
        problem = Problem(500, "The server met an error of its own. It is in the server's log; trying again may help.")
    return problem_response(problem)


def _register() -> None:
    paths: dict[str, dict[str, Operation]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = operation
    for path, operations in paths.items():
        rule = PREFIX + path.replace("{", "<").replace("}", ">")
        name = next(iter(operations.values())).name
        bp.add_url_rule(rule, name, _view(operations), methods=METHODS, provide_automatic_options=False)
    bp.add_url_rule("/api/", "unknown", _unknown, methods=METHODS, provide_automatic_options=False)
    bp.add_url_rule("/api/<path:rest>", "unknown", _unknown, methods=METHODS, provide_automatic_options=False)


@public
def _unknown(rest: str = "") -> Response:
    raise Problem(404, "There is nothing at this address of the API. It is described at /api/v1/openapi.json.")


def _view(operations: Mapping[str, Operation]) -> Callable[..., Response]:
    """The view of one path: chooses by method, and refuses the methods that the path does not have."""
    allow = ", ".join(sorted({*operations, "OPTIONS", *(["HEAD"] if "GET" in operations else [])}))

    @public  # each operation settles for itself who may call it
    def view(**path: str) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        operation = operations.get(method)
        if operation is not None:
            return _perform(operation, path)
        if method == "OPTIONS":
            return Response(status=204, headers={"Allow": allow})
        raise Problem(405, f"This address takes {allow}.", headers={"Allow": allow})

    return view


def _perform(operation: Operation, path: dict[str, str]) -> Response:
    meter: Meter = current_app.extensions["hindsight-meter"]
    viewer = ANONYMOUS if operation.open else allowed_caller(writes=operation.writes, meter=meter)
    if not operation.open:
        services().catalog.catch_up()
    body: dict[str, Any] = {}
    if operation.body is not None:
        body = read_object(read_json(), operation.body, operation.ignored)
    query = read_query(dict(request.args.lists()), operation.query) if operation.query else {}
    return _response(operation.view(Call(viewer=viewer, path=path, query=query, body=body)))


def _response(answer: Answer) -> Response:
    if answer.document is None:
        return Response(status=answer.status, headers=dict(answer.headers))
    text = json.dumps(answer.document, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status=answer.status, headers=dict(answer.headers), mimetype="application/json")


_register()

"""Errors below /api as RFC 9457 problem documents.

A view raises `Problem`; the exceptions of the layers below are turned into problems in one table, so that every
endpoint answers the same mistake in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from flask import Response, current_app, request
from werkzeug.exceptions import HTTPException, InternalServerError

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "The request cannot be read",
    401: "Sign in or send a token",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    409: "Somebody else changed the same lines",
    412: "The entry has changed since",
    413: "Too large",
    415: "Unsupported media type",
    422: "The request cannot be used",
    428: "If-Match is needed",
    429: "Too many requests",
    500: "Something went wrong on our side",
    503: "Not available at the moment",
}


class Problem(Exception):
    """An answer that is an error: a status, one sentence of detail, and extension members."""

    def __init__(self, status: int, detail: str, *, headers: Mapping[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra


def problem_response(problem: Problem) -> Response:
    """The problem document with its headers. `type` is about:blank: the status says what kind it is."""
    document = {
        "type": "about:blank",
        "title": TITLES.get(problem.status) or HTTPStatus(problem.status).phrase,
        "status": problem.status,
        "detail": problem.detail,
        **problem.extra,
    }
    response = Response(json.dumps(document, ensure_ascii=True), status=problem.status, mimetype=MEDIA_TYPE)
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def from_http(error: HTTPException) -> Response:
    """An error of Flask or Werkzeug (a request too large, a failed CSRF check) as a problem document."""
    status = error.code or 500
    headers = {name: value for name, value in error.get_headers() if name.lower() in {"allow", "retry-after"}}
    detail = error.description or HTTPStatus(status).phrase
    if isinstance(error, InternalServerError):
        detail = "The server met an error of its own. It is in the server's log; trying again may help."
    elif status == 413:
        limit = current_app.config.get("MAX_CONTENT_LENGTH")
        detail = f"The request is larger than the {limit:,} bytes that are taken." if limit else "It is too large."
    return problem_response(Problem(status, detail, headers=headers))


def read_json() -> object:
    """The JSON of the request's body. Raises Problem 415 for another media type, 400 for what is not JSON."""
    if not (request.mimetype == "application/json" or request.mimetype.endswith("+json")):
        raise Problem(415, "Send the body as JSON, with Content-Type: application/json.", headers=_accept())
    raw = request.get_data(cache=False)
    if not raw.strip():
        raise Problem(400, "The body is empty; it must be a JSON object.")
    try:
        return json.loads(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Problem(400, f"The body is not valid UTF-8 at byte {error.start}.") from None
    except json.JSONDecodeError as error:
        raise Problem(400, f"The body is not valid JSON: {error.msg} at character {error.pos + 1}.") from None
    except RecursionError:
        raise Problem(400, "The body is nested too deeply.") from None
    except ValueError:
        raise Problem(400, "The body holds a number that is too long.") from None


def _accept() -> dict[str, str]:
    return {"Accept": "application/json"}

"""Limits as people meet them: a page, or a problem document, that says what to do and when to try again.

The counting itself is in SQL (`wiki.people.attempts`), since it has to count across workers and machines and before a
password is looked at. API tokens have no limit of their own: their secrets cannot be guessed.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, make_response, render_template, request

from wiki.config import Config
from wiki.people import NotFound, PeopleError, TooManyAttempts
from wiki.web.errors import answer
from wiki.web.security import problem, wants_json
from wiki.words import say


def init_app(app: Flask, config: Config) -> None:
    """Answer refusals of the people room that a view lets through: 429 with Retry-After, 404, else 400."""
    app.register_error_handler(TooManyAttempts, too_many)
    app.register_error_handler(NotFound, lambda error: answer(404, str(error)))
    app.register_error_handler(PeopleError, lambda error: answer(400, str(error)))


def too_many(error: TooManyAttempts) -> Any:
    """429 with the sentence and Retry-After in seconds."""
    if wants_json():
        response = problem(429, say("Too Many Requests"), str(error))
    else:
        response = make_response(render_template("people/too_many.html", error=error), 429)
    response.headers["Retry-After"] = str(error.retry_after)
    return response


def client_address() -> str | None:
    """The address that asks; behind proxies only as far as `proxy_hops` trusts them."""
    return request.remote_addr

"""What people see when something does not go: a sentence that says what to do next. Programs get a problem document."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from wiki.catalog import CatalogError
from wiki.config import Config
from wiki.content import ContentError
from wiki.entries import EntryError
from wiki.library import Forbidden, LibraryError, NotFound
from wiki.web.presenting import filesize
from wiki.web.security import problem, wants_json


@dataclass(frozen=True, slots=True)
class Words:
    """What a status says: a title, and what to do."""

    title: str
    advice: str


WORDS = {
    400: Words("That request cannot be understood", "Go back, load the page again and try once more."),
    401: Words("Sign in first", "Sign in, then open this address again."),
    403: Words("You may not do this", "Ask an administrator, or whoever owns the page, if you need to."),
    404: Words("There is no such page", "It may have been moved or deleted, or not be shared with you. Search for it."),
    405: Words("That cannot be done at this address", "Go back and use the buttons of the page."),
    409: Words("Somebody else was faster", "Load the page again to see what changed, then decide."),
    413: Words("That is too large", "Make it smaller, or split it, and send it again."),
    415: Words("That kind of file cannot be used here", "Send it as another type."),
    422: Words("Something in that request is missing or wrong", "Go back, check what you typed and send it again."),
    429: Words("Too many attempts", "Wait a minute, then try again."),
    500: Words(
        "Something went wrong on our side",
        "Nothing that was saved is lost. Try again; if it happens again, tell an administrator the number below.",
    ),
    503: Words("This part is busy right now", "Try again in a few seconds. Everything else goes on working."),
}


def init_app(app: Flask, config: Config) -> None:
    """Answer every error with our own page."""
    app.register_error_handler(NotFound, lambda error: answer(404, str(error)))
    app.register_error_handler(Forbidden, lambda error: answer(403, str(error)))
    app.register_error_handler(EntryError, lambda error: answer(422, str(error)))
    app.register_error_handler(LibraryError, lambda error: answer(400, str(error)))
    app.register_error_handler(CatalogError, lambda error: answer(400, str(error)))
    app.register_error_handler(ContentError, lambda error: answer(503, str(error)))
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unexpected)


def answer(status: int, detail: str = "") -> ResponseReturnValue:
    """The page (or problem document) of an error. `detail` is a sentence about this very case."""
    words = WORDS.get(status) or WORDS[400 if status < 500 else 500]
    if wants_json():
        return problem(status, words.title, detail or words.advice)
    page = render_template("error.html", status=status, words=words, detail=detail, number="")
    return page, status


def _http(error: HTTPException) -> Any:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    detail = _own_words(error)
    if error.code == 413:
        limit = current_app.config.get("MAX_CONTENT_LENGTH")
        detail = f"At most {filesize(limit)} can be sent at once." if limit else ""
    response = current_app.make_response(answer(error.code, detail))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _own_words(error: HTTPException) -> str:
    """The sentence given to `abort(…, description=…)`; not werkzeug's own."""
    return str(error.description) if error.description and error.description != type(error).description else ""


def _unexpected(error: Exception) -> ResponseReturnValue:
    """An error of ours: logged in full under a number that the page shows, never shown itself."""
    number = secrets.token_hex(4)
    current_app.logger.error("error %s at %s %s", number, request.method, request.path, exc_info=error)
    if wants_json():
        return problem(500, WORDS[500].title, f"{WORDS[500].advice} Number: {number}.")
    try:
        return render_template("error.html", status=500, words=WORDS[500], detail="", number=number), 500
    except Exception:  # the frame itself needs the databases; where they are away, a bare page still says so
        current_app.logger.exception("the page of error %s failed as well", number)
        words = WORDS[500]
        return f"<!doctype html><title>{words.title}</title><h1>{words.title}</h1><p>{words.advice} {number}</p>", 500

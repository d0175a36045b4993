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
from wiki.web.saying import translate
from wiki.web.security import problem, wants_json
from wiki.words import say


@dataclass(frozen=True, slots=True)
class Words:
    """What a status says: a title, and what to do."""

    title: str
    advice: str


WORDS = {
    400: Words(say("That request cannot be understood"), say("Go back, load the page again and try once more.")),
    401: Words(say("Sign in first"), say("Sign in, then open this address again.")),
    403: Words(say("You may not do this"), say("Ask an administrator, or whoever owns the page, if you need to.")),
    404: Words(
        say("There is no such page"),
        say("It may have been moved or deleted, or not be shared with you. Search for it."),
    ),
    405: Words(say("That cannot be done at this address"), say("Go back and use the buttons of the page.")),
    409: Words(say("Somebody else was faster"), say("Load the page again to see what changed, then decide.")),
    413: Words(say("That is too large"), say("Make it smaller, or split it, and send it again.")),
    415: Words(say("That kind of file cannot be used here"), say("Send it as another type.")),
    422: Words(
        say("Something in that request is missing or wrong"), say("Go back, check what you typed and send it again.")
    ),
    429: Words(say("Too many attempts"), say("Wait a minute, then try again.")),
    500: Words(
        say("Something went wrong on our side"),
        say("Nothing that was saved is lost. Try again; if it happens again, tell an administrator the number below."),
    ),
    503: Words(say("This part is busy right now"), say("Try again in a few seconds. Everything else goes on working.")),
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
    words = _translated(WORDS.get(status) or WORDS[400 if status < 500 else 500])
    detail = translate(detail)
    if wants_json():
        return problem(status, words.title, detail or words.advice)
    page = render_template("error.html", status=status, words=words, detail=detail, number="")
    return page, status


def _translated(words: Words) -> Words:
    return Words(translate(words.title), translate(words.advice))


def _http(error: HTTPException) -> Any:
    if error.response is not None or error.code is None or error.code < 400:
        return error
    detail = _own_words(error)
    if error.code == 413:
        limit = current_app.config.get("MAX_CONTENT_LENGTH")
        detail = say("At most %(size)s can be sent at once.", size=filesize(limit)) if limit else ""
    response = current_app.make_response(answer(error.code, detail))
    for name, value in error.get_headers():
        if name.lower() in {"allow", "retry-after"}:
            response.headers[name] = value
    return response


def _own_words(error: HTTPException) -> str:
    """The sentence given to `abort(…, description=…)`; not werkzeug's own."""
    return error.description if error.description and error.description != type(error).description else ""


def _unexpected(error: Exception) -> ResponseReturnValue:
    """An error of ours: logged in full under a number that the page shows, never shown itself."""
    number = secrets.token_hex(4)
    current_app.logger.error("error %s at %s %s", number, request.method, request.path, exc_info=error)
    if wants_json():
        return problem(500, WORDS[500].title, f"{WORDS[500].advice} Number: {number}.")
    try:
        words = _translated(WORDS[500])
        return render_template("error.html", status=500, words=words, detail="", number=number), 500
    except Exception:  # the frame itself needs the databases; where they are away, a bare page still says so
        current_app.logger.exception("the page of error %s failed as well", number)
        words = WORDS[500]
        return f"<!doctype html><title>{words.title}</title><h1>{words.title}</h1><p>{words.advice} {number}</p>", 500

"""The pages about people on their own: a small application with the real security around it, and no wiki behind it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Flask, jsonify
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from wiki.config import Config, load_config
from wiki.people import Account, People
from wiki.people.passwords import Passwords
from wiki.services import services
from wiki.viewer import Role
from wiki.web import account, admin, auth, errors, limits, locales, presenting, security

ROOT = Path(__file__).resolve().parent.parent.parent
CAUGHT_UP = SimpleNamespace(catch_up=lambda: True)
PASSWORD = "correct horse battery"


@dataclass
class Site:
    """An application and its people. Several sites may share one instance, as workers do."""

    app: Flask
    people: People

    def browser(self) -> Browser:
        """A browser without cookies."""
        return Browser(self.app.test_client())

    def add(self, name: str, role: Role = Role.AUTHOR, **more: Any) -> Account:
        """An account with the usual password."""
        return self.people.accounts.create(name, role, PASSWORD, **more)

    def signed_in(self, name: str) -> Browser:
        """A browser that is signed in."""
        browser = self.browser()
        answer = browser.submit("/sign-in", name=name, password=PASSWORD)
        assert answer.status_code == 303, answer.text
        return browser


class Browser:
    """A test client that fills in forms as a browser does, with the CSRF token of the page they stand on."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str, **more: Any) -> TestResponse:
        """GET."""
        return self.client.get(path, **more)

    def token(self, page: str) -> str:
        """The CSRF token that stands on a page."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.client.get(page).text)
        assert found, f"no form on {page}"
        return found.group(1)

    def submit(self, path: str, page: str | None = None, headers: Any = None, **fields: Any) -> TestResponse:
        """Open `page` (by default `path` itself) and send its form to `path`."""
        data = {"csrf_token": self.token(page or path), **fields}
        return self.client.post(path, data=data, headers=headers)

    def cookie(self) -> str:
        """The session cookie as the browser holds it, or an empty string."""
        name = self.client.application.config["SESSION_COOKIE_NAME"]
        found = self.client.get_cookie(name)
        return found.value if found else ""


def site(instance: Path, url: str | None = None, **settings: Any) -> Site:
    """A site on this instance's database (or `url`), which is made where it is missing."""
    config = load_config({}, instance=instance, testing=True, database_url=url, **settings)
    people = People(config.people_url, passwords=Passwords.quick(), pool_size=4)
    people.migrate()
    return Site(_application(config, people), people)


def _application(config: Config, people: People) -> Flask:
    app = Flask("people", template_folder=str(ROOT / "templates"), static_folder=None)
    app.config.update(TESTING=True, MAX_FORM_MEMORY_SIZE=config.max_request_bytes)
    app.extensions["hindsight"] = SimpleNamespace(config=config, people=people, catalog=CAUGHT_UP)
    for part in (security, locales, limits, presenting, errors):
        part.init_app(app, config)
    app.jinja_env.globals["link"] = lambda endpoint: "/" + endpoint
    app.jinja_env.globals["static_url"] = lambda name: "/static/" + name
    for part in (auth, account, admin):
        app.register_blueprint(part.bp)
    for blueprint in _stand_ins():
        app.register_blueprint(blueprint)
    return app


def _stand_ins() -> list[Blueprint]:
    """A page, two calls of an API and the places that the pages about people link to."""
    pages, browse, drafts = Blueprint("pages", __name__), Blueprint("browse", __name__), Blueprint("drafts", __name__)

    @pages.get("/")
    def home() -> str:
        return f"home of {security.current_viewer().name or 'nobody'}"

    @pages.route("/write", methods=["GET", "POST"])
    @security.require(Role.AUTHOR)
    def write() -> str:
        return "written"

    @pages.route("/api/v1/thing", methods=["GET", "POST"])
    def thing() -> Any:
        return jsonify(name=security.current_viewer().name, scope=security.current_scope())

    @pages.post("/api/v1/question")
    @security.reading
    def question() -> Any:
        return jsonify(name=security.current_viewer().name)

    @pages.post("/api/v1/draft")
    def draft() -> Any:
        people = services().people
        return jsonify(people.drafts.save("x", "k" * 500, {}).sequence)

    @pages.get("/healthz")
    def health() -> str:
        return "ok"

    browse.add_url_rule("/team/<slug>", "team", lambda slug: slug)
    drafts.add_url_rule("/drafts", "index", lambda: "drafts")
    return [pages, browse, drafts]

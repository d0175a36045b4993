"""Writers at work through the test client, with real stores and real protection tokens."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

PASSWORD = "correct horse battery"

REVIEW = "The certificate of the billing API ran out on a Sunday and nobody was told. Payments failed for two hours."


def text_of(page: TestResponse) -> str:
    """The page with its entities read, for asking what a person sees."""
    return html.unescape(page.get_data(as_text=True))


@dataclass
class Writer:
    """One signed-in browser."""

    app: Flask
    name: str = "ada"
    role: str = "author"
    teams: Iterable[str] = ()
    account_id: str = ""
    client: Any = field(default=None)

    def __post_init__(self) -> None:
        people = self.app.extensions["hindsight"].people
        for slug in self.teams:
            people.teams.ensure(slug, slug.title())
        account = people.accounts.create(self.name, self.role, PASSWORD, teams=self.teams)
        self.account_id = account.id
        self.client = self.app.test_client()
        self.sign_in()

    def sign_in(self) -> None:
        """Start a session."""
        answer = self.client.post(
            "/sign-in", data={"name": self.name, "password": PASSWORD, "csrf_token": self.token()}
        )
        assert answer.status_code == 303, text_of(answer)[:2000]

    def sign_out(self) -> None:
        """End every session of the account, as another device would."""
        self.app.extensions["hindsight"].people.accounts.end_sessions(self.account_id)

    def token(self) -> str:
        """A protection token of this session."""
        page = self.client.get("/sign-in", follow_redirects=True)
        found = re.search(r'name="csrf-token" content="([^"]+)"', page.get_data(as_text=True))
        assert found
        return found[1]

    def get(self, path: str, /, status: int = 200) -> TestResponse:
        """A page, with the status that is expected."""
        answer = self.client.get(path)
        assert answer.status_code == status, (answer.status_code, text_of(answer)[:2000])
        return answer

    def post(self, path: str, /, status: int = 303, **data: Any) -> TestResponse:
        """A form, with a token unless one is given."""
        data.setdefault("csrf_token", self.token())
        answer = self.client.post(path, data=data)
        assert answer.status_code == status, (answer.status_code, text_of(answer)[:2000])
        return answer

    def json(self, method: str, path: str, value: Any, status: int = 200) -> Any:
        """A script's request."""
        answer = self.client.open(path, method=method, json=value, headers={"X-CSRFToken": self.token()})
        assert answer.status_code == status, (answer.status_code, text_of(answer)[:2000])
        return answer.get_json(silent=True)

    def publish(self, title: str, body: str, kind: str = "lesson", **more: Any) -> Any:
        """A new entry, written in the editor; its catalog entry."""
        self.post(f"/new/{kind}", title=title, body=body, mode="free", action="publish", **more)
        entry = self.services.catalog.by_title(title, self.viewer)
        assert entry is not None
        return entry

    @property
    def services(self) -> Any:
        """The application's parts."""
        return self.app.extensions["hindsight"]

    @property
    def viewer(self) -> Any:
        """Who the library sees."""
        return self.services.people.viewer_for(self.account_id)

    def body_of(self, entry_id: str) -> str:
        """The published text."""
        body: str = self.services.library.read(entry_id, self.viewer).entry.body
        return body


def textarea(page: TestResponse, name: str) -> str:
    """What a textarea of the page holds, as a browser reads it (without the newline after the tag)."""
    found = re.search(
        rf'<textarea[^>]*name="{re.escape(name)}"[^>]*>\n?(.*?)</textarea>', page.get_data(as_text=True), re.S
    )
    assert found, f"no textarea {name}"
    return html.unescape(found[1])


def value(page: TestResponse, name: str) -> str:
    """The value of an input of the page."""
    for tag in re.findall(r"<input[^>]*>", page.get_data(as_text=True)):
        if re.search(rf'name="{re.escape(name)}"', tag):
            found = re.search(r'value="([^"]*)"', tag)
            return html.unescape(found[1]) if found else ""
    raise AssertionError(f"no input {name}")

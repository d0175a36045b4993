"""The frame that is kept for each reader: it must be the one that would have been rendered."""

from __future__ import annotations

import re

from flask import Flask, render_template
from flask.testing import FlaskClient

from tests.integration.editor_web import PASSWORD
from tests.integration.reading_web import Writer, client_of, publish

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')


def page(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_kept_frame_gives_the_page_that_is_rendered_as_a_whole(app: Flask) -> None:
    """Byte for byte, for a title that has to be escaped, the first time and from memory."""
    entry = publish(app, 'Pumps & "valves" <b>{{ 7*7 }}</b>', "## One\n\nText.")

    @app.before_request
    def without_frames() -> str | None:
        from flask import request

        from wiki.services import services
        from wiki.web.entries import _body
        from wiki.web.security import current_viewer

        if "whole" not in request.args:
            return None
        item = services().catalog.entry(entry.id)
        assert item is not None
        return render_template(
            "entry/show.html", title=item.title, address=item.url, body=_body(item, current_viewer())
        )

    client = client_of(app, "wanda", "author")
    first, again, whole = page(client, entry.url), page(client, entry.url), page(client, entry.url + "?whole")
    assert first == again == whole
    assert "<title>Pumps &amp; &#34;valves&#34; &lt;b&gt;{{ 7*7 }}&lt;/b&gt; · " in whole


def test_each_session_has_its_own_token_in_a_kept_frame(app: Flask) -> None:
    """Two browsers of one person share the frame, and each can send its forms."""
    entry = publish(app, "Pumps")
    writer = Writer(app, "wanda", "author")
    other = app.test_client()
    sign_in = page(other, "/sign-in")
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', sign_in)
    assert token
    form = {"name": "wanda", "password": PASSWORD, "csrf_token": token[1]}
    assert other.post("/sign-in", data=form).status_code == 303
    pages = [page(client, entry.url) for client in (writer.client, other, writer.client, other)]
    tokens = [TOKEN.search(text) for text in pages]
    assert all(tokens)
    found = [match[1] for match in tokens if match]
    assert found[0] == found[2] != found[1] == found[3]
    for client, text in ((writer.client, found[0]), (other, found[1])):
        assert client.post("/theme", data={"theme": "dark", "csrf_token": text}).status_code == 303


def test_a_frame_follows_its_reader(app: Flask) -> None:
    """Another name, another look, a message shown once: none of it comes from memory."""
    entry = publish(app, "Pumps")
    client = client_of(app, "rita", "reader")
    assert 'data-theme="' not in page(client, entry.url)
    client.set_cookie("theme", "dark")
    assert 'data-theme="dark"' in page(client, entry.url)

    with client.session_transaction() as session:
        session["_flashes"] = [("message", "Saved <once>.")]
    assert "Saved &lt;once&gt;." in page(client, entry.url)
    assert "Saved" not in page(client, entry.url)
    people = app.extensions["hindsight"].people
    people.accounts.set_display_name(people.accounts.by_name("rita").id, "Rita Renamed")
    assert "Rita Renamed" in page(client, entry.url)

"""Files beside entries: kept within bounds, and sent so that nothing in them can run."""

from __future__ import annotations

import dataclasses
import io
from typing import Any

import pytest
from flask import Flask

from tests.integration.reading_web import Writer, client_of, publish, text_of

PNG = (
    b"\x89PNG\r\n\x1a\n"
    + b"\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00\x1f\x15\xc4\x89"
    + b"x" * 30
)


def send(writer: Writer, entry_id: str, name: str, data: bytes, *, script: bool = True) -> Any:
    headers = {"X-CSRFToken": writer.token()} if script else {}
    form: dict[str, Any] = {"file": (io.BytesIO(data), name)}
    if not script:
        form["csrf_token"] = writer.token()
    return writer.client.post(
        f"/attachments/{entry_id}", data=form, headers=headers, content_type="multipart/form-data"
    )


def test_a_picture_is_kept_shown_in_the_page_and_cached_by_its_content(app: Flask) -> None:
    entry = publish(app, "With a picture", "![plan](plan.png)", kind="page")
    author = Writer(app)
    answer = send(author, entry.id, "Plan.PNG", PNG)
    assert answer.status_code == 201
    kept = answer.get_json()
    assert kept["name"].lower() == "plan.png"
    assert kept["markdown"].startswith("![")
    page = author.client.get(entry.url).get_data(as_text=True)
    assert f'src="{kept["url"]}"' in page
    picture = author.client.get(kept["url"])
    assert picture.data == PNG
    assert picture.content_type == "image/png"
    assert picture.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in picture.headers["Content-Security-Policy"]
    assert picture.headers["Content-Disposition"].startswith("inline")
    listed = text_of(author.client.get(entry.url)).split('class="file-list"')[1].split('href="')[1].split('"')[0]
    assert "immutable" in author.client.get(listed).headers["Cache-Control"]
    assert author.client.get(kept["url"], headers={"If-None-Match": picture.headers["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("x.svg", b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'),
        ("x.html", b"<!doctype html><script>alert(1)</script>"),
        ("x.xml", b'<?xml version="1.0"?><x/>'),
        ("x.pdf", b"%PDF-1.7\n"),
        ("x.js", b"alert(1)"),
    ],
)
def test_everything_that_is_no_picture_is_a_download(app: Flask, name: str, data: bytes) -> None:
    entry = publish(app, "With a file", kind="page")
    author = Writer(app)
    url = send(author, entry.id, name, data).get_json()["url"]
    answer = author.client.get(url)
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "html" not in answer.content_type
    assert "svg" not in answer.content_type
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_a_name_that_lies_is_refused_with_a_sentence(app: Flask) -> None:
    entry = publish(app, "With a file", kind="page")
    author = Writer(app)
    answer = send(author, entry.id, "picture.png", b"<!doctype html><script>alert(1)</script>")
    assert answer.status_code == 422
    assert "not what its name says" in answer.get_json()["detail"]
    page = send(author, entry.id, "picture.png", b"<!doctype html><script>alert(1)</script>", script=False)
    assert page.status_code == 422
    assert "not what its name says" in text_of(page)


def test_a_plain_form_attaches_without_scripts(app: Flask) -> None:
    entry = publish(app, "By form", kind="page")
    author = Writer(app)
    answer = send(author, entry.id, "notes.txt", b"some notes", script=False)
    assert answer.status_code == 303
    page = text_of(author.client.get(entry.url))
    assert "notes.txt" in page


def test_bounds_and_rights(app: Flask) -> None:
    app.extensions["hindsight"].people.teams.ensure("billing", "Billing")
    entry = publish(app, "Bounded", kind="page")
    secret = publish(app, "Secret", kind="page", audience=("billing",))
    parts = app.extensions["hindsight"]
    config = dataclasses.replace(parts.config, max_attachment_bytes=100_000)
    app.extensions["hindsight"] = dataclasses.replace(parts, config=config)
    author = Writer(app)
    assert send(author, entry.id, "big.bin", b"x" * 100_001).status_code == 413
    assert send(author, entry.id, "just.bin", b"x" * 100_000).status_code == 201
    assert send(author, "nothing", "a.txt", b"x").status_code == 404
    assert send(author, secret.id, "a.txt", b"x").status_code == 404
    assert author.client.post(f"/attachments/{entry.id}", headers={"X-CSRFToken": author.token()}).status_code == 400
    reader = Writer(app, "rita", "reader")
    assert send(reader, entry.id, "a.txt", b"x").status_code == 403
    assert client_of(app, "zoe").post(f"/attachments/{entry.id}").status_code == 400


def test_a_file_is_as_closed_as_its_entry(app: Flask) -> None:
    insider = Writer(app, "ada", "author", ("billing",))
    closed = publish(app, "Closed", kind="page", audience=("billing",))
    url = send(insider, closed.id, "plan.png", PNG).get_json()["url"]
    assert insider.client.get(url).status_code == 200
    outsider = client_of(app, "otto", "author")
    assert outsider.get(url).status_code == 404


@pytest.mark.parametrize(
    "path", ["../people.db", "%2e%2e/secret_key", "pages/x/", "templates/lesson.md", "a%00b", "pages"]
)
def test_no_path_leads_anywhere_else(app: Flask, path: str) -> None:
    publish(app, "X", kind="page")
    assert client_of(app).get(f"/attachments/{path}").status_code in {400, 404, 405}

"""What a device may keep: whose each page is, which may stay, and a draft that nobody overwrites unasked."""

from __future__ import annotations

import struct

import pytest
from flask import Flask

from tests.integration.editor_web import Writer
from wiki.web.offline import KEEP, NOBODY, READER
from wiki.web.static import FOLDER


@pytest.fixture
def ada(app: Flask) -> Writer:
    return Writer(app)


def headers(writer: Writer, address: str) -> dict[str, str]:
    return dict(writer.client.get(address).headers)


def payload(body: str) -> dict[str, object]:
    return {"kind": "lesson", "title": "Half a thought", "body": body, "mode": "free"}


def test_only_entries_may_stay_on_a_device(app: Flask, ada: Writer) -> None:
    """A review that is being held is named on the desk and in lists; so nothing but published entries stays."""
    entry = ada.publish("Kept for the tunnel", "Words.\n")
    ada.get(entry.url)  # shows its message once
    assert headers(ada, entry.url)[KEEP] == "1"
    pages = [
        str(rule)
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and not rule.arguments and not str(rule).startswith(("/api/", "/static/"))
    ]
    pages += [f"/edit/{entry.id}", f"/history/{entry.id}", f"/related/{entry.id}", "/new/lesson", "/wiki/no-such-page"]
    assert [address for address in pages if KEEP in headers(ada, address)] == []


def test_a_page_with_a_message_that_is_shown_once_does_not_stay(ada: Writer) -> None:
    entry = ada.publish("Just published", "Words.\n")
    assert KEEP not in headers(ada, entry.url)


def test_each_page_says_whose_it_is_without_naming_them(app: Flask, ada: Writer) -> None:
    entry = ada.publish("Common", "Words.\n")
    ada.get(entry.url)
    mine, bobs = headers(ada, entry.url)[READER], headers(Writer(app, "bob"), entry.url)[READER]
    assert len({mine, bobs, NOBODY}) == 3
    assert ada.account_id not in mine
    ada.services.people.teams.create("nights", "Nights")
    ada.services.people.teams.add_member("nights", ada.account_id)
    assert headers(ada, entry.url)[READER] not in {mine, bobs}  # what she may see is another now: copies go
    ada.sign_out()
    assert headers(ada, "/sign-in")[READER] == NOBODY


def test_a_device_gets_a_new_worker_with_new_files(ada: Writer) -> None:
    answer = ada.client.get("/sw.js")
    assert answer.headers["Cache-Control"] == "no-cache"
    assert answer.get_data(as_text=True).startswith('const VERSION = "')
    same = ada.client.get("/sw.js", headers={"If-None-Match": answer.headers["ETag"]})
    assert same.status_code == 304


def test_the_manifest_names_icons_of_the_size_that_they_have(ada: Writer) -> None:
    manifest = ada.client.get("/manifest.webmanifest")
    assert manifest.content_type == "application/manifest+json"
    icons = manifest.get_json()["icons"]
    assert {icon["purpose"] for icon in icons} == {"any", "maskable"}
    for icon in icons:
        assert ada.client.get(icon["src"]).content_type == icon["type"]
        if icon["type"] == "image/png":
            name = icon["src"].split("/static/")[1].split("?")[0]
            width, height = struct.unpack(">II", (FOLDER / name).read_bytes()[16:24])
            assert icon["sizes"] == f"{width}x{height}"


def test_a_draft_that_another_device_saved_is_not_overwritten(ada: Writer) -> None:
    address = "/drafts/new:lesson:abc"
    ada.json("PUT", address, {"sequence": 10, "expects": [0], "payload": payload("begun")})
    ada.json("PUT", address, {"sequence": 20, "expects": [10], "payload": payload("on the laptop")})
    moved = ada.json("PUT", address, {"sequence": 30, "expects": [10], "payload": payload("in the tunnel")}, 409)
    assert (moved["sequence"], moved["payload"]["body"]) == (20, "on the laptop")
    assert ada.json("GET", address, None)["payload"]["body"] == "on the laptop"
    # A save that arrived without its answer coming back is one's own.
    ada.json("PUT", address, {"sequence": 40, "expects": [10, 20, 30], "payload": payload("decided")})
    assert ada.json("GET", address, None)["payload"]["body"] == "decided"


def test_a_draft_that_was_published_elsewhere_does_not_come_back_by_itself(ada: Writer) -> None:
    address = "/drafts/new:lesson:abc"
    ada.json("PUT", address, {"sequence": 10, "payload": payload("begun")})
    ada.post(f"{address}/discard")
    moved = ada.json("PUT", address, {"sequence": 2**52, "expects": [10], "payload": payload("late")}, 409)
    assert moved == {"sequence": 0, "saved_at": None, "payload": None}
    assert ada.json("PUT", address, {"sequence": 2**52, "expects": [0], "payload": payload("wanted")})["stored"]


@pytest.mark.parametrize("expects", [3, [True], ["1"], [-1], list(range(65))])
def test_expectations_that_make_no_sense_are_refused(ada: Writer, expects: object) -> None:
    body = {"sequence": 1, "expects": expects, "payload": payload("x")}
    ada.json("PUT", "/drafts/new:lesson:abc", body, 400)

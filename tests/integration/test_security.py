"""Headers, cookies, the secret key, tokens against sessions, and who may read."""

from __future__ import annotations

import re
import stat
import threading
from pathlib import Path

import pytest
from flask import Flask

from tests.integration.people_web import PASSWORD, Browser, Site, site
from wiki.viewer import Role
from wiki.web.cookies import ensure_secret


@pytest.fixture(name="wiki")
def wiki_fixture(tmp_path: Path) -> Site:
    """A site for members with one author, ada."""
    made = site(tmp_path / "instance")
    made.add("ada")
    return made


def bearer(wiki: Site, scope: str = "write", name: str = "ada") -> dict[str, str]:
    """The header of a new token."""
    secret = wiki.people.tokens.issue(wiki.people.accounts.by_name(name).id, scope, "test")
    return {"Authorization": f"Bearer {secret}"}


# --- headers ---------------------------------------------------------------------------------------------------------


def test_every_answer_carries_the_headers_and_a_fresh_nonce(wiki: Site) -> None:
    browser = wiki.browser()
    answers = [browser.get(path) for path in ("/sign-in", "/", "/healthz", "/nothing", "/api/v1/thing", "/invite/x")]
    for answer in answers:
        policy = answer.headers["Content-Security-Policy"]
        directives = {part.split()[0]: part.split()[1:] for part in policy.split("; ")}
        assert directives["script-src"] == ["'self'"]
        assert directives["style-src"][0] == "'self'"
        assert re.fullmatch(r"'nonce-[\w-]{22}'", directives["style-src"][1])
        assert directives["img-src"] == ["'self'", "data:", "blob:"]
        assert directives["frame-ancestors"] == directives["object-src"] == directives["base-uri"] == ["'none'"]
        assert "unsafe" not in policy
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert "camera=()" in answer.headers["Permissions-Policy"]
        assert "Cache-Control" in answer.headers
    assert len({answer.headers["Content-Security-Policy"] for answer in answers}) == len(answers)


def test_a_view_may_be_stricter(wiki: Site) -> None:
    from flask import Response

    from wiki.web.security import public

    @public
    def strict() -> Response:
        return Response("x", headers={"Content-Security-Policy": "sandbox", "Cache-Control": "max-age=1"})

    wiki.app.add_url_rule("/strict", "strict", strict)
    answer = wiki.browser().get("/strict")
    assert answer.headers["Content-Security-Policy"] == "sandbox"
    assert answer.headers["Cache-Control"] == "max-age=1"


def test_the_pages_about_people_hold_nothing_inline(wiki: Site) -> None:
    wiki.add("root", Role.ADMINISTRATOR)
    wiki.people.teams.create("ops")
    root = wiki.signed_in("root")
    ada = wiki.people.accounts.by_name("ada").id
    for path in (
        "/account",
        "/admin/accounts",
        f"/admin/accounts/{ada}",
        "/admin/teams",
        "/admin/teams/ops",
        "/admin/invites",
    ):
        text = root.get(path).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text), path
        assert not re.search(r"<script(?![^>]*\ssrc=)", text), path
        for form in re.findall(r'<form[^>]*method="post".*?</form>', text, re.S):
            assert "csrf_token" in form, path


# --- cookies and the key ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "headers", "secure"),
    [
        ({}, {}, False),
        ({}, {"X-Forwarded-Proto": "https"}, False),
        ({"proxy_hops": 1}, {"X-Forwarded-Proto": "https"}, True),
        ({"proxy_hops": 1}, {"X-Forwarded-Proto": "http"}, False),
        ({"base_url": "https://wiki.example"}, {}, True),
        ({"secure_cookies": "yes"}, {}, True),
        ({"secure_cookies": "no", "proxy_hops": 1}, {"X-Forwarded-Proto": "https"}, False),
    ],
)
def test_cookies_are_marked_for_where_they_go(
    tmp_path: Path, settings: dict[str, object], headers: dict[str, str], secure: bool
) -> None:
    made = site(tmp_path / "instance", **settings)
    cookie = made.browser().get("/sign-in", headers=headers).headers["Set-Cookie"]
    assert cookie.startswith("hindsight_")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert ("; Secure" in cookie) is secure


def test_addresses_are_believed_only_from_configured_proxies(tmp_path: Path) -> None:
    for hops, spoofed in ((0, False), (1, True)):
        made = site(tmp_path / f"instance{hops}", proxy_hops=hops)
        made.add("ada")
        codes = []
        for attempt in range(52):
            headers = {"X-Forwarded-For": f"198.51.100.{attempt}"}
            codes.append(
                made.browser().submit("/sign-in", headers=headers, name=f"n{attempt}", password="wrong").status_code
            )
        assert (429 not in codes) is spoofed, "without proxies the header is the client's own invention"


def test_over_tls_a_form_must_come_from_our_own_page(tmp_path: Path) -> None:
    made = site(tmp_path / "instance", proxy_hops=1)
    made.add("ada")
    browser = made.browser()
    tls = {"X-Forwarded-Proto": "https"}
    page = browser.client.get("/sign-in", headers=tls, base_url="https://localhost").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    data = {"csrf_token": found.group(1), "name": "ada", "password": PASSWORD}

    def send(referrer: str | None) -> int:
        headers = tls | ({"Referer": referrer} if referrer else {})
        return browser.client.post("/sign-in", data=data, headers=headers, base_url="https://localhost").status_code

    assert send("https://evil.example/") == 400
    assert send(None) == 400
    assert send("https://localhost/sign-in") == 303


def test_a_tampered_cookie_opens_nothing(wiki: Site) -> None:
    cookie = wiki.signed_in("ada").cookie()
    name = wiki.app.config["SESSION_COOKIE_NAME"]
    for bad in (cookie[:-2] + "xx", cookie.split(".")[0], "x" * 4000, "", "\x7f"):
        browser = wiki.browser()
        browser.client.set_cookie(name, bad)
        assert browser.get("/").status_code == 302


def test_another_instance_does_not_take_our_sessions(tmp_path: Path) -> None:
    ours, theirs = site(tmp_path / "ours"), site(tmp_path / "theirs")
    ours.add("ada")
    theirs.add("ada")
    cookie = ours.signed_in("ada").cookie()
    assert ours.app.config["SESSION_COOKIE_NAME"] != theirs.app.config["SESSION_COOKIE_NAME"]
    stranger = theirs.browser()
    stranger.client.set_cookie(theirs.app.config["SESSION_COOKIE_NAME"], cookie)
    assert stranger.get("/").status_code == 302


def test_the_key_is_made_once_also_when_many_want_it_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "instance" / "secret_key"
    gate, keys = threading.Barrier(8), []

    def run() -> None:
        gate.wait()
        keys.append(ensure_secret(path))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(keys) == 8
    assert len(set(keys)) == 1
    assert len(keys[0]) == 64
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["secret_key"]
    assert ensure_secret(path) == keys[0]
    path.write_text("short")
    with pytest.raises(ValueError, match="no key"):
        ensure_secret(path)


def test_a_session_in_use_is_prolonged_once_a_day(wiki: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    from wiki.web import security

    browser = wiki.signed_in("ada")
    assert "Set-Cookie" not in browser.get("/").headers
    today = security._today()
    monkeypatch.setattr(security, "_today", lambda: today + 1)
    assert "Expires=" in browser.get("/").headers["Set-Cookie"]
    assert "Set-Cookie" not in browser.get("/").headers


# --- who may read, and by what ---------------------------------------------------------------------------------------


def test_members_only_means_every_page_but_the_ways_in(wiki: Site) -> None:
    stranger = wiki.browser()
    for path in ("/", "/nothing/here", "/drafts", "/account", "/admin/accounts"):
        answer = stranger.get(path)
        assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (302, "/sign-in")
    assert stranger.get("/healthz").status_code == 200
    for path, headers in (("/api/v1/thing", {}), ("/", {"Accept": "application/json"})):
        answer = stranger.get(path, headers=headers)
        assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
        assert answer.json
        assert answer.json["status"] == 401
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_text_sent_after_a_session_has_ended_is_not_lost(wiki: Site) -> None:
    browser = wiki.signed_in("ada")
    token = browser.token("/account")
    wiki.people.accounts.end_sessions(wiki.people.accounts.by_name("ada").id)
    data = {"csrf_token": token, "title": "A long story", "body": "Line one\n<b>Line two</b>"}
    answer = browser.client.post("/write", data=data)
    assert answer.status_code == 401
    assert "A long story" in answer.text
    assert "Line one\n&lt;b&gt;Line two&lt;/b&gt;" in answer.text
    answer = browser.client.post("/write", json={"body": "x"})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")


def test_strangers_may_not_send_much(wiki: Site) -> None:
    stranger = wiki.browser()
    token = stranger.token("/sign-in")
    data = {"csrf_token": token, "name": "x" * 3_000_000, "password": "x"}
    assert stranger.client.post("/sign-in", data=data).status_code == 413
    assert stranger.client.post("/write", data=data).status_code == 401


def test_a_refusal_that_a_view_lets_through_is_a_problem_document(wiki: Site) -> None:
    answer = wiki.browser().client.post("/api/v1/draft", headers=bearer(wiki))
    assert (answer.status_code, answer.mimetype) == (400, "application/problem+json")
    assert answer.json
    assert answer.json["detail"] == "A draft's key has 1 to 200 printable characters."


def test_public_reading_opens_reading_alone(tmp_path: Path) -> None:
    made = site(tmp_path / "instance", read="public")
    made.add("ada", Role.READER)
    stranger = made.browser()
    assert stranger.get("/").text == "home of nobody"
    assert stranger.get("/api/v1/thing").json == {"name": "", "scope": None}
    assert stranger.client.post("/api/v1/question", json={}).json == {"name": ""}
    assert stranger.client.post("/api/v1/thing", json={}).status_code == 401
    assert stranger.get("/write").status_code == 302
    assert stranger.submit("/write", "/sign-in").status_code == 401
    assert stranger.get("/account").status_code == 302
    assert stranger.get("/api/v1/thing", headers={"Authorization": "Bearer hs_wrong"}).status_code == 401
    assert made.signed_in("ada").get("/write").status_code == 403


def test_a_token_acts_on_the_api_alone_and_needs_no_form_token(wiki: Site) -> None:
    headers = bearer(wiki, "read")
    client = wiki.browser().client
    assert client.get("/api/v1/thing", headers=headers).json == {"name": "ada", "scope": "read"}
    assert client.post("/api/v1/thing", headers=headers, json={}).status_code == 200
    assert client.get("/", headers=headers).status_code == 302
    for odd in ("bearer", "BEARER"):
        lower = {"Authorization": headers["Authorization"].replace("Bearer", odd)}
        assert client.get("/api/v1/thing", headers=lower).status_code == 200
    for wrong in ("Bearer", "Bearer ", "Basic YTpi", headers["Authorization"] + "x", "Bearer \u00e9"):
        assert client.get("/api/v1/thing", headers={"Authorization": wrong}).status_code == 401


def test_a_session_on_the_api_needs_the_form_token_and_a_wrong_token_never_falls_back_to_it(wiki: Site) -> None:
    browser = wiki.signed_in("ada")
    assert browser.get("/api/v1/thing").json == {"name": "ada", "scope": None}
    refused = browser.client.post("/api/v1/thing", json={})
    assert (refused.status_code, refused.mimetype) == (400, "application/problem+json")
    token = browser.token("/account")
    assert browser.client.post("/api/v1/thing", json={}, headers={"X-CSRFToken": token}).status_code == 200
    wrong = {"Authorization": "Bearer hs_wrong", "X-CSRFToken": token}
    assert browser.client.post("/api/v1/thing", json={}, headers=wrong).status_code == 401
    other = bearer(wiki)
    wiki.people.accounts.set_display_name(wiki.people.accounts.by_name("ada").id, "Ada")
    assert browser.client.post("/api/v1/thing", json={}, headers=other).json == {"name": "Ada", "scope": "write"}


def test_switching_an_account_off_ends_its_session_and_its_token_at_the_next_request(wiki: Site) -> None:
    wiki.add("root", Role.ADMINISTRATOR)
    browser, headers = wiki.signed_in("ada"), bearer(wiki)
    program = wiki.browser()
    assert browser.get("/").status_code == 200
    assert program.get("/api/v1/thing", headers=headers).status_code == 200
    wiki.people.accounts.deactivate(wiki.people.accounts.by_name("ada").id)
    assert browser.get("/").status_code == 302
    assert program.get("/api/v1/thing", headers=headers).status_code == 401
    wiki.people.accounts.reactivate(wiki.people.accounts.by_name("ada").id)
    assert browser.get("/").status_code == 302
    assert program.get("/api/v1/thing", headers=headers).status_code == 401


def test_a_role_that_is_too_low_says_whom_to_ask(wiki: Site) -> None:
    wiki.add("rita", Role.READER)
    answer = wiki.signed_in("rita").get("/write")
    assert answer.status_code == 403
    assert "role of an author" in answer.text
    assert wiki.signed_in("ada").get("/write").text == "written"


# --- the whole application -------------------------------------------------------------------------------------------

# The last three are what a browser needs to keep the wiki at hand, and hold nothing of anybody.
OPEN = {"GET /healthz", "GET /sign-in", "GET /api/v1/openapi.json"}
OPEN |= {"GET /manifest.webmanifest", "GET /sw.js", "GET /offline"}


def routes(app: Flask) -> list[tuple[str, str]]:
    """Every method and rule of the application, each placeholder filled with a word."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<[^>]+>", "x1", rule.rule)
        found += [(method, path) for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})]
    return found


def test_no_page_of_the_whole_wiki_answers_a_stranger(app: Flask) -> None:
    stranger = app.test_client()
    checked = 0
    for method, path in routes(app):
        answer = stranger.open(path, method=method)
        if answer.status_code == 302:
            assert answer.headers["Location"].startswith("/sign-in"), (method, path)
        elif f"{method} {path}" not in OPEN:
            assert answer.status_code in {400, 401, 404, 405, 410, 415}, (method, path, answer.status_code)
        checked += 1
    assert checked > 60


def test_no_form_of_the_whole_wiki_works_without_its_token(app: Flask) -> None:
    people = app.extensions["hindsight"].people
    people.accounts.create("root", Role.ADMINISTRATOR, PASSWORD)
    root = Browser(app.test_client())
    assert root.submit("/sign-in", name="root", password=PASSWORD).status_code == 303
    for method, path in routes(app):
        if method != "GET":
            assert root.client.open(path, method=method, data={"sure": "1"}).status_code == 400, (method, path)
    assert root.get("/account").status_code == 200

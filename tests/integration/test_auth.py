"""Signing in and out, first account, invitations and links, as a browser meets them."""

from __future__ import annotations

import re
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.integration.people_db import postgres_fixture, url_fixture  # noqa: F401
from tests.integration.people_web import PASSWORD, Site, site
from wiki.people import schema
from wiki.people.attempts import BY_BROWSER, BY_NAME
from wiki.people.rules import now
from wiki.viewer import Role
from wiki.web import security


@pytest.fixture(name="wiki")
def wiki_fixture(tmp_path: Path) -> Site:
    """A site with one author, ada."""
    made = site(tmp_path / "instance")
    made.add("ada", display_name="Ada Lovelace")
    return made


def test_a_stranger_is_sent_to_sign_in_and_back(wiki: Site) -> None:
    browser = wiki.browser()
    answer = browser.get("/write?kind=lesson&title=a%26b")
    assert answer.status_code == 302
    page = answer.headers["Location"]
    assert page == "/sign-in?next=%2Fwrite%3Fkind%3Dlesson%26title%3Da%2526b"
    hidden = re.search(r'name="next" value="([^"]+)"', browser.get(page).text)
    assert hidden
    answer = browser.submit("/sign-in", page, name="ADA", password=PASSWORD, next="/write?kind=lesson&title=a%26b")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/write?kind=lesson&title=a%26b")
    assert browser.get("/").text == "home of Ada Lovelace"
    assert browser.get("/sign-in?next=/write").headers["Location"] == "/write"


@pytest.mark.parametrize(
    "target", ["//evil.example", "/\\evil.example", "https:evil.example", "http://evil.example/", ""]
)
def test_next_leads_nowhere_else(wiki: Site, target: str) -> None:
    browser = wiki.browser()
    answer = browser.submit("/sign-in", name="ada", password=PASSWORD, next=target)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert browser.get("/sign-in", query_string={"next": target}).headers["Location"] == "/"


def test_a_refused_sign_in_keeps_the_name_and_ties_the_sentence_to_its_field(wiki: Site) -> None:
    answer = wiki.browser().submit("/sign-in", name="ada", password="wrong password")
    assert answer.status_code == 400
    assert 'value="ada"' in answer.text
    assert "wrong password" not in answer.text
    assert 'aria-describedby="field-password-error"' in answer.text
    assert "The name or the password is not right." in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_password_managers_are_told_what_each_field_is(wiki: Site) -> None:
    invite = f"/invite/{wiki.people.invites.issue('author', by=None)}"
    ada = wiki.signed_in("ada")
    for browser, path, hints in (
        (wiki.browser(), "/sign-in", {"name": "username", "password": "current-password"}),
        (wiki.browser(), invite, {"name": "username", "password": "new-password", "display_name": "name"}),
        (ada, "/account", {"old_password": "current-password", "new_password": "new-password"}),
    ):
        text = browser.get(path).text
        for name, hint in hints.items():
            found = re.search(rf'<input[^>]* name="{name}"[^>]*>', text)
            assert found, (path, name)
            assert f'autocomplete="{hint}"' in found.group(0), (path, name)


def test_a_planted_session_is_worth_nothing_after_sign_in(wiki: Site) -> None:
    victim = wiki.browser()
    planted_token = victim.token("/sign-in")
    planted = victim.cookie()
    assert planted
    victim.client.post("/sign-in", data={"csrf_token": planted_token, "name": "ada", "password": PASSWORD})
    assert victim.get("/").text == "home of Ada Lovelace"
    assert victim.cookie() != planted
    attacker = wiki.browser()
    attacker.client.set_cookie(wiki.app.config["SESSION_COOKIE_NAME"], planted)
    assert attacker.get("/").status_code == 302
    refused = victim.client.post("/account/name", data={"csrf_token": planted_token, "display_name": "Mallory"})
    assert refused.status_code == 400, "a form token known from before sign-in must not work after it"


def test_sign_out_needs_a_form_and_ends_the_session(wiki: Site) -> None:
    browser = wiki.signed_in("ada")
    assert browser.get("/sign-out").status_code == 405
    assert browser.client.post("/sign-out").status_code == 400
    assert browser.submit("/sign-out", "/account").status_code == 303
    assert browser.get("/account").status_code == 302


@pytest.mark.parametrize(
    "path", ["/sign-in", "/first-account/x", "/invite/x", "/sign-in-link/x", "/sign-out", "/account/name", "/write"]
)
def test_every_form_without_its_token_is_refused(wiki: Site, path: str) -> None:
    for browser in (wiki.browser(), wiki.signed_in("ada")):
        answer = browser.client.post(path, data={"name": "ada", "password": PASSWORD, "body": "What I wrote"})
        assert answer.status_code in {400, 401}
        assert "What I wrote" in answer.text, "what was typed can be copied from the page"
        assert PASSWORD not in answer.text


def test_brute_force_counts_across_workers_that_share_the_database(tmp_path: Path, url: str) -> None:
    workers = [site(tmp_path / "instance", url) for _ in range(2)]
    workers[0].add("ada")
    for attempt in range(BY_NAME.count):
        answer = workers[attempt % 2].browser().submit("/sign-in", name="ada", password="wrong")
        assert answer.status_code == 400
    for worker in workers:
        answer = worker.browser().submit("/sign-in", name="ada", password=PASSWORD)
        assert answer.status_code == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 900
        assert "Try again in 15 minutes" in answer.text
    with workers[0].people.database.write() as connection:
        connection.execute(update(schema.attempt).values(expires_at=now() - timedelta(seconds=1)))
    workers[1].signed_in("ada")
    for worker in workers:
        worker.people.close()


def test_a_stranger_who_guesses_does_not_lock_out_whoever_has_signed_in_before(wiki: Site) -> None:
    wiki.add("bob")
    mine = wiki.signed_in("ada")
    mine.submit("/sign-out", "/account")
    stranger = wiki.browser()
    for _ in range(BY_NAME.count):
        assert stranger.submit("/sign-in", name="ada", password="wrong").status_code == 400
    assert stranger.submit("/sign-in", name="ada", password=PASSWORD).status_code == 429
    bobs = wiki.signed_in("bob")
    bobs.submit("/sign-out", "/account")
    assert bobs.submit("/sign-in", name="ada", password=PASSWORD).status_code == 429, "known, but not for this name"
    for _ in range(5):
        assert mine.submit("/sign-in", name="ADA", password="wrong").status_code == 400
    assert mine.submit("/sign-in", name="ada", password=PASSWORD).status_code == 303
    mine.submit("/sign-out", "/account")
    for _ in range(BY_BROWSER.count):
        assert mine.submit("/sign-in", name="ada", password="wrong").status_code == 400
    assert mine.submit("/sign-in", name="ada", password=PASSWORD).status_code == 429, "a known browser may not guess"
    assert stranger.submit("/sign-in", name="ada", password=PASSWORD).status_code == 429


def test_a_forged_mark_of_a_known_browser_is_worth_nothing(wiki: Site) -> None:
    known = wiki.app.extensions["hindsight-known-browsers"]
    for forged in ("x", "", "WyJ4IiwieSJd.x", known.issue("ada")[:-3] + "abc", known.issue("bob")):
        with wiki.app.test_request_context(headers={"Cookie": f"{known.name}={forged}"}):
            assert security.known_browser("ada") is None
    with wiki.app.test_request_context(headers={"Cookie": f"{known.name}={known.issue('ADA')}"}):
        assert security.known_browser("ada") is not None


def test_a_session_made_by_one_worker_is_good_at_another(tmp_path: Path) -> None:
    first, second = site(tmp_path / "instance"), site(tmp_path / "instance")
    first.add("ada")
    browser = first.signed_in("ada")
    other = second.browser()
    other.client.set_cookie(second.app.config["SESSION_COOKIE_NAME"], browser.cookie())
    assert other.get("/").text == "home of ada"
    first.people.accounts.end_sessions(first.people.accounts.by_name("ada").id)
    assert other.get("/").status_code == 302


def test_the_first_account_is_made_once_and_is_an_administrator(tmp_path: Path) -> None:
    made = site(tmp_path / "instance")
    assert "terminal printed" in made.browser().get("/sign-in").text
    path = f"/first-account/{made.people.first_account_link_token()}"
    browser = made.browser()
    answer = browser.submit(path, name="a b", password=PASSWORD, display_name="Grace")
    assert answer.status_code == 400
    assert 'value="a b"' in answer.text
    assert 'value="Grace"' in answer.text
    assert 'aria-describedby="field-name-hint field-name-error"' in answer.text
    assert browser.submit(path, name="grace", password=PASSWORD, display_name="Grace").status_code == 303
    assert browser.get("/").text == "home of Grace"
    assert made.people.accounts.by_name("grace").role is Role.ADMINISTRATOR
    again = made.browser().get(path)
    assert again.status_code == 410
    assert "made already" in again.text


def test_of_two_browsers_that_make_the_first_account_at_once_one_gets_in(tmp_path: Path) -> None:
    made = site(tmp_path / "instance")
    path = f"/first-account/{made.people.first_account_link_token()}"
    browsers = [made.browser() for _ in range(2)]
    tokens = [browser.token(path) for browser in browsers]
    gate, codes = threading.Barrier(2), [0, 0]

    def run(index: int) -> None:
        data = {"csrf_token": tokens[index], "name": f"admin{index}", "password": PASSWORD}
        gate.wait()
        codes[index] = browsers[index].client.post(path, data=data).status_code

    threads = [threading.Thread(target=run, args=(index,)) for index in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(codes) == [303, 410]
    assert made.people.accounts.search()[1] == 1


def test_an_invitation_makes_an_account_and_then_opens_no_more(wiki: Site) -> None:
    wiki.people.teams.create("ops", "Operations <&>")
    secret = wiki.people.invites.issue("author", by=None, teams=["ops"])
    path = f"/invite/{secret}"
    newcomer = wiki.browser()
    assert "Operations &lt;&amp;&gt;" in newcomer.get(path).text
    taken = newcomer.submit(path, name="ADA", password=PASSWORD)
    assert taken.status_code == 400
    assert "is taken" in taken.text
    assert newcomer.submit(path, name="bob", password=PASSWORD).status_code == 303
    assert newcomer.get("/").text == "home of bob"
    assert wiki.people.accounts.by_name("bob").teams == ("ops",)
    for browser in (newcomer, wiki.browser()):
        assert browser.get(path).status_code == 410
    assert wiki.browser().get("/invite/nonsense").status_code == 410


def test_a_sign_in_link_survives_previews_opens_once_and_lets_a_new_password_be_set(wiki: Site) -> None:
    ada = wiki.people.accounts.by_name("ada")
    path = f"/sign-in-link/{wiki.people.links.sign_in_link(ada.id, by=None)}"
    for _ in range(3):
        assert wiki.browser().get(path).status_code == 200
    browser = wiki.browser()
    assert browser.submit(path).headers["Location"] == "/account#password"
    assert wiki.browser().get(path).status_code == 410
    assert "Present password" not in browser.get("/account").text
    changed = browser.submit("/account/password", "/account", new_password="a brand new password")
    assert changed.status_code == 303
    assert browser.get("/").text == "home of Ada Lovelace", "this session goes on"
    refused = browser.submit("/account/password", "/account", new_password="and another one now")
    assert refused.status_code == 400, "the link's leave is used up"
    wiki.people.accounts.sign_in("ada", "a brand new password")


def test_expired_links_are_refused(wiki: Site) -> None:
    ada = wiki.people.accounts.by_name("ada")
    link = f"/sign-in-link/{wiki.people.links.sign_in_link(ada.id, by=None)}"
    invite = f"/invite/{wiki.people.invites.issue('author', by=None)}"
    browsers = {link: wiki.browser(), invite: wiki.browser()}
    tokens = {path: browser.token(path) for path, browser in browsers.items()}
    with wiki.people.database.write() as connection:
        for table in (schema.link, schema.invite):
            connection.execute(update(table).values(expires_at=now() - timedelta(seconds=1)))
    for path, browser in browsers.items():
        data = {"csrf_token": tokens[path], "name": "eve", "password": PASSWORD}
        assert browser.get(path).status_code == 410
        assert browser.client.post(path, data=data).status_code == 410
    assert wiki.people.accounts.search()[1] == 1


def test_the_account_page_changes_name_and_password(wiki: Site) -> None:
    here, elsewhere = wiki.signed_in("ada"), wiki.signed_in("ada")
    assert here.submit("/account/name", "/account", display_name="Countess").status_code == 303
    assert elsewhere.get("/").text == "home of Countess"
    empty = here.submit("/account/name", "/account", display_name=" ")
    assert empty.status_code == 400
    wrong = here.submit("/account/password", "/account", old_password="wrong", new_password="a brand new password")
    assert wrong.status_code == 400
    assert "not your present password" in wrong.text
    assert elsewhere.get("/").status_code == 200
    here.submit("/account/password", "/account", old_password=PASSWORD, new_password="a brand new password")
    assert here.get("/").status_code == 200
    assert elsewhere.get("/").status_code == 302


def test_signing_out_everywhere_ends_this_session_too(wiki: Site) -> None:
    here, elsewhere = wiki.signed_in("ada"), wiki.signed_in("ada")
    copy = here.cookie()
    assert here.submit("/account/sign-out-everywhere", "/account").status_code == 303
    thief = wiki.browser()
    thief.client.set_cookie(wiki.app.config["SESSION_COOKIE_NAME"], copy)
    for browser in (here, elsewhere, thief):
        assert browser.get("/").status_code == 302


def test_a_token_is_shown_once_works_and_is_revoked(wiki: Site) -> None:
    browser = wiki.signed_in("ada")
    refused = browser.submit("/account/tokens", "/account", label="x" * 100, scope="write")
    assert refused.status_code == 400
    made = browser.submit("/account/tokens", "/account", label="<script>", scope="write")
    secret = re.search(r'value="(hs_[\w-]+)"', made.text)
    assert secret
    assert made.headers["Cache-Control"] == "no-store"
    assert "<script>" not in made.text.replace('<script type="module"', "")
    assert secret.group(1) not in browser.get("/account").text
    headers = {"Authorization": f"Bearer {secret.group(1)}"}
    assert wiki.browser().get("/api/v1/thing", headers=headers).json == {"name": "Ada Lovelace", "scope": "write"}
    token_id = wiki.people.tokens.of(wiki.people.accounts.by_name("ada").id)[0].id
    wiki.add("bob")
    wiki.signed_in("bob").submit(f"/account/tokens/{token_id}/revoke", "/account")
    assert wiki.browser().get("/api/v1/thing", headers=headers).status_code == 200
    browser.submit(f"/account/tokens/{token_id}/revoke", "/account")
    assert wiki.browser().get("/api/v1/thing", headers=headers).status_code == 401

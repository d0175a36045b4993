"""What administrators do with accounts, teams, invitations and links, and that nobody else can."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.integration.people_web import PASSWORD, Browser, Site, site
from wiki.viewer import Role


@pytest.fixture(name="wiki")
def wiki_fixture(tmp_path: Path) -> Site:
    """A site with an administrator, a facilitator and an author."""
    made = site(tmp_path / "instance")
    made.add("root", Role.ADMINISTRATOR)
    made.add("fran", Role.FACILITATOR)
    made.add("ada", display_name="Ada Lovelace")
    return made


@pytest.fixture(name="root")
def root_fixture(wiki: Site) -> Browser:
    """The administrator's browser."""
    return wiki.signed_in("root")


def ident(wiki: Site, name: str = "ada") -> str:
    """An account's id."""
    return wiki.people.accounts.by_name(name).id


def test_every_page_and_form_is_for_administrators(wiki: Site) -> None:
    fran = wiki.signed_in("fran")
    token = fran.token("/account")
    values = {"account_id": ident(wiki), "slug": "ops", "invite_id": "x"}
    checked = 0
    for rule in wiki.app.url_map.iter_rules():
        if not rule.endpoint.startswith("admin."):
            continue
        path = re.sub(r"<(\w+)>", lambda match: values[match.group(1)], rule.rule)
        method = "POST" if "POST" in rule.methods else "GET"
        assert fran.client.open(path, method=method, data={"csrf_token": token}).status_code == 403, path
        stranger = wiki.browser()
        assert stranger.client.open(path, method=method).status_code in {302, 400, 401}, path
        checked += 1
    assert checked >= 17
    assert wiki.people.accounts.get(ident(wiki)).active


def test_accounts_are_searched_and_paged(wiki: Site, root: Browser) -> None:
    for number in range(120):
        wiki.people.accounts.create(f"user{number:03}", "reader", None)
    first = root.get("/admin/accounts?q=user").text
    assert "120 accounts match “user”" in first
    assert "user049" in first
    assert "user050" not in first
    assert "page=2" in first
    last = root.get("/admin/accounts?q=user&page=3").text
    assert "user119" in last
    assert "Page 3 of 3" in last
    assert 'rel="next"' not in last
    assert "Ada Lovelace" in root.get("/admin/accounts?q=LOVELACE").text
    for odd in ("?page=99", "?page=-1", "?page=x", "?page=999999999999999999999", "?q=%00", "?q=" + "x" * 500):
        assert root.get("/admin/accounts" + odd).status_code == 200
    assert "Nobody found" in root.get("/admin/accounts?q=zzz").text


def test_roles_change_and_the_last_administrator_stays(wiki: Site, root: Browser) -> None:
    page = f"/admin/accounts/{ident(wiki)}"
    assert root.submit(page + "/role", page, role="facilitator").status_code == 303
    assert wiki.people.accounts.by_name("ada").role is Role.FACILITATOR
    assert root.submit(page + "/role", page, role="emperor").status_code == 400
    mine = f"/admin/accounts/{ident(wiki, 'root')}"
    refused = root.submit(mine + "/role", mine, role="author")
    assert refused.status_code == 400
    assert "last active administrator" in refused.text
    assert 'aria-describedby="field-role-hint field-role-error"' in refused.text
    refused = root.submit(mine + "/active", mine, active="0")
    assert refused.status_code == 400
    assert "last active administrator" in refused.text
    assert root.get("/admin/accounts").status_code == 200
    assert root.get("/admin/accounts/nobody").status_code == 404


def test_an_account_is_switched_off_and_on(wiki: Site, root: Browser) -> None:
    ada, page = wiki.signed_in("ada"), f"/admin/accounts/{ident(wiki)}"
    assert root.submit(page + "/active", page, active="0").status_code == 303
    assert ada.get("/").status_code == 302
    assert "switched off" in root.get(page).text
    refused = wiki.browser().submit("/sign-in", name="ada", password=PASSWORD)
    assert (refused.status_code, "switched off" in refused.text) == (400, True)
    root.submit(page + "/active", page, active="1")
    assert ada.get("/").status_code == 302
    wiki.signed_in("ada")


def test_an_administrator_helps_somebody_who_forgot_the_password(wiki: Site, root: Browser) -> None:
    old, page = wiki.signed_in("ada"), f"/admin/accounts/{ident(wiki)}"
    made = root.submit(page + "/sign-in-link", page)
    found = re.search(r'value="http://localhost(/sign-in-link/[\w-]+)"', made.text)
    assert found
    assert made.headers["Cache-Control"] == "no-store"
    browser = wiki.browser()
    browser.submit(found.group(1))
    browser.submit("/account/password", "/account", new_password="a brand new password")
    assert browser.get("/").text == "home of Ada Lovelace"
    assert old.get("/").status_code == 302
    assert root.submit(page + "/sign-out", page).status_code == 303
    assert browser.get("/").status_code == 302


def test_teams_are_made_filled_renamed_and_dissolved(wiki: Site, root: Browser) -> None:
    assert root.submit("/admin/teams", name="Site Reliability").headers["Location"] == "/admin/teams/site-reliability"
    for data in ({"name": "Site reliability"}, {"name": " "}, {"name": "運用"}, {"name": "x", "slug": "../x"}):
        refused = root.submit("/admin/teams", **data)
        assert refused.status_code == 400
        assert "field-error" in refused.text
    page = "/admin/teams/site-reliability"
    assert root.submit(page + "/members", page, member="ADA").status_code == 303
    refused = root.submit(page + "/members", page, member="nobody")
    assert refused.status_code == 400
    assert 'value="nobody"' in refused.text
    assert wiki.people.viewer_for(ident(wiki)).teams == {"site-reliability"}
    assert root.submit(page + "/name", page, name="SRE").status_code == 303
    assert "SRE" in root.get("/admin/teams").text
    assert root.submit(page + "/delete", page).status_code == 400
    assert root.submit(f"{page}/members/{ident(wiki)}/remove", page).status_code == 303
    assert wiki.people.viewer_for(ident(wiki)).teams == frozenset()
    assert root.submit(page + "/delete", page, sure="1").status_code == 303
    assert root.get(page).status_code == 404


def test_somebody_gets_just_the_ticked_teams(wiki: Site, root: Browser) -> None:
    for slug in ("a", "b", "c"):
        wiki.people.teams.create(slug)
    wiki.people.teams.add_member("a", ident(wiki))
    page = f"/admin/accounts/{ident(wiki)}"
    assert root.submit(page + "/teams", page, team=["b", "c", "unknown"]).status_code == 303
    assert wiki.people.viewer_for(ident(wiki)).teams == {"b", "c"}
    root.submit(page + "/teams", page)
    assert wiki.people.viewer_for(ident(wiki)).teams == frozenset()


def test_an_invitation_is_made_shown_once_listed_and_taken_back(wiki: Site, root: Browser) -> None:
    wiki.people.teams.create("ops")
    page = "/admin/invites"
    for data in (
        {"uses": "0", "days": "7"},
        {"uses": "x", "days": "7"},
        {"uses": "1", "days": "91"},
        {"uses": "²", "days": "7"},
    ):
        refused = root.submit(page, role="author", label="kept <note>", team="ops", **data)
        assert refused.status_code == 400
        assert "kept &lt;note&gt;" in refused.text
        assert re.search(r'value="ops" checked', refused.text)
    assert root.submit(page, role="king", uses="1", days="7").status_code == 400
    made = root.submit(page, role="reader", uses="3", days="7", label="interns", team="ops")
    found = re.search(r'value="http://localhost(/invite/[\w-]+)"', made.text)
    assert found
    listed = root.get(page).text
    assert "interns" in listed
    assert found.group(1) not in listed
    newcomer = wiki.browser()
    newcomer.submit(found.group(1), name="bob", password=PASSWORD)
    assert (wiki.people.accounts.by_name("bob").role, wiki.people.accounts.by_name("bob").teams) == (
        Role.READER,
        ("ops",),
    )
    invite = wiki.people.invites.open()[0]
    assert root.submit(f"{page}/{invite.id}/revoke", page).status_code == 303
    assert wiki.browser().get(found.group(1)).status_code == 410
    assert root.submit(f"{page}/{invite.id}/revoke", page).status_code == 303


def test_links_stand_on_the_configured_address(tmp_path: Path) -> None:
    made = site(tmp_path / "instance", base_url="http://wiki.example/")
    made.add("root", Role.ADMINISTRATOR)
    answer = made.signed_in("root").submit("/admin/invites", role="reader", uses="1", days="1")
    assert 'value="http://wiki.example/invite/' in answer.text

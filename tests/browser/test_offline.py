"""Without a line: the last pages can be read, a draft goes out when it is back, and nothing stays after signing out."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from tests.browser.writers import account, publish, signed_in
from tests.live import LiveServer

pytestmark = pytest.mark.browser

KEPT = "Object.keys(localStorage).filter(name => name.startsWith('hindsight:draft:')).length"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    server = LiveServer(tmp_path_factory.mktemp("offline") / "instance").start()
    account(server)
    yield server
    server.stop()


@pytest.fixture
def context(browser: Browser, live: LiveServer) -> Iterator[BrowserContext]:
    found = signed_in(browser, live, service_workers="allow")
    yield found
    found.close()


def test_the_manifest_and_its_icons_are_there_for_everybody(live: LiveServer) -> None:
    with httpx.Client(base_url=live.url) as client:
        manifest = client.get("/manifest.webmanifest")
        assert manifest.headers["Content-Type"].startswith("application/manifest+json")
        assert {icon["sizes"] for icon in manifest.json()["icons"]} >= {"192x192", "512x512"}
        for icon in manifest.json()["icons"]:
            assert client.get(icon["src"]).headers["Content-Type"].startswith(icon["type"])
        assert client.get("/offline").status_code == 200


def test_the_last_pages_are_read_without_a_line_until_one_signs_out(
    context: BrowserContext, live: LiveServer, token: str
) -> None:
    made = publish(live, token, "Read on the train", "Kept for the tunnel.")
    page = context.new_page()
    page.goto("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => 1)")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.goto(made["url"])
    context.set_offline(True)
    page.goto(made["url"])
    expect(page.locator(".prose")).to_contain_text("Kept for the tunnel.")
    assert page.evaluate("getComputedStyle(document.querySelector('.prose')).lineHeight") != "normal"
    page.goto("/search?q=tunnel")
    expect(page.get_by_role("heading", name="There is no line right now")).to_be_visible()
    expect(page.get_by_role("link", name="Read on the train")).to_be_visible()
    page.close()  # its page without a line loads itself anew once there is one
    context.set_offline(False)
    page = context.new_page()
    page.goto(made["url"])
    page.locator(".account-button").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/wiki/" not in url)
    page.wait_for_function("caches.has('hindsight-pages').then(has => !has)")
    context.set_offline(True)
    page.goto(made["url"])
    expect(page.locator("main")).not_to_contain_text("Kept for the tunnel.")


def test_a_draft_written_without_a_line_goes_out_from_any_page(context: BrowserContext) -> None:
    page = context.new_page()
    page.goto("/new/page")
    page.get_by_label("Title").fill("Begun")
    context.set_offline(True)
    page.get_by_label("Title").fill("Written in the tunnel")
    expect(page.locator("[data-draft-state]")).to_contain_text("kept on this device")
    assert page.evaluate(KEPT) == 1
    page.close()
    context.set_offline(False)
    other = context.new_page()
    other.goto("/browse")
    expect(other.locator(".toast")).to_contain_text("saved now", timeout=20_000)
    assert other.evaluate(KEPT) == 0
    other.goto("/drafts")
    expect(other.get_by_role("link", name="Written in the tunnel").first).to_be_visible()

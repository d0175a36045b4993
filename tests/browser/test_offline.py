"""Without a line: the last entries can be read, drafts go out when it is back, and nothing is for anybody else."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.writers import PASSWORD, publish, signed_in
from tests.live import LiveServer

pytestmark = pytest.mark.browser

CONTEXT = {"service_workers": "allow"}

PEOPLE = {"ada": "author", "bob": "author", "cleo": "reader"}
DRAFTS = "Object.keys(localStorage).filter(name => name.startsWith('hindsight:draft:')).length"
PAGES = """async () => {
    const found = [];
    for (const name of (await caches.keys()).filter(one => one.startsWith('hindsight-pages-')))
        for (const request of await (await caches.open(name)).keys()) found.push(new URL(request.url).pathname);
    return found;
}"""
SAVED = "[data-draft-state]"


def controlled(context: BrowserContext) -> Page:
    """A page that the service worker looks after."""
    page = context.new_page()
    page.goto("/about/style")
    page.wait_for_function("() => navigator.serviceWorker.controller !== null")
    return page


def processes(pid: int) -> list[int]:
    """A process and all that it has started."""
    started = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(found for child in started for found in processes(int(child)))]


def sign_out(page: Page) -> None:
    page.locator(".account-button").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url(lambda url: "/sign-in" in url)


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("Name").first.fill(name)
    page.get_by_label("Password").first.fill(PASSWORD)
    page.locator("main").get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: "/sign-in" not in url)


def test_the_last_entries_are_read_without_a_line_by_who_has_read_them(
    context: BrowserContext, live: LiveServer, token: str
) -> None:
    made = publish(live, token, "Read on the train", "Kept for the tunnel.")
    page = controlled(context)
    for address in ("/", "/reviews", "/drafts", "/search?q=tunnel", made["url"]):
        page.goto(address)
    page.wait_for_function(f"() => ({PAGES})().then(found => found.length)")
    assert page.evaluate(PAGES) == [made["url"]]
    context.set_offline(True)
    page.goto(made["url"])
    expect(page.locator(".prose")).to_contain_text("Kept for the tunnel.")
    expect(page.get_by_text("this is the copy on this device")).to_be_visible()
    assert page.locator("[data-kept-notice] time").get_attribute("datetime")
    assert page.evaluate("getComputedStyle(document.querySelector('.prose')).lineHeight") != "normal"
    page.goto("/search?q=tunnel")
    expect(page.get_by_role("heading", name="There is no line right now")).to_be_visible()
    expect(page.get_by_role("link", name="Read on the train")).to_be_visible()
    page.close()  # it loads itself anew once there is a line
    context.set_offline(False)
    page = context.new_page()
    page.goto(made["url"])
    expect(page.get_by_text("this is the copy on this device")).to_be_hidden()
    sign_out(page)
    assert page.evaluate(PAGES) == []
    sign_in(page, "bob")
    context.set_offline(True)
    page.goto(made["url"])
    expect(page.locator("main")).not_to_contain_text("Kept for the tunnel.")


def test_a_line_that_does_not_answer_leads_to_the_copy_and_one_that_does_to_the_newest(
    context: BrowserContext, live: LiveServer, token: str
) -> None:
    made = publish(live, token, "Read in the lift", "The first words.")
    page = controlled(context)
    page.goto(made["url"])
    page.wait_for_function(f"() => ({PAGES})().then(found => found.length)")
    changed = httpx.put(
        f"{live.url}/api/v1/entries/{made['id']}",
        json={"body": "The second words."},
        headers={"Authorization": f"Bearer {token}", "If-Match": f'"{made["revision"]}"'},
        timeout=20,
    )
    assert changed.status_code == 200, changed.text
    assert live.process
    everybody = processes(live.process.pid)
    for process in everybody:
        os.kill(process, signal.SIGSTOP)
    try:
        page.goto(made["url"])
        expect(page.locator(".prose")).to_contain_text("The first words.")
        expect(page.get_by_text("this is the copy on this device")).to_be_visible()
    finally:
        for process in everybody:
            os.kill(process, signal.SIGCONT)
    page.goto(made["url"])
    expect(page.locator(".prose")).to_contain_text("The second words.")


def test_a_draft_written_without_a_line_goes_out_from_any_page_for_its_writer(context: BrowserContext) -> None:
    page = controlled(context)
    page.goto("/new/page")
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    page.get_by_label("Title").fill("Written in the tunnel")
    expect(page.locator(SAVED)).to_contain_text("kept on this device")
    page.goto("/drafts")
    page.get_by_label("Title").fill("Jotted in the tunnel")
    page.get_by_label("Text").fill("A thought.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator("[data-jotted]")).to_contain_text("Kept on this device")
    assert page.evaluate(DRAFTS) == 2
    page.close()
    # Somebody else at the same browser is shown nothing and sends nothing.
    cookies = context.cookies()
    context.clear_cookies()
    context.set_offline(False)
    other = context.new_page()
    sign_in(other, "bob")
    other.goto("/drafts")
    other.wait_for_load_state("networkidle")
    expect(other.locator("main")).not_to_contain_text("in the tunnel")
    assert other.evaluate(DRAFTS) == 2
    context.clear_cookies()
    context.add_cookies(cookies)
    other.goto("/browse")
    expect(other.locator(".toast")).to_contain_text("Sent: 2 drafts")
    assert other.evaluate(DRAFTS) == 0
    other.goto("/drafts")
    expect(other.get_by_role("link", name="Written in the tunnel").first).to_be_visible()
    other.get_by_role("link", name="Jotted in the tunnel").first.click()
    expect(other.locator("textarea[name=body]")).to_have_value("A thought.")


def test_who_may_only_read_is_not_asked_to_write_without_a_line(browser: Browser, live: LiveServer, old: str) -> None:
    context = signed_in(browser, live, "cleo", service_workers="allow")
    page = controlled(context)
    context.set_offline(True)
    page.goto("/drafts")
    expect(page.get_by_role("heading", name="There is no line right now")).to_be_visible()
    expect(page.locator("[data-jot]")).to_be_hidden()
    context.close()


def test_a_draft_that_was_changed_elsewhere_meanwhile_is_decided_on(
    browser: Browser, context: BrowserContext, live: LiveServer
) -> None:
    page = controlled(context)
    page.goto("/new/page")
    page.get_by_label("Title").fill("Begun")
    expect(page.locator(SAVED)).to_contain_text("Saved")
    address = page.url
    context.set_offline(True)
    page.get_by_label("Title").fill("On the phone")
    expect(page.locator(SAVED)).to_contain_text("kept on this device")
    laptop = signed_in(browser, live)
    there = laptop.new_page()
    there.goto(address)
    there.get_by_label("Title").fill("On the laptop")
    expect(there.locator(SAVED)).to_contain_text("Saved")
    page.close()
    context.set_offline(False)
    page = context.new_page()
    page.goto("/browse")
    expect(page.locator(".toast")).to_contain_text("“On the phone” was changed elsewhere")
    page.get_by_role("button", name="Decide").click()
    expect(page.get_by_label("Title")).to_have_value("On the laptop")
    page.get_by_role("button", name="Continue with it").click()
    expect(page.get_by_label("Title")).to_have_value("On the phone")
    expect(page.locator(SAVED)).to_contain_text("Saved")
    # And at the laptop, where the editor is still open:
    there.get_by_label("Title").fill("On the laptop again")
    expect(there.get_by_text("Another window or device saved this draft")).to_be_visible()
    expect(there.get_by_label("Title")).to_have_value("On the laptop again")
    there.get_by_role("button", name="Take that one").click()
    expect(there.get_by_label("Title")).to_have_value("On the phone")
    expect(there.locator(SAVED)).to_contain_text("Saved")
    assert page.evaluate(DRAFTS) == there.evaluate(DRAFTS) == 0
    laptop.close()

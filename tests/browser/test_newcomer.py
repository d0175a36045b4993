"""What a newcomer does on the first day, in one go: the path that everything else hangs on.

The account by the link of the terminal, a review of something that an imported lesson already describes in other
words, that lesson in the panel, cited, published, found by words and by meaning, edited in two tabs at once.
"""

from __future__ import annotations

import re

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.writers import watched
from tests.live import LiveServer, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1500)]
PEOPLE: dict[str, str] = {}  # nobody yet: the link is for who comes first

PASSWORD = "a long enough passphrase"
LESSON = "Triggering an Office Fire Alarm Shut Down an Adjacent Data Center"
TITLE = "Our servers went dark on a Sunday"
HAPPENED = (
    "On Sunday morning a ceiling pipe burst above the desks on the second floor. The flow of water was taken for a "
    "blaze, and the electricity of the computer hall next door was cut without anybody being asked."
)
BY_MEANING = "machines lost power because plumbing leaked upstairs"


def test_a_newcomer_writes_a_review_and_is_shown_what_happened_before(past_copy: LiveServer, browser: Browser) -> None:
    with browser.new_context(base_url=past_copy.url) as context:
        context.set_default_timeout(15_000)
        page = context.new_page()
        trouble = watched(page)
        create_account(page, past_copy)
        past_copy.wait_indexed(120)
        address = write_review(page)
        find_it(page, past_copy)
        survive_the_conflict(context, address)
        assert not trouble, trouble


def create_account(page: Page, live: LiveServer) -> None:
    page.goto(live.first_account_link())
    page.get_by_label("Name", exact=False).first.fill("newcomer")
    for box in page.locator("input[type=password]").all():
        box.fill(PASSWORD)
    page.locator("main form").get_by_role("button").last.click()
    expect(page.get_by_role("link", name="New", exact=True)).to_be_visible()


def write_review(page: Page) -> str:
    page.get_by_role("link", name="New", exact=True).click()
    page.get_by_role("link", name="After-action review").click()
    page.get_by_label("Title").fill(TITLE)
    page.locator("[name=section-2] + .cm-editor .cm-content").click()
    page.keyboard.type(HAPPENED)
    card = page.locator(".related-card").filter(has_text=LESSON)
    expect(card).to_have_count(1)
    card.get_by_role("button", name="Cite").click()
    expect(page.locator("textarea[name=section-2]")).to_have_value(re.compile(re.escape(f"|{LESSON}]]")))
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name=TITLE, exact=True)).to_be_visible()
    expect(page.locator(".prose").get_by_role("link", name=LESSON)).to_be_visible()
    return page.url


def find_it(page: Page, live: LiveServer) -> None:
    search(page, "pipe burst above the desks", "keyword")
    expect(page.locator("main").get_by_role("link", name=TITLE).first).to_be_visible()
    live.wait_indexed(60)
    search(page, BY_MEANING, "semantic")
    expect(page.locator("main").get_by_role("link", name=TITLE).first).to_be_visible()


def search(page: Page, question: str, mode: str) -> None:
    def found() -> bool:
        page.goto(f"/search?q={question.replace(' ', '+')}&mode={mode}")
        return page.locator("main").get_by_role("link", name=TITLE).count() > 0

    wait_for(found, 20, lambda: page.locator("main").inner_text())


def survive_the_conflict(context: BrowserContext, address: str) -> None:
    first, second = context.new_page(), context.new_page()
    for page in (first, second):
        page.goto(address)
        page.get_by_role("link", name="Edit").first.click()
    rewrite(first, "The alarm had been wired to the breaker of the hall for years.")
    expect(first.locator(".prose")).to_contain_text("wired to the breaker")
    rewrite(second, "Nobody knew that the alarm could reach the breaker of the hall.")
    expect(second.get_by_role("heading", name="Somebody else changed the same lines")).to_be_visible()
    expect(second.locator("main")).to_contain_text("wired to the breaker")
    both = "The alarm had been wired to the breaker for years, and nobody knew."
    rewrite(second, both)
    expect(second.locator(".prose")).to_contain_text(both)
    second.get_by_role("link", name="History").first.click()
    expect(second.locator("main")).to_contain_text("newcomer")


def rewrite(page: Page, text: str) -> None:
    """Replace what happened, in guided fields, and publish."""
    if page.locator("[name=section-2]").count() == 0:
        page.get_by_role("button", name="Guided").click()
    page.locator("[name=section-2] + .cm-editor .cm-content").click()
    page.keyboard.press("Control+a")
    page.keyboard.type(text)
    page.locator("[data-publish]").click()


@pytest.mark.timeout(1500)
def test_the_first_account_link_works_once(live: LiveServer) -> None:
    link = live.first_account_link()
    with httpx.Client(follow_redirects=True) as client:
        assert client.get(link).status_code == 200
    live.wiki("user", "create", "ada", "--role", "administrator", given="correct horse battery\n")
    with httpx.Client(follow_redirects=True) as client:
        assert client.get(link).status_code in {403, 404, 410}

"""The past of one entry in a real browser: any two of its versions beside each other, and an older one brought back."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.writers import publish, watched
from tests.live import LiveServer

pytestmark = pytest.mark.browser

TEXTS = (
    "The pump was green.\n\nNobody looked at the valve.",
    "The pump was red.\n\nNobody looked at the valve.",
    "The pump was red.\n\nEverybody looked at the valve, twice.",
)


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def entry(live: LiveServer, token: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    """An entry of three versions."""
    made = publish(live, token, f"The pump, {request.node.name}", TEXTS[0], kind="page")
    revision = made["revision"]
    for text, message in zip(TEXTS[1:], ("Right colour", "Who looked"), strict=True):
        answer = httpx.put(
            f"{live.url}/api/v1/entries/{made['id']}",
            json={"body": text, "message": message},
            headers={"Authorization": f"Bearer {token}", "If-Match": f'"{revision}"'},
            timeout=20,
        )
        assert answer.status_code == 200, answer.text
        revision = answer.json()["revision"]
    return made


def history(page: Page, entry: dict[str, Any]) -> None:
    page.goto(entry["url"])
    page.get_by_role("link", name="History").first.click()
    expect(page.locator(".version")).to_have_count(3)


def test_any_two_versions_are_compared_word_by_word_in_one_column_or_two(page: Page, entry: dict[str, Any]) -> None:
    trouble = watched(page)
    history(page, entry)
    expect(page.locator(".version").first).to_contain_text("Who looked")
    expect(page.locator(".version").first).to_contain_text("Current")
    page.get_by_role("radio", name="Older").last.check()
    page.get_by_role("radio", name="Newer").first.check()
    page.get_by_role("button", name="Compare the chosen two").click()
    expect(page.get_by_role("heading", name="What changed")).to_be_visible()
    main = page.locator("main")
    for old, new in (("green", "red"), ("Nobody", "Everybody")):
        expect(main.locator("del").filter(has_text=old).first).to_be_visible()
        expect(main.locator("ins").filter(has_text=new).first).to_be_visible()
    # Only the word, not its line.
    assert main.locator("del").first.inner_text().strip() == "green"
    page.get_by_role("link", name="Side by side").click()
    before, after = main.locator("del").first.bounding_box(), main.locator("ins").first.bounding_box()
    assert before and after
    assert before["x"] + before["width"] < after["x"]
    assert abs(before["y"] - after["y"]) < 5
    page.get_by_role("link", name="In one column").click()
    assert not trouble, trouble


def test_an_older_version_is_read_and_brought_back_and_nothing_is_lost(page: Page, entry: dict[str, Any]) -> None:
    trouble = watched(page)
    history(page, entry)
    page.get_by_role("link", name="Read the version of").last.click()
    expect(page.locator(".prose")).to_contain_text("The pump was green.")
    page.get_by_role("button", name="Restore this version").click()
    expect(page.locator(".prose")).to_contain_text("The pump was green.")
    expect(page.locator(".prose")).to_contain_text("Nobody looked at the valve.")
    page.get_by_role("link", name="History").first.click()
    expect(page.locator(".version")).to_have_count(4)
    # What was there before the restore is one comparison away.
    page.get_by_role("link", name="Changes of").first.click()
    expect(page.locator("main del").filter(has_text="Everybody").first).to_be_visible()
    assert not trouble, trouble

"""A topic curated and handed over, and the desk settled by keys, in a real browser and on a telephone."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.writers import publish, signed_in, watched
from tests.live import LiveServer

pytestmark = pytest.mark.browser

PEOPLE = {"fay": "facilitator", "ann": "author"}
PHONE = {"viewport": {"width": 360, "height": 740}}
TITLES = ("The copy could not be read", "Nobody had tried the restore", "The tape was blank")


@pytest.fixture(scope="module")
def topic(live: LiveServer) -> dict[str, Any]:
    token = live.wiki("token", "create", "fay", "--scope", "write").strip()
    made = publish(live, token, "Restores", "Copies rarely fail. Restores do.\n", kind="topic")
    for title in TITLES:
        publish(live, token, title, f"{title}, and that was found out on a Sunday.\n", tags=["restore"])
    return made


def order(page: Page) -> list[str]:
    return [text.strip() for text in page.locator(".curated-title").all_inner_texts()]


def drag_before(page: Page, rows: str, which: int, place: int) -> None:
    """One row is taken and let go over another, as a hand does it: only once the page shows where it would drop."""
    page.locator(rows).nth(which).hover(position={"x": 60, "y": 6})
    page.mouse.down()
    page.locator(rows).nth(place).hover(position={"x": 60, "y": 6})
    page.locator(rows).nth(place).hover(position={"x": 60, "y": 8})
    expect(page.locator(rows).nth(place)).to_have_class(re.compile("drop-before"))
    page.mouse.up()


def wide(page: Page) -> bool:
    """Whether the page is wider than the window."""
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


def test_a_topic_is_curated_and_handed_over(browser: Browser, live: LiveServer, topic: dict[str, Any]) -> None:
    context = signed_in(browser, live, "fay")
    page = context.new_page()
    trouble = watched(page)
    page.goto(topic["url"])
    page.get_by_role("link", name="Settings").click()
    page.get_by_label("Tags").fill("restore")
    page.get_by_role("button", name="Save").click()
    for title in TITLES:
        row = page.locator(".proposal", has_text=title)
        row.get_by_label("Why").fill(f"Why: {title}.")
        row.get_by_role("button", name="Add").click()
        expect(page.locator(".curated-title", has_text=title)).to_be_visible()
    page.get_by_role("button", name=f"Move “{TITLES[2]}” up").press("Enter")
    expect(page.locator(".curated-title").nth(1)).to_have_text(TITLES[2])
    expect(page.get_by_role("button", name=f"Move “{TITLES[2]}” up")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".curated-title").first).to_have_text(TITLES[2])
    drag_before(page, ".curated-item", 2, 0)
    expect(page.get_by_role("alert")).to_have_count(0)
    expect(page.locator(".curated-title").first).to_have_text(TITLES[1])
    assert order(page) == [TITLES[1], TITLES[2], TITLES[0]]
    item = page.locator(".curated-item").first
    item.locator("summary").click()
    item.get_by_label("Passage to cite").fill("words that stand nowhere")
    item.get_by_role("button", name="Save").click()
    expect(item.get_by_role("alert")).to_contain_text("do not stand in")
    item.get_by_label("Passage to cite").fill("that was found out on a Sunday")
    item.get_by_role("button", name="Save").click()
    expect(page.locator(".cited blockquote")).to_have_text("that was found out on a Sunday")
    page.get_by_role("link", name="Handing over").click()
    page.get_by_role("button", name="Take it on").click()
    page.get_by_label("To", exact=True).select_option("ann")
    page.get_by_label("A note for them").fill("Ask Bo about the tapes.")
    page.get_by_role("button", name="Offer the topic").click()
    expect(page.get_by_text("Offered to ann")).to_be_visible()
    assert not [line for line in trouble if "422" not in line], trouble
    context.close()
    accept_on_a_phone(browser, live, topic)


def accept_on_a_phone(browser: Browser, live: LiveServer, topic: dict[str, Any]) -> None:
    context = signed_in(browser, live, "ann", java_script_enabled=False, **PHONE)
    page = context.new_page()
    page.goto(topic["url"])
    assert not wide(page)
    page.get_by_role("link", name="Look at it, and accept or decline").click()
    expect(page.get_by_text("Ask Bo about the tapes.").first).to_be_visible()
    assert not wide(page)
    page.get_by_role("button", name="Accept the topic").click()
    expect(page.get_by_text("ann accepts this topic from fay")).to_be_visible()
    page.goto(topic["url"])
    page.get_by_role("button", name=f"Move “{TITLES[0]}” up").click()
    assert order(page) == [TITLES[1], TITLES[0], TITLES[2]]
    context.close()


def test_the_desk_is_settled_by_keys_and_fits_a_phone(
    browser: Browser, live: LiveServer, topic: dict[str, Any]
) -> None:
    context = signed_in(browser, live, "fay")
    page = context.new_page()
    trouble = watched(page)
    page.goto("/desk?queue=validate")
    rows = page.locator("[data-row]")
    before = rows.count()
    assert before >= len(TITLES)
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(rows.first).to_be_focused()
    page.keyboard.press("v")
    expect(rows).to_have_count(before - 1)
    expect(rows.first).to_be_focused()
    expect(page.locator("[data-status]")).to_contain_text("is validated")
    page.keyboard.press("r")
    expect(page.get_by_role("alert")).to_be_visible()
    page.goto("/desk?queue=tags")
    page.get_by_label("restore 3").check()
    page.get_by_label("Name for all that are chosen").fill("restores")
    page.get_by_role("button", name="Rename or merge").click()
    expect(page.get_by_text("Rename the tag “restore” to “restores” in 4 entries")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("restore 3")).to_be_visible()
    assert not [line for line in trouble if "422" not in line], trouble
    page.set_viewport_size({"width": 360, "height": 740})
    for queue in ("new", "validate", "steward", "orphans", "tags"):
        page.goto(f"/desk?queue={queue}")
        assert not wide(page), queue
    context.close()

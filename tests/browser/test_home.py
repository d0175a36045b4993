"""The first page in a real browser, for who begins and who comes back; its look; the list that goes on by itself."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.writers import SlowFile, field, publish, text, watched
from tests.live import LiveServer

pytestmark = pytest.mark.browser

CONTEXT = {"color_scheme": "light"}
BACKGROUND = "getComputedStyle(document.body).backgroundColor"
SAVED = "[data-draft-state]"


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def test_a_newcomer_is_led_to_a_review_and_finds_the_draft_again_on_the_desk(page: Page) -> None:
    trouble = watched(page)
    page.goto("/")
    expect(page.get_by_role("heading", name="Begin here")).to_be_visible()
    editor = SlowFile(page, "**/js/editor/main.js*")
    page.get_by_role("link", name="Begin an after-action review").click()
    page.get_by_label("Title").fill("The move that took two nights")  # before the editor's script is there
    editor.wait_asked()
    editor.arrive()
    expect(page.locator(SAVED)).to_contain_text("Saved")
    page.goto("/")
    mine = page.get_by_role("region", name="Continue writing").get_by_role("link", name="The move that took two nights")
    mine.click()
    expect(page.get_by_label("Title")).to_have_value("The move that took two nights")
    page.goto("/")
    page.get_by_label("Search in all entries").fill("a certificate ran out")
    page.keyboard.press("Enter")
    expect(page).to_have_url(re.compile(r"/search\?q=a\+certificate\+ran\+out"))
    assert not trouble, trouble


def test_the_look_is_chosen_once_for_all_pages_and_the_system_may_choose_again(page: Page) -> None:
    page.goto("/")
    light = page.evaluate(BACKGROUND)

    def choose(look: str) -> None:
        page.locator(".account-button").click()
        with page.expect_response(lambda response: response.request.method == "POST"):
            page.get_by_role("group", name="Theme").get_by_role("button", name=look).click()
        page.keyboard.press("Escape")

    choose("Dark")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    dark = page.evaluate(BACKGROUND)
    assert dark != light
    page.goto("/browse")
    assert page.evaluate(BACKGROUND) == dark
    choose("Auto")
    expect(page.locator("html")).not_to_have_attribute("data-theme", "dark")
    assert page.evaluate(BACKGROUND) == light
    page.emulate_media(color_scheme="dark")
    assert page.evaluate(BACKGROUND) == dark


def test_a_heading_has_an_address_and_who_links_here_is_told(page: Page, live: LiveServer, token: str) -> None:
    body = "## First\n\n" + "Many words.\n\n" * 60 + "## Why it went wrong\n\nNobody looked."
    made = publish(live, token, "An entry with an address for each part", body, kind="page")
    publish(live, token, "What leads there", f"See [[{made['title']}]].", kind="page")
    page.goto(made["url"])
    heading = page.get_by_role("heading", name="Why it went wrong")
    heading.scroll_into_view_if_needed()
    heading.hover()
    heading.locator("a.anchor").click()
    expect(page).to_have_url(re.compile("#why-it-went-wrong$"))
    page.goto(f"{made['url']}#why-it-went-wrong")
    expect(heading).to_be_in_viewport()
    expect(page.locator("main").get_by_role("link", name="What leads there")).to_be_visible()


def test_a_list_goes_on_by_itself_and_ends_with_an_empty_line(page: Page) -> None:
    page.way = "rich"  # type: ignore[attr-defined]
    page.goto("/new/page")
    expect(page.locator(".cm-editor")).to_be_visible()
    field(page, "body").click()
    page.keyboard.type("- one\ntwo\n\n\nAfter.\n1. first\nsecond")
    assert text(page) == "- one\n- two\n\nAfter.\n1. first\n2. second"

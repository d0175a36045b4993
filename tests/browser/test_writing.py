"""Writing in a real browser: the panel follows, the caret stays, the draft is kept, nothing is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.writers import (
    DRAFT,
    OLD_TITLE,
    PASTE,
    PIXEL,
    body_of,
    cards,
    field,
    known,
    plain,
    publish,
    signed_in,
    text,
    watched,
)
from tests.live import LiveServer, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("old")]

# The real one: whether anything is related is what these tests are about.
MODEL = "bundled"


def begin(page: Page, title: str = "Billing certificate expired") -> None:
    """A new lesson that resembles what happened before."""
    page.goto("/new/lesson")
    page.get_by_label("Title").fill(title)
    field(page, "section-1").click()
    page.keyboard.type(DRAFT)
    expect(known(page)).to_have_count(1)


def test_the_panel_follows_a_guided_review_and_cites_at_the_caret(page: Page, old: str) -> None:
    trouble = watched(page)
    page.goto("/new/after-action-review")
    page.get_by_label("Title").fill("Billing certificate expired")
    area = field(page, "section-2")
    area.click()
    page.keyboard.type(DRAFT)
    expect(known(page)).to_have_count(1)
    card = known(page)
    expect(card.locator("mark").first).to_be_visible()
    page.keyboard.type(" See also")
    card.get_by_role("button", name="Cite").click()
    assert text(page, "section-2") == f"{DRAFT} See also [[{old}|{OLD_TITLE}]]"
    page.keyboard.press("Control+z")
    assert text(page, "section-2") == f"{DRAFT} See also"
    page.keyboard.press("Control+y")
    page.keyboard.type(" and more")
    assert text(page, "section-2").endswith("]] and more")
    page.mouse.move(5, 5)
    expect(known(page)).to_have_count(0)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name="Billing certificate expired", exact=True, level=1)).to_be_visible()
    expect(page.locator("main").get_by_role("link", name=OLD_TITLE).first).to_be_visible()
    allowed = [line for line in trouble if "ERR_FAILED" not in line and "dynamically imported" not in line]
    assert not allowed, allowed


def test_answers_arriving_move_neither_caret_nor_layout(page: Page) -> None:
    page.goto("/new/lesson")
    page.get_by_role("button", name="Free text").click()
    area = field(page, "body")
    area.click()
    page.keyboard.press("Control+Home")
    page.evaluate(
        """() => { window.shifts = 0; new PerformanceObserver((list) => {
            for (const e of list.getEntries()) if (!e.hadRecentInput) window.shifts += e.value;
        }).observe({type: 'layout-shift', buffered: false}); }"""
    )
    page.keyboard.type("Start " + DRAFT)
    before = area.bounding_box()
    expect(known(page)).to_have_count(1)
    page.wait_for_timeout(300)
    assert area.bounding_box() == before
    page.keyboard.type(" end")
    assert text(page).startswith(f"Start {DRAFT} end")
    assert page.evaluate("window.shifts") < 0.02


def test_nothing_related_shows_nothing(page: Page) -> None:
    page.goto("/new/page")
    page.get_by_label("Title").fill("Zebra watching in the afternoon")
    field(page, "body").click()
    page.keyboard.type(
        "Quokkas nap beneath juniper shrubs while flamingos juggle marbles, unbothered by xylophones. " * 2
    )
    page.wait_for_timeout(2500)
    expect(cards(page)).to_have_count(0)
    expect(page.locator(".related-summary")).to_be_hidden()


def test_the_same_question_is_asked_once(page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.post_data or "") if r.url.endswith("/related") else None)
    begin(page)
    wait_for(lambda: bool(page.evaluate("1")) and any(DRAFT in question for question in asked))
    before = len(asked)
    page.keyboard.type("x")
    page.keyboard.press("Backspace")
    page.wait_for_timeout(1500)
    assert len(asked) == before
    assert len(set(asked)) == len(asked)


def test_an_older_answer_never_overwrites_a_newer_one(context: BrowserContext, old: str) -> None:
    plain(context)
    page = context.new_page()
    held = []

    def slow_first(route: object) -> None:
        if not held:
            held.append(route)  # answered below, after the second
        else:
            route.continue_()  # type: ignore[attr-defined]

    page.route("**/related", slow_first)
    page.goto("/new/lesson")
    title = page.get_by_label("Title")
    title.fill("Billing certificate expired")
    wait_for(lambda: bool(page.evaluate("1")) and bool(held))  # asking lets Playwright hand over what came
    with page.expect_response("**/related"):
        title.fill("Zebra watching in the afternoon")
    item = {"id": old, "html": f'<li class="related-card" data-id="{old}">late</li>'}
    held[0].fulfill(json={"items": [item], "degraded": None})
    page.wait_for_timeout(500)
    expect(cards(page)).to_have_count(0)


def test_not_related_stays_away_for_this_draft(page: Page) -> None:
    begin(page)
    known(page).get_by_role("button", name="is not related").click()
    expect(known(page)).to_have_count(0)
    field(page, "section-2").click()
    page.keyboard.type("More of it.")
    expect(page.locator("[data-draft-state]")).to_contain_text("Saved")
    page.wait_for_timeout(1500)
    expect(known(page)).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("Billing certificate expired")
    page.wait_for_timeout(2000)
    expect(known(page)).to_have_count(0)


def test_the_same_thing_happened_again_is_kept_with_the_entry(page: Page) -> None:
    title = f"It happened again, {page.way}"  # type: ignore[attr-defined]
    begin(page, title)
    known(page).get_by_role("button", name="Same thing happened again").click()
    expect(page.locator(".chip")).to_contain_text(OLD_TITLE)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()
    page.get_by_role("link", name="Edit", exact=True).first.click()
    expect(page.locator(".chip")).to_contain_text(OLD_TITLE)
    page.locator(".chip").get_by_role("button").click()
    expect(page.locator(".chip")).to_have_count(0)


def test_an_entry_is_read_beside_the_draft_and_the_focus_comes_back(page: Page) -> None:
    begin(page)
    known(page).get_by_role("link", name="beside your text").click()
    beside = page.locator("dialog.beside")
    expect(beside).to_contain_text("forty customers called")
    expect(beside.get_by_role("heading", name=OLD_TITLE)).to_be_focused()
    assert text(page, "section-1") == DRAFT
    page.keyboard.press("Escape")
    expect(beside).to_be_hidden()
    expect(known(page).get_by_role("link", name="beside your text")).to_be_focused()


def test_the_draft_is_saved_as_one_types_and_offered_again(page: Page) -> None:
    page.goto("/new/lesson")
    page.get_by_label("Title").fill("A draft to keep")
    field(page, "section-1").click()
    page.keyboard.type("Half a thought")
    expect(page.locator("[data-draft-state]")).to_contain_text("Saved")
    assert "draft=" in page.url
    page.reload()
    expect(page.get_by_text("You have a draft from")).to_be_visible()
    assert text(page, "section-1") == "Half a thought"
    page.goto("/drafts")
    page.get_by_role("link", name="A draft to keep").first.click()
    assert text(page, "section-1") == "Half a thought"
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.get_by_label("Title")).to_have_value("")


def test_offline_the_text_is_kept_on_the_device_and_goes_out_when_the_line_is_back(
    page: Page, context: BrowserContext
) -> None:
    page.goto("/new/lesson")
    page.wait_for_load_state("networkidle")
    context.set_offline(True)
    page.get_by_label("Title").fill("Written on a train")
    field(page, "section-1").click()
    page.keyboard.type("No line here")
    expect(page.locator("[data-draft-state]")).to_contain_text("Offline, kept on this device")
    kept = page.evaluate("Object.values(localStorage).join()")
    assert "No line here" in kept
    context.set_offline(False)
    expect(page.locator("[data-draft-state]")).to_contain_text("Saved", timeout=15_000)
    assert "No line here" not in page.evaluate("Object.values(localStorage).join()")


def test_a_copy_on_the_device_is_offered_and_used(page: Page, live: LiveServer, token: str) -> None:
    made = publish(live, token, f"Edited on a train, {page.way}", "Published words.\n", kind="page")  # type: ignore[attr-defined]
    page.goto(f"/edit/{made['id']}")
    payload = {"kind": "page", "title": made["title"], "mode": "free", "base_revision": made["revision"]}
    kept = {"at": 1764000000000, "url": f"/edit/{made['id']}", "payload": payload | {"body": "More words.\n"}}
    page.evaluate(
        "([key, kept]) => localStorage.setItem("
        "`hindsight:draft:${document.querySelector('meta[name=reader]').content}:${key}`, JSON.stringify(kept))",
        [f"entry:{made['id']}", kept],
    )
    page.reload()
    expect(page.get_by_text("This device keeps a draft")).to_be_visible()
    assert text(page) == "Published words.\n"
    page.get_by_role("button", name="Continue with it").click()
    expect(page.locator("textarea[name=body]")).to_have_value("More words.\n")
    page.get_by_role("button", name="Publish the change").click()
    expect(page.locator("main")).to_contain_text("More words.")
    wait_for(lambda: bool(page.evaluate("localStorage.getItem('hindsight:read')")))
    page.goto("/drafts")
    # What was read last stays, and for whom, and whether they may write; nothing else does.
    kept = "hindsight:read,hindsight:reader,hindsight:writes"
    assert page.evaluate("Object.keys(localStorage).sort().join()") == kept


def test_guided_and_free_are_two_ways_on_one_text(page: Page) -> None:
    page.goto("/new/lesson")
    field(page, "section-1").click()
    page.keyboard.type("It rained.")
    page.get_by_role("button", name="Free text").click()
    expect(page.locator("textarea[name=body]")).to_have_value(re.compile("It rained"))
    field(page, "body").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("\n\n## Mine\n\nOwn words.")
    page.get_by_role("button", name="Guided").click()
    expect(page.get_by_text("Mine", exact=True)).to_be_visible()
    assert text(page, "section-1") == "It rained."


def test_a_pasted_picture_is_shown_and_moves_with_the_entry(page: Page, live: LiveServer, token: str) -> None:
    page.goto("/new/page")
    title = f"With a picture, {page.way}"  # type: ignore[attr-defined]
    page.get_by_label("Title").fill(title)
    field(page, "body").click()
    page.evaluate(PASTE, PIXEL)
    expect(page.locator("textarea[name=body]")).to_have_value(re.compile(r"!\[screen shot\]\(/drafts/.*\.png\)"))
    page.get_by_role("button", name="Publish", exact=True).click()
    picture = page.locator("main img").first
    expect(picture).to_be_visible()
    assert "/attachments/" in (picture.get_attribute("src") or "")
    assert page.evaluate("document.querySelector('main img').naturalWidth") == 1


def test_the_preview_shows_the_text_and_goes_back(page: Page) -> None:
    page.goto("/new/page")
    field(page, "body").click()
    page.keyboard.type("Some **bold** words")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator(".preview-page strong")).to_have_text("bold")
    page.get_by_role("button", name="Back to writing").click()
    field(page, "body").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("!")
    assert text(page) == "Some **bold** words!"


def test_ctrl_enter_publishes_and_enter_in_the_title_does_not(page: Page) -> None:
    page.goto("/new/page")
    title = f"By keyboard, {page.way}"  # type: ignore[attr-defined]
    page.get_by_label("Title").fill(title)
    page.keyboard.press("Enter")
    assert "/new/page" in page.url
    page.keyboard.type("Written without a mouse.")
    assert text(page).startswith("Written without a mouse.")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name=title, exact=True, level=1)).to_be_visible()


def test_two_tabs_that_meet_see_both_versions_and_finish(page: Page, live: LiveServer, token: str) -> None:
    made = publish(live, token, f"Two tabs, {page.way}", "The disk was full.\n", kind="page")  # type: ignore[attr-defined]
    other = page.context.new_page()
    other.way = page.way  # type: ignore[attr-defined]
    for tab in (page, other):
        tab.goto(f"/edit/{made['id']}")
        tab.wait_for_load_state("networkidle")
    for tab, words in ((other, "The disk was nearly full."), (page, "The log disk was full.")):
        field(tab, "body").click()
        tab.keyboard.press("Control+a")
        tab.keyboard.type(words)
        tab.get_by_role("button", name="Publish the change").click()
        tab.wait_for_load_state()
    expect(page.get_by_text("Somebody else changed the same lines").first).to_be_visible()
    assert text(page).strip() == "The log disk was full."
    field(page, "body").click()
    page.keyboard.press("Control+a")
    page.keyboard.type("The log disk was nearly full.")
    page.get_by_role("button", name="Publish the change").click()
    expect(page.locator("main")).to_contain_text("The log disk was nearly full.")
    assert body_of(live, token, made["id"]).strip() == "The log disk was nearly full."


def test_links_are_completed_after_two_brackets(context: BrowserContext, old: str) -> None:
    page = context.new_page()
    page.way = "rich"  # type: ignore[attr-defined]
    page.goto("/new/page")
    field(page, "body").click()
    page.keyboard.type("See [[The gate")
    expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text(OLD_TITLE)
    page.wait_for_timeout(200)
    page.keyboard.press("Enter")
    assert text(page) == f"See [[{old}|{OLD_TITLE}]]"
    page.keyboard.type("\n- one\ntwo")
    assert text(page).endswith("\n- one\n- two")


def test_on_a_phone_the_panel_is_one_line_until_it_is_opened(browser: Browser, live: LiveServer, old: str) -> None:
    context = signed_in(browser, live, viewport={"width": 360, "height": 740})
    page = context.new_page()
    page.way = "rich"  # type: ignore[attr-defined]
    begin(page)
    summary = page.locator(".related-summary")
    expect(summary).to_contain_text(re.compile(r"[1-5]"))
    expect(known(page)).to_be_hidden()
    summary.click()
    expect(known(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()


def test_without_scripts_everything_is_a_button(browser: Browser, live: LiveServer, old: str) -> None:
    context = signed_in(browser, live, java_script_enabled=False)
    page = context.new_page()
    page.goto("/new/after-action-review")
    page.get_by_label("Title").fill("Billing certificate expired without a script")
    page.get_by_label("What did happen?").fill(DRAFT)
    page.get_by_role("button", name="Show related").click()
    expect(known(page)).to_have_count(1)
    known(page).get_by_role("button", name="Cite").click()
    expect(page.get_by_label("What did happen?")).to_have_value(DRAFT)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(
        page.get_by_role("heading", name="Billing certificate expired without a script", exact=True, level=1)
    ).to_be_visible()
    context.close()


def test_an_ended_session_loses_nothing(page: Page, live: LiveServer, tmp_path: Path) -> None:
    page.goto("/new/page")
    page.get_by_label("Title").fill(f"Signed out meanwhile, {page.way}")  # type: ignore[attr-defined]
    field(page, "body").click()
    page.keyboard.type("An hour of work.")
    page.context.clear_cookies()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("You are signed out")).to_be_visible()
    assert text(page).strip() == "An hour of work."
    assert "An hour of work." in page.evaluate("Object.values(localStorage).join()")

"""Reading and finding in a real browser: the table of contents, notes, pictures, keys, and the way back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.writers import SlowFile, publish, signed_in, watched
from tests.live import LiveServer, wait_for

pytestmark = pytest.mark.browser

CONTEXT = {"viewport": {"width": 1440, "height": 800}}

TITLE = "The move that stopped halfway"
LONG = "Nobody was asked to watch the disk, and the copy of last year said nothing of it. " * 24
BODY = (
    f"## What was supposed to happen?\n\nOne night.[^plan]\n\n{LONG}\n\n## What did happen?\n\nIt stopped.[^disk]\n\n"
    f'```python\nprint(60)\n```\n\n![The disk](/static/icons/hindsight.svg "How full it was")\n\n'
    f"{LONG}\n\n## Why?\n\n{LONG}\n\n"
    "[^plan]: [The plan](https://example.com/plan) of January.\n[^disk]: 1.2 TB were needed.\n"
)


@pytest.fixture(scope="module")
def review(live: LiveServer, token: str) -> str:
    """The address of a long review with notes, code and a picture."""
    made = publish(live, token, TITLE, BODY, kind="after-action-review", tags=["disks"])
    return str(made["url"])


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


def test_reading_has_its_contents_and_notes_beside_it(page: Page, review: str) -> None:
    trouble = watched(page)
    page.goto(review)
    contents = page.get_by_role("navigation", name="On this page")
    expect(contents.locator("[aria-current]")).to_have_text("What was supposed to happen?")
    page.locator("#why").scroll_into_view_if_needed()
    page.mouse.wheel(0, 3000)
    expect(contents.locator("[aria-current]")).to_have_text("Why?")
    expect(contents).to_be_in_viewport()
    expect(page.locator("[data-related-link]")).to_have_count(0)
    mention, note = page.locator("#fnref2").bounding_box(), page.locator("#fn2").bounding_box()
    assert mention and note
    assert note["x"] > mention["x"]
    assert abs(note["y"] - mention["y"]) < 30
    characters = page.evaluate("""() => { const p = document.querySelector('.prose p:nth-of-type(2)');
        return p.textContent.length / (p.offsetHeight / parseFloat(getComputedStyle(p).lineHeight)); }""")
    assert 60 <= characters <= 80
    page.set_viewport_size({"width": 390, "height": 800})
    # The page moves its notes once the browser has told it of the new size.
    wait_for(lambda: (page.locator("#fn2").bounding_box() or {"x": 60})["x"] < 60)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not trouble, trouble


def test_a_picture_has_its_caption_and_opens_by_keyboard(page: Page, review: str) -> None:
    page.goto(review)
    expect(page.locator("figure figcaption")).to_have_text("How full it was")
    button = page.get_by_role("button", name="Enlarge: The disk")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="The disk")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(button).to_be_focused()


def test_code_is_copied(context: BrowserContext, page: Page, review: str, live: LiveServer) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live.url)
    page.goto(review)
    page.locator("pre.highlight").hover()
    page.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()").strip() == "print(60)"


def test_an_entry_is_watched_without_leaving_it(page: Page, review: str) -> None:
    page.goto(review)
    page.get_by_role("link", name="Watch").click()
    toast = page.locator(".toast").first
    expect(toast).to_contain_text("What is new there appears on your desk")
    toast.get_by_role("button", name="Stop watching").click()
    expect(page.locator(".toast").last).to_contain_text("no longer watch")
    assert page.url.endswith(review)


def test_the_palette_goes_anywhere_by_a_few_letters(page: Page, review: str) -> None:
    trouble = watched(page)
    page.goto(review)
    page.goto("/browse")
    page.get_by_role("link", name="Tags", exact=False).first.focus()
    page.keyboard.press("Control+k")
    field = page.get_by_role("combobox", name="Go to a page")
    expect(field).to_be_focused()
    expect(page.get_by_role("option", name=TITLE)).to_be_visible()  # read last
    page.keyboard.type("stopped half")
    chosen = page.locator(".palette [aria-selected=true]")
    expect(chosen).to_contain_text(TITLE)
    assert field.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    expect(page.locator(".palette [role=status]")).to_contain_text("to go")
    page.keyboard.press("ArrowUp")
    expect(chosen).to_contain_text("Search for")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{review}")
    page.keyboard.press("Control+k")
    page.keyboard.type("edit this")
    page.keyboard.press("Enter")
    page.wait_for_url("**/edit/**")
    assert not trouble, trouble


def test_what_is_typed_before_the_palette_is_there_is_meant_for_it(page: Page, review: str) -> None:
    """A quick hand on a slow line: neither lost nor taken for keys of the page."""
    palette = SlowFile(page, "**/palette.js*")
    page.goto(review)
    page.get_by_role("button", name="Go to").click()
    palette.wait_asked()
    page.keyboard.type("history of")
    page.keyboard.press("Enter")
    assert page.url.endswith(review)
    palette.arrive()
    page.wait_for_url("**/history/**")


def test_keys_are_shown_and_rest_while_one_types(page: Page) -> None:
    page.goto("/browse")
    opener = page.get_by_role("button", name="Go to")
    opener.click()
    page.keyboard.type("?")
    expect(page.get_by_role("dialog", name="Keys")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(opener).to_be_focused()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Ctrl+K")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    expect(page.locator("#ui-search")).to_be_focused()
    page.keyboard.type("n")
    assert "/browse" in page.url
    page.locator("#ui-main").focus()
    page.keyboard.press("n")
    page.wait_for_url("**/new")


def test_results_are_walked_by_keyboard_and_the_way_back_keeps_its_place(page: Page, live: LiveServer) -> None:
    live.wait_indexed()
    page.set_viewport_size({"width": 1000, "height": 420})
    page.goto("/search?q=what+happened&mode=keyboard")
    expect(page.get_by_role("button", name="Use these filters")).to_be_hidden()
    page.locator("#ui-q").focus()
    results = page.locator(".result-title a")
    for number in range(5):
        page.keyboard.press("ArrowDown")
        expect(results.nth(number)).to_be_focused()
    page.keyboard.press("ArrowUp")
    place = page.evaluate("scrollY")
    assert place > 100
    page.keyboard.press("Enter")
    page.wait_for_url("**/wiki/**")
    page.go_back()
    expect(results.first).to_be_attached()
    page.wait_for_function(f"() => Math.abs(scrollY - {place}) < 5")


def test_filters_are_boxes_and_chips_that_need_no_scripts(browser: Browser, live: LiveServer) -> None:
    live.wait_indexed()
    context = signed_in(browser, live, java_script_enabled=False)
    page = context.new_page()
    page.goto("/search?q=what+happened")
    page.get_by_label("After-action review").check()
    page.get_by_role("button", name="Use these filters").click()
    chip = page.get_by_role("link", name="Remove the filter After-action review")
    expect(chip).to_be_visible()
    assert "kind=after-action-review" in page.url
    chip.click()
    assert "kind=" not in page.url
    context.close()


def test_a_review_prints_as_a_report(page: Page, review: str) -> None:
    page.emulate_media(color_scheme="dark")
    page.goto(review)
    expect(page.get_by_role("button", name="Copy")).to_be_attached()
    page.emulate_media(media="print", color_scheme="dark")
    for name in (".site-header", ".site-footer", ".toc", ".entry-actions", ".entry-side", ".copy-code", ".anchor"):
        assert not any(part.is_visible() for part in page.locator(name).all()), name
    assert not [button.inner_text() for button in page.locator("main .button").all() if button.is_visible()]
    expect(page.locator("#fn1")).to_be_visible()
    dark = """() => [...document.querySelectorAll('body, main, main *')].filter(e => e.checkVisibility()).flatMap(e => {
        const [r, g, b, a = 1] = getComputedStyle(e).backgroundColor.match(/[\\d.]+/g).map(Number);
        return a > 0 && r + g + b < 600 ? [e.className] : []; })"""
    assert page.evaluate(dark) == []
    after = "(a) => getComputedStyle(a, '::after').content"
    assert "https://example.com/plan" in page.get_by_role("link", name="The plan").evaluate(after)
    # Chromium makes the report of a laptop's reader; its first bytes are enough to know that it did.
    assert page.pdf(format="A4").startswith(b"%PDF")


def test_nothing_moves_for_who_asked_for_that(page: Page) -> None:
    longest = """() => Math.max(...[...document.querySelectorAll('*')].flatMap(e => {
        const s = getComputedStyle(e);
        return [...s.transitionDuration.split(','), ...s.animationDuration.split(',')].map(parseFloat); }))"""
    page.goto("/about/style")
    assert page.evaluate(longest) > 0.1
    page.emulate_media(reduced_motion="reduce")
    assert page.evaluate(longest) < 0.001


def test_on_a_slow_line_a_telephone_reads_and_goes_on(browser: Browser, live: LiveServer, review: str) -> None:
    """400 kbit/s, 400 ms to the server and back, a quarter of the processor, and nothing kept from before."""
    context = signed_in(browser, live, viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    line = context.new_cdp_session(page)
    slow = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
    line.send("Network.enable")
    line.send("Network.setCacheDisabled", {"cacheDisabled": True})
    line.send("Network.emulateNetworkConditions", slow)
    line.send("Emulation.setCPUThrottlingRate", {"rate": 4})
    page.goto(review, wait_until="commit")
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    painted = "performance.getEntriesByType('paint').find(p => p.name === 'first-contentful-paint')?.startTime"
    wait_for(lambda: page.evaluate(painted) is not None)
    # Two round trips and 25 kB: the text waits for no script.
    assert page.evaluate(painted) < 4000
    page.get_by_label("Menu of ada").tap()
    page.get_by_role("link", name="What I watch").tap()
    expect(page.get_by_role("heading", level=1)).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()

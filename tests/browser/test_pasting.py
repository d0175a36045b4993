"""What writers bring along and complete, with CodeMirror and without; on the server of the tests of using."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.writers import field, publish, text, watched
from tests.live import LiveServer

pytestmark = pytest.mark.browser

CONTEXT = {"viewport": {"width": 1440, "height": 900}}

PEOPLE = {"ada": "author", "grace": "author"}
PASTE = """([plain, html]) => {
    const data = new DataTransfer();
    data.setData('text/plain', plain);
    if (html) data.setData('text/html', html);
    document.activeElement.dispatchEvent(
        new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
}"""
DROP = """(size) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([new Uint8Array(size)], 'gateway.log'));
    for (const type of ['dragover', 'drop']) document.querySelector('h1').dispatchEvent(
        new DragEvent(type, {dataTransfer, bubbles: true, cancelable: true}));
}"""
SLOW = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 60_000}
RICH = (
    '<meta charset="utf-8"><h2>Timeline</h2><p>The <b>disk</b> was <a href="https://example.com/a">full</a>.</p>'
    "<ul><li>one</li><li>two<ul><li>below</li></ul></li></ul><script>alert(1)</script>"
    "<table><tr><th>When</th><th>What</th></tr><tr><td>02:10</td><td>a|b</td></tr></table>"
)
MADE = (
    "## Timeline\n\nThe **disk** was [full](https://example.com/a).\n\n- one\n- two\n   - below\n\n"
    "| When | What |\n| --- | --- |\n| 02:10 | a\\|b |"
)


def begin(page: Page) -> None:
    page.goto("/new/page")
    if page.way == "rich":  # type: ignore[attr-defined]
        expect(page.locator(".cm-editor")).to_be_visible()
    field(page, "body").click()


def test_what_is_pasted_becomes_markdown_and_plain_text_stays(page: Page) -> None:
    for copied, expected in (
        (["x", RICH], MADE),
        (["When\tWhat\n02:10\tFull\n", ""], "| When | What |\n| --- | --- |\n| 02:10 | Full |"),
    ):
        begin(page)
        page.evaluate(PASTE, copied)
        assert text(page).strip() == expected
        page.keyboard.press("Control+z")
        assert text(page).strip() == ""


def test_people_and_tags_are_completed(context: BrowserContext, live: LiveServer, token: str) -> None:
    publish(live, token, "Tagged", "Text.", tags=["certificates"])
    page = context.new_page()
    page.way = "rich"  # type: ignore[attr-defined]
    begin(page)
    for typed, offered, written in (
        ("Ask @gra", "grace", "@grace"),
        (" about #cert", "#certificates", "[#certificates](/tag/certificates)"),
    ):
        page.keyboard.type(typed)
        expect(page.locator(".cm-tooltip-autocomplete")).to_contain_text(offered)
        page.wait_for_timeout(200)
        page.keyboard.press("Enter")
        assert text(page).endswith(written)
    page.keyboard.type("\n## Heading and me@example.org")
    page.wait_for_timeout(400)
    expect(page.locator(".cm-tooltip-autocomplete")).to_have_count(0)


def test_the_preview_follows_beside_the_text_where_there_is_room(page: Page) -> None:
    trouble = watched(page)
    begin(page)
    page.keyboard.type("Some **bold** words")
    page.get_by_role("button", name="Preview", exact=True).click()
    expect(page.locator(".preview-beside strong")).to_have_text("bold")
    field(page, "body").click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" and *more*")
    expect(page.locator(".preview-beside em")).to_have_text("more")
    assert text(page) == "Some **bold** words and *more*"
    page.get_by_role("button", name="Hide the preview").click()
    expect(page.locator(".preview-page")).to_be_hidden()
    allowed = [line for line in trouble if "ERR_FAILED" not in line and "dynamically imported" not in line]
    assert not allowed, allowed


def test_what_changed_is_shown_before_it_is_published(page: Page, live: LiveServer, token: str, tmp_path: Path) -> None:
    title = f"Before it is published, {page.way}"  # type: ignore[attr-defined]
    made = publish(live, token, title, "The disk was full.\n", kind="page")
    page.goto(f"/edit/{made['id']}")
    field(page, "body").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("Nobody watched it.")
    page.get_by_role("button", name="What changed").click()
    changes = page.locator("#ui-changes")
    expect(changes.locator(".diff-added, ins").first).to_contain_text("Nobody watched it.")
    expect(changes).to_be_focused()
    page.get_by_role("button", name="Publish the change").click()
    expect(page.locator(".prose")).to_contain_text("Nobody watched it.")


def test_a_dropped_file_shows_its_way_and_can_be_stopped_and_sent_again(context: BrowserContext) -> None:
    page = context.new_page()
    page.way = "rich"  # type: ignore[attr-defined]
    begin(page)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    page.evaluate(DROP, 400_000)
    expect(page.locator(".upload-part")).to_have_text(re.compile(r"^[1-9]\d? %$"))
    expect(page.locator("[data-uploads-said]")).to_contain_text("gateway.log")
    page.keyboard.press("Control+Enter")
    expect(page.locator("[data-uploads-said]")).to_contain_text("still on its way")
    stop = page.get_by_role("button", name="Cancel the upload of gateway.log")
    expect(stop).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".upload")).to_have_count(0)
    expect(page.locator("textarea[name=body]")).to_have_value("")
    line.send("Network.emulateNetworkConditions", {**SLOW, "offline": True})
    page.evaluate(DROP, 10)
    expect(page.locator(".upload-why")).to_contain_text("does not answer")
    line.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": -1})
    page.get_by_role("button", name="Try again").click()
    # Cancelling may come when the server has it all: then that copy has the name, and goes with the draft.
    expect(page.locator("textarea[name=body]")).to_have_value(
        re.compile(r"^\[gateway(-2)?\.log\]\(/drafts/[^)]+\)\s*$")
    )
    expect(page.locator("[data-uploads-said]")).to_have_text("gateway.log is in the text.")
    page.evaluate(DROP, 60_000_000)
    expect(page.locator(".upload-why")).to_contain_text("Make it smaller first")


def test_a_file_attached_to_an_entry_shows_its_way_and_stands_in_its_list(
    context: BrowserContext, live: LiveServer, token: str
) -> None:
    made = publish(live, token, "With a log beside it", "The disk was full.", kind="page")
    page = context.new_page()
    trouble = watched(page)
    page.goto(made["url"])
    page.locator("summary").filter(has_text="Attach a file").click()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", SLOW)
    log = {"name": "disk.log", "mimeType": "text/plain", "buffer": b"full\n" * 60_000}
    page.get_by_label("File", exact=True).set_input_files(log)  # type: ignore[arg-type]
    page.get_by_role("button", name="Attach", exact=True).click()
    expect(page.locator(".upload-part")).to_have_text(re.compile(r"^[1-9]\d? %$"))
    page.get_by_role("button", name="Cancel the upload of disk.log").click()
    expect(page.locator(".upload")).to_have_count(0)
    expect(page.get_by_label("File", exact=True)).to_be_focused()
    page.get_by_label("File", exact=True).set_input_files({**log, "buffer": b"0" * 10_000_001})  # type: ignore[arg-type]
    page.get_by_role("button", name="Attach", exact=True).click()
    expect(page.locator(".upload-why")).to_contain_text("Make it smaller first")
    page.get_by_role("button", name="Dismiss").click()
    line.send("Network.emulateNetworkConditions", {**SLOW, "uploadThroughput": -1})
    page.get_by_label("File", exact=True).set_input_files(log)  # type: ignore[arg-type]
    page.get_by_role("button", name="Attach", exact=True).click()
    expect(page.locator(".file-list").get_by_role("link", name=re.compile(r"disk(-2)?\.log"))).not_to_have_count(0)
    assert not trouble, trouble


def test_words_are_counted_found_and_spelt(context: BrowserContext) -> None:
    page = context.new_page()
    page.way = "rich"  # type: ignore[attr-defined]
    page.emulate_media(color_scheme="dark")
    begin(page)
    page.keyboard.type("The disk was full, the disk was old")
    expect(page.locator("[data-words]")).to_have_text("8 words")
    assert field(page, "body").get_attribute("spellcheck") == "true"
    page.keyboard.press("Control+f")
    page.keyboard.type("disk")
    page.keyboard.press("Enter")
    expect(page.locator(".cm-searchMatch")).to_have_count(2)
    for part in page.locator(".cm-search :is(button, input[name])").all():
        box = part.bounding_box()
        assert box
        within = "(e) => e.closest('label')?.getBoundingClientRect().height ?? 0"
        assert max(box["height"], part.evaluate(within)) >= 24, part
        assert part.evaluate("(e) => getComputedStyle(e).backgroundImage") == "none"
    page.keyboard.press("Escape")
    expect(field(page, "body")).to_be_focused()
    context.add_cookies([{"name": "language", "value": "de", "url": page.url}])
    begin(page)
    page.keyboard.press("Control+f")
    expect(page.get_by_role("textbox", name="Finden", exact=True)).to_be_focused()

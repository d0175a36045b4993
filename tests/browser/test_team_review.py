"""A review by five people, two of them without a name and one at a telephone, from opening to a lesson made of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.writers import SlowFile, signed_in, watched
from tests.live import LiveServer

pytestmark = pytest.mark.browser

NAMES = ("ada", "bob", "cem", "dai", "eva")
PEOPLE = dict.fromkeys(NAMES, "author")
TITLE = "The move of the billing database"
PHONE = {"width": 360, "height": 740}
NAMELESS = "I was alone at 02:10 and did not know whom to call."


@contextmanager
def at(browser: Browser, live: LiveServer, name: str, **options: Any) -> Iterator[Page]:
    context = signed_in(browser, live, name, **options)
    yield context.new_page()
    context.close()


def answer(page: Page, address: str, text: str, *, nameless: bool = False) -> None:
    """Answer one question, with a name (kept as it is typed, then given) or without."""
    page.goto(address)
    page.get_by_role("link", name="Answer without a name" if nameless else "Answer with my name").click()
    page.get_by_label("What did happen?").fill(text)
    if nameless:
        page.get_by_role("button", name="Send without a name").click()
        expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
        return
    expect(page.locator("[data-draft-state]")).to_have_text("Saved for your eyes only")
    page.get_by_role("button", name="Give this answer").click()
    expect(page.get_by_text("Your answer is given.")).to_be_visible()


def test_what_is_typed_before_the_script_is_there_is_kept_too(browser: Browser, live: LiveServer) -> None:
    """On a slow line one has begun to type when the script arrives."""
    with at(browser, live, "ada") as page:
        address = open_review(page)
        page.goto(address)
        page.get_by_role("link", name="Answer with my name").click()
        page.wait_for_load_state()
        answers = SlowFile(page, "**/reviews/answers.js*")
        page.goto(page.url, wait_until="commit")
        page.get_by_label("What did happen?").fill("It took six hours.")
        answers.wait_asked()
        answers.arrive()
        expect(page.locator("[data-draft-state]")).to_have_text("Saved for your eyes only")
        page.reload()
        expect(page.get_by_label("What did happen?")).to_have_value("It took six hours.")


def test_a_review_by_five_from_opening_to_a_lesson(browser: Browser, live: LiveServer) -> None:
    with ExitStack() as stack:
        ada = stack.enter_context(at(browser, live, "ada"))
        bob = stack.enter_context(at(browser, live, "bob", viewport=PHONE, is_mobile=True, has_touch=True))
        trouble = [watched(ada), watched(bob)]
        address = open_review(ada)
        answer(bob, address, NAMELESS, nameless=True)
        assert bob.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        assert bob.evaluate("JSON.stringify({...localStorage, ...sessionStorage})").count("alone") == 0
        for name in ("cem", "dai"):
            with at(browser, live, name) as page:
                answer(page, address, f"{name}: it took six hours, and the disk was full.")
        with at(browser, live, "eva") as page:
            answer(page, address, "Nobody had tried the way back.", nameless=True)
        answer(ada, address, "It was to take two hours.")
        discuss(ada, bob, address)
        make_a_lesson(ada, bob)
        assert trouble == [[], []]


def test_without_scripts_publishing_keeps_the_joint_text(browser: Browser, live: LiveServer) -> None:
    with at(browser, live, "ada", java_script_enabled=False) as ada:
        address = open_review(ada)
        ada.get_by_role("link", name="Answer with my name").click()
        ada.get_by_label("What did happen?").fill("It took six hours.")
        ada.get_by_role("button", name="Give this answer").click()
        ada.goto(address)
        ada.get_by_role("button", name="Begin the discussion").click()
        ada.get_by_label("What to improve").fill("Watch the disk")
        ada.get_by_role("button", name="Publish the review").click()
        expect(ada.locator(".prose").get_by_text("Watch the disk")).to_be_visible()


def open_review(ada: Page) -> str:
    """Ada opens the review and invites the others; its address."""
    ada.goto("/reviews/new")
    ada.get_by_label("Title", exact=True).fill(TITLE)
    ada.get_by_label("Day of the event").fill("2026-11-20")
    ada.get_by_label("Everybody who takes part").check()
    ada.get_by_role("button", name="Open the review").click()
    ada.wait_for_url(re.compile("/reviews/[a-z0-9]{12}$"))
    for name in NAMES[1:]:
        ada.get_by_label("Invite by sign-in name").fill(name)
        ada.get_by_role("button", name="Invite", exact=True).click()
        expect(ada.get_by_role("listitem").filter(has_text=name)).to_be_visible()
    return ada.url


def discuss(ada: Page, bob: Page, address: str) -> None:
    """All voices side by side; two write the joint text at once, one of them at a telephone; then it is published."""
    ada.goto(address)
    expect(ada.get_by_text("Five or more answers so far.")).to_be_visible()
    ada.get_by_role("button", name="Begin the discussion").click()
    expect(ada.locator(".voice")).to_have_count(5)
    expect(ada.locator(".voice-name", has_text="Without a name")).to_have_count(2)
    expect(ada.locator(".voice", has_text="alone").locator("mark", has_text="02:10")).to_be_visible()
    bob.goto(address)
    assert bob.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    ada.get_by_label("Contributing factors").fill("The disk was sized from last year\nNobody was on call")
    expect(ada.locator("[data-draft-state]")).to_have_text("Saved")
    bob.get_by_label("What to sustain").fill("The rehearsal of the copy")
    expect(bob.locator("[data-draft-state]")).to_have_text("Saved, together with what somebody else wrote")
    expect(bob.get_by_label("Contributing factors")).to_have_value(re.compile("Nobody was on call"))
    ada.get_by_label("When, by the clock there").fill("2026-11-20T02:10")
    ada.get_by_label("Time zone").fill("Europe/Berlin")
    ada.locator("#field-text").fill("The disk is full")
    ada.get_by_role("button", name="Add to the timeline").click()
    expect(ada.get_by_text("20 Nov 2026, 02:10 in Europe/Berlin")).to_be_visible()
    ada.wait_for_load_state()  # the script that keeps what is typed
    ada.get_by_label("What to improve").fill("Watch the disk")  # not kept yet: publishing keeps it first
    ada.get_by_role("button", name="Publish the review").click()
    ada.wait_for_url(re.compile("/wiki/reviews/"))
    expect(ada.locator("table time")).to_have_attribute("datetime", "2026-11-20T01:10Z")
    expect(ada.locator("table")).to_contain_text("Europe/Berlin")
    expect(ada.get_by_role("columnheader", name="Here", exact=True)).to_be_visible()


def make_a_lesson(ada: Page, bob: Page) -> None:
    """The entry holds every voice; a passage of it becomes a lesson that is linked both ways; a line is noted."""
    for said in (NAMELESS, "— cem", "— without a name", "The rehearsal of the copy", "Watch the disk"):
        expect(ada.locator(".prose").get_by_text(said).first).to_be_visible()
    review = ada.url
    bob.goto(review)
    assert bob.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    bob.get_by_role("link", name="Make a lesson or an action of a passage").click()
    bob.locator(".passage", has_text="alone").get_by_role("button", name="Make this a lesson").click()
    expect(bob.get_by_label("Title", exact=True)).to_have_value("I was alone at 02:10 and did not know whom to call")
    bob.get_by_label("Title", exact=True).fill("Say beforehand whom to call at night")
    bob.get_by_role("button", name="Publish", exact=True).click()
    expect(bob.get_by_role("heading", name="Say beforehand whom to call at night", level=1)).to_be_visible()
    expect(bob.locator(".prose").get_by_role("link", name=TITLE)).to_be_visible()
    ada.reload()
    expect(ada.locator(".prose").get_by_role("link", name="Say beforehand whom to call at night")).to_be_visible()
    bob.get_by_label("Note an observation").click()
    bob.get_by_label("What did you notice?").fill("The copy has no alarm at all.")
    bob.get_by_role("button", name="Note it").click()
    expect(bob.get_by_text("Noted as “The copy has no alarm at all”.")).to_be_visible()

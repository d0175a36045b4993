"""A lesson from observation to learned to recurred, as the people do it, at a desk and on a phone."""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.writers import publish, signed_in, watched
from tests.live import LiveServer

pytestmark = pytest.mark.browser

PEOPLE = {"ada": "author", "fay": "facilitator"}
TITLE = "Nobody watches when certificates run out"
SIZES = {"desk": {"width": 1440, "height": 900}, "phone": {"width": 360, "height": 740}}


def looked_at(page: Page, name: str) -> None:
    """No page is wider than its window; with LIFE_PICTURES in the environment a picture is kept."""
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), page.url
    folder = os.environ.get("LIFE_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def step(page: Page, label: str, **fields: str) -> None:
    """Open a step, fill it in and take it."""
    page.locator("summary", has_text=label).click()
    form = page.locator("details[open]").filter(has=page.get_by_role("button", name=label))
    for name, value in fields.items():
        form.locator(f"[name={name}]").fill(value)
    form.get_by_role("button", name=label).click()


@pytest.mark.parametrize("size", SIZES)
def test_a_lesson_from_observation_to_learned_to_recurred(
    browser: Browser, live: LiveServer, token: str, size: str
) -> None:
    made = publish(live, token, f"{TITLE} ({size})", "It ran out on a Sunday.\n", status="observation")
    ada = signed_in(browser, live, viewport=SIZES[size]).new_page()
    fay = signed_in(browser, live, "fay", viewport=SIZES[size]).new_page()
    trouble = [watched(page) for page in (ada, fay)]
    ada.goto(made["url"])
    ada.get_by_role("link", name="Life of this lesson").first.click()
    step(ada, "Make it a lesson identified")
    expect(ada.get_by_text("The next step is for the lesson's steward or a facilitator")).to_be_visible()
    fay.goto(f"/life/{made['id']}")
    looked_at(fay, f"{size}-life")
    step(fay, "Validate it")
    ada.goto(made["url"])
    ada.get_by_role("link", name="Add an action").click()
    ada.get_by_label("What is to be done").fill("Renew certificates by a job")
    ada.get_by_label("Owner").fill("ada")
    ada.get_by_label("Due").fill((dt.datetime.now(dt.UTC).date() + dt.timedelta(days=9)).isoformat())
    ada.get_by_role("button", name="Add the action").click()
    expect(ada.locator(".action-row")).to_contain_text("Renew certificates by a job")
    looked_at(ada, f"{size}-entry-action")
    fay.goto(f"/life/{made['id']}")
    step(fay, "Begin with its actions")
    step(fay, "Declare it learned", evidence="None ran out in a year.")
    expect(fay.locator(".notice-error")).to_contain_text("dropped with a reason")
    looked_at(fay, f"{size}-refused")
    ada.goto(made["url"])
    for word in ("Done", "Verified"):
        ada.get_by_role("button", name=f"{word}: Renew certificates by a job").click()
    expect(ada.locator(".action-row .badge")).to_have_text("Verified")
    fay.goto(f"/life/{made['id']}")
    fay.locator("summary", has_text="Declare it learned").click()
    fay.get_by_label("What shows that it worked?").fill("None ran out in a year.")
    fay.get_by_label("The assumption behind it (double-loop)").check()
    fay.get_by_role("button", name="Declare it learned").click()
    fay.goto(made["url"])
    expect(fay.locator(".standing")).to_contain_text("Holds")
    looked_at(fay, f"{size}-learned")
    ada.goto(made["url"])
    ada.get_by_role("link", name="It happened again").click()
    ada.get_by_label("Or: what happened").fill("The mail gateway's certificate ran out.")
    ada.get_by_label("What did the action of then miss?").fill("Only web servers were renewed by the job.")
    looked_at(ada, f"{size}-again")
    ada.get_by_role("button", name="It happened again").click()
    expect(ada.locator(".standing")).to_contain_text("It came back: not learned yet")
    expect(ada.locator(".chain")).to_contain_text("Only web servers were renewed by the job.")
    expect(ada.locator(".entry-badges")).to_contain_text("Lesson identified")
    looked_at(ada, f"{size}-recurred")
    ada.goto("/actions?view=settled")
    looked_at(ada, f"{size}-actions")
    assert [line for lines in trouble for line in lines if "422" not in line] == []
    for page in (ada, fay):
        page.context.close()

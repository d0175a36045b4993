"""A writer at a real browser, on a real server; shared by the tests of writing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Route, sync_playwright

from tests.live import LiveServer, wait_for
from tests.needs import program

PASSWORD = "correct horse battery"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]

OLD_TITLE = "The gateway certificate that nobody watched"
OLD_BODY = (
    "## What happened\n\nThe certificate of the payment gateway expired on a Sunday and no alarm was raised. "
    "Customers could not pay for two hours until somebody renewed the certificate by hand.\n\n"
    "## Why it matters\n\nTwo hours of payments were lost and forty customers called.\n\n"
    "## Lesson\n\nWatch the date on which every certificate expires, also those that a supplier renews.\n"
)
DRAFT = "The certificate of our billing gateway expired at night and customers could not pay until it was renewed."

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
PASTE = """(encoded) => {
    const data = new DataTransfer();
    const bytes = Uint8Array.from(atob(encoded), c => c.charCodeAt(0));
    data.items.add(new File([bytes], 'Screen shot.png', {type: 'image/png'}));
    const event = new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true});
    document.activeElement.dispatchEvent(event);
}"""


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window: the build that never has one where it is there, a third faster."""
    path = program("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def signed_in(browser: Browser, live: LiveServer, name: str = "ada", **options: Any) -> BrowserContext:
    """A browser of its own cookies, signed in; without the service worker, which would answer before routes do."""
    options.setdefault("service_workers", "block")
    context = browser.new_context(base_url=live.url, **options)
    context.set_default_timeout(10_000)
    sign_in(context, name)
    return context


def sign_in(context: BrowserContext, name: str) -> None:
    """The form is sent without a page: pages cost a second each, and nearly every test begins here."""
    token = re.search(r'name="csrf_token" value="([^"]+)"', context.request.get("/sign-in").text())
    assert token
    form = {"name": name, "password": PASSWORD, "csrf_token": token[1]}
    answer = context.request.post("/sign-in", form=form, max_redirects=0)
    assert answer.status == 303, answer.text()


def watched(page: Page) -> list[str]:
    """What goes wrong on the page from now on: script errors, policy violations, failed requests to us."""
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("console", lambda m: trouble.append(f"console: {m.text}") if m.type == "error" else None)
    return trouble


def publish(live: LiveServer, token: str, title: str, body: str, kind: str = "lesson", **more: Any) -> dict[str, Any]:
    """An entry made through the API."""
    answer = httpx.post(
        f"{live.url}/api/v1/entries",
        json={"kind": kind, "title": title, "body": body} | more,
        headers={"Authorization": f"Bearer {token}"},
        timeout=20,
    )
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def body_of(live: LiveServer, token: str, entry_id: str) -> str:
    """The published text of an entry."""
    answer = httpx.get(
        f"{live.url}/api/v1/entries/{entry_id}", headers={"Authorization": f"Bearer {token}"}, timeout=20
    )
    return str(answer.json()["body"])


def field(page: Page, name: str) -> Locator:
    """The place to write in, with CodeMirror or without."""
    if page.way == "rich":  # type: ignore[attr-defined]
        return page.locator(f"textarea[name={name}] + .cm-editor .cm-content")
    return page.locator(f"textarea[name={name}]")


def text(page: Page, name: str = "body") -> str:
    return str(page.locator(f"textarea[name={name}]").input_value())


def cards(page: Page) -> Locator:
    return page.locator(".related-card")


def known(page: Page) -> Locator:
    """The card of what happened before."""
    return cards(page).filter(has=page.locator(f"h3:has-text('{OLD_TITLE}')"))


class SlowFile:
    """A file that the page asks for and does not get until `arrive`, as on a slow line."""

    def __init__(self, page: Page, pattern: str) -> None:
        self._page, self._pattern = page, pattern
        self._asked: list[Route] = []
        page.context.route(pattern, self._hold)

    def _hold(self, route: Route) -> None:
        self._asked.append(route)

    def wait_asked(self) -> None:
        # Playwright hands over what came only while it is asked for something.
        wait_for(lambda: bool(self._page.evaluate("1")) and bool(self._asked), 30, self._seen)

    def arrive(self) -> None:
        for route in self._asked:
            route.continue_()
        self._page.context.unroute(self._pattern, self._hold)

    def _seen(self) -> str:
        got = self._page.evaluate("performance.getEntriesByType('resource').map(found => found.name)")
        return f"{self._page.url} did not ask for {self._pattern}, only for {got}"


def plain(context: BrowserContext) -> None:
    """As on a machine where the bundle was not built."""
    context.route(re.compile(r"/static/build/"), lambda route: route.abort())

"""How the pages feel in a real Chromium: when something is seen, how soon it answers, what moves, what it weighs, and
the same on a telephone with a slow line.

Playwright and a Chromium come with the tools of developers; where one is missing this part says so in its one row.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bench.measure import median, percentile, timed
from bench.rows import Row
from bench.server import PASSWORD
from bench.setting import Setting

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, CDPSession, Page

PART = "felt"
TIMES = 5
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
EDITOR = ("/static/build", "/static/js/editor", "/static/css/editor")
SLOW = {"offline": False, "latency": 400, "downloadThroughput": 50_000, "uploadThroughput": 50_000}
"""400 kbit/s, and 400 ms to the server and back."""
FAST = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
# What the browser itself notes from the first moment of a page: shifts, and the time from a key to the next frame.
WATCH = """
window.felt = {shift: 0, events: []};
new PerformanceObserver(l => l.getEntries().forEach(e => e.hadRecentInput || (felt.shift += e.value)))
    .observe({type: 'layout-shift', buffered: true});
new PerformanceObserver(l => l.getEntries().forEach(e => e.interactionId && felt.events.push(e.duration)))
    .observe({type: 'event', durationThreshold: 16, buffered: true});
"""
PAINTED = "performance.getEntriesByType('paint').find(p => p.name === 'first-contentful-paint')?.startTime ?? null"
FRAME = "new Promise(done => requestAnimationFrame(() => setTimeout(done, 60)))"


@dataclass(frozen=True, slots=True)
class Load:
    """One page loaded with nothing kept from before: first contentful paint in ms, shifts, bytes without the editor."""

    paint: float
    shift: float
    weight: int


class Watched:
    """A page of somebody signed in, with the browser's own tools beside it."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.tools: CDPSession = context.new_cdp_session(self.page)
        self._urls: dict[str, str] = {}
        self._weight = 0
        self.tools.on("Network.requestWillBeSent", self._sent)
        self.tools.on("Network.loadingFinished", self._finished)
        self.tools.send("Network.enable")
        self.tools.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def _sent(self, event: dict[str, Any]) -> None:
        self._urls[event["requestId"]] = event["request"]["url"]

    def _finished(self, event: dict[str, Any]) -> None:
        if not any(part in self._urls.get(event["requestId"], "") for part in EDITOR):
            self._weight += int(event["encodedDataLength"])

    def load(self, path: str) -> Load:
        """Load a page and wait until it has come to rest."""
        self._weight = 0
        self.page.goto(path, wait_until="load")
        self.page.evaluate(FRAME)
        return Load(self.painted(), float(self.page.evaluate("felt.shift")), self._weight)

    def painted(self) -> float:
        """Milliseconds from the page's beginning to its first paint, once there is one; Playwright's own waiting would
        need `eval`, which our pages forbid."""
        while not (paint := self.page.evaluate(PAINTED)):
            self.page.wait_for_timeout(5)
        return float(paint)

    def slowest(self) -> float:
        """Milliseconds from a key or press to the frame that shows its effect: the slowest since the last call. What
        the browser does not note took less than its 16 ms."""
        self.page.evaluate(FRAME)
        return float(self.page.evaluate("Math.max(16, ...felt.events.splice(0))"))


def rows(setting: Setting) -> Iterator[Row]:
    """The rows of this part."""
    program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        program = None
    if program is None:
        note = "not measured: it needs Playwright (make install-dev) and a Chromium"
        yield Row(PART, "pages in a browser", 0, "", note=note)
        return
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield from _desk(browser, setting)
        yield from _phone(browser, setting)
        browser.close()


@contextmanager
def _signed_in(browser: Browser, setting: Setting, **options: Any) -> Iterator[Watched]:
    # What a service worker fetches is not seen on the page's line, and a first visit has none.
    context = browser.new_context(base_url=setting.server.url, service_workers="block", **options)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("Name").first.fill("bench")
    page.get_by_label("Password").first.fill(PASSWORD)
    page.locator("main form").get_by_role("button").first.click()
    page.wait_for_url(lambda url: "/sign-in" not in url)
    page.close()
    context.add_init_script(WATCH)
    yield Watched(context)
    context.close()


def pages(setting: Setting) -> dict[str, str]:
    """The pages that people are on, by what they are called."""
    entry = setting.client.get("/api/v1/entries", params={"kind": "lesson", "limit": 1}).json()["entries"][0]
    return {
        "start page": "/",
        "an entry": entry["url"],
        "results of a search": "/search?q=valve",
        "list of lessons": "/browse?kind=lesson",
        "history": f"/history/{entry['id']}",
        "curator's desk": "/desk",
        "new review": "/new/after-action-review",
    }


def _desk(browser: Browser, setting: Setting) -> Iterator[Row]:
    with _signed_in(browser, setting, viewport={"width": 1440, "height": 900}) as at:
        bare = _bare(at)
        for name, path in pages(setting).items():
            at.load(path)
            found = [at.load(path) for _ in range(TIMES)]
            paint = median([load.paint for load in found])
            yield Row(PART, f"{name}, first paint", paint, "ms", at_most=500, reference=bare, against="bare page")
            yield Row(PART, f"{name}, shift", max(load.shift for load in found), "CLS", at_most=0.02)
            yield Row(PART, f"{name}, weight", median([load.weight for load in found]) / 1000, "kB", at_most=60)
        yield from _answers(at)


def _bare(at: Watched) -> float:
    """The first paint of a page with a word in it, from the same server: /healthz as the browser shows it."""
    return median([at.load("/healthz").paint for _ in range(TIMES)])


def _answers(at: Watched) -> Iterator[Row]:
    """From a key or press to the next frame, in what people do all day."""
    page = at.page

    def slowest(what: str, times: int, act: Any) -> Row:
        found = []
        for _ in range(times):
            act()
            found.append(at.slowest())
        return Row(PART, f"{what}, to the next frame", percentile(found, 0.95), "ms", at_most=100)

    at.load("/browse")
    yield slowest("menu opened", TIMES, lambda: page.locator("summary.account-button").click())
    page.keyboard.press("Escape")
    yield slowest(
        "palette opened and closed", TIMES, lambda: (page.keyboard.press("Control+k"), page.keyboard.press("Escape"))
    )
    page.keyboard.press("Control+k")
    yield slowest("letter in the palette", 8, lambda: page.keyboard.type("v"))
    yield Row(PART, "filter chosen, to the new results", _filtered(at), "ms", at_most=500)
    at.load("/new/page")
    page.locator(".cm-content, textarea[name=body]").last.click()
    yield slowest("letters in the editor", 10, lambda: page.keyboard.type("valves stuck "))
    page.keyboard.insert_text("A long text about valves that stuck in the cold of the morning. " * 600)
    at.slowest()
    yield slowest("letters in a text of 40,000 characters", 10, lambda: page.keyboard.type("valves "))


def _filtered(at: Watched) -> float:
    """Milliseconds from choosing a facet, which asks for a new page, to its first paint; what one waits for in all."""
    found = []
    for _ in range(TIMES):
        at.load("/search?q=valve")
        with timed() as clock:
            at.page.locator(".facets input[type=checkbox]").first.click()
            at.page.wait_for_url(lambda url: "&" in url, wait_until="commit")
            at.painted()
        found.append(clock.ms)
    return median(found)


def _phone(browser: Browser, setting: Setting) -> Iterator[Row]:
    """360 pixels, 400 kbit/s, 400 ms to the server and back, a quarter of the processor, nothing kept."""
    with _signed_in(browser, setting, viewport={"width": 360, "height": 740}, is_mobile=True, has_touch=True) as at:
        at.tools.send("Network.emulateNetworkConditions", SLOW)
        at.tools.send("Emulation.setCPUThrottlingRate", {"rate": 4})
        for name, path in pages(setting).items():
            paint = median([at.load(path).paint for _ in range(2)])
            yield Row(
                PART, f"{name}, readable on a slow phone", paint / 1000, "s", at_most=4, note="400 kbit/s, 400 ms"
            )
        at.tools.send("Network.emulateNetworkConditions", FAST)

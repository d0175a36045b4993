"""What can be measured of a page in a real browser: violations of WCAG by axe-core, weight, shifts of the layout."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import BrowserContext, Page

from tests.needs import ROOT, missing

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
# Everything that WCAG 2.2 asks for at AA, and what axe-core calls good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# What the room changes: where things stand and how large they are, not what they are called.
OF_ROOM = ["target-size", "scrollable-region-focusable"]
RUN = """(only) => axe.run(document, {runOnly: only, resultTypes: ['violations']}).then(r => r.violations.map(v => v.id
    + ': ' + v.help + ' '
    + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')))"""
# What sticks out of the window and what is cut off in a control or a heading.
TIGHT = """() => {
    const root = document.documentElement, found = [];
    if (root.scrollWidth > root.clientWidth) found.push(`is ${root.scrollWidth} wide in ${root.clientWidth}`);
    for (const e of document.querySelectorAll('button, .button, .badge, h1, h2, h3, label, summary, th')) {
        if (getComputedStyle(e).overflow === 'visible' || e.closest('.visually-hidden')) continue;
        if (e.checkVisibility() && (e.scrollWidth > e.clientWidth + 1 || e.scrollHeight > e.clientHeight + 2))
            found.push(`cuts off ${e.textContent.trim().slice(0, 40)}`);
    }
    return found;
}"""
DESK, SMALL = {"width": 1280, "height": 720}, {"width": 320, "height": 640}
SETTLED = "new Promise(done => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(done), 30)))"
SHIFTS = """() => { window.shifts = 0; new PerformanceObserver((list) => { for (const e of list.getEntries())
    if (!e.hadRecentInput) window.shifts += e.value; }).observe({type: 'layout-shift', buffered: true}); }"""


def axe_source() -> str:
    """The program of axe-core, from the locked npm packages."""
    if not AXE.is_file():
        missing("axe-core (python scripts/build_frontend.py --dev)")
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, source: str) -> list[str]:
    """What is wrong with a page, from one load: all that axe-core knows in the light theme, contrast in the dark one,
    and what needs room in a window of 320 pixels (a phone, or WCAG's 400 per cent), also from
    right to left, and with text at 200 per cent."""
    page.evaluate(source)
    found: list[str] = page.evaluate(RUN, {"type": "tag", "values": TAGS})
    page.emulate_media(color_scheme="dark")
    page.evaluate(SETTLED)
    found += [f"dark {line}" for line in page.evaluate(RUN, {"type": "rule", "values": ["color-contrast"]})]
    page.emulate_media(color_scheme="light")
    return found + tight(page)


def tight(page: Page) -> list[str]:
    """What does not fit, is cut off or too small to press with little room; the window is as it was afterwards."""
    page.set_viewport_size(SMALL)
    page.evaluate(SETTLED)
    found = [f"at 320 px {line}" for line in page.evaluate(TIGHT)]
    found += [f"at 320 px {line}" for line in page.evaluate(RUN, {"type": "rule", "values": OF_ROOM})]
    page.evaluate("document.documentElement.dir = 'rtl'")
    page.evaluate(SETTLED)
    found += [f"at 320 px from right to left {line}" for line in page.evaluate(TIGHT)]
    page.evaluate("document.documentElement.dir = 'ltr'")
    page.set_viewport_size(DESK)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    page.evaluate(SETTLED)
    found += [f"with large text {line}" for line in page.evaluate(TIGHT)]
    page.evaluate("document.documentElement.style.fontSize = ''")
    return found


@dataclass
class Weight:
    """Bytes on the line, by address, as they are sent (compressed where they are)."""

    by_url: dict[str, int] = field(default_factory=dict)

    def total(self, without: re.Pattern[str]) -> int:
        """All bytes but those of addresses in which `without` is found."""
        return sum(size for url, size in self.by_url.items() if not without.search(url))

    def twice(self) -> list[str]:
        """Scripts that were loaded under two addresses, and so ran twice."""
        paths = [url.partition("?")[0] for url in self.by_url if ".js" in url]
        return sorted({path for path in paths if paths.count(path) > 1})


@contextmanager
def weighed(context: BrowserContext, page: Page) -> Iterator[Weight]:
    """Count what the page loads inside the block, nothing coming from the browser's cache."""
    session = context.new_cdp_session(page)
    weight, urls = Weight(), {}

    def sent(event: dict[str, Any]) -> None:
        urls[event["requestId"]] = event["request"]["url"]

    def finished(event: dict[str, Any]) -> None:
        url = urls.get(event["requestId"], "?")
        weight.by_url[url] = weight.by_url.get(url, 0) + int(event["encodedDataLength"])

    session.on("Network.requestWillBeSent", sent)
    session.on("Network.loadingFinished", finished)
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    try:
        yield weight
    finally:
        session.detach()


def shifts(page: Page) -> float:
    """How much the layout has shifted since the page began to load (CLS)."""
    page.evaluate(SHIFTS)
    page.wait_for_timeout(50)
    return float(page.evaluate("window.shifts"))

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
RUN = """(only) => axe.run(document, {runOnly: only}).then(r => r.violations.map(v => v.id + ': ' + v.help + ' '
    + v.nodes.slice(0, 3).map(n => n.target.join(' ') + ' ' + (n.any[0]?.message ?? '')).join(' | ')))"""
SHIFTS = """() => { window.shifts = 0; new PerformanceObserver((list) => { for (const e of list.getEntries())
    if (!e.hadRecentInput) window.shifts += e.value; }).observe({type: 'layout-shift', buffered: true}); }"""


def axe_source() -> str:
    """The program of axe-core, from the locked npm packages."""
    if not AXE.is_file():
        missing("axe-core (python scripts/build_frontend.py --dev)")
    return AXE.read_text(encoding="utf-8")


def violations(page: Page, source: str) -> list[str]:
    """What axe-core finds wrong, in the light theme and again in the dark one where only colours can differ."""
    page.evaluate(source)
    found: list[str] = page.evaluate(RUN, {"type": "tag", "values": TAGS})
    page.emulate_media(color_scheme="dark")
    page.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(() => requestAnimationFrame(done), 30)))")
    dark: list[str] = page.evaluate(RUN, {"type": "rule", "values": ["color-contrast"]})
    page.emulate_media(color_scheme="light")
    return found + [f"dark {line}" for line in dark]


@dataclass
class Weight:
    """Bytes on the line, by address, as they are sent (compressed where they are)."""

    by_url: dict[str, int] = field(default_factory=dict)

    def total(self, without: re.Pattern[str]) -> int:
        """All bytes but those of addresses in which `without` is found."""
        return sum(size for url, size in self.by_url.items() if not without.search(url))


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

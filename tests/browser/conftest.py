"""The browser and the writer that the browser tests share; `live` is the server of the test's own module."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.writers import OLD_BODY, OLD_TITLE, chromium, plain, publish, signed_in
from tests.live import LiveServer
from wiki.web.bundle import MANIFEST

WAYS = ["plain", "rich"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def token(live: LiveServer) -> str:
    return live.wiki("token", "create", "ada", "--scope", "write").strip()


@pytest.fixture(scope="module")
def old(live: LiveServer, token: str) -> str:
    """The id of what happened before."""
    made = publish(live, token, OLD_TITLE, OLD_BODY, date="2025-03-02")
    publish(live, token, "How we order paper", "Ask at the front desk and sign the yellow list in the morning.")
    live.wait_indexed(timeout=120)
    return str(made["id"])


@pytest.fixture
def context(browser: Browser, live: LiveServer, old: str) -> Iterator[BrowserContext]:
    found = signed_in(browser, live)
    yield found
    found.close()


@pytest.fixture(params=WAYS)
def page(request: pytest.FixtureRequest, context: BrowserContext) -> Page:
    if request.param == "plain":
        plain(context)
    elif not MANIFEST.is_file():
        pytest.fail("the editor's bundle is not built: python scripts/build_frontend.py")
    found = context.new_page()
    found.way = request.param  # type: ignore[attr-defined]
    return found

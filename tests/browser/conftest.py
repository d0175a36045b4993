"""The browser, the server and the writer that the browser tests share.

A module names who has an account on its server in `PEOPLE` (name to role; without it ada, who writes), and in `MODEL`
the search model where it needs the real one, and in `CONTEXT` what its browser is like where that matters.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.writers import OLD_BODY, OLD_TITLE, PASSWORD, chromium, plain, publish, signed_in
from tests.live import LiveServer
from wiki.composition import prepare_instance
from wiki.config import load_config
from wiki.people import People
from wiki.web.bundle import MANIFEST

WAYS = ["plain", "rich"]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=10_000)  # as long as a context waits for what is clicked: machines are busy
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A server of the module's own."""
    config = load_config({}, instance=tmp_path_factory.mktemp("live") / "instance")
    prepare_instance(config)
    people = People.open(config)
    for name, role in getattr(request.module, "PEOPLE", {"ada": "author"}).items():
        people.accounts.create(name, role, PASSWORD)
    people.close()
    server = LiveServer(config.instance, model=getattr(request.module, "MODEL", "hash")).start()
    yield server
    server.stop()


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
def context(request: pytest.FixtureRequest, browser: Browser, live: LiveServer) -> Iterator[BrowserContext]:
    found = signed_in(browser, live, **getattr(request.module, "CONTEXT", {}))
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

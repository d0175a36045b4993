"""Every page, in both themes, on a phone and with large text: no violation of WCAG 2.2 AA that axe-core knows, nothing
is cut off or jumps, and it is light.

Pages without arguments are found by themselves, so a new page is looked at without being named here; a page that
takes an argument stands in `EXAMPLES`, or among those that show nothing to people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext

from tests.browser.looking import axe_source, shifts, violations, weighed
from tests.browser.writers import OLD_BODY, OLD_TITLE, publish, signed_in
from tests.live import LiveServer

pytestmark = pytest.mark.browser

PEOPLE = {"ada": "administrator"}
MOST_BYTES = 60_000
MOST_SHIFT = 0.02
EDITOR = re.compile(r"/static/(build|js/editor|css/editor)")  # what only who writes loads
REVIEW = (
    "## What was supposed to happen?\n\nThe move was to take a night.[^1]\n\n## What did happen?\n\n- [ ] a task\n\n"
    "| a | b |\n|---|---|\n| 1 | 2 |\n\n```python\nprint(1)\n```\n\n## Why was there a difference?\n\n"
    "> [!NOTE]\n> Nobody asked. See [[Never written]].\n\n## What will we sustain?\n\nMuch.\n\n[^1]: As planned.\n"
)
WORDS = {"kind": "lesson", "slug": "billing", "tag": "tls"}
# Endpoints that answer with data, files, parts of pages or another address.
NO_PAGES = re.compile(
    r"^(api|assets|health|attachments)\.|feed|\.held$|suggest|beside|drafts\.show|by_id$|entries\.root|sign_in|browse\.kind"
)


@pytest.fixture(scope="module")
def lesson(live: LiveServer) -> dict[str, str]:
    """An entry with a past and two versions, which others link to."""
    live.wiki("team", "create", "billing")
    token = live.wiki("token", "create", "ada", "--scope", "write").strip()
    made = publish(live, token, OLD_TITLE, OLD_BODY, tags=["tls", "payments"], team="billing", date="2025-03-02")
    kind = "after-action-review"
    review = publish(live, token, "A night with a review", REVIEW, kind=kind, recurrence_of=[made["id"]])
    path = str(made["url"]).removeprefix("/wiki/")
    changed = httpx.put(
        f"{live.url}/api/v1/entries/{made['id']}",
        json={
            "kind": "lesson",
            "title": OLD_TITLE,
            "tags": ["tls", "payments"],
            "team": "billing",
            "body": OLD_BODY.replace("two hours", "three hours"),
        },
        headers={"Authorization": f"Bearer {token}", "If-Match": f'"{made["revision"]}"'},
        timeout=20,
    ).json()
    headers = {"Authorization": f"Bearer {token}"}
    action = httpx.post(
        f"{live.url}/api/v1/entries/{made['id']}/actions",
        json={"what": "Renew by a job", "owner": "Jane Doe", "due": "2026-01-02"},
        headers=headers,
        timeout=20,
    ).json()
    changed = httpx.get(f"{live.url}/api/v1/entries/{made['id']}", headers=headers, timeout=20).json()
    live.wait_indexed()
    topic = publish(live, token, "Certificates", "What we know.", kind="topic")
    return {
        "id": made["id"],
        "path": path,
        "first": made["revision"],
        "revision": changed["revision"],
        "topic": topic["id"],
        "topic_url": topic["url"],
        "review_url": review["url"],
        "action_id": action["id"],
        **held(live, headers),
    }


def held(live: LiveServer, headers: dict[str, str]) -> dict[str, str]:
    """A review that gathers answers, one that is discussed, and one that is published."""
    found = {}
    for phases in ((), ("discussing",), ("discussing", "published")):
        where = f"{live.url}/api/v1/reviews"
        made = httpx.post(where, json={"title": "The move"}, headers=headers, timeout=20).json()
        where = f"{where}/{made['id']}"
        answer = {"happened": "The disk was full at 02:10.", "given": "yes"}
        httpx.put(f"{where}/answer", json=answer, headers=headers, timeout=20)
        event = {"at": "2026-11-20T02:10", "zone": "Asia/Tokyo", "text": "Full"}
        for phase in phases:
            moved = httpx.post(f"{where}/phase", json={"to": phase}, headers=headers, timeout=20)
            assert moved.status_code == 200, moved.text
            if phase == "discussing":
                assert httpx.post(f"{where}/events", json=event, headers=headers, timeout=20).status_code == 201
        found[phases[-1] if phases else "gathering"] = made["id"]
    return found


@pytest.fixture
def context(browser: Browser, live: LiveServer, lesson: dict[str, str]) -> Iterator[BrowserContext]:
    found = signed_in(browser, live, reduced_motion="reduce")
    yield found
    found.close()


def addresses(app: Flask, lesson: dict[str, str]) -> list[str]:
    """An address of every page that there is."""
    known = {
        "entry_id": lesson["id"],
        "path": lesson["path"],
        "revision": lesson["revision"],
        "topic_id": lesson["topic"],
        "action_id": lesson["action_id"],
        "review_id": lesson["gathering"],
        **WORDS,
    }
    urls = app.url_map.bind("localhost")
    found = {
        urls.build(rule.endpoint, {name: known[name] for name in rule.arguments})
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and rule.arguments <= set(known) and not NO_PAGES.search(rule.endpoint)
    }
    compared = f"/compare/{lesson['id']}?from={lesson['first']}&to={lesson['revision']}"
    more = {"/kind/lesson", "/search?q=certificate&kind=lesson&tag=tls", "/search?q=zzzz", "/no", compared}
    desk = {f"/desk?queue={queue}" for queue in ("validate", "steward", "links", "orphans", "names", "tags")}
    reviews = {
        f"/reviews/{lesson['discussing']}",
        f"/passages/{lesson['published']}",
        f"/life/{lesson['published']}/again",
    }
    reviews |= {f"/reviews/{lesson['gathering']}/answer?nameless=1", "/actions?view=overdue"}
    return sorted(found | more | desk | reviews | {compared + "&view=split", lesson["topic_url"], lesson["review_url"]})


@pytest.mark.timeout(400)
def test_every_page_can_be_used_by_everybody_and_is_light_and_still(
    context: BrowserContext, app: Flask, lesson: dict[str, str]
) -> None:
    source = axe_source()
    page = context.new_page()
    trouble: dict[str, list[str]] = {}
    for address in addresses(app, lesson):
        with weighed(context, page) as weight:
            answer = page.goto(address, wait_until="load")
        assert answer is not None
        if "html" not in answer.headers.get("content-type", ""):
            continue
        moved = shifts(page)
        found = violations(page, source)
        if moved >= MOST_SHIFT:
            found.append(f"the layout moved by {moved:.3f}")
        found += [f"runs {path} twice" for path in weight.twice()]
        if (size := weight.total(EDITOR)) > MOST_BYTES:
            found.append(f"weighs {size:,} bytes")
        if found:
            trouble[f"{answer.status} {address}"] = found
    assert not trouble, "\n".join(f"{page}\n  " + "\n  ".join(lines) for page, lines in trouble.items())

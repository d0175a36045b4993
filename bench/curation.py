"""The curator's desk, six hundred actions, a topic of three hundred entries: milliseconds at the server for a page."""

from __future__ import annotations

import datetime as dt
import http.client
import statistics
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

from bench.pages import sign_in
from bench.rows import Row
from bench.setting import Setting

PART = "curation"
AT_MOST = 100.0
ENTRIES = 300
TIMES = 12
QUEUES = ("new", "validate", "recurrences", "duplicates", "links", "orphans", "names", "tags")
ACTIONS = 600
VIEWS = ("mine", "team", "overdue", "all", "settled")
WHY = "It shows what happens when nobody asks whether the copy can be read."


def rows(setting: Setting) -> Iterator[Row]:
    """Each queue of the desk, the pages of actions, the topic, its last page, and handing it over."""
    topic = make_topic(setting)
    make_actions(setting)
    setting.server.wait_index("keyword")
    setting.server.wait_index("semantic")
    cookie = sign_in(setting.server)
    for queue in QUEUES:
        measured = median(setting.server.url, f"/desk?queue={queue}", cookie)
        yield Row(PART, f"the desk, {queue}", measured, "ms", at_most=AT_MOST)
    for view in VIEWS:
        measured = median(setting.server.url, f"/actions?view={view}", cookie)
        yield Row(PART, f"actions, {view} ({ACTIONS} in all)", measured, "ms", at_most=AT_MOST)
    for what, path in (
        (f"a topic of {ENTRIES}", topic["url"]),
        ("its last page", topic["url"] + "?page=10"),
        ("handing it over", f"/topic/{topic['id']}/handover"),
        ("its reading path", f"/topic/{topic['id']}/path"),
    ):
        yield Row(PART, what, median(setting.server.url, path, cookie), "ms", at_most=AT_MOST)


def make_topic(setting: Setting) -> dict[str, str]:
    """A topic whose list holds three hundred lessons, each with a reason."""
    known = setting.client.get("/api/v1/topics").json()["topics"]
    if not any(one["entries"] >= ENTRIES for one in known):
        listed = "".join(f"- id: {entry}\n  why: {WHY}\n" for entry in lessons(setting))
        path = "".join(f"- id: {entry}\n" for entry in lessons(setting)[:20])
        head = "id: threehundred2\nkind: topic\ntitle: Three hundred lessons\nrule:\n  query: test OR design\n"
        folder = setting.scratch / "topic"
        folder.mkdir()
        text = f"---\n{head}curated:\n{listed}reading_path:\n{path}---\nWhat they say together.\n"
        (folder / "three-hundred-lessons.md").write_text(text, encoding="utf-8")
        setting.server.wiki("import", str(folder))
        known = setting.client.get("/api/v1/topics").json()["topics"]
    return next({"id": one["id"], "url": one["url"]} for one in known if one["entries"] >= ENTRIES)


def make_actions(setting: Setting) -> None:
    """Six hundred actions on three hundred reviews: with an owner here and without, overdue, ahead and done."""
    if setting.client.get("/api/v1/actions", params={"view": "settled"}).json()["total"] >= ACTIONS:
        return
    first = setting.client.post(
        f"/api/v1/entries/{lessons(setting)[0]}/actions", json={"what": "Look at it", "owner": "bench"}
    )
    me = first.json()["owner"]
    folder = setting.scratch / "actions"
    folder.mkdir()
    today = dt.date.today()
    for number in range(ACTIONS // 2):
        days = [today + dt.timedelta(days=number % 90 - 30), today + dt.timedelta(days=number % 40)]
        owners = [me, f"person {number % 60}"]
        states = ["open", ("doing", "done", "verified")[number % 3]]
        listed = "".join(
            f"- id: a{place}\n  what: See to it that this is checked, {number}\n  owner: {owner}\n  due: {day}\n"
            f"  state: {state}\n"
            for place, (owner, day, state) in enumerate(zip(owners, days, states, strict=True))
        )
        head = f"id: actionsof{number:04}\nkind: after-action-review\ntitle: Review {number}\nactions:\n{listed}"
        (folder / f"review-{number}.md").write_text(f"---\n{head}---\nWhat happened.\n", encoding="utf-8")
    setting.server.wiki("import", str(folder))


def lessons(setting: Setting) -> list[str]:
    """The ids of as many lessons."""
    found: list[str] = []
    cursor = ""
    while len(found) < ENTRIES:
        query = {"kind": "lesson", "limit": 200, **({"cursor": cursor} if cursor else {})}
        page = setting.client.get("/api/v1/entries", params=query).json()
        found += [entry["id"] for entry in page["entries"]]
        cursor = page["next_cursor"]
        if not cursor:
            break
    return found[:ENTRIES]


def median(url: str, path: str, cookie: str) -> float:
    """The middle of some answers, asked for one after the other over one connection."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname or "", address.port or 80, timeout=30)
    times = []
    try:
        for _ in range(TIMES):
            begun = time.perf_counter()
            connection.request("GET", path, headers={"Cookie": cookie, "Accept": "text/html"})
            answer = connection.getresponse()
            answer.read()
            times.append((time.perf_counter() - begun) * 1000)
            if answer.status != 200:
                raise RuntimeError(f"{path} answered {answer.status}")
    finally:
        connection.close()
    return statistics.median(times[1:])

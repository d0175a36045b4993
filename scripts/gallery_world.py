"""The wiki that the gallery shows: four people, starter content, lessons of NASA where they are at hand, a review in
each phase, a lesson on its way and an entry with versions. Everything is made as people and programs make it.
"""

from __future__ import annotations

import datetime as dt
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from playwright.sync_api import Browser

from tests.browser.writers import PASSWORD, signed_in
from tests.live import LiveServer
from wiki.composition import prepare_instance
from wiki.config import load_config
from wiki.people import People

ROOT = Path(__file__).resolve().parent.parent
PEOPLE = {
    "ada": ("facilitator", "Ada Quist"),
    "bilal": ("author", "Bilal Haddad"),
    "chiara": ("author", "Chiara Rossi"),
    "noor": ("author", "Noor Jansen"),
}
MOST_LESSONS = 60
REVIEW = "The move of the billing database stopped halfway"
BODY = """## What was supposed to happen?

The move was to take the night of 3 March,[^plan] with the shop closed for an hour.

## What did happen?

02:10 the copy stopped at 60% because the disk was full. 02:40 we went back to the old server.

| Time | What | Who |
| --- | --- | --- |
| 02:10 | The copy stopped | Bilal |
| 02:40 | Went back to the old server | Chiara |

## Why was there a difference?

The size was estimated from a copy of last year, and nobody was asked to watch the disk. It reminds us of
[[GitLab.com loses six hours of its database, 31 January 2017]]: the way back had not been tried either.

> [!WARNING]
> The alarm of the disk was muted for the night.

## What will we sustain, and what will we improve?

- Measure the copy the day before
- Watch the disk during a move

[^plan]: The plan of January, page 3, with the times that were agreed with the shop.
"""
LESSON = """## What happened

The certificate of the payment gateway expired on a Sunday, and no alarm was raised. Customers could not pay for two
hours, until somebody renewed it by hand.

## Why it matters

Two hours of payments were lost and forty customers called.

## Lesson

Watch the day on which every certificate expires, also of those that a supplier renews.
"""
ANSWERS = (
    {
        "supposed": "Two hours without payments, announced to the shops a week before.",
        "happened": "It took six. The copy stopped at 60% and we noticed after forty minutes.",
        "difference": "The disk of the new server was half as large as the plan said.",
        "next": "Measure the copy on the day before, and have somebody watch the disk.",
    },
    {
        "supposed": "The shops would be closed from one to three in the morning.",
        "happened": "The first shop called at four, and the duty desk did not know of the move.",
        "difference": "The announcement went to the shops and not to the duty desk.",
        "next": "Ask the duty desk to read the plan before each move.",
    },
)
NAMELESS = "I was alone at 02:10 and did not know whom to call."


@dataclass
class World:
    """A running wiki, its people's tokens, and the addresses of what was made."""

    live: LiveServer
    tokens: dict[str, str]
    at: dict[str, str] = field(default_factory=dict)

    def ask(self, who: str, method: str, path: str, value: dict[str, Any], **headers: str) -> Any:
        """A request of the API by one of the people; what it answers. Raises httpx.HTTPStatusError when refused."""
        answer = httpx.request(
            method,
            f"{self.live.url}/api/v1{path}",
            json=value,
            headers={"Authorization": f"Bearer {self.tokens[who]}", **headers},
            timeout=60,
        )
        if answer.is_error:
            raise httpx.HTTPStatusError(f"{method} {path}: {answer.text}", request=answer.request, response=answer)
        return answer.json() if answer.content else None


def opened(instance: Path) -> World:
    """A wiki with its people and the starter content, as it is on its first day; stop `live` after use."""
    config = load_config({}, instance=instance, model="bundled")
    prepare_instance(config)
    people = People.open(config)
    people.teams.ensure("operations", "Operations")
    tokens = {}
    for name, (role, shown) in PEOPLE.items():
        made = people.accounts.create(name, role, PASSWORD, display_name=shown, teams=["operations"])
        tokens[name] = people.tokens.issue(made.id, "write", "gallery")
    people.close()
    live = LiveServer(instance, model="bundled").start(120)
    live.wait_indexed(600)
    return World(live, tokens)


def furnish(world: World, browser: Browser, folder: Path) -> None:
    """What people have written after some weeks."""
    import_lessons(world, folder)
    write_review(world)
    live_with_a_lesson(world)
    gather(world)
    discuss(world, browser)
    world.live.wait_indexed(600)


def import_lessons(world: World, folder: Path) -> None:
    """Lessons of NASA's public system, evenly chosen, where the test data is at hand."""
    base = Path(os.environ.get("HINDSIGHT_DATA") or ROOT.parent / "shared" / "data")
    source = base / "llis" / "lessons.jsonl"
    if not source.is_file():
        print(f"{source.name} is not at hand: the gallery shows the starter content alone.")
        return
    lines = source.read_text("utf-8").splitlines(keepends=True)
    chosen = folder / "lessons.jsonl"
    chosen.write_text("".join(lines[:: max(1, len(lines) // MOST_LESSONS)]), "utf-8")
    world.live.wiki("import", str(chosen), "--kind", "lesson", "--source-name", "NASA lessons")


def write_review(world: World) -> None:
    """A published review with three versions, by two people."""
    fields = {"kind": "after-action-review", "title": REVIEW, "date": "2026-03-03", "team": "operations"}
    text = BODY.replace("02:40", "02:55").replace("- Watch the disk during a move\n", "")
    made = world.ask("bilal", "POST", "/entries", {**fields, "tags": ["databases", "migration"], "body": text})
    path, first = f"/entries/{made['id']}", made["revision"]
    for who, body, message in (
        ("chiara", BODY.replace("- Watch the disk during a move\n", ""), "Correct the time at which we went back"),
        ("bilal", BODY, "Add what the duty desk asked for"),
    ):
        tag = f'"{made["revision"]}"'
        made = world.ask(who, "PUT", path, {"body": body, "message": message}, **{"If-Match": tag})
    soon = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=5)
    action = {"what": "Try the way back at a small size", "owner": "ada", "due": soon.isoformat()}
    world.ask("ada", "POST", f"{path}/actions", action)
    world.at |= {"review": made["url"], "history": f"/history/{made['id']}"}
    world.at["changes"] = f"/compare/{made['id']}?from={first}&to={made['revision']}&view=split"


def live_with_a_lesson(world: World) -> None:
    """A lesson with an action under way, and one that waits to be validated."""
    made = world.ask(
        "chiara",
        "POST",
        "/entries",
        {
            "kind": "lesson",
            "title": "Nobody watches when certificates run out",
            "body": LESSON,
            "tags": ["certificates"],
            "status": "identified",
        },
    )
    path = f"/entries/{made['id']}"
    today = dt.datetime.now(dt.UTC).date()
    world.ask("ada", "PUT", f"{path}/steward", {"steward": "ada"})
    world.ask("ada", "POST", f"{path}/steps", {"to": "validated"})
    for what, owner, days in (("Renew certificates by a job", "bilal", 12), ("List those of suppliers", "ada", 3)):
        due = (today + dt.timedelta(days=days)).isoformat()
        world.ask("ada", "POST", f"{path}/actions", {"what": what, "owner": owner, "due": due})
    world.ask("ada", "POST", f"{path}/steps", {"to": "action-under-way"})
    world.ask("bilal", "POST", f"{path}/applied", {"held": "yes"})
    world.at |= {"lesson": made["url"], "life": f"/life/{made['id']}"}
    for text in ("The runbook of the mail server names a machine that is gone", "Two teams renew the same certificate"):
        world.ask("bilal", "POST", "/observations", {"text": text})


def gather(world: World) -> None:
    """A review that still gathers answers."""
    made = world.ask(
        "bilal",
        "POST",
        "/reviews",
        {"title": "Two hours without mail on Tuesday", "date": "2026-11-17", "team": "operations"},
    )
    for name in ("ada", "chiara"):
        world.ask("bilal", "POST", f"/reviews/{made['id']}/people", {"name": name})
    world.ask("bilal", "PUT", f"/reviews/{made['id']}/answer", ANSWERS[1])
    world.at |= {"gathering": made["url"], "answer": f"{made['url']}/answer?nameless=1"}


def discuss(world: World, browser: Browser) -> None:
    """A review that is being discussed, with a timeline and one answer without a name."""
    made = world.ask(
        "ada",
        "POST",
        "/reviews",
        {
            "title": "The second move of the billing database",
            "date": "2026-11-12",
            "team": "operations",
            "writers": "all",
        },
    )
    path = f"/reviews/{made['id']}"
    for name in ("bilal", "chiara", "noor"):
        world.ask("ada", "POST", f"{path}/people", {"name": name})
    for name, answers in zip(("bilal", "chiara"), ANSWERS, strict=True):
        world.ask(name, "PUT", f"{path}/answer", answers)
    context = signed_in(browser, world.live, "noor")
    page = context.new_page()
    page.goto(f"{made['url']}/answer?nameless=1")
    page.get_by_label("What did happen?").fill(NAMELESS)
    page.get_by_role("button", name="Send without a name").click()
    page.get_by_role("heading", name="Thank you").wait_for()
    context.close()
    world.ask("ada", "POST", f"{path}/phase", {"to": "discussing"})
    for at, text in (("2026-11-12 02:10", "The copy stops at 60%"), ("2026-11-12 02:40", "Back on the old server")):
        world.ask("ada", "POST", f"{path}/events", {"at": at, "zone": "Europe/Amsterdam", "text": text})
    world.at["discussing"] = made["url"]

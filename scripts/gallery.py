"""`make gallery`: write docs/gallery/ anew, real screenshots of a real server.

It needs what the browser tests need (the development packages, Chromium and the built editor), and shows imported
lessons where the test data is at hand (CONTRIBUTING.md). The pictures are WebP, which Chromium writes itself.
"""

from __future__ import annotations

import base64
import re
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from playwright.sync_api import Browser, BrowserContext, Error, Page  # noqa: E402 - the checkout is put on the path first

from scripts.gallery_world import World, furnish, opened  # noqa: E402
from tests.browser.writers import chromium, signed_in  # noqa: E402

TARGET = ROOT / "docs" / "gallery"
SIZES = {"desk": (1440, 900), "tablet": (768, 1024), "phone": (360, 740)}
QUALITY = 78
MOST_BYTES = 3_000_000
PRIVATE = re.compile(r"127\.0\.0\.1|localhost|/tmp/|/home/|/root/")  # what is of the machine that took the picture
SAVED = re.compile(r"^\s*Saved")
DRAFT = (
    "At two in the morning the copy of the production database stopped. Somebody removed the data directory of the "
    "wrong server, and the backups turned out to be empty."
)
FREE = (
    "## What happened\n\nThe **alarm** of the disk was muted for the night.\n\n- 02:10 the copy stopped\n- 02:40 back\n"
)


class NotThere(Exception):
    """A picture cannot be taken; the message says why."""


@dataclass(frozen=True)
class Shot:
    """One picture: its file, what it shows, the page, and what is done there first."""

    name: str
    words: str
    address: str
    size: str = "desk"
    theme: str = "light"
    who: str = "ada"
    before: Callable[[Page], object] | None = None
    worker: bool = False


def write_review(page: Page) -> None:
    """Type until the panel of related past experiences has something to say; a phone shows it at the bottom."""
    page.get_by_label("Title").fill("We deleted the wrong database during the move")
    page.locator("[name=section-2] + .cm-editor .cm-content").click()
    page.keyboard.insert_text(DRAFT)
    page.locator(".related-card").first.wait_for(state="attached")
    page.locator("[data-draft-state]", has_text=SAVED).wait_for(state="attached")


def write_freely(page: Page) -> None:
    """Free text with the preview beside it."""
    page.get_by_label("Title").fill("The muted alarm")
    page.get_by_role("button", name="Free text").click()
    text = page.locator("[name=body] + .cm-editor .cm-content")
    text.click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text(FREE)
    page.get_by_role("button", name="Preview", exact=True).click()
    page.locator(".preview-page strong").wait_for()
    page.locator(".related-card").first.wait_for(state="attached")
    page.locator("[data-draft-state]", has_text=SAVED).wait_for()


def open_palette(page: Page) -> None:
    """The palette with a few letters in it."""
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog")
    palette.get_by_role("combobox").fill("data")
    palette.get_by_role("option").filter(has_text="database").first.wait_for()


def lose_the_line(page: Page) -> None:
    """The same page once more, from the device."""
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.reload()
    page.wait_for_function("caches.keys().then(all => all.some(one => one.startsWith('hindsight-pages-')))")
    page.wait_for_timeout(500)
    page.context.set_offline(True)
    page.reload()
    page.get_by_text("this is the copy on this device").wait_for()


def first_day() -> list[Shot]:
    """What somebody sees who has just been invited, before anything was written."""
    return [
        Shot("newcomer", "The start page of a newcomer: the first review is a minute away", "/", who="noor"),
        Shot("newcomer-phone", "The same on a phone", "/", "phone", who="noor"),
    ]


def shots(at: dict[str, str]) -> list[Shot]:
    """Every picture of the gallery after that, in its order."""
    search = "/search?q=the+backup+could+not+be+restored"
    return [
        Shot(
            "writing",
            "Writing a review: beside it stands what happened before",
            "/new/after-action-review",
            before=write_review,
        ),
        Shot(
            "writing-phone",
            "Writing on a phone, dark",
            "/new/after-action-review",
            "phone",
            "dark",
            who="bilal",
            before=write_review,
        ),
        Shot("free-text", "Free text, with the preview beside it", "/new/lesson", before=write_freely),
        Shot("home", "The start page is a desk: drafts, what is asked of you, what is new", "/"),
        Shot("home-dark", "The same on a tablet, dark", "/", "tablet", "dark"),
        Shot("search", "Search by words and meaning: the passage that answers, and why it was found", search),
        Shot("search-phone", "Search on a phone", search, "phone"),
        Shot("palette", "The palette: anywhere by a few letters, dark", "/browse", theme="dark", before=open_palette),
        Shot("reading", "Reading, with contents, what is related and notes at the side", at["review"]),
        Shot("reading-tablet", "Reading on a tablet, dark", at["review"], "tablet", "dark"),
        Shot("reading-phone", "Reading on a phone", at["review"], "phone"),
        Shot(
            "without-a-line",
            "The same without a line: a copy, and it says so",
            at["review"],
            "phone",
            before=lose_the_line,
            worker=True,
        ),
        Shot("history", "History: what each version did", at["history"]),
        Shot("changes", "What changed, word by word, side by side", at["changes"]),
        Shot("gathering", "A review that gathers answers", at["gathering"], who="bilal"),
        Shot("answering-phone", "Answering without a name, on a phone", at["answer"], "phone", who="chiara"),
        Shot("discussing", "The discussion: all voices side by side, with a timeline", at["discussing"]),
        Shot("life", "The life of a lesson: what may follow, who looks after it, each step so far", at["life"]),
        Shot("lesson", "A lesson says whether it still holds", at["lesson"], theme="dark"),
        Shot("desk", "The curator's desk", "/desk"),
        Shot("actions", "Actions: whose, by when", "/actions?view=all", "tablet"),
        Shot("topic", "A topic page, kept by its steward", "/wiki/topics/backups-and-restores"),
        Shot("browse", "Browsing", "/browse", "tablet"),
        Shot("design", "The living page of the design: every part in every state", "/about/style"),
    ]


def take(browser: Browser, world: World, shot: Shot) -> bytes:
    """One picture. A page that is not there, or that tells of this machine, is an error."""
    width, height = SIZES[shot.size]
    context = signed_in(
        browser,
        world.live,
        shot.who,
        viewport={"width": width, "height": height},
        color_scheme=shot.theme,
        is_mobile=shot.size == "phone",
        has_touch=shot.size == "phone",
        service_workers="allow" if shot.worker else "block",
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    answer = page.goto(shot.address, wait_until="networkidle")
    if answer is None or not answer.ok:
        raise NotThere(f"{shot.address} is not there: take it out of scripts/gallery.py or mend it.")
    if shot.before:
        shot.before(page)
    page.wait_for_timeout(800)
    told = PRIVATE.search(page.inner_text("body"))
    if told:
        raise NotThere(f"it tells of this machine: {told.group()}")
    picture = captured(context, page)
    context.close()
    return picture


def captured(context: BrowserContext, page: Page) -> bytes:
    """The window as WebP, which Playwright's own screenshots do not know."""
    session = context.new_cdp_session(page)
    answer = session.send("Page.captureScreenshot", {"format": "webp", "quality": QUALITY})
    return base64.b64decode(answer["data"])


def main() -> int:
    """Take every picture and write the page that shows them."""
    TARGET.mkdir(parents=True, exist_ok=True)
    taken: list[tuple[Shot, int]] = []
    failed: list[str] = []
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        world = opened(Path(folder) / "instance")

        def keep(shot: Shot) -> None:
            try:
                picture = take(browser, world, shot)
            except (Error, NotThere) as error:
                failed.append(f"{shot.name}: {error}")
                return
            (TARGET / f"{shot.name}.webp").write_bytes(picture)
            taken.append((shot, len(picture)))
            print(f"{shot.name}: {len(picture) / 1000:.0f} kB", flush=True)

        try:
            for shot in first_day():
                keep(shot)
            furnish(world, browser, Path(folder))
            for shot in shots(world.at):
                keep(shot)
        finally:
            world.live.stop()
    if failed:
        print("The list of pictures stays as it was, since these could not be taken:", *failed, sep="\n")
        return 1
    return finish(taken)


def finish(taken: list[tuple[Shot, int]]) -> int:
    """Write README.md, remove pictures that are taken no more; 1 when they are too heavy for the repository."""
    names = {f"{shot.name}.webp" for shot, _ in taken}
    for old in TARGET.glob("*.webp"):
        if old.name not in names:
            old.unlink()
    (TARGET / "README.md").write_text(page_of([shot for shot, _ in taken]), encoding="utf-8")
    total = sum(size for _, size in taken)
    print(f"{len(taken)} pictures, {total / 1e6:.2f} MB of at most {MOST_BYTES / 1e6:.0f}")
    return 0 if total <= MOST_BYTES else 1


def page_of(taken: list[Shot]) -> str:
    """The page of the gallery."""
    lines = [
        "# Gallery",
        "",
        "Real screenshots of a real server, written by `make gallery`: the starter content, some imported lessons of "
        "NASA's public system, and what four invented people made of it. Sizes are 1440, 768 and 360 pixels.",
        "",
    ]
    for shot in taken:
        width = SIZES[shot.size][0]
        lines += [
            f"## {shot.words}",
            "",
            f'<img src="{shot.name}.webp" width="{min(width, 960)}" alt="{shot.words}">',
            "",
        ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())

"""Pages about the wiki itself: the living page of its design, made of the very macros that every other page uses."""

from __future__ import annotations

from flask import Blueprint, render_template

from wiki.colours import measured, palette
from wiki.diffs import inline, side_by_side
from wiki.web.static import FOLDER
from wiki.words import say

bp = Blueprint("about", __name__)

TOKENS = FOLDER / "css" / "hindsight" / "01-tokens.css"
# Where a key works, the keys, and what they do.
KEYS: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = (
    (
        say("Everywhere"),
        (
            ("/", say("Search")),
            ("Ctrl+K", say("Go to any page, action or entry by a few letters")),
            ("n", say("Write something new")),
            ("?", say("Show these keys")),
            (say("Esc"), say("Close a menu or a dialog")),
        ),
    ),
    (say("On an entry"), (("e", say("Edit it")),)),
    (say("In a topic's list"), (("Alt+↑ Alt+↓", say("Move the entry up or down")),)),
    (
        say("At the curator's desk"),
        (
            ("j k", say("The next and the previous row")),
            (say("underlined letter"), say("Press that button of the row")),
        ),
    ),
    (say("Among results"), (("↓ ↑", say("The next and the previous result")), (say("Enter"), say("Open it")))),
    (
        say("While writing"),
        (
            ("Ctrl+Enter", say("Publish")),
            ("Ctrl+F", say("Find in the text")),
            ("[[", say("Link to an entry by its title")),
            ("@", say("Name a person")),
            ("#", say("Name a tag")),
            ("Ctrl+Z", say("Undo")),
        ),
    ),
)
TYPE = ("text-2xl", "text-xl", "text-lg", "text-md", "text-base", "text-sm", "text-xs")
SPACES = tuple(f"space-{step}" for step in range(1, 9))
BEFORE = "The certificate expired on Sunday.\nNobody was told.\nWe renewed it by hand.\n"
AFTER = "The certificate expired on a Sunday night.\nNobody was told.\nAn alarm now watches every date.\n"


@bp.get("/about/style")
def style() -> str:
    """Every part of the design in every state, with the measured contrast of its colours."""
    stylesheet = TOKENS.read_text("utf-8")
    return render_template(
        "about/style.html",
        light=palette(stylesheet),
        dark=palette(stylesheet, dark=True),
        pairs=measured(stylesheet),
        type_scale=TYPE,
        spaces=SPACES,
        lines=inline(BEFORE, AFTER),
        rows=side_by_side(BEFORE, AFTER),
    )


@bp.get("/about/keys")
def keys() -> str:
    """Every key that the pages know; scripts show the same in a dialog."""
    return render_template("about/keys.html", groups=KEYS)

"""Pages about the wiki itself: the living page of its design, made of the very macros that every other page uses."""

from __future__ import annotations

from flask import Blueprint, render_template

from wiki.colours import measured, palette
from wiki.diffs import inline, side_by_side
from wiki.web.static import FOLDER

bp = Blueprint("about", __name__)

TOKENS = FOLDER / "css" / "hindsight" / "01-tokens.css"
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

"""What a new entry of a kind starts from: the instance's own template, else the starter one, else nothing."""

from __future__ import annotations

from wiki.sections import Template, parse_template
from wiki.services import ROOT, services

STARTER = ROOT / "content" / "templates"


def template_of(kind: str) -> Template:
    """The template in force for a kind (a known slug).

    `templates/<kind>.md` of the content repository wins, so that a team changes its questions like any other text.
    """
    text = services().library.template(kind)
    if not text:
        path = STARTER / f"{kind}.md"
        text = path.read_text("utf-8") if path.is_file() else ""
    return parse_template(text)

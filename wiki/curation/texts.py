"""Links in a text, changed: one that leads nowhere is mended or taken away, one to a related entry added (pure)."""

from __future__ import annotations

import re
from collections.abc import Callable

from wiki.catalog.reading import link_key
from wiki.importing.notes import outside_code
from wiki.markdown.links import LINK

SEE_ALSO = "## See also"


def relinked(body: str, target: str, entry_id: str) -> str:
    """The text with every link to `target` leading to the entry with this id, its words as they were."""
    return _replaced(body, target, lambda label: f"[[{entry_id}|{label}]]")


def unlinked(body: str, target: str) -> str:
    """The text with every link to `target` as plain words."""
    return _replaced(body, target, lambda label: label)


def _replaced(body: str, target: str, make: Callable[[str], str]) -> str:
    key = link_key(target)

    def change(match: re.Match[str]) -> str:
        if link_key(match["target"]) != key:
            return match[0]
        return make((match["label"] or match["target"]).strip())

    return outside_code(body, lambda part: LINK.sub(change, part))


def with_link(body: str, entry_id: str, title: str) -> str:
    """The text with a link to a related entry at its end, under a heading of its own."""
    label = re.sub(r"[\[\]|\n]", " ", title).strip()
    line = f"- [[{entry_id}|{label}]]"
    text = body.rstrip()
    last = text.rpartition("\n\n")[2] if text.rpartition("\n\n")[0].rstrip().endswith(SEE_ALSO) else ""
    if last.startswith("- "):
        return f"{text}\n{line}\n"
    return f"{text}\n\n{SEE_ALSO}\n\n{line}\n".lstrip("\n")

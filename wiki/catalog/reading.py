"""One file of the repository as the catalog understands it, whatever somebody pushed (pure)."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace

from wiki.catalog.types import ADMINISTRATORS_ONLY
from wiki.entries import Entry, EntryError, parse, title_from

_ID_LINE = re.compile(rb"^id:[ \t]*[\"']?([A-Za-z0-9][A-Za-z0-9_-]{0,63})[\"']?[ \t]*\r?$", re.MULTILINE)
_CLOSING = re.compile(rb"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_HEAD = 64_000
TEMPLATES = "templates/"


@dataclass(frozen=True, slots=True)
class FileReading:
    """What a file says. `declared` is the id that it names, if any; `audience` is None where it cannot be read, and
    then `hides` tells whether the raw text speaks of an audience at all."""

    entry: Entry
    declared: str | None
    audience: tuple[str, ...] | None
    hides: bool
    error: str | None


def is_entry(path: str) -> bool:
    """Whether a path of the repository is an entry: Markdown, no template, nothing hidden (`.obsidian/…`)."""
    return path.endswith(".md") and not path.startswith((TEMPLATES, ".")) and "/." not in path


def is_attachment(path: str) -> bool:
    """Whether a path is a file that may stand beside an entry."""
    return not path.endswith(".md") and not path.startswith((TEMPLATES, ".")) and "/." not in path


def read_file(raw: bytes, path: str) -> FileReading:
    """Read a file; never fails: what is wrong with it stands in `error`, and its body is the raw text then."""
    try:
        entry = parse(raw)
    except EntryError as error:
        text = raw.decode("utf-8", "replace").replace("\0", "\ufffd")
        broken = Entry(id="", kind=parse(b"", path).kind, title=title_from("", path), body=text)
        return FileReading(broken, _declared(raw), None, b"audience" in _front(raw).lower(), str(error))
    declared = entry.id or None
    if _needs_path(entry):
        entry = replace(parse(raw, path), id=entry.id)
    return FileReading(entry, declared, entry.audience, False, None)


def _needs_path(entry: Entry) -> bool:
    """Whether something that the front matter lacks comes from the path: a kind or a title."""
    return entry.kind == "page" or entry.title == "Untitled"


def _front(raw: bytes) -> bytes:
    head = raw[:_HEAD]
    closing = _CLOSING.search(head, 4)
    return head[: closing.start()] if closing else head


def _declared(raw: bytes) -> str | None:
    found = _ID_LINE.search(_front(raw))
    return found[1].decode("ascii") if found else None


def effective_audience(reading: FileReading, last: tuple[str, ...] | None) -> tuple[str, ...]:
    """Who may see a file: as it says; if it cannot be read, as it said last (`last`, None if it never did); and if
    it never could be read but speaks of an audience, administrators only. So a slip never opens what was closed."""
    if reading.audience is not None:
        return reading.audience
    if last is not None:
        return last
    return (ADMINISTRATORS_ONLY,) if reading.hides else ()


def link_key(text: str) -> str:
    """What titles and link targets are compared by: case, width and spacing do not count."""
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())

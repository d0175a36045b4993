"""The values of an entry's front matter: what each may be, and how a string of YAML becomes one (pure)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from wiki import slugs
from wiki.words import say

MAX_TITLE = 300
LESSON_STATUSES = ("observation", "identified", "validated", "action-under-way", "learned", "rejected", "retired")
FIRST_LESSON_STATUS = "identified"

_HEADING = re.compile(r"^#[ \t]+(.+?)[ \t]*#*[ \t]*$", re.MULTILINE)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_NULLS: tuple[object, ...] = ("", "~", "null", "Null", "NULL", None)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of entry: data, not a class. `folder` is where new ones are kept; `dated` adds year and month."""

    slug: str
    label: str
    plural: str
    folder: str
    dated: bool


KINDS: dict[str, Kind] = {
    kind.slug: kind
    for kind in (
        Kind("after-action-review", say("After-action review"), say("After-action reviews"), "reviews", dated=True),
        Kind("lesson", say("Lesson"), say("Lessons"), "lessons", dated=True),
        Kind("topic", say("Topic page"), say("Topic pages"), "topics", dated=False),
        Kind("page", say("Page"), say("Pages"), "pages", dated=False),
    )
}
_KIND_OF_FOLDER = {kind.folder: kind.slug for kind in KINDS.values()}


def kind_of(slug: str) -> Kind:
    """The kind with this slug; one that an instance added itself gets its labels from the slug."""
    known = KINDS.get(slug)
    label = slug.replace("-", " ").capitalize()
    return known or Kind(slug, label, label, slugs.slugify(slug), dated=False)


class EntryError(ValueError):
    """Something in an entry cannot be accepted: a sentence that says what to do, and the field it is about."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


def one_value(values: dict[str, Any], name: str) -> str | None:
    """A single value on one line, None where it is missing or null. Raises EntryError."""
    value = values.get(name)
    if value in _NULLS:
        return None
    if not isinstance(value, str):
        raise EntryError(say("“%(name)s” in the front matter must be a single value, not a list.", name=name), name)
    return " ".join(value.split())


def many_values(values: dict[str, Any], name: str, separators: str | None = None) -> list[str]:
    """A list of strings; a single string is cut at `separators`. Raises EntryError."""
    value = values.get(name)
    if value in _NULLS:
        return []
    if isinstance(value, str):
        parts: list[Any] = re.split(separators, value) if separators else [value]
    elif isinstance(value, list):
        parts = value
    else:
        raise EntryError(say("“%(name)s” in the front matter must be a list: [one, two].", name=name), name)
    if not all(isinstance(part, str) for part in parts):
        raise EntryError(say("“%(name)s” in the front matter must be a plain list of words.", name=name), name)
    return [" ".join(part.split()) for part in parts if part.strip()]


def unique(items: Iterable[str]) -> tuple[str, ...]:
    """Each item once, in order."""
    return tuple(dict.fromkeys(items))


def read_id(values: dict[str, Any], path: str) -> str:
    """The id as written, else from the path (empty without one). Raises EntryError."""
    written = one_value(values, "id")
    if written is None:
        return slugs.id_from_path(path) if path else ""
    if not slugs.is_id(written):
        raise EntryError("“id” must be one word of letters, digits, - and _ (at most 64).", "id")
    return written


def read_kind(values: dict[str, Any], path: str) -> str:
    """The kind as written, else by the folder. Raises EntryError."""
    written = one_value(values, "kind")
    if written is None:
        return _KIND_OF_FOLDER.get(path.split("/", maxsplit=1)[0], "page")
    if not slugs.is_team_slug(written.casefold()):
        raise EntryError("“kind” must be a short name like lesson or after-action-review.", "kind")
    return written.casefold()


def read_title(values: dict[str, Any], body: str, path: str) -> str:
    """The title as written, else from the text or the file name. Raises EntryError."""
    written = values.get("title")
    if isinstance(written, list | dict):
        raise EntryError("“title” must be a single line of text.", "title")
    title = clean_title(written or "")
    return title or title_from(body, path)


def title_from(body: str, path: str) -> str:
    """A title for a file that names none: its first `# heading`, else its file name in words."""
    heading = _HEADING.search(body, 0, 20_000)
    if heading:
        return clean_title(heading[1])[:MAX_TITLE]
    stem = path.rsplit("/", maxsplit=1)[-1].removesuffix(".md")
    words = clean_title(re.sub(r"[-_]+", " ", stem))
    return (words[:1].upper() + words[1:]) if words else "Untitled"


def clean_title(text: str) -> str:
    """The title on one line, with single spaces."""
    return " ".join(text.split())


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags in their one form: lower case, no `#` before, no comma inside, each once, in the given order."""
    cleaned = (" ".join(tag.replace(",", " ").lstrip("#").split()).lower() for tag in tags)
    return unique(tag for tag in cleaned if tag)


def read_team(values: dict[str, Any]) -> str | None:
    """The short name of the team, None without one."""
    written = one_value(values, "team")
    return slugs.slugify(written) if written else None


def read_audience(values: dict[str, Any]) -> tuple[str, ...]:
    """The teams that may see the entry, sorted; empty for all members. Raises EntryError."""
    named = [team.casefold() for team in many_values(values, "audience", separators=r"[,\s]")]
    wrong = next((team for team in named if not slugs.is_team_slug(team)), None)
    if wrong is not None:
        raise EntryError(say("“%(wrong)s” in “audience” is not the short name of a team.", wrong=wrong), "audience")
    return tuple(sorted(set(named)))


def read_status(values: dict[str, Any], kind: str) -> str | None:
    """The status of a lesson, None for other kinds. Raises EntryError."""
    if kind != "lesson":
        return None
    written = one_value(values, "status")
    if written is None:
        return FIRST_LESSON_STATUS
    if written not in LESSON_STATUSES:
        raise EntryError(
            say("“status” of a lesson must be one of %(lesson_statuses)s.", lesson_statuses=", ".join(LESSON_STATUSES)),
            "status",
        )
    return written


def read_date(text: str | None) -> dt.date | None:
    """A day from `2026-11-24` (a time behind it is dropped). Raises EntryError."""
    if text is None or not text.strip():
        return None
    day = re.fullmatch(r"(\d{4}-\d{2}-\d{2})(?:[T ].*)?", text.strip())
    try:
        return dt.date.fromisoformat(day[1] if day else text)
    except ValueError as error:
        raise EntryError(
            say("“%(text)s” is not a day. Write the date as 2026-11-24.", text=text[:40]), "date"
        ) from error


def check_source(text: str | None) -> str | None:
    """The source as it may be shown as a link. Raises EntryError for addresses other than http and https."""
    if text is None or not text.strip():
        return None
    text = " ".join(text.split())
    scheme = _SCHEME.match(text)
    if scheme and scheme[0].lower() not in ("http:", "https:") and text[scheme.end() :][:1].strip():
        raise EntryError(
            "The source must be an address that starts with https:// or http://, or plain words.", "source"
        )
    return text

"""What an entry is: its kinds, its front matter, and what may stand in it (pure).

A file is Markdown with YAML front matter. Nothing computed stands in it, so two people's changes merge; names that
we do not know stay as they are. Reading is lenient where nothing can go wrong and strict where it can: a date or an
audience that cannot be understood is an error, not a guess.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any

from wiki import frontmatter, slugs
from wiki.entry_values import (
    FIRST_LESSON_STATUS,
    KINDS,
    LESSON_STATUSES,
    MAX_TITLE,
    EntryError,
    Kind,
    check_source,
    clean_tags,
    clean_title,
    kind_of,
    many_values,
    one_value,
    read_audience,
    read_date,
    read_id,
    read_kind,
    read_status,
    read_team,
    read_title,
    title_from,
    unique,
)
from wiki.frontmatter import FrontMatterError, Split
from wiki.life.front import LIFE_KINDS, LIFE_NAMES, NO_LIFE, Life, check_life, read_life, written_life
from wiki.topics.front import NO_TOPIC, TOPIC_NAMES, Topic, check_topic, read_topic, written_topic
from wiki.words import say

__all__ = [
    "FIRST_LESSON_STATUS",
    "KINDS",
    "LESSON_STATUSES",
    "MAX_BODY_BYTES",
    "MAX_TITLE",
    "NAMES",
    "Entry",
    "EntryError",
    "Kind",
    "check_source",
    "clean_tags",
    "clean_text",
    "clean_title",
    "decode",
    "kind_of",
    "parse",
    "read_date",
    "render",
    "title_from",
    "validate",
]

MAX_TAGS = 50
MAX_TAG = 120
MAX_LIST = 200
MAX_SOURCE = 2000
MAX_BODY_BYTES = 1_000_000
NAMES = (
    "id",
    "kind",
    "title",
    "tags",
    "team",
    "date",
    "audience",
    "status",
    "source",
    "recurrence_of",
    "kept_apart",
    *LIFE_NAMES,
    *TOPIC_NAMES,
    "former_paths",
    "former_titles",
    "former_ids",
)
"""The names of the front matter that mean something here, in the order in which they are written."""

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry as its file says. `extra` holds the unknown front matter, read as plain strings, lists and maps.

    `status` is set for lessons only, `life` for lessons and reviews, `topic` for topic pages only. `source` is an
    address (http or https) or plain words. `kept_apart` holds ids of entries that look like this one and are not;
    `former_ids` those merged into it.
    """

    id: str
    kind: str
    title: str
    body: str
    tags: tuple[str, ...] = ()
    team: str | None = None
    date: dt.date | None = None
    audience: tuple[str, ...] = ()
    status: str | None = None
    source: str | None = None
    recurrence_of: tuple[str, ...] = ()
    kept_apart: tuple[str, ...] = ()
    life: Life = NO_LIFE
    topic: Topic = NO_TOPIC
    former_paths: tuple[str, ...] = ()
    former_titles: tuple[str, ...] = ()
    former_ids: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)


def decode(raw: bytes) -> str:
    """The text of a file with `\\n` line ends. Raises EntryError for what is not UTF-8 text."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise EntryError(
            say(
                "This file is not UTF-8 text (byte %(start)s is wrong). Save it as UTF-8 and try again.",
                start=error.start,
            )
        ) from error
    if "\0" in text:
        raise EntryError("This file holds NUL bytes, so it is not text. Remove them and try again.")
    return clean_text(text)


def clean_text(text: str) -> str:
    """The same text with `\\n` line ends, as browsers and Windows send others."""
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def parse(raw: bytes, path: str = "") -> Entry:
    """Read a file. What the front matter lacks comes from `path`: the id, the kind by its folder, the title.

    Raises EntryError with a sentence that says what to mend.
    """
    text = decode(raw)
    try:
        parts = frontmatter.split(text)
        values = frontmatter.read(parts.block) if parts.block is not None else {}
    except FrontMatterError as error:
        raise EntryError(str(error), "front matter") from error
    return _entry(values, parts.body, path)


def _entry(values: dict[str, Any], body: str, path: str) -> Entry:
    kind = read_kind(values, path)
    return Entry(
        id=read_id(values, path),
        kind=kind,
        title=read_title(values, body, path),
        body=body,
        tags=clean_tags(many_values(values, "tags", separators=r"[,\n]")),
        team=read_team(values),
        date=read_date(one_value(values, "date")),
        audience=read_audience(values),
        status=read_status(values, kind),
        source=check_source(one_value(values, "source")),
        recurrence_of=unique(many_values(values, "recurrence_of", separators=r"[,\s]")),
        kept_apart=unique(many_values(values, "kept_apart", separators=r"[,\s]")),
        life=read_life(values) if kind in LIFE_KINDS else NO_LIFE,
        topic=read_topic(values) if kind == "topic" else NO_TOPIC,
        former_paths=unique(many_values(values, "former_paths")),
        former_titles=unique(many_values(values, "former_titles")),
        former_ids=unique(many_values(values, "former_ids", separators=r"[,\s]")),
        extra={name: value for name, value in values.items() if name not in NAMES},
    )


def render(entry: Entry, original: bytes | None = None) -> bytes:
    """Write a file; everything unknown in `original`'s front matter stays byte for byte, with order and comments.

    Names that mean something here keep their lines too where their value is the same. An `original` whose front
    matter is no YAML mapping is not used; callers show its text, so that nothing goes unseen.
    """
    parts = _readable(original)
    if parts is None or parts.block is None:
        block = frontmatter.edit("", _written(entry), NAMES) + _extra_block(entry)
        return _join(block, "\n", entry.body)
    values, new = frontmatter.read(parts.block), _written(entry)
    try:
        old = _written(_entry(values, parts.body, ""))
    except EntryError:
        # One of our names holds something that we cannot use: all of them are written anew.
        old = dict.fromkeys(NAMES, object())
    changes = {name: new[name] for name in NAMES if old[name] != new[name] or (name not in values and new[name])}
    return _join(frontmatter.edit(parts.block, changes, NAMES), parts.gap, entry.body)


def _readable(original: bytes | None) -> Split | None:
    if original is None:
        return None
    try:
        parts = frontmatter.split(decode(original))
        if parts.block is not None:
            frontmatter.read(parts.block)
    except (EntryError, FrontMatterError):
        return None
    return parts


def _extra_block(entry: Entry) -> str:
    """Unknown names of an entry that has no original text to take them from; only plain values and lists."""
    lines = []
    for name, value in entry.extra.items():
        if isinstance(value, str) or (isinstance(value, list) and all(isinstance(item, str) for item in value)):
            lines.append(frontmatter.line(name if frontmatter.is_name(name) else frontmatter.scalar(name), value))
    return "".join(lines)


def _written(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id or None,
        "kind": entry.kind,
        "title": entry.title,
        "tags": list(entry.tags),
        "team": entry.team,
        "date": entry.date.isoformat() if entry.date else None,
        "audience": list(entry.audience),
        "status": entry.status,
        "source": entry.source,
        "recurrence_of": list(entry.recurrence_of),
        "kept_apart": list(entry.kept_apart),
        **written_life(entry.life),
        **written_topic(entry.topic),
        "steward": entry.topic.steward or entry.life.steward or None,
        "former_paths": list(entry.former_paths),
        "former_titles": list(entry.former_titles),
        "former_ids": list(entry.former_ids),
    }


def _join(block: str, gap: str, body: str) -> bytes:
    if block and not block.endswith("\n"):
        block += "\n"
    # A body that starts with a blank line needs the gap, which is taken away again when the file is read.
    gap = gap or ("\n" if body.startswith("\n") else "")
    return f"---\n{block}---\n{gap}{body}".encode()


def validate(entry: Entry, max_body_bytes: int = MAX_BODY_BYTES) -> None:
    """Raise EntryError for what a person may not save."""
    _validate_title(entry.title)
    _validate_body(entry.body, max_body_bytes)
    if not slugs.is_id(entry.id):
        raise EntryError("An id is one word of letters, digits, - and _ (at most 64).", "id")
    if not slugs.is_team_slug(entry.kind):
        raise EntryError(
            say("There is no kind “%(kind)s”. Choose one of %(kinds)s.", kind=entry.kind[:60], kinds=", ".join(KINDS)),
            "kind",
        )
    _validate_tags(entry.tags)
    for name, named in (("team", [entry.team] if entry.team else []), ("audience", list(entry.audience))):
        for team in named:
            if not slugs.is_team_slug(team):
                raise EntryError(
                    say("“%(team)s” is not the short name of a team (lower-case letters, digits, -).", team=team[:60]),
                    name,
                )
    if entry.kind == "lesson" and entry.status not in LESSON_STATUSES:
        raise EntryError(
            say("The status of a lesson is one of %(lesson_statuses)s.", lesson_statuses=", ".join(LESSON_STATUSES)),
            "status",
        )
    if entry.source and (len(entry.source) > MAX_SOURCE or _CONTROL.search(entry.source)):
        raise EntryError(
            say("The source must be one line of at most %(max_source)s characters.", max_source=MAX_SOURCE), "source"
        )
    check_source(entry.source)
    for name in ("audience", "recurrence_of", "kept_apart", "former_paths", "former_titles", "former_ids"):
        if len(getattr(entry, name)) > MAX_LIST:
            raise EntryError(
                say("There are too many values in “%(name)s”: at most %(max_list)s.", name=name, max_list=MAX_LIST),
                name,
            )
    for name in ("recurrence_of", "kept_apart"):
        if not all(slugs.is_id(other) for other in getattr(entry, name)):
            raise EntryError(say("“%(name)s” holds ids of entries.", name=name), name)
    check_life(entry.life)
    check_topic(entry.topic)


def _validate_title(title: str) -> None:
    if not any(unicodedata.category(char)[0] in "LNSP" for char in title):
        raise EntryError("Give the entry a title.", "title")
    if len(title) > MAX_TITLE:
        raise EntryError(
            say(
                "The title has %(title)s characters; at most %(max_title)s are possible. Shorten it.",
                title=len(title),
                max_title=MAX_TITLE,
            ),
            "title",
        )
    if _CONTROL.search(title) or "\n" in title or "\t" in title or not _encodable(title):
        raise EntryError("The title holds control characters. Type it anew, or paste it as plain text.", "title")


def _validate_body(body: str, max_body_bytes: int) -> None:
    if not _encodable(body):
        raise EntryError("The text holds broken characters (half of a pair). Paste it as plain text.", "body")
    size = len(body.encode())
    if size > max_body_bytes:
        raise EntryError(
            say(
                "The text has %(size)s bytes; at most %(max_body_bytes)s are possible. Split it, or attach "
                "it as a file.",
                size=size,
                max_body_bytes=max_body_bytes,
            ),
            "body",
        )
    control = _CONTROL.search(body)
    if control:
        number = body.count("\n", 0, control.start()) + 1
        raise EntryError(
            say(
                "Line %(number)s of the text holds a control character (U+%(control)s). Remove it and save again.",
                number=number,
                control=f"{ord(control[0]):04X}",
            ),
            "body",
        )


def _validate_tags(tags: tuple[str, ...]) -> None:
    if len(tags) > MAX_TAGS:
        raise EntryError(
            say("There are %(tags)s tags; at most %(max_tags)s are possible.", tags=len(tags), max_tags=MAX_TAGS),
            "tags",
        )
    for tag in tags:
        if len(tag) > MAX_TAG or _CONTROL.search(tag) or not _encodable(tag):
            raise EntryError(say("The tag “%(tag)s…” is too long or holds control characters.", tag=tag[:20]), "tags")


def _encodable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True

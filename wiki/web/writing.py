"""What stands in the editor, as one value: read from a form, a draft or an entry, and turned into fields to save.

Texts are kept as typed. Only `entry_fields` judges them, so whatever is refused can be shown again word for word.
"""

from __future__ import annotations

import datetime
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from wiki.entries import Entry, EntryError
from wiki.library.types import EntryFields
from wiki.sections import Section, ShapeError, Template, fields, from_shape, joined, without_empty, without_hints
from wiki.words import say

GUIDED, FREE = "guided", "free"
DRAFT_KEY = re.compile(r"new:[a-z0-9-]{1,40}:[a-z0-9]{1,20}|entry:[A-Za-z0-9_-]{1,64}")
_KEY_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LISTS = ("audience", "recurrence_of")
_TEXTS = (
    "kind", "title", "body", "tags", "team", "date", "message", "base_revision", "draft_base", "mode", "made_from",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Writing:
    """One draft. `tags` and `date` are as typed; `base_revision` is the blob an edit started from, empty for new.

    `draft_base` is set once a conflict was shown: the form is then based on their version, but a draft that is put
    aside stays based on the old one, so that publishing it later shows the conflict again and undoes nobody's edit.
    `made_from` is the review that a new lesson was made from: it gets a link once the lesson is published.
    `damaged` is a sentence when the form's own bookkeeping did not arrive whole; the text is kept all the same.
    """

    kind: str
    title: str = ""
    body: str = ""
    tags: str = ""
    team: str = ""
    date: str = ""
    audience: tuple[str, ...] = ()
    recurrence_of: tuple[str, ...] = ()
    message: str = ""
    base_revision: str = ""
    draft_base: str = ""
    mode: str = GUIDED
    draft: str = ""
    made_from: str = ""
    damaged: str = ""

    def sections(self, template: Template) -> tuple[Section, ...]:
        """The fields of the guided way."""
        return fields(self.body, template)

    def payload(self) -> dict[str, Any]:
        """What a draft keeps, as plain JSON values."""
        kept: dict[str, Any] = {name: getattr(self, name) for name in _TEXTS if name != "draft_base"}
        kept["base_revision"] = self.draft_base or self.base_revision
        return kept | {name: list(getattr(self, name)) for name in _LISTS}


def new_draft_key(kind: str) -> str:
    """The key of a draft that has no entry yet; each opened editor gets its own."""
    return f"new:{kind}:" + "".join(secrets.choice(_KEY_ALPHABET) for _ in range(10))


def entry_draft_key(entry_id: str) -> str:
    """The key of the draft of an existing entry."""
    return f"entry:{entry_id}"


def valid_key(key: str) -> bool:
    """Whether a draft key is one of ours."""
    return DRAFT_KEY.fullmatch(key) is not None


def unix_lines(text: str) -> str:
    """The text with the line ends that entries use; browsers send forms with CR LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def from_entry(entry: Entry, revision: str, template: Template) -> Writing:
    """The editor of a published entry."""
    return Writing(
        kind=entry.kind,
        title=entry.title,
        body=entry.body,
        tags=", ".join(entry.tags),
        team=entry.team or "",
        date=entry.date.isoformat() if entry.date else "",
        audience=entry.audience,
        recurrence_of=entry.recurrence_of,
        base_revision=revision,
        mode=GUIDED if follows(entry.body, template) else FREE,
        draft=entry_draft_key(entry.id),
    )


def follows(body: str, template: Template) -> bool:
    """Whether a text was written along its template, so that fields are the better way to change it."""
    keys = {section.key for section in fields(body, Template()) if section.heading}
    asked = {" ".join(prompt.title.casefold().split()) for prompt in template.prompts}
    return len(keys & asked) * 2 > len(asked) > 0


def from_form(form: MultiDict[str, str], kind: str, draft: str) -> Writing:
    """What a posted form holds. Nothing is refused here; unknown modes and ids are dropped."""
    values = {name: unix_lines(form.get(name, "")) for name in _TEXTS}
    body, damaged = _posted_body(form, values["body"])
    key = form.get("draft", "")
    return Writing(
        **values
        | {
            "kind": values["kind"] or kind,
            "body": body,
            "title": one_line(values["title"]),
            "message": values["message"].strip(),
            "mode": FREE if values["mode"] == FREE else GUIDED,
        },
        audience=tuple(dict.fromkeys(form.getlist("audience"))),
        recurrence_of=_ids(form.getlist("recurrence_of")),
        draft=key if valid_key(key) else draft,
        damaged=damaged,
    )


def one_line(text: str) -> str:
    """A title as it is kept: no line ends, no spaces at the ends."""
    return text.replace("\n", " ").strip()


def _ids(values: Sequence[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(v for v in values if isinstance(v, str) and _ID.fullmatch(v)))[:50]


def _posted_body(form: MultiDict[str, str], body: str) -> tuple[str, str]:
    shape = form.get("shape")
    if shape is None:
        return body, ""
    count = len([name for name in form if re.fullmatch(r"section-\d{1,4}", name)])
    texts = [unix_lines(form.get(f"section-{n}", "")) for n in range(count)]
    try:
        return joined(from_shape(unix_lines_in_shape(shape), texts)), ""
    except ShapeError:
        whole = "\n\n".join(text for text in texts if text)
        return whole, say(
            "The headings did not arrive with the form. The text is all here: look it over and send it again."
        )


def unix_lines_in_shape(shape: str) -> str:
    """The shape as it was sent out: its newlines are escaped in JSON, so only stray CRs can have come in."""
    return shape.replace("\r", "")


def from_payload(payload: Mapping[str, Any], kind: str, draft: str) -> Writing:
    """A stored draft. Values of the wrong type are dropped, so an old or foreign draft cannot break the editor."""
    values: dict[str, Any] = {name: payload[name] for name in _TEXTS if isinstance(payload.get(name), str)}
    values |= {name: _ids(payload[name]) for name in _LISTS if isinstance(payload.get(name), list)}
    return replace(Writing(kind=kind, draft=draft), **values | {"kind": values.get("kind") or kind})


def split_tags(text: str) -> tuple[str, ...]:
    """Tags as typed, cut at commas and line ends; a leading # is dropped, doubles count once."""
    names = (part.strip().lstrip("#").strip() for part in re.split(r"[,;\n]", text))
    return tuple(dict.fromkeys(name for name in names if name))


def parse_date(text: str) -> datetime.date | None:
    """An ISO date or nothing. Raises EntryError for anything else."""
    if not text.strip():
        return None
    try:
        return datetime.date.fromisoformat(text.strip())
    except ValueError:
        raise EntryError(
            "The date of the event cannot be read. Write it as year-month-day, like 2026-11-24.", "date"
        ) from None


def published_body(writing: Writing, template: Template) -> str:
    """The text as it is published: without the template's hints, and of a new entry without its unfilled questions."""
    body = without_hints(writing.body, template)
    return body if writing.base_revision else without_empty(body, template).strip("\n") + "\n"


def entry_fields(writing: Writing, template: Template) -> EntryFields:
    """The fields to save. Raises EntryError for what can be seen without the library (title, date)."""
    if not writing.title.strip():
        raise EntryError("Give it a title: a few words that somebody would search for.", "title")
    body = published_body(writing, template)
    if not writing.base_revision and not body.strip():
        raise EntryError("There is no text yet. A few sentences are enough to begin with.", "body")
    return EntryFields(
        kind=writing.kind,
        title=writing.title.strip(),
        body=body,
        tags=split_tags(writing.tags),
        team=writing.team,
        date=parse_date(writing.date) or "",
        audience=writing.audience,
        recurrence_of=writing.recurrence_of,
    )


def insert_citation(writing: Writing, citation: str) -> Writing:
    """The writing with a citation at the end of its text: what the button does where no script knows the caret."""
    body = writing.body.rstrip("\n")
    return replace(writing, body=f"{body}\n\n{citation}\n" if body else f"{citation}\n")


def citation_of(entry_id: str, title: str) -> str:
    """The link that cites an entry: by its id, so that it survives renames, showing its title."""
    label = " ".join(re.sub(r"[\[\]|]", " ", title).split())[:300]
    return f"[[{entry_id}|{label or entry_id}]]"

"""Entries over the API: create, read, change, delete and list."""

from __future__ import annotations

import re
from typing import Any

from flask import request

from wiki.api import shaping
from wiki.api.operations import Answer, Call
from wiki.api.problems import Problem
from wiki.entries import Entry
from wiki.library import EditConflict, EntryFields
from wiki.life.reminding import tell_recurrences
from wiki.services import services

_REVISION = re.compile(r'(?:W/)?"([0-9a-f]{40})"|([0-9a-f]{40})')
_FIELDS = tuple(EntryFields.__dataclass_fields__)


def create(call: Call) -> Answer:
    """A new entry: 201 with its id, address and revision."""
    saved = services().library.create(fields_of(call), viewer=call.viewer, message=_message(call))
    tell_recurrences(services(), saved.id, saved.recurrence_of)
    found = current(call, saved.id)
    location = f"{request.script_root}/api/v1/entries/{saved.id}"
    return Answer(found.document, status=201, headers={"Location": location, "ETag": etag(found.document)})


def show(call: Call) -> Answer:
    """One entry with its Markdown; 304 when the caller already holds this revision."""
    found = current(call, call.path["id"])
    headers = {"ETag": etag(found.document), "Cache-Control": "private, no-cache"}
    if found.document and request.if_none_match.contains(str(found.document["revision"])):
        return Answer(None, status=304, headers=headers)
    return Answer(found.document, headers=headers)


def change(call: Call) -> Answer:
    """Change the fields that are sent. A stale revision is merged where the changes do not overlap."""
    entry_id = call.path["id"]
    parts = services()
    read = parts.library.read(entry_id, call.viewer)
    base = _base_revision(read.item.revision)
    if base is None:
        raise Problem(428, 'Send If-Match with the revision that you started from, as "revision".')
    if base != read.item.revision and parts.catalog.version(read.item.id, base) is None:
        raise _changed_since(read.item.revision)
    try:
        saved = parts.library.save(
            read.item.id, fields_of(call), base_revision=base, viewer=call.viewer, message=_message(call)
        )
    except EditConflict as conflict:
        raise _conflict(conflict) from None
    tell_recurrences(parts, saved.entry.id, saved.entry.recurrence_of)
    document = {**(current(call, read.item.id).document or {}), "merged": saved.merged}
    return Answer(document, headers={"ETag": etag(document)})


def delete(call: Call) -> Answer:
    """Delete an entry; its history stays and it can be restored. With If-Match only that revision: else 412."""
    library = services().library
    read = library.read(call.path["id"], call.viewer)
    base = _base_revision(read.item.revision)
    if base is not None and base != read.item.revision:
        raise _changed_since(read.item.revision)
    try:
        library.delete(read.item.id, viewer=call.viewer, base_revision=base)
    except EditConflict as conflict:
        raise _changed_since(conflict.revision) from None
    return Answer(None, status=204)


def listing(call: Call) -> Answer:
    """A page of entries that the caller may see, and the cursor of the next."""
    page = services().catalog.entries(call.viewer, **call.query)
    return Answer(
        {
            "entries": [shaping.summary(entry, request.script_root) for entry in page.items],
            "total": page.total,
            "next_cursor": page.next_cursor,
        }
    )


def current(call: Call, entry_id: str) -> Answer:
    """The entry as it stands now. Raises NotFound."""
    read = services().library.read(entry_id, call.viewer)
    return Answer(shaping.whole(read.item, read.entry, request.script_root))


def etag(document: Any) -> str:
    """The entity tag of an entry: its revision in quotes."""
    return f'"{document["revision"]}"'


def fields_of(call: Call) -> EntryFields:
    """The fields that were sent; those that were not stay as they are. Raises Problem 413 for too long a text."""
    sent = {name: value for name, value in call.body.items() if name in _FIELDS}
    limit = services().config.max_body_bytes
    if len(sent.get("body", "").encode("utf-8")) > limit:
        raise Problem(413, f"The text of an entry takes at most {limit:,} bytes. Split it, or attach a file.")
    return EntryFields(**sent)


def _message(call: Call) -> str | None:
    return call.body.get("message") or None


def _base_revision(current_revision: str) -> str | None:
    """The revision in If-Match; None without the header. Raises Problem for one that cannot be a revision."""
    header = request.headers.get("If-Match", "").strip()
    if not header:
        return None
    if header == "*":
        return current_revision
    match = _REVISION.fullmatch(header)
    if match is None:
        raise _changed_since(current_revision)
    return match.group(1) or match.group(2)


def _changed_since(revision: str) -> Problem:
    return Problem(412, "If-Match names no version that this can start from. Read the entry again.", revision=revision)


def _conflict(conflict: EditConflict) -> Problem:
    """409: the three texts, and all fields of the three, so that a program can join them and send again."""
    sides = {"base": conflict.base, "theirs": conflict.theirs, "yours": conflict.yours}
    detail = "Somebody else changed the same lines. Join the texts and send again with the revision given here."
    if conflict.deleted:
        detail = "Somebody else deleted this entry meanwhile. Restore it, or create it anew with your text."
    return Problem(
        409,
        detail,
        headers={"ETag": f'"{conflict.revision}"'} if conflict.revision else {},
        **{name: side.body for name, side in sides.items()},
        fields={name: _fields(side) for name, side in sides.items()},
        revision=conflict.revision,
        deleted=conflict.deleted,
    )


def _fields(entry: Entry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "title": entry.title,
        "tags": list(entry.tags),
        "team": entry.team,
        "date": shaping.iso(entry.date),
        "audience": list(entry.audience),
        "status": entry.status,
        "source": entry.source,
        "recurrence_of": list(entry.recurrence_of),
        "kept_apart": list(entry.kept_apart),
    }

"""The versions of an entry over the API."""

from __future__ import annotations

from typing import Any

from flask import request

from wiki.api import shaping
from wiki.api.entries import current, etag
from wiki.api.operations import Answer, Call
from wiki.catalog import Version
from wiki.services import services


def history(call: Call) -> Answer:
    """The versions of an entry, newest first."""
    parts = services()
    item = parts.library.read(call.path["id"], call.viewer).item
    limit = call.query.get("limit", 50)
    versions = parts.catalog.history(item.id, limit=limit + 1, before=call.query.get("before"))
    shown = versions[:limit]
    return Answer(
        {
            "versions": [_version(version) for version in shown],
            "next_cursor": shown[-1].commit if len(versions) > limit else None,
        }
    )


def show(call: Call) -> Answer:
    """One version with its text, read and raw. `revision` may also be the commit that made it."""
    version, read = services().library.read_version(call.path["id"], call.path["revision"], call.viewer)
    document = {
        **_version(version),
        "id": call.path["id"],
        "title": read.entry.title,
        "body": read.entry.body,
        "text": read.raw.decode("utf-8", "replace"),
    }
    return Answer(document, headers={"ETag": etag(document), "Cache-Control": "private, no-cache"})


def restore(call: Call) -> Answer:
    """Make an old version the newest one, or bring a deleted entry back."""
    saved = services().library.restore(call.path["id"], viewer=call.viewer, revision=call.path["revision"])
    document = current(call, saved.id).document
    location = f"{request.script_root}/api/v1/entries/{saved.id}"
    return Answer(document, headers={"ETag": etag(document), "Location": location})


def _version(version: Version) -> dict[str, Any]:
    return {
        "commit": version.commit,
        "revision": version.revision,
        "path": version.path,
        **shaping.stamp(version.at, version.author_id, version.author_name),
        "message": version.message,
        "action": version.action,
    }

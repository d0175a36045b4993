"""The two questions: search, and what happened before."""

from __future__ import annotations

from datetime import date

from flask import request

from indexer import Filters, RelatedRequest, Results, SearchRequest
from wiki.api import shaping
from wiki.api.fields import Fault, InputFaults
from wiki.api.operations import Answer, Call
from wiki.api.problems import Problem
from wiki.services import services

BUSY = "The search model has more questions than it can answer. Ask again in a moment, or for words with mode=hybrid."


def search(call: Call) -> Answer:
    """Entries that answer a question, ranked, with the passage and the reason of each."""
    query = call.query
    for name in ("before", "after"):
        _check_date(name, query.get(name, ""))
    asked = SearchRequest(
        text=query.get("q", ""),
        mode=query.get("mode", "hybrid"),
        audiences=call.viewer.audiences,
        filters=Filters(
            **{name: query.get(name, ()) for name in ("kind", "tag", "team", "status", "year")},
            before=query.get("before", ""),
            after=query.get("after", ""),
        ),
        limit=query.get("limit", 10),
        offset=query.get("offset", 0),
    )
    found = services().searcher.search(asked)
    if asked.mode == "semantic" and found.retry_after is not None:
        # Words would answer another question than the one that was asked.
        raise Problem(503, BUSY, headers={"Retry-After": str(found.retry_after)})
    return _answer(found, call)


def related(call: Call) -> Answer:
    """Entries that tell of the same kind of experience as a draft; none where nothing is truly related."""
    body = call.body
    text = body.get("body", "")
    limit = services().config.max_body_bytes
    if len(text.encode("utf-8")) > limit:
        raise Problem(413, f"The text of a draft takes at most {limit:,} bytes.")
    found = services().searcher.related(
        RelatedRequest(
            title=body.get("title", ""),
            body=text,
            passage=body.get("passage", ""),
            kind=body.get("kind", ""),
            exclude=frozenset(body.get("exclude", ())),
            audiences=call.viewer.audiences,
            limit=body.get("limit", 5),
        )
    )
    return _answer(found, call)


def _check_date(name: str, value: str) -> None:
    if not value:
        return
    try:
        date.fromisoformat(value)
    except ValueError:
        raise InputFaults([Fault(name, "It must be a day such as 2026-11-24.")]) from None


def _answer(found: Results, call: Call) -> Answer:
    """Addresses come from the catalog, which is never behind, and which decides last who may see what."""
    known = services().catalog.entries_by_id([hit.id for hit in found.hits], call.viewer)
    urls = {entry_id: request.script_root + entry.url for entry_id, entry in known.items()}
    later = {} if found.retry_after is None else {"Retry-After": str(found.retry_after)}
    return Answer(shaping.results(found, urls), headers={"Cache-Control": "no-store", **later})

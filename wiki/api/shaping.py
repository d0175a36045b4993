"""Entries, versions and results as the JSON that goes out. Pure but for the catalog's values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from indexer import Hit, Results
    from wiki.catalog import CatalogEntry
    from wiki.entries import Entry


def stamp(at: datetime, author_id: str | None, author_name: str) -> dict[str, Any]:
    """When, and by whom: never a mail address."""
    return {"at": at.isoformat(), "author": {"id": author_id or None, "name": author_name}}


def summary(entry: CatalogEntry, root: str = "") -> dict[str, Any]:
    """An entry of a list, without its text. `root` is where the wiki is mounted."""
    return {
        "id": entry.id,
        "url": root + entry.url,
        "path": entry.path,
        "revision": entry.revision,
        "kind": entry.kind,
        "title": entry.title,
        "tags": list(entry.tags),
        "team": entry.team or None,
        "date": iso(entry.date),
        "audience": list(entry.audience),
        "status": entry.status or None,
        "source": entry.source or None,
        "error": entry.error,
        "created": stamp(entry.created.at, entry.created.author_id, entry.created.author_name),
        "updated": stamp(entry.updated.at, entry.updated.author_id, entry.updated.author_name),
    }


def whole(entry: CatalogEntry, content: Entry, root: str = "") -> dict[str, Any]:
    """One entry with its Markdown and what only its file knows."""
    return {
        **summary(entry, root),
        "body": content.body,
        "recurrence_of": list(content.recurrence_of),
        "kept_apart": list(content.kept_apart),
        "former_titles": list(content.former_titles),
    }


def results(found: Results, urls: Mapping[str, str]) -> dict[str, Any]:
    """The answer to a question. `urls` maps ids to addresses; a result without one has just been deleted and goes."""
    return {
        "results": [result(hit, urls[hit.id]) for hit in found.hits if hit.id in urls],
        "total": found.total,
        "mode": found.mode,
        "degraded": found.degraded,
        "retry_after": found.retry_after,
        "took_ms": round(found.took_ms, 2),
        "suggestion": found.suggestion,
    }


def result(hit: Hit, url: str) -> dict[str, Any]:
    """One entry found, with the passage and the reason."""
    why = hit.why
    return {
        "id": hit.id,
        "title": hit.title,
        "url": url,
        "kind": hit.kind,
        "score": round(hit.score, 4),
        "passage": hit.passage,
        "heading": hit.heading,
        "why": {
            "summary": why.summary,
            "words": list(why.words),
            "keyword": _rounded(why.keyword),
            "similarity": _rounded(why.similarity),
            "title_match": why.title_match,
            "standing": why.standing,
        },
        "marks": [list(mark) for mark in hit.marks],
        "tags": list(hit.tags),
        "team": hit.team or None,
        "status": hit.status or None,
        "date": hit.date or None,
    }


def iso(value: date | str | None) -> str | None:
    """A date as YYYY-MM-DD."""
    return value.isoformat() if isinstance(value, date) else value or None


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 4)

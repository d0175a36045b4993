"""Readers at work through the test client: real stores, real sign-in, and a searcher that answers what it is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from indexer import Hit, RelatedRequest, Results, SearchRequest, Why
from tests.integration.editor_web import Writer, text_of
from wiki.catalog import CatalogEntry
from wiki.library import EntryFields
from wiki.viewer import SYSTEM

__all__ = ["Told", "Writer", "client_of", "hit_for", "publish", "text_of", "with_searcher"]


@dataclass
class Told:
    """A searcher that gives the results it was told and remembers what it was asked."""

    results: Results = field(default_factory=lambda: Results((), 0, "hybrid"))
    asked: list[SearchRequest | RelatedRequest] = field(default_factory=list)

    def search(self, request: SearchRequest) -> Results:
        self.asked.append(request)
        return self.results

    def related(self, request: RelatedRequest) -> Results:
        self.asked.append(request)
        return self.results


def with_searcher(app: Flask, results: Results) -> Told:
    """Let the pages ask `Told` from now on."""
    told = Told(results)
    app.extensions["hindsight"] = dataclasses.replace(app.extensions["hindsight"], searcher=told)
    return told


def hit_for(entry: CatalogEntry, passage: str = "", marks: Sequence[tuple[int, int]] = (), **more: Any) -> Hit:
    """What the index would say of an entry."""
    return Hit(entry.id, entry.title, entry.kind, 1.0, passage, "", Why("Holds your words."), tuple(marks), **more)


def publish(app: Flask, title: str, body: str = "Text.", **fields: Any) -> CatalogEntry:
    """An entry written by the system."""
    given = EntryFields(kind=fields.pop("kind", "lesson"), title=title, body=body, **fields)
    entry: CatalogEntry = app.extensions["hindsight"].library.create(given, viewer=SYSTEM)
    return entry


def client_of(app: Flask, name: str = "rita", role: str = "reader", teams: Sequence[str] = ()) -> FlaskClient:
    """A signed-in browser."""
    client: FlaskClient = Writer(app, name, role, teams).client
    return client

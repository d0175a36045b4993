"""The parts that a running wiki is composed of, held by the application and never at module level."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

from flask import current_app

if TYPE_CHECKING:
    from indexer import IndexClient, Searcher
    from wiki.catalog import Catalog
    from wiki.config import Config
    from wiki.content import ContentStore
    from wiki.library import Library
    from wiki.people import People


ROOT = Path(__file__).resolve().parent.parent
"""The checkout: templates and starter content lie here, and nothing is written to it."""


@dataclass(frozen=True)
class Services:
    """Everything that pages, the API and commands are written against."""

    config: Config
    store: ContentStore
    catalog: Catalog
    library: Library
    people: People
    searcher: Searcher
    index: IndexClient


def services() -> Services:
    """The services of the application that handles the current request or command."""
    return cast(Services, current_app.extensions["hindsight"])

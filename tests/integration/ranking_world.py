"""Small worlds for the ranking tests: documents in an index with the little encoder, without a process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from indexer import HashEncoder, Indexer, IndexSettings, Searcher
from indexer.documents import Document
from indexer.encoder import Encoder
from indexer.evaluation import Folder


def index_of(directory: Path, documents: Iterable[Document], encoder: Encoder | None = None) -> IndexSettings:
    """An index of those documents, words and vectors, as the follower makes it."""
    settings = IndexSettings(directory, model="hash")
    indexer = Indexer(settings, Folder(tuple(documents)), encoder or HashEncoder())
    try:
        indexer.catch_up()
    finally:
        indexer.close()
    return settings


def searcher_of(directory: Path, documents: Iterable[Document]) -> Searcher:
    """A searcher over an index of those documents."""
    return Searcher(index_of(directory, documents), HashEncoder())

"""Search by words and by meaning over documents that a `Source` hands in; knows neither the wiki nor Flask.

Everything that others may use stands here, and the rest is private. Names are imported when they are first asked
for: a command that only needs the words of `documents` pays for no index, and nobody but the process that encodes
pays for torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from indexer.documents import (
    MODES,
    Changes,
    Document,
    Filters,
    Hit,
    IndexStatus,
    Mode,
    PartStatus,
    RelatedRequest,
    Results,
    SearchRequest,
    Source,
    Why,
)
from indexer.errors import EncoderUnavailable, HindsightIndexError, IndexBusy
from indexer.settings import IndexSettings

if TYPE_CHECKING:
    from indexer.client import IndexClient, IndexerAwayError, RemoteEncoder
    from indexer.encoder import CachedEncoder, Encoder, EncoderBusy, HashEncoder, QueryEncoder, load_encoder
    from indexer.follower import Indexer
    from indexer.search import Searcher
    from indexer.service import leave, serve

_WHERE = {
    "CachedEncoder": "encoder",
    "Encoder": "encoder",
    "EncoderBusy": "encoder",
    "HashEncoder": "encoder",
    "IndexClient": "client",
    "Indexer": "follower",
    "IndexerAwayError": "client",
    "QueryEncoder": "encoder",
    "RemoteEncoder": "client",
    "Searcher": "search",
    "leave": "service",
    "load_encoder": "encoder",
    "serve": "service",
}

__all__ = [
    "MODES",
    "CachedEncoder",
    "Changes",
    "Document",
    "Encoder",
    "EncoderBusy",
    "EncoderUnavailable",
    "Filters",
    "HashEncoder",
    "HindsightIndexError",
    "Hit",
    "IndexBusy",
    "IndexClient",
    "IndexSettings",
    "IndexStatus",
    "Indexer",
    "IndexerAwayError",
    "Mode",
    "PartStatus",
    "QueryEncoder",
    "RelatedRequest",
    "RemoteEncoder",
    "Results",
    "SearchRequest",
    "Searcher",
    "Source",
    "Why",
    "leave",
    "load_encoder",
    "serve",
]


def __getattr__(name: str) -> Any:
    """Import one of the public names when it is first asked for."""
    module = _WHERE.get(name)
    if module is None:
        raise AttributeError(f"module 'indexer' has no attribute {name!r}")
    return getattr(import_module(f"indexer.{module}"), name)

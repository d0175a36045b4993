"""What an index is made with: where it lives and by which language and model."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class IndexSettings:
    """`directory` holds everything the indexer writes. `model` is `bundled` or a sentence-transformers name or
    path. `language` names the stemmer and stop words (`english`, `german`, ... or `none`). `socket` is the Unix
    socket of the running indexer, mode 0600; None for an index without a process."""

    directory: Path
    model: str = "bundled"
    language: str = "english"
    socket: Path | None = None
    threads: int = 0

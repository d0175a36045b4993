"""The wiki's entries as the indexer follows them (signatures first; the code follows)."""

from __future__ import annotations

from indexer.documents import Changes
from wiki.catalog import Catalog
from wiki.content import ContentStore


class GitSource:
    """Implements indexer.documents.Source: the cursor is a commit id."""

    def __init__(self, store: ContentStore, catalog: Catalog) -> None: ...

    def tip(self) -> str:
        """The newest commit, or empty."""
        raise NotImplementedError

    def changes(self, since: str) -> Changes:
        """What changed after the commit `since`; everything where it is empty or unknown."""
        raise NotImplementedError

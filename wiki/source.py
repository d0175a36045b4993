"""The wiki's entries as the indexer follows them: git's texts with the catalog's facts about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.documents import Changes, Document
from wiki import frontmatter
from wiki.catalog import Catalog, CatalogEntry
from wiki.content import ContentStore
from wiki.frontmatter import FrontMatterError


class GitSource:
    """Implements indexer.documents.Source: the cursor is a commit id of the branch.

    The texts of upserts are read one by one as the iterator is consumed, from blobs that cannot change, so the whole
    collection need not fit into memory.
    """

    def __init__(self, store: ContentStore, catalog: Catalog) -> None:
        self._store = store
        self._catalog = catalog

    def tip(self) -> str:
        """The newest commit, or empty. Reads one small file."""
        return self._store.tip() or ""

    def changes(self, since: str) -> Changes:
        """What changed after the commit `since`; everything, marked complete, where it is empty or not of this
        history. Brings the catalog up to date first, however far behind it is."""
        self._catalog.catch_up(limit=None)
        found = self._catalog.changed_since(since) if since else None
        if found is None:
            cursor, entries = self._catalog.everything()
            return Changes(cursor, self._documents(entries), complete=True)
        cursor, entries, deletes = found
        return Changes(cursor, self._documents(entries), tuple(deletes))

    def _documents(self, entries: Sequence[CatalogEntry]) -> Iterator[Document]:
        for entry in entries:
            yield document(entry, self._store.blob(entry.revision))


def document(entry: CatalogEntry, raw: bytes) -> Document:
    """One entry as the index sees it. A file that cannot be read is found by its raw text, by whoever may see it."""
    return Document(
        id=entry.id,
        title=entry.title,
        body=_body(raw, broken=entry.error is not None),
        kind=entry.kind,
        tags=entry.tags,
        team=entry.team or "",
        status=entry.status or "",
        date=entry.date.isoformat() if entry.date else "",
        audience=entry.audience,
        former_titles=entry.former_titles,
        links=entry.recurrence_of,
    )


def _body(raw: bytes, *, broken: bool) -> str:
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\0", "\ufffd")
    if broken:
        return text
    try:
        return frontmatter.split(text).body
    except FrontMatterError:
        return text

"""The wiki's entries as the indexer follows them: git's texts with the catalog's facts about them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from indexer.documents import Changes, Document
from wiki import frontmatter
from wiki.catalog import Catalog, CatalogEntry
from wiki.content import ContentStore
from wiki.entry_values import EntryError
from wiki.frontmatter import FrontMatterError
from wiki.life.front import NO_LIFE, Life, read_life

_RANKED = ("replaced_by", "applied")
"""The names of the front matter by which search ranks; most files have neither and are not read for them."""


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
    body, life = _read(raw, broken=entry.error is not None)
    return Document(
        id=entry.id,
        title=entry.title,
        body=body,
        kind=entry.kind,
        tags=entry.tags,
        team=entry.team or "",
        status=entry.status or "",
        date=entry.date.isoformat() if entry.date else "",
        audience=entry.audience,
        former_titles=entry.former_titles,
        links=entry.recurrence_of,
        replaced=bool(life.replaced_by),
        applied=sum(1 if one.held else -1 for one in life.applied),
    )


def _read(raw: bytes, *, broken: bool) -> tuple[str, Life]:
    """The Markdown of a file and what its front matter tells of its life; nothing of it where it cannot be read."""
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\0", "\ufffd")
    if broken:
        return text, NO_LIFE
    try:
        parts = frontmatter.split(text)
    except FrontMatterError:
        return text, NO_LIFE
    if not parts.block or not any(f"{name}:" in parts.block for name in _RANKED):
        return parts.body, NO_LIFE
    try:
        return parts.body, read_life(frontmatter.read(parts.block))
    except (FrontMatterError, EntryError):
        return parts.body, NO_LIFE

"""What lists, links and addresses need to know about entries: derived from the git store, and disposable."""

from wiki.catalog.catalog import Catalog
from wiki.catalog.types import (
    ADMINISTRATORS_ONLY,
    Attachment,
    CatalogEntry,
    CatalogError,
    Contributor,
    Count,
    Counts,
    Deleted,
    Page,
    RecentChange,
    Redirect,
    Stamp,
    Version,
)

__all__ = [
    "ADMINISTRATORS_ONLY",
    "Attachment",
    "Catalog",
    "CatalogEntry",
    "CatalogError",
    "Contributor",
    "Count",
    "Counts",
    "Deleted",
    "Page",
    "RecentChange",
    "Redirect",
    "Stamp",
    "Version",
]

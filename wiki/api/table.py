"""Every operation of the API in one table: routing, checks and openapi.json are made from it."""

from __future__ import annotations

from wiki.api import asking, entries, lists, review_table, versions
from wiki.api.curation_table import CURATION
from wiki.api.life_table import LIFE
from wiki.api.operations import Operation
from wiki.api.schemas import (
    CREATE_FIELDS,
    ENTRY_FIELDS,
    HISTORY_QUERY,
    LIST_QUERY,
    PAIRS_QUERY,
    READ_ONLY,
    RELATED_FIELDS,
    SEARCH_QUERY,
)

PREFIX = "/api/v1"

OPERATIONS: tuple[Operation, ...] = (
    Operation("GET", "/entries", "listEntries", "List entries", entries.listing, "EntryList", query=LIST_QUERY),
    Operation(
        "POST", "/entries", "createEntry", "Create an entry", entries.create, "Entry",
        writes=True, body=CREATE_FIELDS, ignored=READ_ONLY, statuses=(201,), problems=(409,),
    ),
    Operation(
        "GET", "/entries/{id}", "readEntry", "Read an entry", entries.show, "Entry",
        statuses=(200, 304), problems=(404,),
    ),
    Operation(
        "PUT", "/entries/{id}", "changeEntry", "Change the fields that are sent", entries.change, "Entry",
        writes=True, body=ENTRY_FIELDS, ignored=READ_ONLY, problems=(404, 409, 412, 428), if_match=True,
    ),
    Operation(
        "DELETE", "/entries/{id}", "deleteEntry", "Delete an entry", entries.delete, None,
        writes=True, statuses=(204,), problems=(404, 409, 412), if_match=True,
    ),
    Operation(
        "GET", "/entries/{id}/history", "listVersions", "List the versions of an entry, newest first",
        versions.history, "History", query=HISTORY_QUERY, problems=(404,),
    ),
    Operation(
        "GET", "/entries/{id}/versions/{revision}", "readVersion", "Read one version of an entry",
        versions.show, "VersionText", problems=(404,),
    ),
    Operation(
        "POST", "/entries/{id}/versions/{revision}/restore", "restoreVersion",
        "Make an old version the newest, also of a deleted entry", versions.restore, "Entry",
        writes=True, problems=(404, 409),
    ),
    Operation(
        "GET", "/search", "search", "Find entries", asking.search, "Results", query=SEARCH_QUERY, problems=(503,)
    ),
    Operation(
        "POST", "/related", "related", "Find past experiences related to a draft", asking.related, "Results",
        body=RELATED_FIELDS, ignored=None,
    ),
    Operation(
        "GET", "/pairs", "listPairs", "The closest pairs of entries that nobody linked or dismissed (facilitators)",
        lists.pairs, "Pairs", query=PAIRS_QUERY,
    ),
    *review_table.OPERATIONS,
    Operation("GET", "/tags", "listTags", "List tags with their counts", lists.tags, "Counts"),
    Operation("GET", "/teams", "listTeams", "List teams with their counts", lists.teams, "Counts"),
    Operation("GET", "/kinds", "listKinds", "List the kinds of entries", lists.kinds, "Counts"),
    *LIFE,
    *CURATION,
    Operation("GET", "/openapi.json", "openapi", "This description", lists.openapi, "OpenAPI", open=True),
)  # fmt: skip

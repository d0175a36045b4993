"""The operations of topics and of the curator's desk, a part of the table of all operations."""

from __future__ import annotations

from wiki.api import curation, names
from wiki.api.curation_schemas import (
    CLAIM_FIELDS,
    DESK_FIELDS,
    DESK_QUERY,
    HANDOVER_FIELDS,
    LIST_FIELDS,
    NAMES_QUERY,
    PATH_FIELDS,
    READ_FIELDS,
    SLICE_QUERY,
    TAG_FIELDS,
    TOPIC_FIELDS,
)
from wiki.api.operations import Operation

CURATION: tuple[Operation, ...] = (
    Operation("GET", "/topics", "listTopics", "List topics with who keeps them", curation.topics, "Topics"),
    Operation(
        "GET", "/topics/{id}", "readTopic", "Read a topic's list and reading path", curation.topic, "Topic",
        query=SLICE_QUERY, problems=(404,),
    ),
    Operation(
        "PUT", "/topics/{id}", "changeTopic", "Change a topic's rule and review-by date", curation.change, "Topic",
        writes=True, body=TOPIC_FIELDS, problems=(404,),
    ),
    Operation(
        "POST", "/topics/{id}/list", "changeTopicList", "Change a topic's curated list", curation.change_list, "Said",
        writes=True, body=LIST_FIELDS, problems=(404,),
    ),
    Operation(
        "POST", "/topics/{id}/path", "changeReadingPath", "Change a topic's reading path", curation.change_path, "Said",
        writes=True, body=PATH_FIELDS, problems=(404,),
    ),
    Operation(
        "PUT", "/topics/{id}/path/read", "markRead", "Note that you have read a step of the path", curation.mark_read,
        "Topic", body=READ_FIELDS, problems=(404,),
    ),
    Operation(
        "POST", "/topics/{id}/handover", "handOverTopic", "Hand a topic over", curation.hand_over, "Said",
        writes=True, body=HANDOVER_FIELDS, problems=(404,),
    ),
    Operation(
        "GET", "/topics/{id}/proposals", "listProposals", "List what a topic's rule proposes", curation.proposals,
        "Proposals", query=SLICE_QUERY, problems=(404,),
    ),
    Operation(
        "GET", "/desk", "listDesk", "List a queue of the curator's desk", curation.desk, "DeskRows", query=DESK_QUERY,
    ),
    Operation(
        "POST", "/desk", "settleDesk", "Settle a row of the desk", curation.settle, "Said",
        writes=True, body=DESK_FIELDS, problems=(404,),
    ),
    Operation(
        "GET", "/names", "listNames", "List people named in entries who have no account", names.index, "Names",
        query=NAMES_QUERY,
    ),
    Operation(
        "POST", "/names/claims", "claimName", "Say that a name means you, or take that back", names.claim, "Said",
        body=CLAIM_FIELDS, problems=(404,),
    ),
    Operation(
        "POST", "/tags/rename", "renameTags", "Rename or merge tags in every entry", curation.retag, "Said",
        writes=True, body=TAG_FIELDS,
    ),
)  # fmt: skip

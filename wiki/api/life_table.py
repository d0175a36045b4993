"""The operations of lives, actions and recurrences, a part of the table of all operations."""

from __future__ import annotations

from wiki.api import life
from wiki.api.life_schemas import (
    ACTIONS_QUERY,
    ADD_FIELDS,
    APPLIED_FIELDS,
    CHANGE_FIELDS,
    RECURRED_FIELDS,
    STEP_FIELDS,
    STEWARD_FIELDS,
)
from wiki.api.operations import Operation

LIFE: tuple[Operation, ...] = (
    Operation("GET", "/entries/{id}/life", "readLife", "Read the life of a lesson", life.show, "Life", problems=(404,)),
    Operation(
        "POST", "/entries/{id}/steps", "takeStep", "Take a lesson a step further", life.step, "Life",
        writes=True, body=STEP_FIELDS, problems=(404,),
    ),
    Operation(
        "PUT", "/entries/{id}/steward", "setSteward", "Say who looks after a lesson", life.steward, "Life",
        writes=True, body=STEWARD_FIELDS, problems=(404,),
    ),
    Operation(
        "POST", "/entries/{id}/applied", "sayApplied", "Say whether a lesson held", life.applied, "Life",
        writes=True, body=APPLIED_FIELDS, problems=(404,),
    ),
    Operation(
        "POST", "/entries/{id}/recurrences", "sayRecurred", "Say that it happened again", life.recurred, "Life",
        writes=True, body=RECURRED_FIELDS, problems=(404,),
    ),
    Operation("GET", "/actions", "listActions", "List actions", life.actions, "Actions", query=ACTIONS_QUERY),
    Operation(
        "POST", "/entries/{id}/actions", "addAction", "Add an action", life.add_action, "Action",
        writes=True, body=ADD_FIELDS, statuses=(201,), problems=(404,),
    ),
    Operation(
        "PUT", "/entries/{id}/actions/{action}", "changeAction", "Change what is sent of an action",
        life.change_action, "Action", writes=True, body=CHANGE_FIELDS, problems=(404,),
    ),
)  # fmt: skip

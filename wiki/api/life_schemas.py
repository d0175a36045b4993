"""What goes in and out of the API about the life of a lesson and its actions."""

from __future__ import annotations

from typing import Any

from wiki.api.fields import Choice, Field, Number, Text
from wiki.entry_values import LESSON_STATUSES
from wiki.life.front import ACTION_STATES, LOOPS, MAX_LINE, MAX_PERSON, MAX_TEXT

VIEWS = ("mine", "team", "overdue", "all", "settled")
_DUE = Field("due", Text(40, nullable=True), "day by which it is to be done, YYYY-MM-DD")
_OWNER = Field("owner", Text(MAX_PERSON, nullable=True), "account id or sign-in name, or the name of somebody outside")
_SHOWS = Field("shows", Text(MAX_TEXT, nullable=True), "what would show that it worked")

STEP_FIELDS = (
    Field("to", Choice(LESSON_STATUSES), "where the lesson is to stand", required=True),
    Field("why", Text(MAX_TEXT, nullable=True), "why; needed where a lesson goes back"),
    Field("evidence", Text(MAX_TEXT, nullable=True), "for learned: what shows that it worked, in words or an address"),
    Field("loop", Choice(LOOPS), "for learned: single (the action was corrected) or double (the assumption behind it)"),
    Field("reason", Text(MAX_TEXT, nullable=True), "for rejected and retired: why"),
    Field("replaced_by", Text(64, nullable=True), "for retired: id of the entry that replaces it"),
)
STEWARD_FIELDS = (Field("steward", Text(MAX_PERSON, nullable=True), "account id or sign-in name; empty: nobody"),)
APPLIED_FIELDS = (
    Field("held", Choice(("yes", "no")), "whether the lesson held", required=True),
    Field("note", Text(MAX_TEXT, nullable=True), "what held or did not; needed where it did not"),
)
RECURRED_FIELDS = (
    Field("entry", Text(64), "id of the entry that tells of it", required=True),
    Field("missed", Text(MAX_TEXT, nullable=True), "what the action of then missed"),
)
ADD_FIELDS = (Field("what", Text(MAX_LINE), "what is to be done", required=True), _OWNER, _DUE, _SHOWS)
CHANGE_FIELDS = (
    Field("what", Text(MAX_LINE), "what is to be done"),
    _OWNER,
    _DUE,
    _SHOWS,
    Field("state", Choice(ACTION_STATES), "where it stands"),
    Field("reason", Text(MAX_TEXT, nullable=True), "why it is dropped"),
    Field("happened", Text(MAX_TEXT, nullable=True), "what happened; needed to close or put off what is overdue"),
    Field("seen", Choice(ACTION_STATES), "the state that you saw: the change is refused where it is another by now"),
)
ACTIONS_QUERY = (
    Field("view", Choice(VIEWS, "mine"), "whose open actions: yours, your teams', all that are overdue, all"),
    Field("limit", Number(1, 200, 50), "actions to give"),
    Field("offset", Number(0, 100_000, 0), "actions to pass over"),
)


def _object(required: tuple[str, ...], **properties: Any) -> dict[str, Any]:
    return {"type": "object", "required": list(required), "properties": properties}


_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_ACTION = _object(
    ("id", "what", "state"), id=_TEXT, what=_TEXT, owner=_MAYBE, due=_MAYBE, state=_TEXT, shows=_TEXT, reason=_TEXT,
    happened=_TEXT, overdue={"type": "boolean"},
    entry=_object(("id", "url", "title"), id=_TEXT, url=_TEXT, title=_TEXT),
)  # fmt: skip


def _list(item: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": item}


LIFE_ANSWERS: dict[str, dict[str, Any]] = {
    "Life": _object(
        ("id", "status", "actions", "steps"),
        id=_TEXT, revision=_TEXT, status=_MAYBE, steward=_MAYBE, evidence=_TEXT, loop=_TEXT, reason=_TEXT,
        replaced_by=_MAYBE, holds=_MAYBE, confirmed=_MAYBE, actions=_list(_ACTION),
        applied=_list(_object(("held",), held={"type": "boolean"}, by=_MAYBE, on=_MAYBE, note=_TEXT)),
        recurred=_list(_object(("entry",), entry=_TEXT, by=_MAYBE, on=_MAYBE, missed=_TEXT)),
        steps=_list(
            _object(
                ("after", "at"), before=_TEXT, after=_TEXT, at=_TEXT, author=_object(("name",), id=_MAYBE, name=_TEXT),
                said=_TEXT, evidence_or_reason=_TEXT, recurred={"type": "boolean"}, skipped=_TEXT, commit=_TEXT,
            )
        ),
        may_follow=_list(_object(("to", "may"), to=_TEXT, may={"type": "boolean"})),
    ),
    "Action": _ACTION,
    "Actions": _object(("actions", "total"), actions=_list(_ACTION), total={"type": "integer"}),
}  # fmt: skip

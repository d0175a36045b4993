"""The life of a lesson, actions and recurrences over the API: the same acts and sentences as on the pages."""

from __future__ import annotations

from typing import Any

from flask import request

from wiki.api.operations import Answer, Call
from wiki.catalog import CatalogEntry
from wiki.library import NotFound, StepTaken
from wiki.library.standing import doer_of, today
from wiki.life.front import Action, iso
from wiki.life.lists import asked_for
from wiki.life.people import meant
from wiki.life.reminding import tell_recurrences
from wiki.lifecycle import steps_from
from wiki.services import services
from wiki.web.living import living_of


def show(call: Call) -> Answer:
    """Where a lesson stands, all that it has to show for it, and every step so far; a review's actions."""
    return _life(call, call.path["id"])


def _life(call: Call, entry_id: str) -> Answer:
    item = services().library.read(entry_id, call.viewer).item
    living = living_of(item, call.viewer)
    if living is None:
        raise NotFound("Only lessons and reviews have a life. This entry is of another kind.")
    life, doer = living.life, doer_of(living.life, call.viewer)
    seen = services().catalog.entries_by_id([one.id for one in life.recurred], call.viewer)
    return Answer(
        {
            "id": item.id,
            "revision": item.revision,
            "status": item.status,
            "steward": life.steward or None,
            "evidence": life.evidence,
            "loop": life.loop,
            "reason": life.reason,
            "replaced_by": life.replaced_by or None,
            "holds": living.holding.words if living.holding else None,
            "confirmed": iso(living.holding.on) or None if living.holding else None,
            "actions": [_action(one, item) for one in life.actions],
            "applied": [
                {"held": one.held, "by": one.by or None, "on": iso(one.on) or None, "note": one.note}
                for one in life.applied
            ],
            "recurred": [
                {"entry": one.id, "by": one.by or None, "on": iso(one.on) or None, "missed": one.missed}
                for one in life.recurred
                if one.id in seen
            ],
            "steps": [
                {
                    "before": line.before,
                    "after": line.after,
                    "at": line.version.at.isoformat(),
                    "author": {"id": line.version.author_id or None, "name": line.version.author_name},
                    "said": line.said,
                    "evidence_or_reason": line.detail,
                    "recurred": bool(line.recurred),
                    "skipped": line.skipped,
                    "commit": line.version.commit,
                }
                for line in living.steps
            ],
            "may_follow": [
                {"to": step.after, "may": call.viewer.can_write and doer.may(step.who)}
                for step in steps_from(item.status or "")
            ],
        }
    )


def _action(action: Action, entry: CatalogEntry) -> dict[str, Any]:
    return {
        "id": action.id,
        "what": action.what,
        "owner": action.owner or None,
        "due": iso(action.due) or None,
        "state": action.state,
        "shows": action.shows,
        "reason": action.reason,
        "happened": action.happened,
        "overdue": action.overdue(today()),
        "entry": {"id": entry.id, "url": request.script_root + entry.url, "title": entry.title},
    }


def step(call: Call) -> Answer:
    """Take a lesson a step further."""
    services().library.step(call.path["id"], StepTaken(**call.body), viewer=call.viewer)
    return _life(call, call.path["id"])


def steward(call: Call) -> Answer:
    """Say who looks after a lesson."""
    chosen = meant(services().people, call.body.get("steward", ""))
    services().library.steward(call.path["id"], chosen, viewer=call.viewer)
    return _life(call, call.path["id"])


def applied(call: Call) -> Answer:
    """Say whether a lesson held when it was applied."""
    held = call.body["held"] == "yes"
    services().library.judge(call.path["id"], held=held, note=call.body.get("note", ""), viewer=call.viewer)
    return _life(call, call.path["id"])


def recurred(call: Call) -> Answer:
    """Say that it happened again, in an entry."""
    parts = services()
    lesson = parts.library.recur(
        call.path["id"], call.body["entry"], missed=call.body.get("missed", ""), viewer=call.viewer
    )
    tell_recurrences(parts, call.body["entry"], [lesson.id])
    return _life(call, lesson.id)


def actions(call: Call) -> Answer:
    """Actions, the most urgent first."""
    asked = asked_for(services(), call.query.get("view", "mine"), call.viewer)
    rows, total = services().catalog.lives.actions(
        call.viewer, asked, call.query.get("offset", 0), call.query.get("limit", 50)
    )
    return Answer({"actions": [_action(row.action, row.entry) for row in rows], "total": total})


def add_action(call: Call) -> Answer:
    """A new action of an entry."""
    item, action_id = services().library.add_action(call.path["id"], _values(call), viewer=call.viewer)
    return _one(call, item, action_id, 201)


def change_action(call: Call) -> Answer:
    """Change what is sent of an action."""
    values = _values(call)
    seen = values.pop("seen", "")
    action_id = call.path["action"]
    item = services().library.change_action(call.path["id"], action_id, values, viewer=call.viewer, seen=seen)
    return _one(call, item, action_id, 200)


def _values(call: Call) -> dict[str, str]:
    values = dict(call.body)
    if "owner" in values:
        values["owner"] = meant(services().people, values["owner"])
    return values


def _one(call: Call, item: CatalogEntry, action_id: str, status: int) -> Answer:
    found = services().library.read(item.id, call.viewer).entry.life.action(action_id)
    if found is None:
        raise NotFound("This action is not there any more.")
    return Answer(_action(found, item), status=status)

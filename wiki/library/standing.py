"""Whether a lesson may stand where a change puts it, whoever writes: page, API, import and command come by here."""

from __future__ import annotations

import datetime as dt

from wiki.entries import Entry, EntryError
from wiki.life.front import LIFE_KINDS, Life
from wiki.lifecycle import Doer, Standing, check_actions, check_change
from wiki.viewer import Viewer


def today() -> dt.date:
    """This day, in UTC."""
    return dt.datetime.now(dt.UTC).date()


def doer_of(life: Life, viewer: Viewer) -> Doer:
    """What the viewer is to a lesson with this life."""
    me = viewer.account_id or ""
    steward = bool(me) and life.steward == me
    return Doer(viewer.can_curate or steward, bool(me) and any(action.owner == me for action in life.actions))


def check_standing(before: Entry | None, after: Entry, viewer: Viewer, why: str) -> None:
    """Raise EntryError for a change of a lesson's (or review's) life that may not be; `before` is None for a new
    entry. `why` is what the writer says of the change."""
    if after.kind not in LIFE_KINDS:
        return
    life = before.life if before is not None else after.life
    doer = doer_of(life, viewer)
    if before is not None and before.life.steward != after.life.steward and before.life.steward and not doer.carer:
        raise EntryError("Only its steward or a facilitator hands a lesson to somebody else.", "steward")
    if after.kind == "lesson" and after.status:
        was = Standing(before.status, before.life) if before is not None and before.status else None
        check_change(was, Standing(after.status, after.life), doer, why, today())
    elif before is not None:
        check_actions(before.life.actions, after.life.actions, today())

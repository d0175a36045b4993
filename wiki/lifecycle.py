"""Where a lesson may stand, what may follow, who may do it and what it needs: one table, and nothing else (pure).

The field's own line is in it: a lesson identified is not a lesson learned. It is learned once its actions are carried
out and their effect is verified. A recurrence is no step but an event: it takes a lesson back to identified from
wherever it stands.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from wiki.entry_values import EntryError
from wiki.life.front import LOOPS, UNDER_WAY, Action, Life
from wiki.words import say

AUTHOR, OWNER, CARER = "author", "owner", "carer"
"""Whom a step needs: anybody who may write; the owner of one of its actions; its steward or a facilitator. Each may do
what those before it may."""
_WHO = {
    OWNER: say("This step is for the owner of one of its actions, its steward, or a facilitator."),
    CARER: say("This step is for the lesson's steward or a facilitator. Ask one of them to look at it."),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a lesson stands, and what it has to show for that."""

    status: str
    life: Life


@dataclass(frozen=True, slots=True)
class Doer:
    """What somebody is to a lesson."""

    carer: bool = False
    owner: bool = False

    def may(self, who: str) -> bool:
        """Whether this is enough for a step that needs `who`."""
        return who == AUTHOR or self.carer or (who == OWNER and self.owner)


@dataclass(frozen=True, slots=True)
class Step:
    """One row of the table. `needs` are names of NEEDS, those of the state itself left out; `label` is what the button
    says."""

    before: str
    after: str
    who: str
    label: str
    needs: tuple[str, ...] = ()


STEPS: tuple[Step, ...] = (
    Step("observation", "identified", AUTHOR, say("Make it a lesson identified")),
    Step("observation", "rejected", CARER, say("Reject it")),
    Step("identified", "validated", CARER, say("Validate it")),
    Step("identified", "rejected", CARER, say("Reject it")),
    Step("identified", "observation", CARER, say("Take it back to an observation"), ("why",)),
    Step("validated", "action-under-way", OWNER, say("Begin with its actions"), ("action",)),
    Step("validated", "rejected", CARER, say("Reject it")),
    Step("validated", "identified", CARER, say("Take the validation back"), ("why",)),
    Step("action-under-way", "learned", CARER, say("Declare it learned")),
    Step("action-under-way", "validated", CARER, say("Take it back to validated"), ("why",)),
    Step("learned", "action-under-way", CARER, say("Take it back: more is to be done"), ("why", "action")),
    *(
        Step(status, "retired", CARER, say("Retire it"))
        for status in ("observation", "identified", "validated", "action-under-way", "learned")
    ),
    Step("rejected", "identified", CARER, say("Take it up again"), ("why",)),
    Step("retired", "identified", CARER, say("Take it up again"), ("why",)),
)
BEGINNINGS = ("observation", "identified")
"""Where anybody who may write may let a lesson begin; elsewhere it begins only through its steward or a facilitator."""
STATE_NEEDS: dict[str, tuple[str, ...]] = {
    "learned": ("settled", "evidence", "loop"),
    "rejected": ("reason",),
    "retired": ("reason",),
}
"""What must hold for as long as a lesson stands there."""
LABELS = {
    "observation": say("an observation"),
    "identified": say("a lesson identified"),
    "validated": say("validated"),
    "action-under-way": say("action under way"),
    "learned": say("a lesson learned"),
    "rejected": say("rejected"),
    "retired": say("retired"),
}

Need = tuple[Callable[[Life, str], bool], str, str]
NEEDS: dict[str, Need] = {
    "evidence": (
        lambda life, _: bool(life.evidence),
        say("A lesson is learned once something shows that it worked. Write the evidence down, or link to it."),
        "evidence",
    ),
    "loop": (
        lambda life, _: life.loop in LOOPS,
        say("Say what was corrected: the action (single-loop), or the assumption behind it (double-loop)."),
        "loop",
    ),
    "settled": (
        lambda life, _: all(action.settled for action in life.actions),
        say(
            "A lesson is learned once each of its actions is verified, or dropped with a reason. "
            "Settle the others first."
        ),
        "actions",
    ),
    "action": (
        lambda life, _: any(action.state in UNDER_WAY and action.owner for action in life.actions),
        say("Action is under way once somebody owns an action that is to be done. Add one with an owner first."),
        "actions",
    ),
    "reason": (
        lambda life, _: bool(life.reason),
        say("Say why: a lesson is rejected or retired with a reason."),
        "reason",
    ),
    "why": (lambda _, why: bool(why.strip()), say("Say why it goes back, so that others can follow."), "why"),
}


def steps_from(status: str) -> list[Step]:
    """What may follow."""
    return [step for step in STEPS if step.before == status]


def step_between(before: str, after: str) -> Step | None:
    """The row of the table, None where one does not follow the other."""
    return next((step for step in STEPS if step.before == before and step.after == after), None)


def came_back(before: Life, after: Life) -> bool:
    """Whether a recurrence stands in `after` that `before` does not know."""
    known = {one.id for one in before.recurred}
    return any(one.id not in known for one in after.recurred)


def check_change(before: Standing | None, after: Standing, doer: Doer, why: str, today: dt.date) -> None:
    """Raise EntryError for a lesson that may not change, or begin (before is None), like this; the field `who` says
    that it is the person who may not."""
    if before is None:
        if after.status not in BEGINNINGS and not doer.carer:
            raise EntryError(
                say(
                    "A lesson begins as an observation or as identified. That it is %(status)s is for a "
                    "facilitator to say.",
                    status=LABELS[after.status],
                ),
                "who",
            )
    else:
        check_actions(before.life.actions, after.life.actions, today)
        _check_step(before, after, doer, why)
    known = _lacking(before) if before is not None and before.status == after.status else []
    for need in _lacking(after):
        if need not in known:  # what a push left out is no reason to refuse a better text
            raise EntryError(NEEDS[need][1], NEEDS[need][2])


def _check_step(before: Standing, after: Standing, doer: Doer, why: str) -> None:
    if came_back(before.life, after.life):
        if after.status != "identified":
            raise EntryError("A lesson that came back is identified again: it was stored, not learned.", "status")
        return
    if before.status == after.status:
        return
    step = step_between(before.status, after.status)
    if step is None:
        raise EntryError(no_such_step(before.status, after.status), "status")
    if not doer.may(step.who):
        raise EntryError(_WHO[step.who], "who")
    for need in step.needs:
        holds, sentence, field = NEEDS[need]
        if not holds(after.life, why):
            raise EntryError(sentence, field)


def no_such_step(before: str, after: str) -> str:
    """The sentence that refuses a step that is not in the table."""
    onward = [LABELS[step.after] for step in steps_from(before)]
    return say(
        "A lesson that is %(before)s cannot become %(after)s in one step. From here it can "
        "become %(others)s or %(last)s.",
        before=LABELS[before],
        after=LABELS[after],
        others=onward[:-1],
        last=onward[-1],
    )


def check_actions(before: tuple[Action, ...], after: tuple[Action, ...], today: dt.date) -> None:
    """Raise EntryError where an action that is overdue would be closed, put off or taken out in silence."""
    now = {action.id: action for action in after}
    for old in before:
        if not old.overdue(today):
            continue
        new = now.get(old.id)
        if new is None:
            raise EntryError(
                say(
                    "“%(what)s” is overdue. Say what happened and close it, rather than take it out.",
                    what=old.what[:60],
                ),
                "actions",
            )
        if not new.overdue(today) and (not new.happened or new.happened == old.happened):
            raise EntryError(
                say(
                    "“%(what)s” was due on %(due)s. Say what happened, so that others can learn from it.",
                    what=old.what[:60],
                    due=old.due,
                ),
                "happened",
            )


def _lacking(standing: Standing) -> list[str]:
    return [name for name in STATE_NEEDS.get(standing.status, ()) if not NEEDS[name][0](standing.life, "")]


def skipped(before: Standing | None, after: Standing) -> str:
    """What a change that came from outside (a push) left out: a sentence, empty where it left out nothing."""
    if before is not None and before.status != after.status and not came_back(before.life, after.life):
        step = step_between(before.status, after.status)
        if step is None:
            return no_such_step(before.status, after.status)
        if "action" in step.needs and not NEEDS["action"][0](after.life, ""):
            return NEEDS["action"][1]
    lacking = _lacking(after)
    return NEEDS[lacking[0]][1] if lacking else ""


def taken_back(life: Life) -> Life:
    """What a lesson keeps of its life when it is no longer learned, rejected or retired: all but what spoke for that,
    which its history keeps."""
    return Life(steward=life.steward, actions=life.actions, applied=life.applied, recurred=life.recurred)

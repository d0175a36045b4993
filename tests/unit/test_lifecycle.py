"""The table of a lesson's life: no way leads to learned without evidence and settled actions."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wiki.entries import LESSON_STATUSES, EntryError, parse, render
from wiki.life.front import ACTION_STATES, LOOPS, Action, Life, Recurred
from wiki.lifecycle import LABELS, NEEDS, STEPS, Doer, Standing, check_change, skipped, step_between, steps_from

TODAY = dt.date(2026, 11, 24)
CARER, AUTHOR = Doer(carer=True), Doer()
OPEN = Action("a1", "Turn the certificates", owner="ada", due=TODAY)
PROVEN = Life(evidence="None ran out since.", loop="single", actions=(replace(OPEN, state="verified"),))


def refused(before: Standing | None, after: Standing, doer: Doer = CARER, why: str = "") -> EntryError:
    with pytest.raises(EntryError) as caught:
        check_change(before, after, doer, why, TODAY)
    return caught.value


def test_the_table_knows_every_status_and_leaves_none_without_a_way_on() -> None:
    assert set(LABELS) == set(LESSON_STATUSES)
    assert {step.before for step in STEPS} == set(LESSON_STATUSES)
    assert {step.after for step in STEPS} == set(LESSON_STATUSES)
    assert len({(step.before, step.after) for step in STEPS}) == len(STEPS)
    assert all(need in NEEDS for step in STEPS for need in step.needs)
    assert all(any(step.after == "retired" for step in steps_from(s)) for s in LESSON_STATUSES[:5])


actions = st.builds(
    Action,
    id=st.sampled_from(["a1", "a2", "a3"]),
    what=st.just("Do it"),
    owner=st.sampled_from(["", "ada"]),
    state=st.sampled_from(ACTION_STATES),
    reason=st.sampled_from(["", "Too dear"]),
)
lives = st.builds(
    Life,
    evidence=st.sampled_from(["", "It held."]),
    loop=st.sampled_from(["", *LOOPS]),
    reason=st.sampled_from(["", "No longer true"]),
    actions=st.lists(actions, max_size=3, unique_by=lambda action: action.id).map(tuple),
    recurred=st.lists(st.builds(Recurred, st.sampled_from(["e1", "e2"])), max_size=2, unique_by=lambda r: r.id).map(
        tuple
    ),
)
standings = st.builds(Standing, st.sampled_from(LESSON_STATUSES), lives)


@settings(max_examples=300)
@given(st.lists(standings, min_size=1, max_size=12), st.booleans(), st.booleans(), st.sampled_from(["", "because"]))
def test_no_path_reaches_learned_without_evidence_and_settled_actions(
    wanted: list[Standing], carer: bool, owner: bool, why: str
) -> None:
    now: Standing | None = None
    for after in wanted:
        try:
            check_change(now, after, Doer(carer, owner), why, TODAY)
        except EntryError as error:
            assert str(error).endswith((".", "?"))
            assert error.field
            continue
        if now is not None and now.status != after.status:
            known = {one.id for one in now.life.recurred}
            back = after.status == "identified" and any(one.id not in known for one in after.life.recurred)
            assert back or step_between(now.status, after.status)
        now = after
        if now.status == "learned":
            assert now.life.evidence
            assert now.life.loop in LOOPS
            assert all(one.state == "verified" or (one.state == "dropped" and one.reason) for one in now.life.actions)
        if now.status in ("rejected", "retired"):
            assert now.life.reason
        assert skipped(None, now) == ""


@pytest.mark.parametrize(
    ("before", "after", "life", "field", "words"),
    [
        ("identified", "learned", PROVEN, "status", "cannot become a lesson learned in one step"),
        ("action-under-way", "learned", replace(PROVEN, evidence=""), "evidence", "Write the evidence down"),
        ("action-under-way", "learned", replace(PROVEN, loop=""), "loop", "single-loop"),
        ("action-under-way", "learned", replace(PROVEN, actions=(OPEN,)), "actions", "dropped with a reason"),
        ("validated", "action-under-way", Life(), "actions", "Add one with an owner"),
        ("validated", "action-under-way", Life(actions=(replace(OPEN, owner=""),)), "actions", "Add one with an owner"),
        ("identified", "rejected", Life(), "reason", "with a reason"),
        ("learned", "retired", Life(), "reason", "with a reason"),
        ("validated", "identified", Life(), "why", "Say why it goes back"),
        ("retired", "identified", Life(), "why", "Say why it goes back"),
        ("learned", "validated", Life(), "status", "cannot become validated in one step"),
        ("learned", "learned", replace(PROVEN, evidence=""), "evidence", "Write the evidence down"),
        ("validated", "validated", Life(recurred=(Recurred("e1"),)), "status", "identified again"),
    ],
)  # fmt: skip
def test_a_step_without_its_needs_is_refused_with_what_to_do(
    before: str, after: str, life: Life, field: str, words: str
) -> None:
    was = PROVEN if before == "learned" else Life()
    error = refused(Standing(before, was), Standing(after, life))
    assert error.field == field
    assert words in str(error)


def test_who_may_take_a_step() -> None:
    validate = Standing("identified", Life()), Standing("validated", Life())
    assert "steward or a facilitator" in str(refused(*validate, AUTHOR))
    begin = Standing("validated", Life()), Standing("action-under-way", Life(actions=(OPEN,)))
    assert "owner of one of its actions" in str(refused(*begin, AUTHOR))
    check_change(*begin, Doer(owner=True), "", TODAY)
    check_change(*validate, CARER, "", TODAY)
    assert "for a facilitator to say" in str(refused(None, Standing("validated", Life()), AUTHOR))
    check_change(None, Standing("observation", Life()), AUTHOR, "", TODAY)


def test_a_recurrence_takes_a_lesson_back_from_anywhere_by_anybody_who_writes() -> None:
    back = Life(recurred=(Recurred("e1"),))
    for status in LESSON_STATUSES:
        was = Standing(status, replace(PROVEN, reason="Old"))
        check_change(was, Standing("identified", back), AUTHOR, "", TODAY)


def test_what_a_push_left_out_is_said_and_is_no_reason_to_refuse_a_better_text() -> None:
    bare = Standing("learned", Life())
    assert "evidence" in skipped(Standing("action-under-way", Life()), bare)
    assert "cannot become" in skipped(Standing("observation", Life()), bare)
    check_change(bare, bare, AUTHOR, "", TODAY)
    check_change(bare, Standing("learned", Life(steward="ada")), AUTHOR, "", TODAY)


@pytest.mark.parametrize("state", ["done", "verified", "dropped"])
def test_nobody_closes_an_overdue_action_in_silence(state: str) -> None:
    late = replace(OPEN, due=TODAY - dt.timedelta(days=1))
    was = Standing("action-under-way", Life(actions=(late,)))
    closed = replace(late, state=state, reason="Too dear")
    error = refused(was, Standing("action-under-way", Life(actions=(closed,))))
    assert "was due on" in str(error)
    assert "Say what happened, so that others can learn from it." in str(error)
    assert error.field == "happened"
    told = replace(closed, happened="The supplier was late.")
    check_change(was, Standing("action-under-way", Life(actions=(told,))), AUTHOR, "", TODAY)
    assert "rather than take it out" in str(refused(was, Standing("action-under-way", Life())))
    put_off = replace(late, due=TODAY + dt.timedelta(days=9))
    assert "Say what happened" in str(refused(was, Standing("action-under-way", Life(actions=(put_off,)))))


def test_a_life_survives_being_written_and_read() -> None:
    text = (
        b"---\nid: abcdefgh2345\nkind: lesson\ntitle: T\nstatus: identified\nsteward: ada\n"
        b"actions:\n- id: a1\n  what: Turn\n  due: 2026-12-01\n  state: doing\n  ticket: OPS-1\n- Ask around\n"
        b"applied:\n- id: j1\n  by: bob\n  on: 2026-01-02\n  held: no\n  note: Not on ARM\n"
        b"recurred:\n- id: e1\n  missed: The other team\n---\nText.\n"
    )
    entry = parse(text)
    assert [action.what for action in entry.life.actions] == ["Turn", "Ask around"]
    assert entry.life.actions[0].more == {"ticket": "OPS-1"}
    assert entry.life.actions[0].due == dt.date(2026, 12, 1)
    assert not entry.life.applied[0].held
    assert parse(render(entry)) == entry
    assert render(entry, text) == text, "what is the same stays byte for byte"
    done = replace(entry.life.actions[0], state="done")
    changed = replace(entry, life=replace(entry.life, actions=(done, *entry.life.actions[1:])))
    again = parse(render(changed, text))
    assert again.life == changed.life


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("actions: {a: b}", "list of maps"),
        ("actions: [{id: a1, what: x, state: sleeping}]", "state of an action is one of"),
        ("actions: [{id: a1, what: x, due: soon}]", "is not a day"),
        ("loop: triple", "single"),
    ],
)
def test_a_life_that_cannot_be_read_says_what_to_mend(line: str, words: str) -> None:
    with pytest.raises(EntryError, match=words):
        parse(f"---\nkind: lesson\n{line}\n---\n".encode())

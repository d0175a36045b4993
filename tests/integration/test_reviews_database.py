"""Reviews on both databases: many at once, what is kept and what is not, and a backup that carries them."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from tests.integration.people_db import people_fixture, postgres_fixture, url_fixture  # noqa: F401
from wiki import backup
from wiki.composition import prepare_instance
from wiki.config import load_config
from wiki.people import People, schema
from wiki.reviews.joint import Joints
from wiki.reviews.reminding import due, set_days
from wiki.reviews.store import Reviews
from wiki.reviews.types import Opening, Phase, Review, ReviewError, TextConflict
from wiki.reviews.voices import Voices, shuffled

TICKETS = [f"{number:02}-a-random-ticket" for number in range(20)]


def opened(people: People, count: int = 5) -> tuple[Review, list[str]]:
    """A review with this many people; their account ids."""
    ids = [people.accounts.create(f"person{number}", "author", None).id for number in range(count)]
    held = Reviews(people.database)
    review = held.open(Opening("At once"), ids[0])
    for account_id in ids:
        held.add_person(review.id, account_id)
    return review, ids


def at_once(*tasks: Any) -> list[BaseException]:
    """Run all in threads of their own; what they raised."""
    failed: list[BaseException] = []

    def run(task: Any) -> None:
        try:
            task()
        except ReviewError as error:
            failed.append(error)

    threads = [threading.Thread(target=run, args=(task,)) for task in tasks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failed


def test_ten_answers_at_once_are_all_there(people: People) -> None:
    review, ids = opened(people)
    voices = Voices(people.database)
    nameless = [lambda t=t: voices.drop_in(review.id, t, {"happened": f"nameless {t}"}) for t in TICKETS[:5]]
    named = [lambda i=i: voices.save(review.id, i, {"happened": f"named {i}"}, given=True) for i in ids]
    assert not at_once(*nameless, *named)
    assert voices.count(review.id) == 10
    with pytest.raises(ReviewError, match="still gathering"):
        voices.together(review.id)
    Reviews(people.database).advance(review.id, Phase.DISCUSSING, out_of=(Phase.GATHERING,))
    said = voices.together(review.id)["happened"]
    assert {voice.text for voice in said} == {f"nameless {t}" for t in TICKETS[:5]} | {f"named {i}" for i in ids}
    assert [voice.name is None for voice in said] == [False] * 5 + [True] * 5


def test_more_than_there_are_people_are_not_taken_even_at_once(people: People) -> None:
    review, _ = opened(people, 3)
    voices = Voices(people.database)
    failed = at_once(*[lambda t=t: voices.drop_in(review.id, t, {"next": t}) for t in TICKETS[:8]])
    assert len(failed) == 5
    assert voices.count(review.id) == 3


def test_an_answer_and_the_end_of_gathering_at_once_leave_no_half(people: People) -> None:
    review, _ = opened(people)
    voices, held = Voices(people.database), Reviews(people.database)
    failed = at_once(
        *[lambda t=t: voices.drop_in(review.id, t, {"next": t}) for t in TICKETS[:4]],
        lambda: held.advance(review.id, Phase.DISCUSSING, out_of=(Phase.GATHERING,)),
    )
    assert len(voices.together(review.id)["next"]) == 4 - len(failed)


def test_the_bag_tells_no_order_and_two_questions_cannot_be_put_together(people: People) -> None:
    review, _ = opened(people, 12)
    voices = Voices(people.database)
    for ticket in TICKETS[:12]:
        voices.drop_in(review.id, ticket, {"supposed": ticket, "happened": ticket})
    with people.database.read() as connection:
        keys = list(json.loads(connection.execute(select(schema.review_bag.c.voices)).scalar_one()))
    assert keys == sorted(keys), "ordered by random ids"
    assert not {ticket for ticket in TICKETS if ticket in keys}
    Reviews(people.database).advance(review.id, Phase.DISCUSSING, out_of=(Phase.GATHERING,))
    together = voices.together(review.id)
    orders = [[voice.text for voice in together[question]] for question in ("supposed", "happened")]
    assert orders[0] != orders[1]
    assert together == voices.together(review.id), "an order that stays, for talking about it"
    published = {tuple(voice.text for voice in shuffled(together)["happened"]) for _ in range(5)}
    assert len(published) > 1


def test_five_who_write_the_joint_text_at_once_lose_nothing(people: People) -> None:
    review, ids = opened(people)
    held, joints = Reviews(people.database), Joints(people.database)
    held.advance(review.id, Phase.DISCUSSING, out_of=(Phase.GATHERING,))
    start = "\n\n".join(f"line {number}" for number in range(5))
    joints.save(review.id, {"factors": start}, base=0, account_id=ids[0])

    def write(number: int) -> None:
        text = start.replace(f"line {number}", f"line {number} by person {number}")
        joints.save(review.id, {"factors": text}, base=1, account_id=ids[number])

    assert not at_once(*[lambda n=n: write(n) for n in range(5)])
    assert joints.text(review.id).parts["factors"] == "\n\n".join(f"line {n} by person {n}" for n in range(5))
    with pytest.raises(TextConflict) as conflict:
        joints.save(review.id, {"factors": start.replace("line 0", "mine")}, base=1, account_id=ids[0])
    assert conflict.value.parts == ("factors",)
    assert "line 0 by person 0" in conflict.value.theirs.parts["factors"]


def test_an_account_that_goes_leaves_the_review_and_its_lead_open(people: People) -> None:
    review, ids = opened(people)
    Voices(people.database).save(review.id, ids[1], {"next": "x"}, given=True)
    with people.database.write() as connection:
        for account_id in ids[:2]:
            connection.execute(schema.account.delete().where(schema.account.c.id == account_id))
    found = Reviews(people.database).get(review.id)
    assert found.lead_id is None
    assert Voices(people.database).count(review.id) == 0


def test_a_review_that_is_open_for_too_long_reminds_its_lead(people: People) -> None:
    from datetime import timedelta
    from types import SimpleNamespace

    people.teams.create("ops", "Operations")
    lead = people.accounts.create("lead", "author", None).id
    review = Reviews(people.database).open(Opening("Left open", team="ops"), lead)
    parts: Any = SimpleNamespace(people=people)
    opened_at = review.opened_at
    assert not list(due(parts, opened_at + timedelta(days=13)))
    (usual,) = due(parts, opened_at + timedelta(days=15))
    assert (usual.account_id, usual.link) == (lead, f"/reviews/{review.id}")
    assert "“Left open” has been open for 15 days" in usual.text
    set_days(people, "ops", "3")
    assert people.teams.get("ops").settings == {"review_days": 3}
    keys = {next(iter(due(parts, opened_at + timedelta(days=days)))).key for days in (3, 4, 6)}
    assert len(keys) == 2, "once for each three days"
    for wrong in ("0", "soon", "9999"):
        with pytest.raises(ReviewError, match="whole number from 1 to 365"):
            set_days(people, "ops", wrong)
    set_days(people, "ops", " ")
    assert people.teams.get("ops").settings == {}
    Reviews(people.database).finish(review.id, Phase.CLOSED, "x")
    assert not list(due(parts, opened_at + timedelta(days=99)))


@pytest.mark.parametrize("into", ["same", "other"])
def test_a_backup_carries_what_a_review_holds(
    url: str, into: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    from_sqlite = url.startswith("sqlite")
    source = load_config({}, instance=tmp_path / "one", database_url=url, testing=True)
    prepare_instance(source, seed=False)
    people = People.open(source)
    review, ids = opened(people, 2)
    Voices(people.database).drop_in(review.id, TICKETS[0], {"next": "nameless"})
    Voices(people.database).save(review.id, ids[1], {"next": "named"}, given=True)
    Reviews(people.database).advance(review.id, Phase.DISCUSSING, out_of=(Phase.GATHERING,))
    Joints(people.database).save(review.id, {"factors": "joint"}, base=0, account_id=ids[0])
    Joints(people.database).add_event(review.id, "2026-11-20T02:10", "Europe/Berlin", "An event")
    people.close()
    backup.create(source, tmp_path / "b.tar")
    to_sqlite = from_sqlite == (into == "same")
    other = f"sqlite:///{tmp_path / 'two.db'}" if to_sqlite else request.getfixturevalue("postgres").new_database()
    target = load_config({}, instance=tmp_path / "two", database_url=other, testing=True)
    backup.restore(target, tmp_path / "b.tar")
    found = People.open(target)
    try:
        said = Voices(found.database).together(review.id)["next"]
        assert [(voice.name, voice.text) for voice in said] == [("person1", "named"), (None, "nameless")]
        assert Joints(found.database).text(review.id).parts == {"factors": "joint"}
        assert [event.text for event in Joints(found.database).events(review.id)] == ["An event"]
        assert Reviews(found.database).get(review.id).title == "At once"
    finally:
        found.close()

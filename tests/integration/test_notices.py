"""Notices: told once, shown to nobody who may not see what they are about; reminders that come by themselves."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import pytest
from flask import Flask

from tests.integration.people_db import people_fixture, postgres_fixture, url_fixture  # noqa: F401
from tests.integration.reading_web import Writer, publish, text_of
from wiki.library import EntryFields
from wiki.people import People, PeopleError
from wiki.reminders import Reminder, remind
from wiki.services import Services
from wiki.viewer import SYSTEM, Role


def test_a_notice_is_told_once_and_stays_settled(people: People) -> None:
    ada = people.accounts.create("ada", Role.AUTHOR, "correct horse battery").id
    tell = people.notices.tell
    about = {"kind": "action", "text": "An action of yours is due", "link": "/actions"}
    assert tell(ada, key="due:a", **about)
    assert not tell(ada, key="due:a", **about), "told already"
    assert tell(ada, key="due:b", **about)
    assert [notice.key for notice in people.notices.open_for(ada)] == ["due:b", "due:a"]
    assert people.notices.settle(ada, "due:a")
    assert not people.notices.settle(ada, "due:a")
    assert not tell(ada, key="due:a", **about), "what was put away does not come back"
    assert people.notices.subjects(ada) == [None]
    assert not tell("nobody-here", key="x", **about), "entries name people who have no account"
    people.accounts.create("boss", Role.ADMINISTRATOR, "correct horse battery")
    people.accounts.deactivate(ada)
    assert not tell(ada, key="due:c", **about)


@pytest.mark.parametrize("wrong", [{"link": "//elsewhere"}, {"link": ""}, {"key": "k" * 201}, {"key": "a\0"}])
def test_a_notice_that_cannot_be_kept_is_refused(people: People, wrong: dict[str, str]) -> None:
    ada = people.accounts.create("ada", Role.AUTHOR, "correct horse battery").id
    with pytest.raises(PeopleError):
        people.notices.tell(ada, **({"key": "k", "kind": "action", "text": "t", "link": "/"} | wrong))


def test_the_page_and_the_count_leave_out_what_the_reader_may_not_see(app: Flask) -> None:
    parts: Services = app.extensions["hindsight"]
    parts.people.teams.create("ops", "Operations")
    reader = Writer(app, "rita", "reader", ["ops"])
    me = parts.people.accounts.by_name("rita").id
    entry = publish(app, "Only for operations", audience=("ops",), team="ops")
    other = publish(app, "For all")
    for number, about in enumerate((entry, other)):
        parts.people.notices.tell(
            me, key=f"k{number}", kind="recurrence", text="It came back", link=about.url, entry_id=about.id
        )
    page = text_of(reader.client.get("/notices"))
    assert "Only for operations" in page
    assert "For all" in page
    assert 'aria-label="2 notices"' in page
    tag = reader.client.get(other.url).headers["ETag"]
    parts.people.teams.remove_member("ops", me)
    page = text_of(reader.client.get("/notices"))
    assert "Only for operations" not in page
    assert 'aria-label="1 notice"' in page
    parts.people.teams.add_member("ops", me)
    reader.post("/notices/settle", page="/notices", key="k1")
    assert 'aria-label="1 notice"' in text_of(reader.client.get(other.url, headers={"If-None-Match": tag})), (
        "a page that the browser keeps does not keep an old count"
    )


def test_reminders_reach_only_those_who_may_see_the_entry(app: Flask) -> None:
    parts: Services = app.extensions["hindsight"]
    parts.people.teams.create("ops", "Operations")
    ada = parts.people.accounts.create("ada", Role.AUTHOR, "correct horse battery", teams=["ops"]).id
    bob = parts.people.accounts.create("bob", Role.AUTHOR, "correct horse battery").id
    fields = EntryFields(kind="lesson", title="Kept", body="Text.", audience=("ops",))
    entry = parts.library.create(fields, viewer=SYSTEM)

    def due(_parts: Services, _now: datetime) -> Iterable[Reminder]:
        return [Reminder(who, "due:1", "action", "An action is due", entry.url, entry.id) for who in (ada, bob)]

    assert remind(parts, providers=[due]) == 1
    assert remind(parts, providers=[due]) == 0
    assert [notice.key for notice in parts.people.notices.open_for(ada)] == ["due:1"]
    assert parts.people.notices.open_for(bob) == []

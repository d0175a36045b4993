"""Past its review-by date, a topic reminds who keeps it, once for each date; the start page asks before."""

from __future__ import annotations

import datetime as dt

from flask import Flask

from tests.integration.reading_web import Writer, publish, text_of
from wiki.reminders import remind
from wiki.topics.front import Handover, Topic

NOW = dt.datetime.now(dt.UTC)


def test_the_steward_is_told_once_and_the_deputy_while_the_steward_is_away(app: Flask) -> None:
    parts = app.extensions["hindsight"]
    fay, ann = Writer(app, "fay", "facilitator"), Writer(app, "ann", "author")
    past, ahead = NOW.date() - dt.timedelta(days=1), NOW.date() + dt.timedelta(days=3)
    publish(app, "Mine", kind="topic", topic=Topic(steward=fay.account_id, review_by=past))
    publish(app, "Away", kind="topic", topic=Topic(fay.account_id, ann.account_id, away_until=ahead, review_by=past))
    publish(app, "Ahead", kind="topic", topic=Topic(steward=fay.account_id, review_by=ahead))
    publish(app, "Nobody's", kind="topic", topic=Topic(steward="elsewhere222", review_by=past))
    publish(app, "Closed", kind="topic", audience=("ops",), topic=Topic(steward=ann.account_id, review_by=past))
    publish(app, "Offered", kind="topic", topic=Topic(handover=Handover(ann.account_id)))
    assert remind(parts) == 2
    assert remind(parts) == 0
    told = [notice.entry_id or "" for notice in parts.people.notices.open_for(fay.account_id)]
    assert [parts.catalog.entry(entry_id).title for entry_id in told] == ["Mine"]
    assert "was to be reviewed by" in text_of(ann.get("/notices"))
    start = text_of(fay.get("/"))
    assert "Look through this topic" in start
    assert "Ahead" in start
    start = text_of(ann.get("/"))
    assert "Take this topic on, or decline it" in start
    assert "Closed" not in start

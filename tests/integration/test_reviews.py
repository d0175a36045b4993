"""A review as a team holds it, through the pages: opening, answering, discussing, publishing, closing."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.integration.editor_web import Writer, text_of
from tests.integration.reviews_world import Team, team
from wiki.reviews.types import Phase

TITLE = "The move of the billing database"


def test_a_review_from_opening_to_its_entry(five: Team) -> None:
    five.named(five.lead, supposed="Two hours of work.", happened="It took six hours.")
    five.named(five.others[0], supposed="Four hours.", happened="The disk was full at 02:10.\n\n- twice")
    five.nameless(five.others[1], happened="I was alone at 03:00.", difference="Nobody knew whom to call.")
    assert "Three or more answers so far." in text_of(five.lead.get(five.address))
    five.discuss()
    page = text_of(five.others[2].get(five.address))
    for said in ("Two hours of work.", "Four hours.", "alone", "Nobody knew whom to call.", "Without a name"):
        assert said in re.sub(r"</?mark>", "", page), said
    five.lead.post(
        f"{five.address}/text",
        base="0",
        **{
            "part-what did happen?": "The copy took three times as long.",
            "part-factors": "The disk was small\n- Nobody was on call",
            "part-sustain": "The rehearsal",
            "part-improve": "1. Watch the disk",
            "part-what surprised us, and why": "That the monitoring was blind there.",
        },
    )
    five.lead.post(f"{five.address}/events", at="2026-11-20T03:10", zone="Europe/Berlin", text="The disk is full")
    five.lead.post(f"{five.address}/events", at="2026-11-20T01:00", zone="UTC", text="The copy starts")
    assert "20 Nov 2026, 03:10 in Europe/Berlin" in text_of(five.lead.get(five.address))
    answer = five.publish()
    entry = five.lead.services.catalog.entry(five.review)
    assert answer.headers["Location"] == entry.url
    assert (entry.title, entry.kind, str(entry.date)) == (TITLE, "after-action-review", "2026-11-20")
    body = five.lead.body_of(five.review)
    happened, why = body.index("## What did happen?"), body.index("## Why was there a difference?")
    assert body.index("The copy starts") < body.index("| 2026-11-20 03:10 | Europe/Berlin | 2026-11-20 02:10 |") < why
    assert happened < body.index("### Timeline")
    assert "### Contributing factors\n\n- The disk was small\n- Nobody was on call" in body[why:]
    assert "### Sustain\n\n- The rehearsal\n\n### Improve\n\n- Watch the disk" in body
    assert "> The disk was full at 02:10.\n>\n> - twice\n>\n> — bob" in body
    assert "> Nobody knew whom to call.\n>\n> — without a name" in body
    assert five.phase is Phase.PUBLISHED
    assert five.lead.get(five.address, 303).headers["Location"] == entry.url
    assert text_of(five.others[3].get(entry.url)).count("without a name") == 2


def test_nobody_reads_an_answer_or_sees_who_answered_while_it_gathers(five: Team, app: Flask) -> None:
    five.named(five.others[0], supposed="A sentence only of bob")
    five.nameless(five.others[1], supposed="A sentence of nobody")
    boss = Writer(app, "zoe", "administrator")
    pages = [text_of(writer.get(five.address)) for writer in (five.lead, *five.others, boss)]
    pages.append(text_of(five.others[0].get("/reviews")))
    for page in pages:
        assert "A sentence" not in page
    assert pages[2] == pages[3].replace("dai", "cem") or "Fewer than three" in pages[0]
    assert "A sentence only of bob" in text_of(five.others[0].get(f"{five.address}/answer"))
    assert "A sentence" not in text_of(five.others[1].get(f"{five.address}/answer"))
    boss.get(f"{five.address}/answer", 404)


def test_a_review_does_not_exist_for_others_nor_in_any_index(five: Team, app: Flask) -> None:
    stranger = Writer(app, "mallory", "facilitator")
    page = text_of(stranger.get(five.address, 404))
    assert "There is no such review, or you do not take part in it." in page
    for path, data in (("phase", {"to": "discussing"}), ("people", {"person": "bob"}), ("text", {"base": "0"})):
        stranger.post(f"{five.address}/{path}", 404, **data)
    stranger.post(f"{five.address}/answer", 404, **{"answer-supposed": "kept for me"})
    assert five.lead.services.catalog.entry(five.review) is None
    for path in ("/search?q=billing+database", "/recent", "/recent.atom", "/browse", "/reviews"):
        assert TITLE not in text_of(stranger.get(path)), path
    boss = Writer(app, "zoe", "administrator")
    assert TITLE in text_of(boss.get("/reviews"))
    assert "what is said in it is not shown to you" in text_of(boss.get(five.address))


@pytest.mark.parametrize(
    ("path", "data", "sentence"),
    [
        ("phase", {"to": "discussing"}, "Nobody has answered yet."),
        ("phase", {"to": "closed"}, "Say in a sentence why the review is closed"),
        ("phase", {"to": "elsewhere"}, "A review goes on to discussing, published or closed."),
        ("phase", {"to": "published"}, "This review is still gathering answers. Begin the discussion first."),
        ("people", {"person": "nobody-at-all"}, "There is no"),
        ("people", {"remove": "LEAD"}, "Whoever leads a review takes part in it. Hand it over first."),
        ("people", {"lead": "somebodyelse"}, "needs the role of an author"),
        ("links", {"kind": "public"}, "A link is for members or for guests."),
        ("links", {"kind": "guest"}, "Say first how many people without an account may answer."),
        ("answer", {"act": "give"}, "There is no answer yet. One sentence under one question is enough."),
        ("answer", {"answer-supposed": "x" * 20_001}, "An answer takes at most 20,000 characters"),
        ("answer", {"answer-supposed": "a\x07b"}, "Paste it as plain text."),
        ("answer", {"as": "nameless", "answer-supposed": "x"}, "This form is not whole."),
        ("text", {"base": "0", "part-factors": "x"}, "still gathering answers"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(five: Team, path: str, data: dict[str, str], sentence: str) -> None:
    data = {name: five.lead.account_id if value == "LEAD" else value for name, value in data.items()}
    answer = five.lead.client.post(f"{five.address}/{path}", data={"csrf_token": five.lead.token(), **data})
    assert answer.status_code in (400, 409, 422), answer.status_code
    assert sentence in text_of(answer)


@pytest.mark.parametrize(
    ("field", "value", "sentence"),
    [
        ("title", " ", "Give it a title"),
        ("date", "tomorrow", "The date of the event cannot be read."),
        ("guests", "many", "as a whole number"),
        ("guests", "999", "From 0 to 200 people"),
        ("audience", "secret-team", "You are in none of these teams"),
        ("team", "No Team!", "is not the short name of a team"),
        ("summary", "x" * 6000, "at most 5,000 characters"),
    ],
)
def test_an_opening_that_cannot_be_is_shown_again(app: Flask, field: str, value: str, sentence: str) -> None:
    page = text_of(Writer(app).post("/reviews/new", 400, **{"title": "A good title", field: value}))
    assert sentence in page
    assert field == "title" or 'value="A good title"' in page


def test_who_may_open_and_lead(five: Team, app: Flask) -> None:
    reader = Writer(app, "ron", "reader")
    reader.get("/reviews/new", 403)
    assert "needs the role of an author" in text_of(reader.post("/reviews/new", 403, title="x"))
    for writer in five.others[:1]:
        answer = writer.post(f"{five.address}/phase", 403, to="discussing")
        assert "This is up to whoever leads the review." in text_of(answer)
        writer.post(f"{five.address}/people", 403, person="cem")
        writer.post(f"{five.address}/phase", 403, to="closed", reason="x")
    five.lead.post(f"{five.address}/people", lead=five.others[0].account_id)
    five.others[0].get(f"{five.address}/change")
    five.lead.get(f"{five.address}/change", 403)
    boss = Writer(app, "zoe", "administrator")
    boss.post(f"{five.address}/people", lead=five.lead.account_id)
    five.lead.get(f"{five.address}/change")


def test_an_audience_that_somebody_who_takes_part_cannot_read_is_refused(app: Flask) -> None:
    lead = Writer(app, teams=["ops"])
    Writer(app, "bob")
    where = lead.post("/reviews/new", title="Only for ops", audience="ops").headers["Location"]
    page = text_of(lead.post(f"{where}/people", 400, person="bob"))
    assert "bob is in none of the teams that may read this review." in page
    lead.post(f"{where}/change", title="For all")
    lead.post(f"{where}/people", person="bob")
    assert "bob is in none" in text_of(lead.post(f"{where}/change", 400, title="Only for ops", audience="ops"))


def link_of(page: str) -> str:
    found = re.search(r'value="http://[^/"]+(/[^"]+)" aria-label="The link"', page)
    assert found, page[:500]
    return found[1]


def test_the_members_link_lets_members_take_part_and_nobody_by_looking(five: Team, app: Flask) -> None:
    path = link_of(text_of(five.lead.post(f"{five.address}/links", 200, kind="member", act="make")))
    fay = Writer(app, "fay", "reader")
    assert "asks you to take part" in text_of(fay.get(path))
    fay.get(five.address, 404)
    fay.post(path)
    five.named(fay, supposed="A reader was there too.")
    five.lead.post(f"{five.address}/links", kind="member", act="drop")
    assert "This link leads to no open review." in text_of(Writer(app, "gil").get(path, 404))


def test_a_guest_answers_one_review_and_sees_nothing_else(five: Team, app: Flask) -> None:
    five.lead.post(f"{five.address}/change", title=TITLE, guests="1")
    path = link_of(text_of(five.lead.post(f"{five.address}/links", 200, kind="guest", act="make")))
    guest = app.test_client()
    page = text_of(guest.get(path))
    token, ticket = (re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("csrf_token", "ticket"))  # type: ignore[index]
    form = {"csrf_token": token, "ticket": ticket, "name": "The *supplier*", "answer-happened": "We were not called."}
    assert "among the others" in text_of(guest.post(path, data=form))
    assert "among the others" in text_of(guest.post(path, data=form)), "pressed twice"
    assert guest.get(five.address).status_code == 302
    refused = guest.post(path, data={**form, "ticket": "t" * 20, "answer-happened": "", "name": "n"})
    assert refused.status_code == 422
    assert "There is no answer yet." in text_of(refused)
    gone = guest.post("/answer/nothing", data=form)
    assert gone.status_code == 404
    assert "We were not called." in text_of(gone)
    five.discuss()
    said = text_of(five.lead.get(five.address))
    assert said.count("We were not called.") == 1
    late = guest.post(path, data={**form, "ticket": "u" * 20})
    assert "The discussion has begun, and an answer that comes now would be known by its time." in text_of(late)
    assert "We were not called." in text_of(late)
    five.publish()
    assert "> — The \\*supplier\\*" in five.lead.body_of(five.review)


def test_the_bag_takes_as_many_as_there_are_people_and_each_form_once(five: Team) -> None:
    for number in range(5):
        five.nameless(five.others[0], supposed=f"Nameless {number}")
    page = text_of(five.others[1].get(f"{five.address}/answer?nameless=1"))
    ticket = re.search(r'name="ticket" value="([^"]+)"', page)[1]  # type: ignore[index]
    form = {"as": "nameless", "ticket": ticket, "answer-supposed": "One too many"}
    refused = text_of(five.others[1].post(f"{five.address}/answer", 422, **form))
    assert "There are as many answers without a name as people who take part" in refused
    assert "One too many" in refused


def test_few_people_are_warned_and_a_named_draft_beside_it_is_told(app: Flask) -> None:
    small = team(app, ("bob", "cem"))
    page = text_of(small.others[0].get(f"{small.address}/answer?nameless=1"))
    assert "may be enough to guess you" in page
    assert "There is an answer with your name, too." not in page
    small.others[0].json("PUT", f"{small.address}/answer", {"sequence": 1, "answers": {"supposed": "begun"}})
    assert "There is an answer with your name, too." in text_of(
        small.others[0].get(f"{small.address}/answer?nameless=1")
    )
    small.others[0].post(f"{small.address}/answer", 200, act="withdraw")
    assert "begun" not in text_of(small.others[0].get(f"{small.address}/answer"))


def test_answers_are_kept_as_they_are_typed_and_late_saves_bring_nothing_back(five: Team) -> None:
    bob, where = five.others[0], f"{five.address}/answer"
    assert bob.json("PUT", where, {"sequence": 5, "answers": {"supposed": "newer"}})["stored"] is True
    assert bob.json("PUT", where, {"sequence": 4, "answers": {"supposed": "older"}})["stored"] is False
    bob.json("PUT", where, {"sequence": "x", "answers": {}}, 400)
    bob.json("PUT", where, {"sequence": 6, "answers": {"other": "x"}}, 422)
    assert "newer" in text_of(bob.get(where))
    five.named(five.lead, supposed="Somebody has to")
    five.discuss()
    assert "newer" not in text_of(five.lead.get(five.address)), "it was never given"
    five.named(bob, supposed="newer, and given now")
    assert "newer, and given now" in re.sub(r"</?mark>", "", text_of(five.lead.get(five.address)))


def test_two_who_write_the_joint_text_are_merged_and_lose_nothing(five: Team) -> None:
    five.lead.post(f"{five.address}/change", title=TITLE, writers="all")
    five.named(five.lead, supposed="x")
    five.discuss()
    bob, where = five.others[0], f"{five.address}/text"
    first = five.lead.json("PUT", where, {"base": 0, "parts": {"factors": "disk\n\nnight\n"}})
    assert (first["revision"], first["merged"]) == (1, False)
    five.lead.json("PUT", where, {"base": 1, "parts": {"factors": "full disk\n\nnight"}})
    second = bob.json("PUT", where, {"base": 1, "parts": {"factors": "disk\n\nnight shift"}})
    assert (second["merged"], second["parts"]["factors"]) == (True, "full disk\n\nnight shift")
    # bob had typed on while his save was under way: that is no conflict with himself
    third = bob.json("PUT", where, {"base": second["yours"], "parts": {"factors": "disk\n\nnight shifts alone"}})
    assert third["parts"]["factors"] == "full disk\n\nnight shifts alone"
    told = five.lead.json("PUT", where, {"base": 1, "parts": {"factors": "no disk\n\nnight"}}, 409)
    assert told["met"] == ["factors"]
    assert told["parts"]["factors"] == "full disk\n\nnight shifts alone"
    page = text_of(five.lead.post(where, 409, base="1", **{"part-factors": "no disk\n\nnight"}))
    assert "Two of you wrote in “Contributing factors”" in page
    assert "no disk" in page
    assert f'name="base" value="{told["revision"]}"' in page


def test_only_the_lead_writes_the_joint_text_unless_all_may(five: Team) -> None:
    five.named(five.lead, supposed="x")
    five.discuss()
    refused = five.others[0].post(f"{five.address}/text", 403, base="0", **{"part-factors": "mine"})
    assert "The lead of this review writes the joint text." in text_of(refused)
    five.others[0].post(f"{five.address}/events", 403, at="2026-11-20T03:10", zone="UTC", text="x")


@pytest.mark.parametrize(
    ("at", "zone", "text", "sentence"),
    [
        ("2026-11-20T03:10", "Mars/Olympus", "x", "There is no such time zone."),
        ("yesterday", "UTC", "x", "Write the time as year-month-day and hours:minutes"),
        ("2026-03-29T02:30", "Europe/Berlin", "x", "No clock in Europe/Berlin showed this time"),
        ("1066-10-14T09:00", "UTC", "x", "Choose a time from 1970 to 2200."),
        ("2026-11-20T03:10", "UTC", " ", "Say what happened at that time."),
        ("2026-11-20T03:10", "../../etc/passwd", "x", "There is no such time zone."),
    ],
)
def test_an_event_that_cannot_be_is_refused(five: Team, at: str, zone: str, text: str, sentence: str) -> None:
    five.named(five.lead, supposed="x")
    five.discuss()
    page = text_of(five.lead.post(f"{five.address}/events", 400, at=at, zone=zone, text=text))
    assert sentence in page


def test_closing_needs_a_reason_deletes_what_was_said_and_tells_it(five: Team) -> None:
    five.named(five.others[0], supposed="Soon gone")
    five.nameless(five.others[1], supposed="Soon gone too")
    five.lead.post(f"{five.address}/phase", to="closed", reason="It did not happen after all.")
    page = text_of(five.others[0].get(five.address))
    assert "It did not happen after all." in page
    database = five.lead.services.people.database
    with database.read() as connection:
        for table in ("review_answer", "review_bag", "review_text"):
            assert connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one() == 0
    told = five.lead.services.people.notices.open_for(five.others[2].account_id)
    assert any("was closed without an entry" in notice.text for notice in told)
    refused = five.others[0].post(f"{five.address}/answer", 422, **{"answer-supposed": "late"})
    assert "This review was closed without an entry." in text_of(refused)

"""What the panel is answered with: real index, real catalog, and nothing that the writer may not see."""

from __future__ import annotations

import pytest
from flask import Flask

from indexer import Indexer, load_encoder
from tests.integration.editor_web import Writer, text_of, textarea, value
from wiki.composition import content_source, index_settings

OLD = (
    "## What happened\n\nThe certificate of the payment gateway expired on a Sunday and no alarm was raised. "
    "Customers could not pay for two hours until somebody renewed the certificate by hand.\n\n"
    "## Lesson\n\nWatch the date on which every certificate expires.\n"
)
DRAFT = "The certificate of our billing gateway expired at night and customers could not pay until it was renewed."


def follow(app: Flask) -> None:
    """Bring the index up to date, as the indexer's process does."""
    parts = app.extensions["hindsight"]
    settings = index_settings(parts.config)
    with Indexer(settings, content_source(parts), load_encoder(settings)) as indexer:
        indexer.catch_up()


@pytest.fixture
def ada(app: Flask) -> Writer:
    return Writer(app, teams=("ops",))


OTHERS = {
    "How we order paper": "Ask at the front desk and sign the yellow list in the morning.",
    "Valve froze on the pad": "The hydrazine valve froze because a heater was off during the countdown.",
    "Bearings came late": "The supplier shipped the bearings six weeks late and the assembly stood still.",
    "Tapes without a label": "Two tapes were swapped because neither of them carried a label.",
    "A crane without a plan": "The crane lifted the hull before the wind had been measured.",
}


def fill(writer: Writer) -> None:
    """A few entries about other things, so that words have a weight."""
    for title, body in OTHERS.items():
        writer.publish(title, body)


def ask(writer: Writer, **question: object) -> list[str]:
    answer = writer.json("POST", "/related", {"title": "Billing certificate expired", "body": DRAFT} | question)
    return [item["id"] for item in answer["items"]]


def test_a_draft_is_answered_with_what_happened_before(app: Flask, ada: Writer) -> None:
    entry = ada.publish("The gateway certificate that nobody watched", OLD)
    fill(ada)
    follow(app)
    answer = ada.json(
        "POST", "/related", {"title": "Billing certificate expired", "body": DRAFT, "draft": "new:lesson:a"}
    )
    assert answer["items"][0]["id"] == entry.id
    card = answer["items"][0]["html"]
    assert "<mark>" in card and "Lesson" in card and "Cite" in card
    assert f'data-citation="[[{entry.id}|{entry.title}]]"' in card


def test_too_little_text_is_not_asked_about(app: Flask, ada: Writer) -> None:
    ada.publish("The gateway certificate that nobody watched", OLD)
    follow(app)
    assert ask(ada, title="cert", body="certificate") == []
    template = "## What happened\n\n## Why it matters\n\n## Lesson\n\n## Recommendation\n\n## Applies when\n\n"
    assert ask(ada, title="", body=template, kind="lesson") == []


def test_what_is_cited_dismissed_or_excluded_is_not_shown_again(app: Flask, ada: Writer) -> None:
    entry = ada.publish("The gateway certificate that nobody watched", OLD)
    follow(app)
    assert ask(ada, draft="new:lesson:a") == [entry.id]
    assert ask(ada, body=f"{DRAFT} [[{entry.id}|so]]") == []
    assert ask(ada, body=f"{DRAFT} [[The gateway certificate that nobody watched]]") == []
    assert ask(ada, exclude=[entry.id]) == []
    assert ask(ada, draft=f"entry:{entry.id}") == []
    ada.json("POST", "/related/verdict", {"draft": "new:lesson:a", "entry": entry.id, "verdict": "not-related"}, 204)
    assert ask(ada, draft="new:lesson:a") == []
    assert ask(ada, draft="new:lesson:b") == [entry.id]


def test_nothing_leaks_to_who_may_not_see_it(app: Flask, ada: Writer) -> None:
    entry = ada.publish("The gateway certificate that nobody watched", OLD, audience="ops")
    follow(app)
    assert ask(ada) == [entry.id]
    bob = Writer(app, "bob")
    assert ask(bob) == []
    bob.json("POST", "/related/verdict", {"draft": "new:lesson:a", "entry": entry.id, "verdict": "cited"}, 404)
    bob.get(f"/beside/{entry.id}", 404)
    bob.get(f"/related/{entry.id}", 404)
    assert bob.get("/suggest?q=The gateway").get_json() == {"items": []}
    page = bob.post("/new/lesson", 200, title="T", body="x", mode="free", action=f"cite {entry.id}")
    assert entry.title not in text_of(page)


def test_the_index_is_not_believed_about_who_may_see_what(app: Flask, ada: Writer) -> None:
    entry = ada.publish("The gateway certificate that nobody watched", OLD)
    follow(app)
    bob = Writer(app, "bob")
    assert ask(bob) == [entry.id]
    ada.post(f"/edit/{entry.id}", title=entry.title, body=OLD, mode="free", kind="lesson", audience="ops",
             base_revision=entry.revision)  # fmt: skip
    assert ask(bob) == []
    assert ask(ada) == [entry.id]


def test_without_scripts_a_button_fills_the_panel_and_cites(app: Flask, ada: Writer) -> None:
    entry = ada.publish("The gateway certificate that nobody watched", OLD)
    follow(app)
    form = {"title": "Billing certificate expired", "body": DRAFT, "mode": "free", "draft": "new:lesson:a"}
    page = ada.post("/new/lesson", 200, action="related", **form)
    assert entry.title in text_of(page)
    assert f'value="cite {entry.id}"' in text_of(page)
    page = ada.post("/new/lesson", 200, action=f"cite {entry.id}", **form)
    assert textarea(page, "body") == f"{DRAFT}\n\n[[{entry.id}|{entry.title}]]\n"
    page = ada.post("/new/lesson", 200, action=f"recur {entry.id}", **form)
    assert value(page, "recurrence_of") == entry.id
    page = ada.post("/new/lesson", 200, action=f"dismiss {entry.id}", **form)
    assert f'value="cite {entry.id}"' not in text_of(page)


def test_under_an_entry_stand_others_that_resemble_it(app: Flask, ada: Writer) -> None:
    one = ada.publish("The gateway certificate that nobody watched", OLD)
    two = ada.publish("Billing certificate expired", DRAFT + " " + DRAFT)
    fill(ada)
    follow(app)
    page = text_of(ada.get(f"/related/{two.id}"))
    assert one.title in page and "<html" in page
    part = text_of(ada.get(f"/related/{two.id}?fragment=1"))
    assert one.title in part and "<html" not in part
    assert part.count(two.title) == 0


def test_a_card_shows_markup_as_text(app: Flask, ada: Writer) -> None:
    ada.publish('A "title" <b>with</b> ]] marks', OLD)
    follow(app)
    answer = ada.json("POST", "/related", {"title": "Billing certificate expired", "body": DRAFT})
    card = answer["items"][0]["html"]
    assert "<b>with" not in card
    assert "]] marks]]" not in card


@pytest.mark.parametrize("body", [[], "text", {"title": 5, "body": {"a": 1}, "exclude": "x", "draft": None}])
def test_odd_questions_are_never_an_error_of_the_server(ada: Writer, body: object) -> None:
    answer = ada.client.post("/related", json=body, headers={"X-CSRFToken": ada.token()})
    assert answer.status_code in {200, 400}


def test_an_entry_can_be_read_beside_the_draft(ada: Writer) -> None:
    entry = ada.publish("The gateway certificate that nobody watched", OLD)
    part = text_of(ada.get(f"/beside/{entry.id}"))
    assert "expired on a Sunday" in part and "<html" not in part
    items = ada.get("/suggest?q=gateway").get_json()["items"]
    assert items[0]["citation"] == f"[[{entry.id}|{entry.title}]]"

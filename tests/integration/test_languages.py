"""Pages in the reader's language and time zone: who decides, and what stays as it is."""

from __future__ import annotations

import html
import re

from flask import Flask, render_template_string

from indexer import standing
from indexer.client import AWAY, AWAY_ENCODER, LATE
from indexer.search import WORDS_ONLY
from indexer.search_show import summary
from indexer.service import _sentence as progress
from indexer.service_questions import BUSY, LOADING, STOPPED
from tests.integration.editor_web import PASSWORD, Writer, text_of, value
from tests.integration.reading_web import publish
from wiki.content.store import Author
from wiki.web.reports import reported

GERMAN = {"Accept-Language": "de-AT, de;q=0.9, en;q=0.5"}


def test_a_browser_gets_the_language_it_asks_for_and_english_where_that_is_not_there(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/sign-in", headers=GERMAN)
    assert '<html lang="de"' in text_of(page)
    assert ">Anmelden</" in text_of(page)
    assert "/static/texts/de.js?v=" in text_of(page)
    for wanted in ("tlh", "", "fr;q=0.1"):
        assert '<html lang="en"' in text_of(client.get("/sign-in", headers={"Accept-Language": wanted}))


def test_a_guest_chooses_in_the_footer_and_the_account_remembers_it_elsewhere(app: Flask) -> None:
    writer = Writer(app, "wanda")
    answer = writer.client.post("/language", data={"language": "de", "csrf_token": writer.token()})
    assert answer.status_code == 303
    assert "Die Oberfläche ist jetzt auf Deutsch." in text_of(writer.client.get("/"))
    elsewhere = app.test_client()
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text_of(elsewhere.get("/sign-in")))
    assert token
    elsewhere.post("/sign-in", data={"name": "wanda", "password": PASSWORD, "csrf_token": token[1]})
    assert '<html lang="de"' in text_of(elsewhere.get("/"))
    assert writer.client.post("/language", data={"language": "tlh", "csrf_token": writer.token()}).status_code == 303
    assert '<html lang="de"' in text_of(writer.client.get("/"))


def test_refusals_messages_and_errors_come_in_the_readers_language_and_the_api_stays_english(app: Flask) -> None:
    writer = Writer(app, "wanda")
    refused = writer.client.post(
        "/account/password",
        data={"old_password": PASSWORD, "new_password": "short", "csrf_token": writer.token()},
        headers=GERMAN,
    )
    assert "Ein Passwort hat mindestens 10 Zeichen." in text_of(refused)
    assert "Diese Seite gibt es nicht" in text_of(writer.client.get("/wiki/nowhere", headers=GERMAN))
    problem = writer.client.get("/api/v1/entries/nowhere", headers=GERMAN)
    assert problem.get_json()["title"] == "Not found"


def test_what_is_kept_of_a_page_is_kept_for_its_language_and_zone(app: Flask) -> None:
    """The frame, the body and the ETag: nobody gets a page in somebody else's language or time."""
    entry = publish(app, "Pumps", "## One\n\nText.")
    writer = Writer(app, "wanda")
    english, german = writer.client.get(entry.url), writer.client.get(entry.url, headers=GERMAN)
    assert ">History<" in text_of(english)
    assert ">Verlauf<" in text_of(german)
    assert ">Lehre<" in text_of(german)
    assert english.headers["ETag"] != german.headers["ETag"]
    assert ">History<" in text_of(writer.client.get(entry.url))
    shown = re.search(r'title="([^"]+ UTC)"', text_of(english))
    assert shown
    writer.client.set_cookie("zone", "Asia/Kathmandu")
    there = writer.client.get(entry.url)
    assert shown[1] not in text_of(there)
    assert there.headers["ETag"] != english.headers["ETag"]


def test_an_account_sets_its_language_and_zone_and_a_zone_that_is_none_is_refused(app: Flask) -> None:
    writer = Writer(app, "wanda")
    form = {"language": "de", "zone": "Europe/Berlin", "csrf_token": writer.token()}
    assert writer.client.post("/account/reading", data=form).status_code == 303
    page = text_of(writer.client.get("/account"))
    assert '<html lang="de" data-zone="Europe/Berlin"' in page
    assert 'value="Europe/Berlin"' in page
    form["zone"] = "Mars/Olympus"
    refused = writer.client.post("/account/reading", data=form)
    assert refused.status_code == 400
    assert "Diese Zeitzone gibt es nicht." in text_of(refused)
    assert writer.client.post("/account/reading", data={**form, "language": "tlh"}).status_code == 400


def test_a_notice_is_told_in_the_language_of_whoever_reads_it(app: Flask) -> None:
    from wiki.words import say

    writer = Writer(app, "wanda")
    people = app.extensions["hindsight"].people
    text = say("You now lead the review “%(title)s”.", title="Pumps & valves")
    assert people.notices.tell(writer.account_id, key="k", kind="review", text=text, link="/reviews/x")
    assert "You now lead the review “Pumps & valves”." in text_of(writer.client.get("/notices"))
    assert "Die Leitung der Nachbesprechung „Pumps & valves“" in text_of(writer.client.get("/notices", headers=GERMAN))
    assert "Die Leitung der Nachbesprechung „Pumps & valves“" in text_of(writer.client.get("/", headers=GERMAN))


def test_scripts_get_their_texts_as_a_file_that_may_be_kept_for_ever(app: Flask) -> None:
    client = app.test_client()
    address = re.search(r'src="(/static/texts/de.js\?v=[0-9a-f]+)"', text_of(client.get("/sign-in", headers=GERMAN)))
    assert address
    answer = client.get(address[1])
    assert "immutable" in answer.headers["Cache-Control"]
    assert '"Copied": "Kopiert"' in answer.get_data(as_text=True)
    assert client.get("/static/texts/tlh.js").status_code == 404


def _all_that_the_index_reports() -> list[str]:
    """Its sentences, as its own code makes them."""
    close = [summary(words, 0.9, 0.4, title=False, standing="") for words in (["a"], ["a", "10.2.0.14"], list("abcd"))]
    plain = [
        summary(words, similarity, 0.4, title=False, standing="") for words, similarity in ((["a"], None), ([], 0.9))
    ]
    heads = [{"status": status, "replaced": "", "applied": 0} for status in (*standing.DOWN, *standing.UP)]
    heads += [{"status": "", "replaced": "x", "applied": 0}] + [
        {"status": "learned", "replaced": "", "applied": times} for times in (1, 12)
    ]
    moved = [summary((), None, 0.4, title=True, standing=standing.sentence(head)) for head in heads]  # type: ignore[arg-type]
    lacks = [f"{what}. {WORDS_ONLY}" for what in (LOADING, BUSY, STOPPED, LATE, AWAY_ENCODER)]
    return [*close, *plain, *moved, *lacks, AWAY, progress(1_000, 30_000, 90), progress(100, 2_000, None)]


def test_what_the_index_reports_is_told_in_the_readers_language(app: Flask) -> None:
    sentences = _all_that_the_index_reports()
    with app.test_request_context("/"):
        assert [reported(one) for one in sentences] == sentences
    with app.test_request_context("/", headers=GERMAN):
        german = [reported(one) for one in sentences]
        assert reported("Shares “pump” and “10.2.0.14”. It was applied 3 times and held.") == (
            "Enthält „pump“ und „10.2.0.14“. Sie wurde 3-mal angewendet und hat sich bewährt."
        )
        assert reported("What nobody knows. It is validated.") == "What nobody knows. It is validated."
        assert reported(None) == ""
    for one in german:
        assert not re.search(r"\b(the|is|and|of|so|not|it|shares|close)\b", one, re.IGNORECASE), one


def test_a_form_asks_in_the_readers_language_and_the_text_keeps_the_headings_of_its_template(app: Flask) -> None:
    writer = Writer(app, "wanda")
    guided = text_of(writer.client.get("/new/lesson?mode=guided", headers=GERMAN))
    assert ">Was geschah</label>" in guided
    assert "Zwei oder drei Sätze, die auch jemand aus einem anderen Team versteht." in guided
    assert "Zum Beispiel: „Eine Kopie, die nie zurückgespielt wurde" in guided
    assert '"## What happened"' in html.unescape(value(writer.client.get("/new/lesson", headers=GERMAN), "shape"))
    ours = b'## What happened\n\n<!-- In our words. For example: "At 100% it stopped" -->\n\n## Only ours\n'
    store, path = app.extensions["hindsight"].store, "templates/lesson.md"
    store.put(path, ours, base=store.snapshot().revision(path), author=Author("", "Ops"), message="Our own form")
    guided = text_of(writer.client.get("/new/lesson?mode=guided", headers=GERMAN))
    assert ">Was geschah</label>" in guided
    assert "In our words." in guided
    assert 'Zum Beispiel: "At 100% it stopped"' in guided
    assert ">Only ours</label>" in guided


def test_a_template_says_its_values_safely_and_a_percent_sign_as_one(app: Flask) -> None:
    said = '{{ _("Save") }}|{{ _("100%%") }}|{{ _("Due %(day)s", day="<b>") }}|{% trans n=3 %}{{ n }} %{% endtrans %}'
    with app.test_request_context("/", headers={"Accept-Language": "en"}):
        assert render_template_string(said) == "Save|100%|Due &lt;b&gt;|3 %"
        plain = "{% autoescape false %}" + said + "{% endautoescape %}"
        assert render_template_string(plain) == "Save|100%|Due <b>|3 %"
    with app.test_request_context("/", headers={"Accept-Language": "de"}):
        assert render_template_string('{{ _("Save") }}') == "Speichern"

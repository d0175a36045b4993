"""The start page, lists, the feed, history, errors, and our own static files."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from typing import Any

from flask import Flask

from tests.integration.reading_web import Writer, client_of, publish, text_of
from wiki.library import EntryFields
from wiki.viewer import SYSTEM
from wiki.web.static import FOLDER

ATOM = "{http://www.w3.org/2005/Atom}"


def test_the_start_page_leads_a_newcomer_to_a_first_review(app: Flask) -> None:
    page = text_of(client_of(app, role="author").get("/"))
    assert "Begin here" in page
    assert "/new/after-action-review" in page
    assert "wiki import PATH --dry-run" in page
    assert "Begin here" not in text_of(client_of(app, "rea").get("/"))


def test_the_start_page_offers_my_drafts_and_names_each_changed_entry_once(app: Flask) -> None:
    entry = publish(app, "Often changed", kind="page")
    library = app.extensions["hindsight"].library
    for number in range(3):
        entry = library.save(
            entry.id, EntryFields(body=f"Text {number}"), base_revision=entry.revision, viewer=SYSTEM
        ).entry
    author = Writer(app)
    payload = {"kind": "lesson", "title": "Half a thought", "body": "a b c"}
    app.extensions["hindsight"].people.drafts.save(author.account_id, "new:lesson:1", payload)
    page = text_of(author.client.get("/"))
    assert "Half a thought" in page
    assert page.count(">Often changed</a>") == 1


def test_the_theme_is_kept_without_scripts(app: Flask) -> None:
    author = Writer(app)
    answer = author.client.post(
        "/theme",
        data={"theme": "dark", "csrf_token": author.token()},
        headers={"Referer": "http://localhost/browse?kind=lesson"},
    )
    assert answer.status_code == 303
    assert answer.location == "/browse?kind=lesson"
    assert '<html lang="en" data-theme="dark">' in text_of(author.client.get("/"))
    author.client.post("/theme", data={"theme": "<x>", "csrf_token": author.token()})
    assert '<html lang="en">' in text_of(author.client.get("/"))


def test_browsing_narrows_orders_and_pages(app: Flask) -> None:
    for number in range(53):
        publish(
            app, f"Lesson {number:02}", date=f"20{10 + number % 10}-01-02", tags=("even",) if number % 2 == 0 else ()
        )
    publish(app, "A page", kind="page")
    client = client_of(app)
    first = text_of(client.get("/browse?kind=lesson&order=title"))
    assert "53 entries" in first
    assert "Lesson 00" in first
    assert "Lesson 52" not in first
    following = first.split('rel="next" href="')[1].split('"')[0]
    second = text_of(client.get(following))
    assert "Lesson 52" in second
    assert 'rel="prev" href="/browse?kind=lesson&order=title"' in second
    assert "5 entries" in text_of(client.get("/browse?year=2011&kind=lesson")) or "6 entries" in text_of(
        client.get("/browse?year=2011&kind=lesson")
    )
    assert "27 entries" in text_of(client.get("/tag/even"))
    assert ">even" in text_of(client.get("/tags"))
    assert "Nothing here" in text_of(client.get("/browse?kind=topic"))


def test_an_address_cannot_bend_the_links_of_a_list(app: Flask) -> None:
    for number in range(51):
        publish(app, f"Lesson {number:02}")
    page = text_of(client_of(app).get("/browse?_external=1&_scheme=javascript&_anchor=x&kind=lesson&next=//e.com"))
    assert 'href="javascript' not in page
    assert client_of(app, "zoe").get("/browse?cursor=%00bad&year=99999&order=drop").status_code in {200, 400}


def test_the_feed_is_atom_and_holds_nothing_that_the_reader_may_not_see(app: Flask) -> None:
    publish(app, "Tom & Jerry <b>", "x", kind="page")
    app.extensions["hindsight"].people.teams.ensure("billing", "Billing")
    publish(app, "Secret", kind="page", audience=("billing",))
    answer = client_of(app).get("/recent.atom")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    root = ET.fromstring(answer.data)
    titles = [entry.findtext(f"{ATOM}title") for entry in root.iter(f"{ATOM}entry")]
    assert titles == ["Tom & Jerry <b>"]
    assert all(entry.findtext(f"{ATOM}id") and entry.findtext(f"{ATOM}updated") for entry in root.iter(f"{ATOM}entry"))


def test_a_deleted_entry_is_listed_read_and_brought_back(app: Flask) -> None:
    entry = publish(app, "Gone soon", "The text that was.", kind="page")
    app.extensions["hindsight"].library.delete(entry.id, viewer=SYSTEM)
    author = Writer(app)
    assert author.client.get(entry.url).status_code == 404
    assert "Gone soon" in text_of(author.client.get("/deleted"))
    history = text_of(author.client.get(f"/history/{entry.id}"))
    assert "This entry was deleted" in history
    assert "The text that was." in text_of(author.client.get(f"/version/{entry.id}/{entry.revision}"))
    answer = author.client.post(f"/restore/{entry.id}", data={"csrf_token": author.token()})
    assert answer.status_code == 303
    assert author.client.get(entry.url).status_code == 200


def test_history_compares_any_two_versions_by_word(app: Flask) -> None:
    entry = publish(app, "Told again", "The server was red.\n\nUnchanged.", kind="page")
    library = app.extensions["hindsight"].library
    saved = library.save(
        entry.id,
        EntryFields(title="Told again", body="The server was <b>blue</b>.\n\nUnchanged.", tags=("colour",)),
        base_revision=entry.revision,
        viewer=SYSTEM,
        message="It was blue",
    )
    client = client_of(app, role="author")
    history = text_of(client.get(f"/history/{entry.id}"))
    assert "It was blue" in history
    assert f'name="from" value="{entry.revision}"' in history
    address = f"/compare/{entry.id}?from={entry.revision}&to={saved.revision}"
    for view in ("inline", "split"):
        shown = client.get(f"{address}&view={view}").get_data(as_text=True)
        assert "<del>red</del>" in shown
        assert "blue" in shown
        assert "<b>blue" not in shown
        assert "colour" in shown
    backwards = client.get(f"/compare/{entry.id}?from={saved.revision}&to={entry.revision}").get_data(as_text=True)
    assert "<del>red</del>" in backwards
    assert "<del>red</del>" in client.get(f"/compare/{entry.id}").get_data(as_text=True)


def test_each_version_says_what_it_did(app: Flask) -> None:
    body = "## What happened\n\nThe disk was full.\n\n## Lesson\n\nLook.\n"
    entry = publish(app, "Told in lines", body, kind="page")
    library = app.extensions["hindsight"].library

    def save(message: str | None = None, **fields: Any) -> None:
        nonlocal entry
        entry = library.save(
            entry.id, EntryFields(**fields), base_revision=entry.revision, viewer=SYSTEM, message=message
        ).entry

    save(body=body.replace("The disk", "The log disk"))
    save(
        body=body.replace("Look.", "Look daily, and write it down.") + "\n## Thanks\n\nTo Bo.\n",
        message="From the talk",
    )
    save(tags=("disks",), team="billing")
    library.delete(entry.id, viewer=SYSTEM)
    library.restore(entry.id, viewer=SYSTEM)
    versions = re.findall(
        r'class="version-what">(.*?)</p>(?:\s*<p class="version-did">(.*?)</p>)?', history_of(app, entry.id)
    )
    assert [(what.partition(" <")[0].strip(), did) for what, did in versions] == [
        ("Restored", ""),
        ("Deleted", ""),
        ("Changed: tags, team", ""),
        ("From the talk", "In “What happened”, “Lesson”: 9 words added, 2 words removed. New: “Thanks”"),
        ("In “What happened”: 1 word added", ""),
        ("8 words", ""),
    ]


def history_of(app: Flask, entry_id: str) -> str:
    return client_of(app).get(f"/history/{entry_id}").get_data(as_text=True)


def test_an_old_version_that_was_closed_then_is_not_opened_by_history(app: Flask) -> None:
    app.extensions["hindsight"].people.teams.ensure("billing", "Billing")
    entry = publish(app, "Once secret", "The secret.", kind="page", audience=("billing",))
    library = app.extensions["hindsight"].library
    library.save(entry.id, EntryFields(body="Open now.", audience=()), base_revision=entry.revision, viewer=SYSTEM)
    client = client_of(app)
    assert client.get(entry.url).status_code == 200
    assert client.get(f"/version/{entry.id}/{entry.revision}").status_code == 404
    assert client.get(f"/compare/{entry.id}?from={entry.revision}&to={entry.revision}").status_code == 404
    assert entry.revision not in text_of(client.get(f"/history/{entry.id}"))


def test_errors_say_what_to_do_and_programs_get_problems(app: Flask) -> None:
    client = client_of(app)
    page = client.get("/no/such/page")
    assert page.status_code == 404
    assert 'role="search"' in text_of(page)
    asked = client.get("/no/such/page", headers={"Accept": "application/json"})
    assert asked.content_type == "application/problem+json"
    assert asked.get_json()["status"] == 404
    assert client.post("/browse").status_code in {400, 405}


def test_an_error_of_ours_is_a_page_with_a_number_and_no_details(app: Flask) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.testing = False

    def fail() -> str:
        raise RuntimeError("secret detail")

    app.view_functions["browse.tags"] = fail
    answer = client_of(app).get("/tags")
    assert answer.status_code == 500
    assert "secret detail" not in text_of(answer)
    assert "Number: <code>" in text_of(answer)


def test_static_files_are_kept_for_ever_only_under_their_hash(app: Flask) -> None:
    client = client_of(app)
    page = text_of(client.get("/"))
    address = page.split('rel="stylesheet" href="')[1].split('"')[0]
    fixed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in fixed.headers["Cache-Control"]
    assert fixed.headers["Content-Encoding"] == "gzip"
    assert len(fixed.data) < 20_000
    assert "--accent" in client.get(address).get_data(as_text=True)
    plain = client.get(address.split("?")[0])
    assert plain.headers["Cache-Control"] == "no-cache"
    assert client.get(address.split("?")[0], headers={"If-None-Match": plain.headers["ETag"]}).status_code == 304
    for wrong in ("/static/../config.py", "/static/%2e%2e/config.py", "/static/nothing.css", "/static/css"):
        assert client.get(wrong).status_code == 404, wrong


def test_both_lists_of_dark_colours_are_the_same() -> None:
    text = (FOLDER / "css" / "hindsight" / "01-tokens.css").read_text()
    by_system = text.split(':root:not([data-theme="light"]) {')[1].split("}")[0]
    by_choice = text.split(':root[data-theme="dark"] {')[1].split("}")[0]
    assert by_system.split() == by_choice.split()

"""An entry's page: what it shows, to whom, and where it leads."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from tests.integration.reading_web import Writer, client_of, publish, text_of
from wiki.content import Author, Change
from wiki.library import EntryFields
from wiki.viewer import SYSTEM


def test_an_entry_shows_its_text_its_facts_and_its_links(app: Flask) -> None:
    publish(app, "Backups", kind="topic")
    entry = publish(
        app,
        "The certificate ran out",
        "## What happened\n\nSee [[Backups]] and [[Never written]].\n\n## Why\n\nx\n\n## Lesson\n\ny",
        tags=("tls",),
        team="billing",
        date="2026-11-20",
        source="https://www.example.com/long/path",
    )
    page = text_of(client_of(app, role="author").get(entry.url))
    assert '<h1 class="entry-title">The certificate ran out</h1>' in page
    assert "Happened 20 Nov 2026" in page
    assert "Lesson identified" in page
    assert re.search(r'<a class="wiki-link" href="/wiki/topics/backups"[^>]*>Backups</a>', page)
    assert re.search(r'<a class="red-link" href="/new/page\?title=Never%20written"[^>]*>Never written</a>', page)
    assert '<a href="#what-happened">What happened</a>' in page
    assert 'href="/tag/tls"' in page
    assert ">example.com</a>" in page
    assert f'href="/edit/{entry.id}"' in page
    assert f'href="/related/{entry.id}"' in page


def test_readers_are_offered_nothing_that_they_may_not_do(app: Flask) -> None:
    entry = publish(app, "A page", "[[Never written]]", kind="page")
    page = text_of(client_of(app).get(entry.url))
    assert "/edit/" not in page
    assert "/delete/" not in page
    assert "/new" not in page
    assert '<a class="red-link" title="Nobody has written this yet">Never written</a>' in page


def test_the_page_knows_who_links_here_and_what_came_back(app: Flask) -> None:
    first = publish(app, "The first time")
    again = publish(app, "The second time", recurrence_of=(first.id,))
    publish(app, "A synthesis", f"[[{first.id}|that one]]", kind="topic")
    client = client_of(app)
    page = text_of(client.get(first.url))
    assert "It came back once" in page
    assert again.url in page
    assert "Linked from" in page
    assert "A synthesis" in page
    assert "This happened before" in text_of(client.get(again.url))


def test_a_moved_entry_is_found_at_its_old_address_and_its_lasting_one(app: Flask) -> None:
    entry = publish(app, "Old name", kind="page")
    moved = app.extensions["hindsight"].library.move(entry.id, title="New name", viewer=SYSTEM)
    assert moved.url != entry.url
    client = client_of(app)
    answer = client.get(entry.url)
    assert (answer.status_code, answer.location) == (301, moved.url)
    assert client.get(f"/id/{entry.id}").location == moved.url
    assert client.get(moved.url + ".md").location == moved.url


def test_what_is_not_shared_is_not_there(app: Flask) -> None:
    publish(app, "Open", kind="page")
    author = Writer(app, "ada", "author", ("billing",))
    secret = app.extensions["hindsight"].library.create(
        EntryFields(kind="page", title="Secret plan", body="[[Open]]", audience=("billing",)), viewer=SYSTEM
    )
    moved = app.extensions["hindsight"].library.move(
        secret.id, title="Secret plan two", path="pages/hidden", viewer=SYSTEM
    )
    outsider = client_of(app, "otto", "facilitator")
    for address in (moved.url, secret.url, f"/id/{secret.id}", f"/history/{secret.id}", f"/related/{secret.id}"):
        answer = outsider.get(address)
        assert answer.status_code == 404, address
        assert "Secret plan two" not in text_of(answer)
    open_page = text_of(outsider.get("/wiki/pages/open"))
    assert "Secret" not in open_page
    assert author.client.get(moved.url).status_code == 200
    assert "Secret plan two" in text_of(author.client.get("/wiki/pages/open"))
    for address in ("/", "/browse", "/recent", "/recent.atom", "/kind/page", "/wanted"):
        assert "Secret" not in text_of(outsider.get(address)), address


def test_the_kept_page_of_one_reader_is_never_another_readers(app: Flask) -> None:
    entry = publish(app, "Shared by many", "[[Never written]]", kind="page")
    author, reader = client_of(app, "ada", "author"), client_of(app)
    first = text_of(author.get(entry.url))
    second = text_of(reader.get(entry.url))
    token = re.search(r'name="csrf-token" content="([^"]+)"', first)
    assert token
    assert f'name="csrf_token" value="{token[1]}"' in first
    assert token[1] not in second
    assert "/edit/" not in second


def test_a_browser_that_has_the_page_is_told_so_until_something_changes(app: Flask) -> None:
    entry = publish(app, "Kept by browsers", kind="page")
    client = client_of(app)
    client.get(entry.url)
    first = client.get(entry.url)
    tag = first.headers["ETag"]
    assert client.get(entry.url, headers={"If-None-Match": tag}).status_code == 304
    other = client_of(app, "zoe")
    assert other.get(entry.url, headers={"If-None-Match": tag}).status_code == 200
    publish(app, "Links to it", "[[Kept by browsers]]")
    changed = client.get(entry.url, headers={"If-None-Match": tag})
    assert changed.status_code == 200
    assert "Links to it" in text_of(changed)


def test_a_missing_page_offers_to_search_and_to_authors_to_write(app: Flask) -> None:
    answer = client_of(app, role="author").get("/wiki/pages/how-we-deploy")
    assert answer.status_code == 404
    assert 'value="How we deploy"' in text_of(answer)
    assert "/new/page?title=How+we+deploy" in text_of(answer) or "/new/page?title=How%20we%20deploy" in text_of(answer)
    assert "/new/page" not in text_of(client_of(app, "rea").get("/wiki/pages/how-we-deploy"))


def test_a_file_that_cannot_be_read_is_shown_with_its_error_and_its_text(app: Flask) -> None:
    parts = app.extensions["hindsight"]
    raw = b"---\ntitle: [unclosed\n---\n<script>alert(1)</script> the text\n"
    parts.store.apply([Change("pages/broken.md", raw)], author=Author("x", "Somebody"), message="Push")
    page = client_of(app, role="author").get("/wiki/pages/broken")
    assert page.status_code == 200
    shown = page.get_data(as_text=True)
    assert "cannot be read" in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt; the text" in shown
    assert "<script>alert" not in shown


def test_a_hostile_text_stays_harmless_in_the_page(app: Flask) -> None:
    entry = publish(app, "<script>alert(1)</script> title", '<img src=x onerror="alert(1)"> [x](javascript:alert(1))')
    shown = client_of(app).get(entry.url).get_data(as_text=True)
    assert "<script>alert" not in shown
    assert "onerror" not in shown
    assert "javascript:" not in re.sub(r"\[x\]\(javascript:alert\(1\)\)", "", shown)


@pytest.mark.parametrize("body", ["[" * 400_000, "<div>" * 50_000, "x" * 900_000])
def test_a_monstrous_text_is_still_a_page(app: Flask, body: str) -> None:
    entry = publish(app, "Monster", body, kind="page")
    assert client_of(app).get(entry.url).status_code == 200


def test_pages_hold_no_inline_script_or_style(app: Flask) -> None:
    entry = publish(app, "Plain", "```python\nx = 1\n```\n\n|a|\n|-:|\n|1|", kind="page")
    client = client_of(app, role="administrator")
    for address in (entry.url, "/", "/browse", "/search", "/recent", f"/history/{entry.id}"):
        shown = client.get(address).get_data(as_text=True)
        assert " style=" not in shown, address
        assert "<style" not in shown, address
        assert all("src=" in tag for tag in re.findall(r"<script[^>]*>", shown)), address
        assert not re.search(r"\son\w+=", re.sub(r"<code>.*?</code>", "", shown, flags=re.DOTALL)), address

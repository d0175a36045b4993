"""Writing and changing entries through the editor's forms, as a browser without scripts sends them."""

from __future__ import annotations

import io

import pytest
from flask import Flask

from tests.integration.editor_web import REVIEW, Writer, text_of, textarea, value


@pytest.fixture
def ada(app: Flask) -> Writer:
    return Writer(app)


def test_choosing_what_to_write_offers_every_kind(ada: Writer) -> None:
    page = text_of(ada.get("/new"))
    for words in ("After-action review", "Lesson", "Topic page", "Page"):
        assert words in page


def test_a_review_written_in_guided_fields_is_published_as_markdown(ada: Writer) -> None:
    page = ada.get("/new/after-action-review")
    assert "What was supposed to happen?" in text_of(page)
    assert "For example:" in text_of(page)
    assert "<!--" not in textarea(page, "section-1")
    fields = {f"section-{n}": "" for n in range(8)}
    fields |= {"section-1": "A quiet renewal.", "section-2": REVIEW + "\r\n\r\n- one\r\n- two"}
    ada.post("/new/after-action-review", title="The Sunday certificate", shape=value(page, "shape"), mode="guided",
             tags="tls, #payments, tls", date="2026-11-22", action="publish", **fields)  # fmt: skip
    entry = ada.services.catalog.by_title("The Sunday certificate", ada.viewer)
    body = ada.body_of(entry.id)
    assert body.strip() == (
        f"## What was supposed to happen?\n\nA quiet renewal.\n\n## What did happen?\n\n{REVIEW}\n\n- one\n- two"
    )
    assert set(entry.tags) == {"tls", "payments"}
    assert str(entry.date) == "2026-11-22"


def test_publishing_goes_to_the_entry_and_drops_the_draft(ada: Writer) -> None:
    key = value(ada.get("/new/lesson"), "draft")
    ada.json("PUT", f"/drafts/{key}", {"sequence": 5, "payload": {"title": "Half", "body": "a"}})
    answer = ada.post("/new/lesson", title="Whole", body="Some words.", mode="free", draft=key, sequence="9")
    assert answer.location.endswith(ada.services.catalog.by_title("Whole", ada.viewer).url)
    assert ada.services.people.drafts.list(ada.account_id) == []
    late = ada.json("PUT", f"/drafts/{key}", {"sequence": 8, "payload": {"title": "Half", "body": "a"}})
    assert late["stored"] is False
    assert ada.services.people.drafts.list(ada.account_id) == []
    assert key in answer.headers["Set-Cookie"]


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"title": "  "}, "title"),
        ({"title": "x" * 301}, "300"),
        ({"date": "22/11/2026"}, "2026-11-24"),
        ({"body": "  "}, "no text"),
        ({"kind": "nonsense"}, "kind"),
        ({"audience": "not-my-team"}, ""),
    ],
)
def test_what_is_refused_comes_back_with_its_text(ada: Writer, changed: dict[str, str], words: str) -> None:
    data = {"title": "A title", "body": REVIEW, "mode": "free", "tags": "one, two", "message": "because"} | changed
    page = ada.post("/new/lesson", 422, **data)
    assert textarea(page, "body").strip() == data["body"].strip()
    assert value(page, "title") == data["title"].strip()
    assert value(page, "tags") == "one, two"
    assert value(page, "message") == "because"
    assert words in text_of(page)
    assert ada.services.catalog.counts(ada.viewer).total == 0


def test_a_text_of_five_megabytes_is_refused_and_shown_again(ada: Writer) -> None:
    body = "many words " * 450_000
    page = ada.post("/new/lesson", 422, title="Too long", body=body, mode="free")
    assert len(textarea(page, "body")) == len(body)


def test_control_characters_are_refused_with_the_text_kept(ada: Writer) -> None:
    page = ada.post("/new/lesson", 422, title="Bell", body="ding \x07 dong", mode="free")
    assert "dong" in textarea(page, "body")


def test_editing_shows_the_text_and_saves_on_its_revision(ada: Writer) -> None:
    entry = ada.publish("First title", "## Odd heading\n\nSome words.\n")
    page = ada.get(f"/edit/{entry.id}")
    assert textarea(page, "body") == "## Odd heading\n\nSome words.\n"
    base = value(page, "base_revision")
    assert base == entry.revision
    ada.post(f"/edit/{entry.id}", title="Second title", body="New words.\r\n", mode="free", base_revision=base,
             kind="lesson", message="clearer")  # fmt: skip
    assert ada.body_of(entry.id) == "New words.\n"
    assert ada.services.catalog.history(entry.id)[0].message.startswith("clearer")


def test_guided_editing_left_alone_changes_no_character(ada: Writer) -> None:
    body = "intro\n\n## What happened\nA.\n\n\n## Why it matters\n\nB.\n\n## Lesson\n\nC.\n\n## Mine ##\n\nD."
    entry = ada.publish("As it was", body)
    before = ada.body_of(entry.id)
    page = ada.get(f"/edit/{entry.id}")
    shape = value(page, "shape")
    texts = {f"section-{n}": textarea(page, f"section-{n}") for n in range(7)}
    assert texts["section-0"] == "intro"
    ada.post(f"/edit/{entry.id}", title="As it was", shape=shape, mode="guided", kind="lesson", tags="new",
             base_revision=value(page, "base_revision"), **texts)  # fmt: skip
    assert ada.body_of(entry.id) == before


def test_changing_between_guided_and_free_keeps_the_text(ada: Writer) -> None:
    body = "## Lesson\n\nRestore it once.\n\n## Something else\n\nMore.\n"
    page = ada.post("/new/lesson", 200, title="T", body=body, mode="free", action="mode guided")
    texts = {f"section-{n}": textarea(page, f"section-{n}") for n in range(1, 7)} | {"section-0": ""}
    page = ada.post(
        "/new/lesson", 200, title="T", shape=value(page, "shape"), mode="guided", action="mode free", **texts
    )
    assert textarea(page, "body") == body
    assert value(page, "title") == "T"


def test_another_kind_brings_its_own_questions_and_keeps_what_was_written(ada: Writer) -> None:
    body = "## What happened\n\nA restore failed.\n\n## Lesson\n\n"
    page = ada.post("/new/lesson", 200, title="T", body=body, mode="guided", kind="after-action-review", action="kind")
    shown = text_of(page)
    assert "What was supposed to happen?" in shown
    assert "A restore failed." in shown
    assert ">Lesson</label>" not in shown


def test_two_people_whose_changes_do_not_meet_are_merged(app: Flask, ada: Writer) -> None:
    entry = ada.publish("Shared", "one\n\ntwo\n\nthree\n\nfour\n\nfive\n")
    bob = Writer(app, "bob")
    base = {"base_revision": entry.revision, "title": "Shared", "kind": "lesson", "mode": "free"}
    bob.post(f"/edit/{entry.id}", body="ONE\n\ntwo\n\nthree\n\nfour\n\nfive\n", **base)
    answer = ada.post(f"/edit/{entry.id}", body="one\n\ntwo\n\nthree\n\nfour\n\nFIVE\n", **base)
    assert ada.body_of(entry.id) == "ONE\n\ntwo\n\nthree\n\nfour\n\nFIVE\n"
    assert "somebody else made" in text_of(ada.get(answer.location))


def test_a_conflict_shows_all_three_and_is_finished_by_hand(app: Flask, ada: Writer) -> None:
    entry = ada.publish("Shared", "The disk was full.\n")
    bob = Writer(app, "bob")
    base = {"base_revision": entry.revision, "title": "Shared", "kind": "lesson", "mode": "free"}
    bob.post(f"/edit/{entry.id}", body="The disk was nearly full.\n", message="exact", **base)
    page = ada.post(f"/edit/{entry.id}", 409, body="The log disk was full.\n", **base)
    shown = text_of(page)
    assert textarea(page, "body") == "The log disk was full.\n"
    for words in ("nearly", "log", "exact"):
        assert words in shown
    theirs = ada.services.catalog.entry(entry.id).revision
    assert value(page, "base_revision") == theirs
    assert value(page, "draft_base") == entry.revision
    assert ada.body_of(entry.id) == "The disk was nearly full.\n"
    ada.post(f"/edit/{entry.id}", title="Shared", kind="lesson", mode="free", base_revision=theirs,
             draft_base=entry.revision, body="The log disk was nearly full.\n")  # fmt: skip
    assert ada.body_of(entry.id) == "The log disk was nearly full.\n"


def test_a_draft_put_aside_from_a_conflict_shows_the_conflict_again(app: Flask, ada: Writer) -> None:
    entry = ada.publish("Shared", "The disk was full.\n")
    base = {"base_revision": entry.revision, "title": "Shared", "kind": "lesson", "mode": "free"}
    Writer(app, "bob").post(f"/edit/{entry.id}", body="The disk was nearly full.\n", **base)
    page = ada.post(f"/edit/{entry.id}", 409, body="The log disk was full.\n", **base)
    again = {"base_revision": value(page, "base_revision"), "draft_base": value(page, "draft_base")}
    ada.post(f"/edit/{entry.id}", 200, **base | again | {"body": "The log disk was full.\n", "action": "draft"})
    page = ada.get(f"/edit/{entry.id}")
    assert value(page, "base_revision") == entry.revision
    ada.post(f"/edit/{entry.id}", 409, **base | {"body": "The log disk was full.\n"})
    assert ada.body_of(entry.id) == "The disk was nearly full.\n"


def test_a_text_whose_entry_was_deleted_meanwhile_is_offered_as_a_new_one(app: Flask, ada: Writer) -> None:
    entry = ada.publish("Going", "Some words.\n")
    Writer(app, "bob").post(f"/delete/{entry.id}", message="double")
    page = ada.post(f"/edit/{entry.id}", 409, title="Going", body="Some more words.\n", mode="free", kind="lesson",
                    base_revision=entry.revision)  # fmt: skip
    assert textarea(page, "body") == "Some more words.\n"
    assert 'action="/new/lesson"' in text_of(page)


def test_an_ended_session_keeps_the_text_on_the_page_and_publishes_after_sign_in(ada: Writer) -> None:
    page = ada.get("/new/lesson")
    old = value(page, "csrf_token")
    data = {"title": "Kept", "body": "Words that took an hour.\n", "mode": "free", "draft": value(page, "draft")}
    ada.sign_out()
    page = ada.post("/new/lesson", 401, csrf_token=old, **data)
    assert textarea(page, "body") == data["body"]
    assert value(page, "title") == "Kept"
    assert "/sign-in" in text_of(page)
    ada.sign_in()
    page = ada.post("/new/lesson", 400, csrf_token=value(page, "csrf_token"), **data)
    assert textarea(page, "body") == data["body"]
    ada.post("/new/lesson", csrf_token=value(page, "csrf_token"), **data)
    assert ada.services.catalog.by_title("Kept", ada.viewer) is not None


def test_an_old_protection_token_keeps_the_text(ada: Writer) -> None:
    page = ada.post("/new/lesson", 400, title="Kept", body="My words.", mode="free", csrf_token="old")
    assert textarea(page, "body") == "My words."
    assert ada.services.catalog.counts(ada.viewer).total == 0


def test_an_ended_session_while_editing_tells_nothing_about_the_entry(ada: Writer) -> None:
    entry = ada.publish("Secret plan", "Some words.\n")
    ada.sign_out()
    page = ada.post(f"/edit/{entry.id}", 401, title="Mine", body="typed", mode="free", csrf_token="x")
    assert "Secret plan" not in text_of(page)
    assert textarea(page, "body") == "typed"


def test_a_reader_cannot_write_and_loses_nothing(app: Flask) -> None:
    reader = Writer(app, "rita", role="reader")
    reader.get("/new", 403)
    reader.get("/new/lesson", 403)
    page = reader.post("/new/lesson", 403, title="T", body="typed", mode="free")
    assert textarea(page, "body") == "typed"


def test_a_damaged_form_publishes_nothing_and_shows_every_field(ada: Writer) -> None:
    page = ada.post("/new/lesson", 400, title="T", shape="{", mode="guided", **{"section-0": "a", "section-1": "b"})
    assert "a" in text_of(page)
    assert ada.services.catalog.counts(ada.viewer).total == 0


def test_a_preview_without_scripts_shows_the_text_twice(ada: Writer) -> None:
    page = ada.post("/new/lesson", 200, title="T", body="**bold** words", mode="free", action="preview")
    assert "<strong>bold</strong>" in page.get_data(as_text=True)
    assert textarea(page, "body") == "**bold** words"


def test_the_preview_is_safe(ada: Writer) -> None:
    page = ada.post("/preview", 200, title="<b>T", body="<script>alert(1)</script>\n\n[[Nobody]]", mode="free")
    shown = page.get_data(as_text=True)
    assert "<script>" not in shown and "<b>T" not in shown
    assert "red-link" in shown


def test_renaming_moving_deleting_and_restoring(ada: Writer) -> None:
    entry = ada.publish("Old name", "Some words.\n")
    page = ada.get(f"/move/{entry.id}")
    ada.post(f"/move/{entry.id}", title="New name", path="lessons/kept/new-name", message="clearer")
    moved = ada.services.catalog.entry(entry.id)
    assert (moved.title, moved.path) == ("New name", "lessons/kept/new-name.md")
    page = ada.post(f"/move/{entry.id}", 422, title="New name", path="../../etc/passwd")
    assert value(page, "path") == "../../etc/passwd"
    assert "deleted" not in text_of(ada.get(f"/delete/{entry.id}"))
    ada.post(f"/delete/{entry.id}", message="said twice", revision=moved.revision)
    assert ada.services.catalog.entry(entry.id) is None
    ada.post(f"/restore/{entry.id}")
    assert ada.body_of(entry.id) == "Some words.\n"


def test_deleting_what_somebody_saved_meanwhile_asks_again(ada: Writer) -> None:
    entry = ada.publish("Name", "Some words.\n")
    ada.post(f"/edit/{entry.id}", title="Name", body="Better words.\n", mode="free", kind="lesson",
             base_revision=entry.revision)  # fmt: skip
    page = ada.post(f"/delete/{entry.id}", 409, revision=entry.revision)
    assert "saved this entry after you opened" in text_of(page)
    assert ada.services.catalog.entry(entry.id) is not None


def test_recurrences_are_kept_and_can_be_taken_back(ada: Writer) -> None:
    old = ada.publish("It happened once", "Some words.\n")
    new = ada.publish("It happened twice", "Some other words.\n", recurrence_of=old.id)
    assert new.recurrence_of == (old.id,)
    page = ada.get(f"/edit/{new.id}")
    assert "It happened once" in text_of(page)
    base = {"title": "It happened twice", "body": "Some other words.\n", "mode": "free", "kind": "lesson"}
    page = ada.post(f"/edit/{new.id}", 200, recurrence_of=old.id, action=f"unrecur {old.id}", **base)
    assert 'name="recurrence_of"' not in text_of(page)
    ada.post(f"/edit/{new.id}", base_revision=new.revision, **base)
    assert ada.services.catalog.entry(new.id).recurrence_of == ()


def test_a_red_link_opens_the_editor_with_its_title(ada: Writer) -> None:
    assert value(ada.get("/new/page?title=Backups+at+night"), "title") == "Backups at night"
    ada.get("/new/no-such-kind", 404)


def test_a_broken_file_is_mended_as_a_whole(ada: Writer) -> None:
    entry = ada.publish("Broken", "Some words.\n")
    raw = ada.services.store.read(entry.path)
    from wiki.content import Author

    broken = b"---\ntitle: [\n---\nSome words.\n"
    ada.services.store.put(entry.path, broken, base=raw.revision, author=Author("", "outside"), message="push")
    ada.services.catalog.catch_up()
    item = ada.services.catalog.by_path(entry.path)
    assert item.error
    admin = Writer(ada.app, "root", role="administrator")
    answer = admin.get(f"/edit/{item.id}", 302)
    page = admin.get(answer.location)
    assert textarea(page, "raw") == broken.decode()
    mended = raw.data.decode()
    page = admin.post(answer.location, 422, raw="---\ntitle: [\n---\n", base_revision=value(page, "base_revision"))
    admin.post(answer.location, raw=mended, base_revision=value(page, "base_revision"))
    assert ada.services.catalog.entry(entry.id).error is None


def test_a_picture_of_a_new_text_is_held_with_the_draft_and_moves_beside_the_entry(app: Flask, ada: Writer) -> None:
    key = value(ada.get("/new/lesson"), "draft")
    png = b"\x89PNG\r\n\x1a\n" + b"0" * 64
    data = {"csrf_token": ada.token(), "file": (io.BytesIO(png), "Screen shot.png")}
    held = ada.client.post(f"/drafts/{key}/files", data=data).get_json()
    assert ada.get(held["url"]).data == png
    assert Writer(app, "bob").get(held["url"], 404)
    answer = ada.post(
        "/new/lesson", title="With a picture", body=f"See:\n\n{held['markdown']}\n", mode="free", draft=key
    )
    entry = ada.services.catalog.by_title("With a picture", ada.viewer)
    attached = ada.services.catalog.attachments(entry.id)
    assert [a.name for a in attached] == ["screen-shot.png"]
    assert attached[0].url in ada.body_of(entry.id)
    assert "/drafts/" not in ada.body_of(entry.id)
    assert ada.get(attached[0].url).data == png
    assert "Published." in text_of(ada.get(answer.location))
    ada.get(held["url"], 404)


def test_held_files_are_bounded_and_never_run(ada: Writer) -> None:
    data = {"csrf_token": ada.token(), "file": (io.BytesIO(b"<script>alert(1)</script>"), "x.html")}
    held = ada.client.post("/drafts/new:lesson:abc/files", data=data).get_json()
    answer = ada.get(held["url"])
    assert answer.content_type == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="big.bin"\r\n\r\n'
    big = head + b"x" * 10_000_001 + b"\r\n--x--\r\n"
    answer = ada.client.post(
        "/drafts/new:lesson:abc/files",
        data=big,
        content_type="multipart/form-data; boundary=x",
        headers={"X-CSRFToken": ada.token()},
    )
    assert answer.status_code == 413
    assert "10 MB" in answer.get_json()["detail"]
    none = {"csrf_token": ada.token()}
    assert ada.client.post("/drafts/new:lesson:abc/files", data=none).status_code == 400
    ada.post("/drafts/new:lesson:abc/discard")
    ada.get(held["url"], 404)


def test_the_preview_shows_what_will_be_published(ada: Writer) -> None:
    body = "## What happened\n\nIt rained.\n\n## Why it matters\n\n<!-- mine -->\n\n## Lesson\n\n"
    shown = text_of(ada.post("/preview", 200, title="T", body=body, mode="free", kind="lesson"))
    assert "It rained." in shown and ">Lesson" not in shown

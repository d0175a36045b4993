"""Export, and import into an empty instance: everything that is content is there again, people as placeholders."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from flask import Flask

from tests.integration.reading_web import Writer, publish, text_of
from wiki import close_app, create_app
from wiki.composition import prepare_instance
from wiki.config import load_config
from wiki.exporting import export
from wiki.importing.runner import ImportOptions, run_import
from wiki.library import EntryFields
from wiki.topics.front import Curated, Handover, Rule, Step, Topic
from wiki.viewer import SYSTEM


def test_a_topic_and_what_was_merged_or_kept_apart_travel_whole(app: Flask, tmp_path: Path) -> None:
    parts = app.extensions["hindsight"]
    fay, ann = Writer(app, "fay", "facilitator"), Writer(app, "ann", "author")
    one, two, three, four = (publish(app, title, f"{title}: it hung.") for title in ("One", "Two", "Three", "Four"))
    topic = Topic(
        steward=fay.account_id,
        deputy=ann.account_id,
        review_by=dt.date(2027, 1, 31),
        handover=Handover(ann.account_id, dt.date(2026, 11, 24), "Please."),
        rule=Rule(("restore",), ("ops",), "hung"),
        curated=(Curated(two.id, "Why.", "it hung", two.revision), Curated(one.id)),
        left_out=(four.id,),
        reading_path=(Step(one.id, "First."),),
    )
    page = publish(app, "Restores", "What we know.", kind="topic", topic=topic)
    parts.library.save(one.id, EntryFields(kept_apart=(three.id,)), base_revision=one.revision, viewer=SYSTEM)
    parts.library.join(one.id, two.id, viewer=SYSTEM)
    export(parts.store, tmp_path / "out")
    other = load_config({}, instance=tmp_path / "other", model="hash", testing=True)
    prepare_instance(other, seed=False)
    empty = create_app(other)
    try:
        there = empty.extensions["hindsight"]
        report = run_import(there, tmp_path / "out", ImportOptions())
        assert report.created == 4
        assert there.library.read(page.id, SYSTEM).raw == parts.library.read(page.id, SYSTEM).raw
        assert there.library.read(page.id, SYSTEM).entry.topic == topic
        read = there.library.read(two.id, SYSTEM)
        assert read.item.id == one.id, "the id of what was merged leads on"
        assert read.entry.kept_apart == (three.id,)
        assert read.entry.former_paths == (two.path,)
        items, total = there.catalog.topics.items(page.id, SYSTEM)
        assert ([item.entry.title for item in items], total) == (["One"], 1), "two that became one stand there once"
        assert items[0].why == "Why."
        gus = Writer(empty, "gus", "facilitator")
        assert "no account here" in text_of(gus.get(page.url))
        assert gus.client.get(two.url).status_code == 301
    finally:
        close_app(empty)

"""What people judged while they wrote comes out as a set that the evaluation reads."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from indexer import HashEncoder
from indexer.evaluation import build, evaluate, read_set
from tests.integration.editor_web import Writer
from wiki.judged import export_judgements
from wiki.library import LibraryError


def test_cited_opened_and_not_related_come_out_as_grades(app: Flask, tmp_path: Path) -> None:
    ada, parts = Writer(app), app.extensions["hindsight"]
    old = ada.publish("Gateway certificate", "The certificate of the gateway expired on a Sunday.")
    other = ada.publish("Paper", "Ask at the front desk for paper.")
    third = ada.publish("Valve", "The valve froze on the pad.")
    new = ada.publish("Billing certificate", "The certificate of our billing gateway expired at night.")
    judgements, account = parts.people.judgements, ada.account_id
    for entry, verdict in ((old, "cited"), (old, "opened"), (other, "not-related"), (third, "opened")):
        judgements.record(account, entry.id, verdict, draft_key="new:lesson:a")
    judgements.record(account, "gone0gone0go", "cited", draft_key="new:lesson:a")
    judgements.published(account, "new:lesson:a", new.id)
    judgements.record(account, old.id, "cited", draft_key="never published")

    folder = tmp_path / "judged"
    done = export_judgements(parts.catalog, parts.store, judgements, folder)
    assert (done.questions, done.judgements) == (1, 3)
    rows = (folder / "qrels" / "test.tsv").read_text("utf-8").splitlines()
    expected = {f"{new.id}\t{old.id}\t2", f"{new.id}\t{other.id}\t0", f"{new.id}\t{third.id}\t1"}
    assert rows[0] == "query-id\tcorpus-id\tscore"
    assert set(rows[1:]) == expected

    judged = read_set(folder)
    assert judged.judgements == {new.id: {old.id: 2.0, third.id: 1.0}}
    figures = evaluate(judged, build(judged, tmp_path / "index", HashEncoder()), HashEncoder(), ["hybrid"])
    assert figures["docs"] == done.entries
    assert figures["modes"]["hybrid"]["mrr@10"] == 1.0


def test_a_folder_that_holds_something_is_left_alone(app: Flask, tmp_path: Path) -> None:
    parts = app.extensions["hindsight"]
    (tmp_path / "kept").write_text("mine")
    with pytest.raises(LibraryError, match="not empty"):
        export_judgements(parts.catalog, parts.store, parts.people.judgements, tmp_path)
    with pytest.raises(LibraryError, match="is a file"):
        export_judgements(parts.catalog, parts.store, parts.people.judgements, tmp_path / "kept")

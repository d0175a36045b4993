"""A large change that comes while older texts are being encoded: an import into a wiki that has just begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer.encoder import HashEncoder
from indexer.follower import Indexer
from tests.integration.follower_world import History, contents, fresh, settings_for, write_past


@pytest.mark.parametrize("steps", range(1, 8))
def test_every_passage_gets_its_vector(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, steps: int) -> None:
    for name, value in (("DOCUMENTS", 7), ("ENCODE", 3), ("APPEND", 6), ("CHUNK", 12)):
        monkeypatch.setattr(f"indexer.generation.{name}", value)
    history = History()
    write_past(history, 40, 1)
    settings = settings_for(tmp_path)
    with Indexer(settings, history, HashEncoder()) as indexer:
        while indexer.encoded == 0:
            assert indexer.step()
        write_past(history, 30, 2)
        for _ in range(steps):
            indexer.step()
        write_past(history, 30, 3)
        indexer.catch_up()
        assert indexer.status().semantic.behind == 0
    assert contents(settings) == fresh(tmp_path / "fresh", history)

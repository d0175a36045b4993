"""A large change that comes while older texts are being encoded: an import into a wiki that has just begun."""

from __future__ import annotations

from pathlib import Path

import pytest

from indexer import Document
from indexer import manifest as disk
from indexer.encoder import HashEncoder
from indexer.follower import Indexer
from indexer.keyword_reader import KeywordReader
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


def test_a_small_import_becomes_one_segment_and_adding_little_to_it_rewrites_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indexer.generation.DOCUMENTS", 10)
    monkeypatch.setattr("indexer.generation.SMALL_CHANGE", 2)
    monkeypatch.setattr("indexer.keyword.JOIN_DOCUMENTS", 120)
    history = History()
    settings = settings_for(tmp_path)

    def after(first: int, last: int) -> list[tuple[str, int]]:
        for number in range(first, last):
            history.put(Document(f"e{number}", f"Valve {number}", f"Valve {number} froze."))
        indexer.catch_up()
        generation = disk.current(settings.directory)
        assert generation is not None
        return [
            (segment.name, segment.entries) for segment in KeywordReader(generation.keyword_path).snapshot().segments
        ]

    with Indexer(settings, history, HashEncoder()) as indexer:
        [whole] = after(0, 35)
        assert after(35, 38)[0] == whole  # little: joining it would rewrite twelve times as much
        [joined] = after(38, 55)
        assert joined[1] >= 55
        assert after(55, 90)[0] == joined  # together they would be too large
    assert contents(settings) == fresh(tmp_path / "fresh", history)

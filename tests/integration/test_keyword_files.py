"""What the keyword index does with files: none is left for a later collection to close, whatever its bytes say."""

from __future__ import annotations

import gc
import warnings
from pathlib import Path

import pytest

from indexer.documents import Document
from indexer.keyword import KeywordIndex
from indexer.keyword_reader import KeywordReader


@pytest.mark.parametrize("kind", ["seg", "toc"])
@pytest.mark.parametrize("left", [0, 3, 200])
def test_a_damaged_file_is_refused_and_not_left_open(tmp_path: Path, kind: str, left: int) -> None:
    index = KeywordIndex.create_or_open(tmp_path, "none")
    index.apply([Document(str(n), f"Valve {n}", "A frozen valve. " * 30) for n in range(20)], (), "1")
    damaged = [path for path in tmp_path.iterdir() if path.suffix == f".{kind}"]
    assert damaged
    for path in damaged:
        path.write_bytes(b"\xff" * left)
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        with pytest.raises(Exception) as caught:
            KeywordReader(tmp_path).snapshot()
        # The frames, which a log record or a traceback keeps alive, go now: what they left open warns.
        del caught
        gc.collect()
    assert [str(warning.message) for warning in warned] == []


def test_segments_read_while_others_come_and_go_leave_nothing_open(tmp_path: Path) -> None:
    index = KeywordIndex.create_or_open(tmp_path, "none")
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        reader = KeywordReader(tmp_path)
        for number in range(12):
            index.apply([Document(str(number), f"Valve {number}", "A frozen valve.")], (), str(number), merge="small")
            snapshot = reader.snapshot()
            assert len(snapshot.term("valve", snapshot.audience(None)).entries) == number + 1
            assert snapshot.part(1)["text"] == "A frozen valve."
        del reader, snapshot, index
        gc.collect()
    assert [str(warning.message) for warning in warned] == []

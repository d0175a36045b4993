"""Work shared out among cores: every row once, whole steps, and no error lost."""

from __future__ import annotations

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import cores


@given(st.integers(0, 100_000), st.sampled_from([1, 64, 100, 20_000]), st.integers(1, 9))
def test_every_row_is_worked_on_once_in_whole_steps(rows: int, step: int, number: int) -> None:
    done: list[tuple[int, int]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cores, "CORES", number)
        cores.share_out(lambda start, end: done.append((start, end)), rows, step)
    done.sort()
    assert [start for start, _ in done] == [0, *(end for _, end in done[:-1])][: len(done)]
    assert (done[-1][1] if done else 0) == rows
    assert all((end - start) % step == 0 for start, end in done[:-1])
    assert len(done) <= number


def test_two_cores_work_at_the_same_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cores, "CORES", 2)
    both = threading.Barrier(2, timeout=20)
    cores.share_out(lambda start, end: both.wait() and None, 2 * cores.SMALLEST, 64)


@pytest.mark.parametrize("failing", [0, 1])
def test_what_one_part_raises_is_raised(monkeypatch: pytest.MonkeyPatch, failing: int) -> None:
    monkeypatch.setattr(cores, "CORES", 2)

    def work(start: int, end: int) -> None:
        if bool(start) == bool(failing):
            raise ValueError("out of memory")

    with pytest.raises(ValueError, match="out of memory"):
        cores.share_out(work, 2 * cores.SMALLEST, 64)

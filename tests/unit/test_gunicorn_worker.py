"""A worker that holds connections leaves a new one to the others for a moment, and never for long."""

from __future__ import annotations

import pytest
from gunicorn.workers.gthread import ThreadWorker

from wiki import gunicorn_conf, gunicorn_worker
from wiki.gunicorn_worker import MOST, PAUSE, EvenWorker


@pytest.mark.parametrize(("held", "waits"), [(0, []), (1, [PAUSE]), (3, [3 * PAUSE]), (50, [MOST * PAUSE])])
def test_the_more_it_holds_the_longer_it_hesitates(
    monkeypatch: pytest.MonkeyPatch, held: int, waits: list[float]
) -> None:
    done: list[object] = []
    monkeypatch.setattr(gunicorn_worker.time, "sleep", done.append)
    monkeypatch.setattr(ThreadWorker, "accept", lambda _, listener: done.append(listener))
    worker = object.__new__(EvenWorker)
    worker.nr_conns = held
    worker.accept("listener")
    assert done == [*waits, "listener"]
    assert sum(waits) <= 0.01


def test_it_is_the_worker_that_serves() -> None:
    assert gunicorn_conf.worker_class == f"{EvenWorker.__module__}.{EvenWorker.__name__}"

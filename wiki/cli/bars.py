"""How far something is and how long it will still take: for people at a terminal, on standard error, nowhere else."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress

Tell = Callable[[int, int | None], None]
"""Takes how much is done, and of how much (None: nobody knows)."""
Look = Callable[[], dict[str, tuple[int, int]] | None]
"""Gives done and all for each part by its name; None once everything is done."""
PAUSE = 0.5


def at_terminal() -> bool:
    """Whether somebody watches."""
    return sys.stderr.isatty()


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(compact=True))
    return Progress(*columns, TextColumn("left"), console=Console(stderr=True), transient=True)


@contextmanager
def bar(label: str) -> Iterator[Tell | None]:
    """One bar, moved by who does the work; None where nobody watches, so that nothing need be counted."""
    if not at_terminal():
        yield None
        return
    with _bars() as bars:
        task = bars.add_task(label, total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def watch(look: Look, stop: Callable[[], bool] = lambda: False) -> None:
    """A bar for each part until `look` says that all is done, or `stop` says to look no more."""
    with _bars() as bars:
        tasks = {}
        while not stop() and (found := look()) is not None:
            for name, (done, total) in found.items():
                if name not in tasks:
                    tasks[name] = bars.add_task(name, total=total)
                bars.update(tasks[name], completed=done, total=total)
            time.sleep(PAUSE)


@contextmanager
def watched(look: Look) -> Iterator[None]:
    """The same beside work that this thread does."""
    if not at_terminal():
        yield
        return
    done = threading.Event()
    beside = threading.Thread(target=watch, args=(look, done.is_set), daemon=True)
    beside.start()
    try:
        yield
    finally:
        done.set()
        beside.join()

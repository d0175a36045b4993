"""A bound on the time that one text may take: whoever loops over it asks the clock, and past the bound it stops.

Patterns of the library take time that grows with the square of a hostile text, while others wait for
the same worker. Thread time is counted, so that a busy machine does not make an ordinary text look hostile.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

BUDGET = 1.5


class TooIntricate(Exception):
    """The text took longer than it may."""


class Clock:
    """Counts from `start`; `check` raises TooIntricate when the budget (seconds of CPU) is spent."""

    def __init__(self) -> None:
        self._end = 0.0

    def start(self, budget: float = BUDGET) -> None:
        self._end = time.thread_time() + budget

    def check(self) -> None:
        if time.thread_time() > self._end:
            raise TooIntricate

    def before(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """`function`, checking the time whenever it is called."""

        def checked(*args: Any, **kwargs: Any) -> Any:
            self.check()
            return function(*args, **kwargs)

        return checked

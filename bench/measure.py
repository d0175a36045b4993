"""Small helpers for timing."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager


class Clock:
    """How long a block took: `seconds` and `ms` are set when it ends."""

    seconds: float = 0.0

    @property
    def ms(self) -> float:
        """The same in milliseconds."""
        return self.seconds * 1000


@contextmanager
def timed() -> Iterator[Clock]:
    """Time a block on the wall."""
    clock = Clock()
    began = time.perf_counter()
    try:
        yield clock
    finally:
        clock.seconds = time.perf_counter() - began


def each_ms(action: Callable[[int], object], times: int) -> list[float]:
    """The milliseconds of each of so many calls; the action gets the number of the call."""
    found = []
    for number in range(times):
        with timed() as clock:
            action(number)
        found.append(clock.ms)
    return found


def median(values: Sequence[float]) -> float:
    """The middle one."""
    return statistics.median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` of the values do not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, math.ceil(share * len(ordered)) - 1))]

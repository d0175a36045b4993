"""Arrays shared out among the cores, by threads of our own.

numpy's threads (those of BLAS) wait for each other by spinning, which takes the time of everybody else: with them the
six pieces of a draft took 130 ms to encode on two cores, and 80 without. So BLAS is kept to one thread
(OPENBLAS_NUM_THREADS=1), and what is large enough to gain from more cores is cut here; numpy lets go of the
interpreter meanwhile.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache

CORES = os.cpu_count() or 1
SMALLEST = 8192
"""Fewer rows than this in each part are not worth the handing over, a tenth of a millisecond."""


def share_out(work: Callable[[int, int], None], rows: int, step: int) -> None:
    """Call `work(start, end)` for parts that cover range(rows), on several cores at once, and wait for all of them.

    Each part but the last is a multiple of `step` rows. What `work` raises is raised here.
    """
    parts = max(min(CORES, rows // max(SMALLEST, step)), 1)
    size = -(-rows // (parts * step)) * step
    starts = range(0, rows, size) if rows else range(0)
    others = [_pool().submit(work, start, min(start + size, rows)) for start in starts[1:]]
    if starts:
        work(0, min(size, rows))
    for other in others:
        other.result()


@cache
def _pool() -> ThreadPoolExecutor:
    """Its threads start when they are first needed, so a process that forks before it answers loses none."""
    return ThreadPoolExecutor(max(CORES - 1, 1), "cores")

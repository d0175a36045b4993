"""gunicorn's threaded worker, which takes its share of the connections and no more."""

from __future__ import annotations

import time
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

PAUSE = 0.0005
"""Seconds that a worker leaves a new connection to the others, for each that it holds."""
MOST = 4
"""Connections that are counted; nobody waits longer than for so many."""


class EvenWorker(ThreadWorker):  # type: ignore[misc]
    """All workers hear of a new connection, and whoever is first keeps it for as long as it stays open. Two readers at
    one worker share one core while another has nothing to do, so who holds connections already hesitates a moment.
    """

    def accept(self, listener: Any) -> None:
        """Take a connection, unless another worker was quicker."""
        if self.nr_conns:
            time.sleep(PAUSE * min(self.nr_conns, MOST))
        super().accept(listener)

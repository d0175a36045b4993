"""Answers to questions that were asked before, for as long as the index stays as it is: whoever comes back to a list of
results, turns to its next page and back or follows a link to a search asks the same again."""

from __future__ import annotations

import threading
from collections import OrderedDict

from indexer.documents import Results, SearchRequest
from indexer.search_state import View

MOST_HITS = 1_000
"""Hits that are remembered, of whatever number of questions: some 3 MB."""


class AnswerMemory:
    """The answers of one view of the index, the least recently asked forgotten. Safe between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._view: View | None = None
        self._held: OrderedDict[SearchRequest, Results] = OrderedDict()
        self._hits = 0

    def get(self, view: View, request: SearchRequest) -> Results | None:
        """The answer to just this request from just this view, or None."""
        with self._lock:
            if view is not self._view or request not in self._held:
                return None
            self._held.move_to_end(request)
            return self._held[request]

    def put(self, view: View, request: SearchRequest, results: Results) -> None:
        """Keep a whole answer; one that lacks something is worth asking for again."""
        if results.degraded is not None:
            return
        with self._lock:
            if view is not self._view:
                self._view, self._hits = view, 0
                self._held.clear()
            if request in self._held:
                return
            self._held[request] = results
            self._hits += 1 + len(results.hits)
            while self._hits > MOST_HITS:
                _, forgotten = self._held.popitem(last=False)
                self._hits -= 1 + len(forgotten.hits)

"""Answers to questions that were asked before, for as long as the index stays as it is: whoever comes back to a list of
results, turns to its next page and back or follows a link to a search asks the same again."""

from __future__ import annotations

from indexer.documents import Results, SearchRequest
from indexer.kept import Kept
from indexer.search_state import View

MOST_HITS = 1_000
"""Hits that are remembered, of whatever number of questions: some 3 MB."""


class AnswerMemory:
    """The answers of one view of the index, the least recently asked forgotten. Safe between threads."""

    def __init__(self) -> None:
        self._held: tuple[View | None, Kept[SearchRequest, Results]] = (None, _empty())

    def get(self, view: View, request: SearchRequest) -> Results | None:
        """The answer to just this request from just this view, or None."""
        of, held = self._held
        return held.get(request) if of is view else None

    def put(self, view: View, request: SearchRequest, results: Results) -> None:
        """Keep a whole answer; one that lacks something is worth asking for again."""
        if results.degraded is not None:
            return
        if self._held[0] is not view:
            self._held = (view, _empty())
        of, held = self._held
        if of is view:  # unless another thread has looked again
            held.put(request, results, 1 + len(results.hits))


def _empty() -> Kept[SearchRequest, Results]:
    return Kept(MOST_HITS, MOST_HITS)

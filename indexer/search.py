"""The two questions: `Searcher.search` for people who look, `Searcher.related` for people who write.

Both run on one view of the index and one set of parts: filter first (audience, then what was asked), rank by words
and by meaning, fuse, and show each entry with the passage that made it rank. Whatever is missing (the index, the
encoder, vectors) costs quality and is said in `Results.degraded`; it never costs the answer.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexer import fusion, spelling
from indexer.analysis import analyser, fold
from indexer.client import IndexClient
from indexer.completion import Completion, complete
from indexer.documents import Filters, Hit, IndexStatus, Mode, RelatedRequest, Results, SearchRequest
from indexer.encoder import EncoderBusy, QueryEncoder
from indexer.errors import EncoderUnavailable, IndexMissing
from indexer.keyword_snapshot import Audience
from indexer.queries import Query, parse
from indexer.related import Draft, related
from indexer.search_closer import Meaning, closest_sentences
from indexer.search_forms import spell_out
from indexer.search_match import Matches, constrained, count_terms, informative, match, prefix_hits, score
from indexer.search_memory import AnswerMemory
from indexer.search_rank import rank, shown
from indexer.search_show import Shown, present
from indexer.search_state import IndexState, View
from indexer.settings import IndexSettings

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

BUILDING = "The search index is being built; entries will be found in a moment."
WORDS_ONLY = "These results are by words only."
ENCODED_CHARACTERS = 2_000
"""Of a long question the encoder reads this much; its own limit is about there."""
MOST_RESULTS = 1_000
"""Results that offset and limit can reach."""


class Lack(NamedTuple):
    """What was missing for an answer: a sentence for people, and the seconds after which it may be there."""

    sentence: str | None = None
    retry_after: int | None = None


NOTHING = Lack()


class Searcher:
    """Answers searches and related requests from the files of the index. Safe to share between threads.

    `encoder` turns questions into vectors; with None everything is ranked by words. Odd questions have odd or
    empty results, never an exception.
    """

    def __init__(self, settings: IndexSettings, encoder: QueryEncoder | None = None) -> None:
        self._settings = settings
        self._encoder = encoder
        self._analyser = analyser(settings.language)
        self._state = IndexState(settings)
        self._answers = AnswerMemory()

    def search(self, request: SearchRequest) -> Results:
        """The entries that answer a question, best first."""
        started = time.perf_counter()
        try:
            view = self._state.view()
        except IndexMissing:
            view = None
        if view is None:
            return Results((), 0, request.mode, BUILDING, _since(started))
        results = self._answers.get(view, request)
        if results is None:
            results = self._search(view, request)
            self._answers.put(view, request, results)
        return replace(results, took_ms=_since(started))

    def related(self, request: RelatedRequest) -> Results:
        """What happened before that the draft should know of; nothing rather than noise."""
        started = time.perf_counter()
        try:
            view = self._state.view()
        except IndexMissing:
            view = None
        if view is None:
            return Results((), 0, "hybrid", BUILDING, _since(started))
        draft = Draft.of(request)
        words = draft.words(view, self._analyser, view.snapshot.audience(request.audiences))
        vectors, lack = self._encode(view, draft.texts(self._analyser, words))
        results = related(view, self._analyser, request, words, vectors)
        lack = lack or self._incomplete(view)
        return replace(results, degraded=lack.sentence, retry_after=lack.retry_after, took_ms=_since(started))

    def suggest(self, prefix: str, audiences: frozenset[str] | None = frozenset(), limit: int = 8) -> list[str]:
        """Titles with a word that begins with `prefix`, for a box that completes while one types."""
        results = self.search(SearchRequest(f"{prefix.rstrip('*')}*", "keyword", audiences, limit=limit))
        return [found.title for found in results.hits]

    def status(self) -> IndexStatus:
        """How far the index is."""
        return IndexClient(self._settings).status()

    # -- one search ------------------------------------------------------------------------------------------------

    def _search(self, view: View, request: SearchRequest) -> Results:
        query = parse(request.text)
        audience = view.snapshot.audience(request.audiences)
        allowed, loosened = constrained(view.snapshot, self._analyser, query, request.filters, audience)
        matches, texts = self._match(view, query, allowed, audience)
        if not query.text.strip():
            return self._listing(view, request, matches, query)
        mode, meaning, lack = self._meaning(view, request.mode, texts)
        ranking = rank(view, mode, matches, audience, meaning, query.text)
        count = min(request.offset + request.limit, MOST_RESULTS)
        order = fusion.order(ranking.scores, view.snapshot.ids, ranking.among, max(count, 0))
        page = order[max(request.offset, 0) : count]
        items = shown(view, matches, audience, ranking, meaning, page)
        if loosened:
            note = "Nothing holds the quoted phrase or the beginning asked for, so its words were searched one by one."
            lack = lack._replace(sentence=f"{lack.sentence} {note}" if lack.sentence else note)
        return Results(
            hits=self._hits(view, query, matches, items, meaning, mode),
            total=int(ranking.among.sum()),
            mode=mode,
            degraded=lack.sentence,
            retry_after=lack.retry_after,
            suggestion=spelling.suggest(view.snapshot, self._analyser, query.text, audience),
            facets=view.snapshot.facets(ranking.among) if request.facets else {},
        )

    def complete(self, typed: str, audiences: frozenset[str] | None, limit: int = 8) -> list[Completion]:
        """Titles and headings for what somebody is typing, among what they may see; empty while there is no index."""
        try:
            view = self._state.view()
        except IndexMissing:
            view = None
        if view is None:
            return []
        return complete(view.snapshot, self._analyser, typed, view.snapshot.audience(audiences), limit)

    def _match(self, view: View, query: Query, allowed: Mask, audience: Audience) -> tuple[Matches, Sequence[str]]:
        """What the words find, and the texts that stand for the question before the encoder."""
        terms = count_terms(self._analyser, query.text)
        if not terms:
            # Only stop words: titles are indexed with them.
            terms.update(self._analyser.terms(query.text, keep_stop_words=True))
        matches = match(view.snapshot, self._analyser, terms, allowed, audience)
        asked = query.text[:ENCODED_CHARACTERS]
        forms = view.forms(self._analyser, audience)
        spelt = spell_out(view.snapshot, self._analyser, forms, asked, matches.hits, audience)
        expanded = [(prefix_hits(view.snapshot, prefix, audience), 1.0) for prefix in query.prefixes]
        if not expanded and not spelt.terms:
            return matches, spelt.texts
        found = score(view.snapshot, spelt.hits + expanded, allowed, audience)
        return replace(found, other_forms=spelt.terms), spelt.texts

    def _meaning(self, view: View, mode: Mode, texts: Sequence[str]) -> tuple[Mode, Meaning | None, Lack]:
        """The mode that can be had, what the encoder makes of the question, and what is missing when it is less.

        Several texts of one question count by the mean of their vectors.
        """
        if mode == "keyword":
            return mode, None, NOTHING
        vectors, lack = self._encode(view, [text[:ENCODED_CHARACTERS] for text in texts])
        if vectors is None:
            return "keyword", None, lack or NOTHING
        middle = vectors.mean(axis=0)
        return mode, Meaning.of(view, middle / np.linalg.norm(middle)), self._incomplete(view)

    def _encode(self, view: View, texts: Sequence[str]) -> tuple[Floats | None, Lack | None]:
        """The vectors of `texts`, or None and what is missing."""
        if self._encoder is None:
            return None, Lack(f"Search by meaning is not set up. {WORDS_ONLY}")
        if view.vectors is None or not view.vectors.rows:
            preparing = f"Search by meaning is being prepared. {WORDS_ONLY}"
            return None, Lack(preparing) if view.snapshot.live.any() else None
        try:
            vectors = self._encoder.encode(texts)
        except EncoderUnavailable as error:
            retry_after = error.retry_after if isinstance(error, EncoderBusy) else None
            return None, Lack(f"{str(error).rstrip('.')}. {WORDS_ONLY}", retry_after)
        same = self._encoder.fingerprint in ("", view.manifest.fingerprint)
        if not same or vectors.shape[1:] != (view.manifest.dimension,):
            return None, Lack(f"The search model was changed and entries are being read anew. {WORDS_ONLY}")
        return vectors, None

    def _incomplete(self, view: View) -> Lack:
        if view.vectors is None or view.missing < 0.01:
            return NOTHING
        return Lack(f"Search by meaning knows {round(100 * (1 - view.missing))}% of the passages so far.")

    def _listing(self, view: View, request: SearchRequest, matches: Matches, query: Query) -> Results:
        """A question of filters alone: everything that passes, the newest first. An empty one finds nothing."""
        asked = query.operators or request.filters != Filters()
        among = matches.allowed if asked else np.zeros(view.snapshot.entries, bool)
        heads = view.snapshot.heads
        order = sorted(np.flatnonzero(among).tolist(), key=lambda entry: heads[entry]["title"])
        order.sort(key=lambda entry: heads[entry]["date"], reverse=True)
        starts = view.snapshot.starts
        page = order[request.offset : request.offset + request.limit]
        items = [Shown(entry, 0.0, None, None, False, int(starts[entry]) + 1) for entry in page]
        facets = view.snapshot.facets(among) if request.facets else {}
        hits = self._hits(view, query, matches, items, None, request.mode)
        return Results(hits, int(among.sum()), request.mode, facets=facets)

    def _hits(
        self,
        view: View,
        query: Query,
        matches: Matches,
        items: Sequence[Shown],
        meaning: Meaning | None,
        mode: Mode,
    ) -> tuple[Hit, ...]:
        ranked = [*(found.term for found in informative(matches.hits)), *matches.other_forms]
        prefixes = [fold(prefix) for prefix in query.prefixes]
        marks = partial(closest_sentences, view, meaning.vector[None, :]) if meaning is not None else None
        return present(view, self._analyser, ranked, prefixes, items, marks, by_meaning=mode == "semantic")


def _since(started: float) -> float:
    """Milliseconds since a reading of the clock."""
    return round((time.perf_counter() - started) * 1000, 3)

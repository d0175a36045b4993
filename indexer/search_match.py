"""From a question's words to the entries that match: terms with their weights, and what must or must not be there."""

from __future__ import annotations

import bisect
import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.analysis import WHOLE, Analyser, fold
from indexer.documents import Filters
from indexer.keyword_schema import TEXT, TITLE
from indexer.keyword_snapshot import Audience, Snapshot, TermHits
from indexer.queries import Query, both

Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]

MOST_TERMS = 64
"""Terms of one question that are scored; of a longer one the rarest in the collection, which tell the most."""
EVERYWHERE = math.log1p(3)
"""The idf of a word in a quarter of the entries: such a word explains nothing to anybody."""
FEW = 10
"""A word in fewer entries than this is never called common, however small the collection."""
MOST_LOOKED_UP = 512
"""Terms of one question that are looked up; of a longer one the most frequent in it."""
MOST_EXPANSIONS = 64
"""Terms that one prefix stands for; the most frequent ones."""


@dataclass(frozen=True, slots=True)
class Matches:
    """The entries that a question's words are found in.

    `hits` are its terms with their weights, `scores` BM25 by entry, `matched` where a word stands, `allowed` what
    the asker may see and the question lets through. `other_forms` are the terms of what acronyms in the question stand
    for, or the acronyms of what it spells out.
    """

    hits: list[tuple[TermHits, float]]
    scores: Scores
    matched: Mask
    allowed: Mask
    other_forms: tuple[str, ...] = ()

    @property
    def weights(self) -> list[tuple[str, float]]:
        """Each term with its idf times its weight, for scoring passages; other forms count one each."""
        return [(hit.term, hit.idf * weight) for hit, weight in self.hits] + [(term, 1.0) for term in self.other_forms]


def count_terms(analyser: Analyser, text: str) -> Counter[str]:
    """The terms of a text by how often they stand in it."""
    return Counter(analyser.terms(text))


def match(snapshot: Snapshot, analyser: Analyser, terms: Counter[str], allowed: Mask, audience: Audience) -> Matches:
    """Score the most telling of `terms` among the allowed entries."""
    return score(snapshot, telling(snapshot, terms, audience), allowed, audience)


def score(snapshot: Snapshot, hits: list[tuple[TermHits, float]], allowed: Mask, audience: Audience) -> Matches:
    """BM25 of terms already looked up; entries outside `allowed` score nothing."""
    scores = snapshot.bm25(hits, audience)
    scores[~allowed] = 0.0
    return Matches(hits, scores, scores > 0, allowed)


def telling(snapshot: Snapshot, terms: Counter[str], audience: Audience) -> list[tuple[TermHits, float]]:
    """At most `MOST_TERMS` of the terms, in the order they came, each with how often it came.

    Of more, the rarest among what the asker may see, so that the choice, like the scores, is that of a fresh index.
    Unknown words are kept in a question that is short enough: they count as not found.
    """
    if len(terms) <= MOST_TERMS:
        return [(snapshot.term(term, audience), float(count)) for term, count in terms.items()]
    frequent = (term for term, _ in terms.most_common(MOST_LOOKED_UP))
    return [(hit, float(terms[hit.term])) for hit in rarest(snapshot, frequent, audience, MOST_TERMS)]


def rarest(snapshot: Snapshot, terms: Iterable[str], audience: Audience, number: int) -> list[TermHits]:
    """Of `terms` the `number` that the fewest titles and passages that the asker may see hold, the rarest first.

    What none of them holds is left out. Titles and passages are counted, not entries, because their number is known
    without reading postings: of a draft's common terms, which have the longest, none is read. A term is passed over
    where too much would remain even if all that is hidden held it.
    """
    hidden = snapshot.documents - audience.documents
    held = sorted((snapshot.frequency(term), term) for term in set(terms))
    best: list[tuple[int, str]] = []
    for count, term in held:
        if len(best) == number and count - hidden > best[-1][0]:
            break
        seen = snapshot.seen_frequency(term, audience)
        if seen:
            bisect.insort(best, (seen, term))
            del best[number:]
    return [snapshot.term(term, audience) for _, term in best]


def prefix_hits(snapshot: Snapshot, prefix: str, audience: Audience) -> TermHits:
    """All words that begin with `prefix`, as if they were one word."""
    begin = fold(prefix)
    terms = [term for term in snapshot.prefixed(begin, 4 * MOST_EXPANSIONS) if not term.startswith(WHOLE)]
    found = sorted((snapshot.term(term, audience) for term in terms), key=lambda hit: (-len(hit.entries), hit.term))
    found = found[:MOST_EXPANSIONS]
    totals = np.zeros(snapshot.entries, np.float32)
    for hit in found:
        totals[hit.entries] += hit.totals
    entries = np.flatnonzero(totals)
    return TermHits(begin + "*", entries, totals[entries], audience.idf(len(entries)))


def constrained(
    snapshot: Snapshot, analyser: Analyser, query: Query, filters: Filters, audience: Audience
) -> tuple[Mask, bool]:
    """What the asker may see and the question lets through, and whether a phrase or prefix found nothing.

    Filters always hold. A phrase or prefix that nothing holds is not asked for (the second value says so), and
    its words count like any others.
    """
    merged = both(filters, query.filters)
    if merged is None:
        return np.zeros(snapshot.entries, bool), False
    passing = snapshot.passing(merged)
    allowed = audience.seen if passing is None else audience.seen & passing
    for unwanted in query.without:
        allowed = allowed & ~_holding(snapshot, analyser, unwanted, audience.seen)
    required = allowed
    for phrase in query.phrases:
        if plain_terms(analyser, phrase):
            required = required & _holding(snapshot, analyser, phrase, audience.seen)
    for prefix in query.prefixes:
        mask = np.zeros(snapshot.entries, bool)
        mask[prefix_hits(snapshot, prefix, audience).entries] = True
        required = required & mask
    if required is not allowed and not required.any():
        return allowed, True
    return required, False


def _holding(snapshot: Snapshot, analyser: Analyser, text: str, seen: Mask) -> Mask:
    """The entries that hold the words of `text` next to each other, in a title or a passage."""
    terms = plain_terms(analyser, text)
    if not terms:
        return np.zeros(snapshot.entries, bool)
    if len(terms) == 1:
        mask = np.zeros(snapshot.entries, bool)
        for held, base in snapshot.postings(terms[0][0]):
            mask[held.entries + base] = True
        return mask & seen
    return snapshot.phrase(TITLE, terms, seen) | snapshot.phrase(TEXT, terms, seen)


def plain_terms(analyser: Analyser, text: str) -> list[tuple[str, int]]:
    """(term, position) of the words of a phrase, whole identifiers left out: their parts say the same."""
    return [(token.term, token.position) for token in analyser.tokens(text) if not token.term.startswith(WHOLE)]


def informative(hits: Iterable[tuple[TermHits, float]]) -> list[TermHits]:
    """The terms found in any entry, the most telling first; common ones only where nothing else was found."""
    found = sorted((hit for hit, _ in hits if len(hit.entries)), key=lambda hit: (-hit.idf, hit.term))
    return [hit for hit in found if hit.idf >= EVERYWHERE or len(hit.entries) < FEW] or found


def rarity_held(matches: Matches) -> Scores:
    """For each entry the words of the question that it holds, each counted once, by its rarity (idf)."""
    found = np.zeros(len(matches.allowed))
    for hit, _ in matches.hits:
        found[hit.entries] += hit.idf
    return found

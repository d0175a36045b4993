"""The words of the organization in a question: acronyms and what they stand for, either of which finds the other.

What counts is what the asker may see: an acronym that only entries of another team spell out is not spelt out for
them. A short form acts as if its entries had written the long one, and a question's long form is also found in
entries that hold the short one.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from indexer.analysis import Analyser, fold
from indexer.keyword_reader import Audience, Snapshot, TermHits
from indexer.keyword_schema import TEXT, TITLE
from indexer.search_match import plain_terms

MOST_MEANINGS = 2
"""Of a short form with several meanings the most frequent ones count."""
MOST_FORMS = 6
"""Pairs that one question can use."""

_WORD = re.compile(r"\w[\w&/-]*")


@dataclass(frozen=True)
class Forms:
    """The pairs that one audience may see: long forms by folded short form, and short forms by the first long term."""

    meanings: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    begins: dict[str, list[tuple[tuple[str, ...], str, str]]] = field(default_factory=dict)

    @classmethod
    def of(cls, snapshot: Snapshot, analyser: Analyser, audience: Audience) -> Forms:
        """Gather the pairs of the entries that are seen; of several meanings the ones that most entries give."""
        counts: dict[str, Counter[str]] = {}
        written: dict[tuple[str, str], tuple[str, str]] = {}
        for entry in snapshot.teaching:
            if audience.seen[entry]:
                for short, long in snapshot.heads[entry]["pairs"]:
                    key = (fold(short), fold(long))
                    counts.setdefault(key[0], Counter())[key[1]] += 1
                    written.setdefault(key, (short, long))
        made = cls()
        for name, longs in counts.items():
            for folded, _ in sorted(longs.items(), key=lambda item: (-item[1], item[0]))[:MOST_MEANINGS]:
                short, long = written[name, folded]
                made.meanings.setdefault(name, []).append((short, long))
                terms = tuple(analyser.terms(long))
                if len(terms) > 1:
                    made.begins.setdefault(terms[0], []).append((terms, short, long))
        return made

    def in_question(self, analyser: Analyser, text: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """The pairs whose short form stands in the text, and those whose long form does."""
        if not self.meanings:
            return [], []
        shorts = [
            pair
            for word in dict.fromkeys(_WORD.findall(text))
            for pair in self.meanings.get(fold(word), ())
            if word == pair[0] or analyser.terms(word)  # "it" is no IT
        ]
        terms = analyser.terms(text)
        longs = [
            (short, long)
            for at, term in enumerate(terms)
            for parts, short, long in self.begins.get(term, ())
            if tuple(terms[at : at + len(parts)]) == parts
        ]
        return list(dict.fromkeys(shorts))[:MOST_FORMS], list(dict.fromkeys(longs))[:MOST_FORMS]


@dataclass(frozen=True, slots=True)
class SpeltOut:
    """A question's terms with what they stand for: `hits` for scoring, `terms` to mark, `text` for the encoder."""

    hits: list[tuple[TermHits, float]]
    terms: tuple[str, ...]
    text: str


def spell_out(
    snapshot: Snapshot,
    analyser: Analyser,
    forms: Forms,
    text: str,
    hits: list[tuple[TermHits, float]],
    audience: Audience,
) -> SpeltOut:
    """The terms of a question with their other forms added; unchanged where it holds none that is known."""
    shorts, longs = forms.in_question(analyser, text)
    if not shorts and not longs:
        return SpeltOut(hits, (), text)
    wider: dict[str, list[TermHits]] = {}
    marked: list[str] = []
    for short, long in shorts:
        terms = plain_terms(analyser, long)
        mask = snapshot.phrase(TEXT, terms, audience.seen) | snapshot.phrase(TITLE, terms, audience.seen)
        entries = np.flatnonzero(mask)
        found = TermHits(short, entries, np.ones(len(entries), np.float32), 0.0)
        marked += [term for term, _ in terms]
        for term in analyser.terms(short) or [short]:
            wider.setdefault(term, []).append(found)
    for short, long in longs:
        for name in analyser.terms(short)[:1]:
            found = snapshot.term(name, audience)
            marked.append(name)
            for term in analyser.terms(long):
                wider.setdefault(term, []).append(found)
    nothing = np.empty(0, np.intp), np.empty(0, np.float32)
    known = {hit.term for hit, _ in hits}
    unread = [(TermHits(term, *nothing, 0.0), 1.0) for term in wider if term not in known]  # "IT" is a stop word
    changed = [(_joined(snapshot, hit, wider.get(hit.term, ()), audience), weight) for hit, weight in [*hits, *unread]]
    spelt = [long for _, long in shorts]
    return SpeltOut(changed, tuple(dict.fromkeys(marked)), f"{text} ({'; '.join(spelt)})" if spelt else text)


def _joined(snapshot: Snapshot, hit: TermHits, others: Iterable[TermHits], audience: Audience) -> TermHits:
    """One term found wherever it or one of the others is."""
    more = list(others)
    if not more:
        return hit
    totals = np.zeros(snapshot.entries, np.float32)
    for found in (hit, *more):
        totals[found.entries] = np.maximum(totals[found.entries], found.totals)
    entries = np.flatnonzero(totals)
    idf = float(np.log1p((audience.count - len(entries) + 0.5) / (len(entries) + 0.5)))
    return TermHits(hit.term, entries, totals[entries], idf)

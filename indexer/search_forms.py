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
from typing import NamedTuple

import numpy as np

from indexer.acronyms import MOST_PAIRS
from indexer.analysis import Analyser, fold
from indexer.keyword_schema import TEXT, TITLE
from indexer.keyword_snapshot import Audience, Snapshot, TermHits
from indexer.search_match import plain_terms

MOST_MEANINGS = 2
"""Of a short form with several meanings the most frequent ones count."""
MOST_FORMS = 6
"""Pairs that one question can use."""
PASSAGES = 16
"""Passages that are looked at to see whether a word is an acronym or just a word."""

_WORD = re.compile(r"\w[\w&/-]*")


class Meanings(NamedTuple):
    """The pairs of one short form, and the place of the first one that was given."""

    first: int
    pairs: list[tuple[str, str]]


_NOTHING = Meanings(-1, [])


@dataclass(frozen=True)
class Forms:
    """The pairs that one audience may see, looked up as questions ask for them: a view is too short-lived to gather
    those of the whole collection.
    """

    snapshot: Snapshot
    analyser: Analyser
    audience: Audience
    _known: dict[str, Meanings] = field(default_factory=dict, compare=False, repr=False)
    _written: dict[str, bool] = field(default_factory=dict, compare=False, repr=False)

    def meanings(self, name: str) -> list[tuple[str, str]]:
        """What a folded short form stands for; of several meanings the ones that most entries give."""
        return self._of(name).pairs

    def begins(self, term: str) -> list[tuple[tuple[str, ...], str, str]]:
        """The terms, short and long form of the pairs whose long form begins with a term, by who gave them first."""
        names = {
            name for segment in self.snapshot.segments for name in segment.taught(self.analyser).begins.get(term, ())
        }
        if not names:  # as for most words
            return []
        found = sorted((self._of(name) for name in names), key=lambda meanings: meanings.first)
        parted = [(tuple(self.analyser.terms(long)), short, long) for held in found for short, long in held.pairs]
        return [one for one in parted if len(one[0]) > 1 and one[0][0] == term]

    def _of(self, name: str) -> Meanings:
        known = self._known.get(name)
        if known is None:
            if not any(name in segment.taught(self.analyser).pairs for segment in self.snapshot.segments):
                return _NOTHING  # and is not kept: there is no end of words that stand for nothing
            known = self._known[name] = self._gather(name)
        return known

    def _gather(self, name: str) -> Meanings:
        """The pairs of a short form in the entries that are seen; long forms of the same terms are one meaning."""
        counts: Counter[str] = Counter()
        written: dict[str, tuple[str, str]] = {}
        first = -1
        bases = zip(self.snapshot.segments, self.snapshot.entry_base.tolist(), strict=False)
        for segment, base in bases:
            for entry, place, long, pair in segment.taught(self.analyser).pairs.get(name, ()):
                if self.audience.seen[entry + base]:
                    counts[long] += 1
                    written.setdefault(long, pair)
                    first = (entry + base) * MOST_PAIRS + place if first < 0 else first
        ways: dict[tuple[str, ...], Counter[str]] = {}
        for long, count in counts.items():
            ways.setdefault(tuple(self.analyser.terms(long)) or (long,), Counter())[long] = count
        best = sorted((-way.total(), min(way, key=lambda long: (-way[long], long))) for way in ways.values())
        return Meanings(first, [written[long] for _, long in best[:MOST_MEANINGS]])

    def written(self, short: str) -> bool:
        """Whether those who use the letters of a short form mean it, by how they write them: a circuit card is no CARD.

        Half of some passages that hold the word must write it as the short form is written; where none does in any
        way, it is believed.
        """
        known = self._written.get(short)
        if known is None:
            known = self._written[short] = self._believed(short)
        return known

    def _believed(self, short: str) -> bool:
        terms = self.analyser.terms(short)[:1]
        pattern = re.compile(rf"(?<!\w)({re.escape(short)})(?:'?s)?(?!\w)", re.I)
        meant = used = 0
        for document in self.snapshot.some_passages(terms[0], self.audience, PASSAGES) if terms else ():
            ways = set(pattern.findall(self.snapshot.part(document)["text"]))
            used += bool(ways)
            meant += short in ways
        return 2 * meant >= used

    def in_question(self, text: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
        """The pairs whose short form stands in the text, and those whose long form does."""
        analyser = self.analyser
        shorts = [
            pair
            for word in dict.fromkeys(_WORD.findall(text))
            for pair in self.meanings(fold(word))
            if word == pair[0] or (analyser.terms(word) and self.written(pair[0]))  # "it" is no IT
        ]
        terms = analyser.terms(text)
        longs = [
            (short, long)
            for at, term in enumerate(terms)
            for parts, short, long in self.begins(term)
            if tuple(terms[at : at + len(parts)]) == parts and self.written(short)
        ]
        return list(dict.fromkeys(shorts))[:MOST_FORMS], list(dict.fromkeys(longs))[:MOST_FORMS]


@dataclass(frozen=True, slots=True)
class SpeltOut:
    """A question's terms with what they stand for: `hits` for scoring, `terms` to mark, `texts` for the encoder.

    The first of the texts is the question as it was typed; where it holds acronyms, each other one has long forms in
    their places. Added to the question they would outweigh what is asked about them.
    """

    hits: list[tuple[TermHits, float]]
    terms: tuple[str, ...]
    texts: tuple[str, ...]


def spell_out(
    snapshot: Snapshot,
    analyser: Analyser,
    forms: Forms,
    text: str,
    hits: list[tuple[TermHits, float]],
    audience: Audience,
) -> SpeltOut:
    """The terms of a question with their other forms added; unchanged where it holds none that is known."""
    shorts, longs = forms.in_question(text)
    if not shorts and not longs:
        return SpeltOut(hits, (), (text,))
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
    return SpeltOut(changed, tuple(dict.fromkeys(marked)), (text, *_in_long(text, shorts)))


def _in_long(text: str, shorts: Iterable[tuple[str, str]]) -> list[str]:
    """The text with long forms in the places of the short ones: once with the first meanings, once with the second."""
    meanings: dict[str, list[str]] = {}
    for short, long in shorts:
        meanings.setdefault(fold(short), []).append(long)

    def spelt(place: int) -> str:
        def long(word: re.Match[str]) -> str:
            known = meanings.get(fold(word[0]), [word[0]])
            return known[min(place, len(known) - 1)]

        return _WORD.sub(long, text)

    return [spelt(place) for place in range(max(map(len, meanings.values()), default=0))]


def _joined(snapshot: Snapshot, hit: TermHits, others: Iterable[TermHits], audience: Audience) -> TermHits:
    """One term found wherever it or one of the others is."""
    more = list(others)
    if not more:
        return hit
    totals = np.zeros(snapshot.entries, np.float32)
    for found in (hit, *more):
        totals[found.entries] = np.maximum(totals[found.entries], found.totals)
    entries = np.flatnonzero(totals)
    return TermHits(hit.term, entries, totals[entries], audience.idf(len(entries)))

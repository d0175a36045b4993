"""How close the candidates of one question are in meaning: their passages, sentences, titles and what crowds them.

Only the candidates' rows of the mapped files are read, a few hundred whatever the size of the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer import closeness
from indexer.keyword_snapshot import Audience
from indexer.search_state import Crowd, View
from indexer.vector_files import SCALE_BYTES, Packed, cosines, unpack
from indexer.wording import part_spans

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.intp]
Scores = npt.NDArray[np.float64]


MOST_PASSAGES = 4
"""Passages of one candidate that are looked at more closely, its closest: with all of them the public sets come out the
same to the third digit, for half as much again."""


@dataclass(frozen=True)
class Meaning:
    """What the encoder made of a question: its vector, cosines by document and by entry."""

    vector: Floats
    passages: Floats
    entries: Scores

    @classmethod
    def of(cls, view: View, vector: Floats) -> Meaning:
        """The cosines of everything in the view with a vector of unit length."""
        passages = view.passage_cosines(vector)
        return cls(vector, passages, view.entry_cosines(passages))


@dataclass(frozen=True)
class Closeness:
    """The order by meaning: `entries` by entry, `passages` by document with the sentences of the candidates'."""

    entries: Scores
    passages: Floats


def closer(view: View, meaning: Meaning, audience: Audience, among: Mask, words: int) -> Closeness:
    """Look closer at the candidates `among`, for a question of that many words.

    All others keep the order of their cosines and come after the last candidate.
    """
    entries = np.flatnonzero(among)
    documents, owners = _passages(view, entries, meaning.passages)
    if view.vectors is None or not len(documents):
        return Closeness(meaning.entries, meaning.passages)
    parts = _parts(view, meaning.vector, documents)
    weight = closeness.sentence_weight(words)
    passages = meaning.passages.copy()
    held = passages[documents]
    passages[documents] = (held + weight * np.where(np.isnan(parts.sentences), held, parts.sentences)) / (1 + weight)
    place = np.searchsorted(entries, owners)
    count = len(entries)
    known = view.crowd(audience)
    crowds = _crowds(known, documents, owners, lambda some: _vectors(view, documents[some]))
    # All passages of an entry have the same title, whose crowding is kept in the place of the entry's head.
    once = np.unique(owners[parts.named], return_index=True)[1]
    named = parts.named[once]
    heads = view.snapshot.starts[owners[named]]
    title_crowds = _crowds(known, heads, owners[named], lambda some: unpack(parts.names[once[some]]))
    close = closeness.together(
        meaning.entries[entries],
        _best(count, place, parts.sentences),
        _best(count, place, parts.titles),
        np.nan_to_num(_best(count, place, crowds)),
        np.nan_to_num(_best(count, place[named], title_crowds)),
        weight,
    )
    return Closeness(_behind(meaning.entries, entries, close), passages)


def _behind(cosines: Scores, entries: Numbers, close: Scores) -> Scores:
    """The candidates with their new scores, everything else in its old order behind the last of them."""
    others = np.ones(len(cosines), bool)
    others[entries] = False
    scores = cosines.copy()
    if others.any():
        scores[others] += float(close.min()) - float(cosines[others].max()) - 1e-6
    scores[entries] = close
    return scores


def _passages(view: View, entries: Numbers, cosines: Floats) -> tuple[Numbers, Numbers]:
    """The documents of those entries' closest passages that have a vector, at most `MOST_PASSAGES` of each, and the
    entry of each, both ascending.
    """
    first = view.snapshot.starts[entries] + 1
    counts = view.snapshot.starts[entries + 1] - first
    before = np.cumsum(counts) - counts
    documents = np.repeat(first - before, counts) + np.arange(int(counts.sum()))
    owners = np.repeat(entries, counts)
    order = np.lexsort((-cosines[documents], owners))
    place = np.arange(len(documents)) - np.repeat(before, counts)
    chosen = np.sort(order[place < MOST_PASSAGES])
    known = view.rows[documents[chosen]] >= 0
    return documents[chosen][known], owners[chosen][known]


@dataclass(frozen=True)
class _Parts:
    """Titles and sentences of some passages: the cosine of each passage's title and of its closest sentence, nan where
    it has none; which passages are `named`, by their places, and those names as they are kept.
    """

    titles: Scores
    sentences: Scores
    named: Numbers
    names: Packed


def _parts(view: View, vector: Floats, documents: Numbers) -> _Parts:
    """The parts of those passages against a question's vector."""
    assert view.vectors is not None, "whoever asks has passages with vectors"
    parts, counts = view.vectors.packed_parts(view.rows[documents])
    close = cosines(parts, vector)
    titles = np.full(len(documents), np.nan)
    sentences = np.full(len(documents), np.nan)
    some = np.flatnonzero(counts)
    firsts = (np.cumsum(counts) - counts)[some]
    having = parts[firsts, :SCALE_BYTES].any(axis=1)  # all zeros where a passage's entry has no title
    titles[some[having]] = close[firsts[having]]
    # Behind its title each passage has its sentences; the title is taken out of the best of them by counting as none.
    close[firsts] = -np.inf
    best = np.maximum.reduceat(close, firsts) if len(firsts) else close
    sentences[some] = np.where(np.isneginf(best), np.nan, best)
    return _Parts(titles, sentences, some[having], parts[firsts[having]])


def _best(count: int, place: Numbers, values: npt.NDArray[np.floating]) -> Scores:
    """The largest value of each entry, nan where none of its passages has one."""
    found = np.full(count, np.nan)
    np.fmax.at(found, place, values)
    return found


def _crowds(held: Crowd, places: Numbers, owners: Numbers, vectors: Callable[[Mask], Floats]) -> Floats:
    """The crowding of what is known at those places, of those entries; `vectors` gives those still to be measured."""
    unknown = np.isnan(held.known[places])
    if unknown.any():
        held.known[places[unknown]] = closeness.crowding(vectors(unknown), owners[unknown], held.sample, held.owners)
    found: Floats = held.known[places]
    return found


def _vectors(view: View, documents: Numbers) -> Floats:
    """The vectors of those passages."""
    assert view.vectors is not None, "whoever asks has passages with vectors"
    return view.vectors.vectors(view.rows[documents])


def closest_sentences(view: View, vectors: Floats, texts: Sequence[tuple[int, str]]) -> dict[int, tuple[int, int]]:
    """For each passage (document and text) the (start, end) of the sentence that is closest to any of `vectors`.

    Costs no encoding. Passages whose sentences are not known have no answer.
    """
    known = [(document, text) for document, text in texts if view.rows[document] >= 0]
    if view.vectors is None or not known:
        return {}
    parts, counts = view.vectors.parts(view.rows[[document for document, _ in known]])
    close = (parts @ vectors.T).max(axis=1)
    found: dict[int, tuple[int, int]] = {}
    for (document, text), mine in zip(known, np.split(close, np.cumsum(counts)[:-1]), strict=True):
        spans = part_spans(text)
        if spans and len(mine) == 1 + len(spans):
            found[document] = spans[int(np.argmax(mine[1:]))]
    return found

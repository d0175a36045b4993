"""Two rankings into one. Pure: arrays in, arrays out.

BM25 has no upper end and cosines crowd into a narrow band, so both are put on one scale before they are added: each
becomes the number of standard deviations above the mean of the *candidates*. Candidates are the `DEPTH` best of
either ranking, so that the scale depends on what competes for a place, not on how large the collection is; in a
collection of fewer entries all of them are candidates. Where a ranking says nothing (no word matches; all cosines
equal) it adds nothing, and the other one decides alone.

`WORDS` was measured on two public sets of very different text (claims against abstracts, bug reports against bug
reports); docs/search.md has the figures. It is one number for every collection.

It counts in full only where the words are found *together*: whoever asks in other words than the authors used still
shares a few by chance, and the standard deviations of chance are as large as any (`trust`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

WORDS = 0.4
DEPTH = 200

CHANCE, SURE = 0.27, 0.33
"""Up to the first share of a question's words in one entry they meet by chance; from the second on they count. This
is where meaning points at the same entry (one of its `CLOSEST`)."""
CHANCE_COUNT, SURE_COUNT = 4.0, 6.0
"""The same for a long question, of which no entry holds a large share: so many words of average rarity."""
CHANCE_ALONE, SURE_ALONE = 0.5, 0.7
"""The shares for an entry that only the words point at."""
DISAGREE_AGREE = -0.5, 0.0
"""Where the entries that meaning finds first hold fewer of the words than what competes with them, by so many standard
deviations, words and meaning speak of different things, and words that do not hold by themselves count less."""
CLOSEST = 10


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and standard deviation of the candidates' scores; `spread` is 0 where the ranking says nothing."""

    mean: float
    spread: float

    def __call__(self, scores: Scores) -> Scores:
        """Standard deviations above the mean; zeros where the ranking says nothing."""
        if not self.spread:
            return np.zeros(len(scores))
        scaled: Scores = (scores - self.mean) / self.spread
        return scaled


def best(scores: Scores, allowed: Mask, count: int) -> npt.NDArray[np.intp]:
    """The numbers of the `count` best allowed entries with everything that ties with the last of them."""
    numbers = np.flatnonzero(allowed)
    if len(numbers) <= count:
        return numbers
    if count <= 0:
        return numbers[:0]
    held = scores[numbers]
    edge = np.partition(held, len(held) - count)[len(held) - count]
    found: npt.NDArray[np.intp] = numbers[held >= edge]
    return found


def candidates(words: Scores, meaning: Scores, matched: Mask, allowed: Mask) -> Mask:
    """The entries that compete: the `DEPTH` best by words (of those that match at all) and by meaning."""
    among = np.zeros(len(allowed), bool)
    among[best(words, allowed & matched, DEPTH)] = True
    among[best(meaning, allowed, DEPTH)] = True
    return among


def scale(scores: Scores, among: Mask) -> Scale:
    """The scale of one ranking among the candidates."""
    held = scores[among]
    if not len(held):
        return Scale(0.0, 0.0)
    spread = float(held.std())
    return Scale(float(held.mean()), spread if spread > 1e-9 else 0.0)


def trust(near: float, anywhere: float, terms: int, agreement: float) -> float:
    """How far to believe the ranking by words, from 0 to 1.

    `near` is the largest share of the question's words, weighed by rarity, that stands in one of the entries that
    meaning finds first, `anywhere` that in any entry at all; `terms` is how many words the question has. `agreement`
    is the mean of the words' scaled scores in the entries that meaning finds first.
    """
    agree = _between(agreement, *DISAGREE_AGREE)
    together = max(_between(near, CHANCE, SURE), _between(near * terms, CHANCE_COUNT, SURE_COUNT))
    alone = _between(anywhere, CHANCE_ALONE, SURE_ALONE)
    return max(agree * together, alone * max(agree, alone))


def _between(value: float, none: float, full: float) -> float:
    """How far a value has come from where it counts nothing to where it counts in full, 0 to 1."""
    return min(1.0, max(0.0, (value - none) / (full - none)))


def blend(words: Scores, meaning: Scores, words_scale: Scale, meaning_scale: Scale, trusted: float = 1.0) -> Scores:
    """The weighted sum of both rankings on one scale; `trusted` is how far the words are believed."""
    weight = WORDS * trusted
    blended: Scores = weight * words_scale(words) + (1 - weight) * meaning_scale(meaning)
    return blended


def order(scores: Scores, ids: list[str], among: Mask, count: int) -> list[int]:
    """The numbers of the `count` best entries, best first, ties by id, so that equal content ranks equally."""
    numbers = best(scores, among, count)
    return sorted(numbers.tolist(), key=lambda entry: (-scores[entry], ids[entry]))[:count]

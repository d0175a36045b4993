"""How close an entry is to a question in meaning: more than the cosine of its best passage. Pure.

A passage of 150 words speaks of several things, and its vector is their mean: a question about one of them is close
to one *sentence*, and an entry that is about the question says so in its *title*. Both are added to the cosine of
the passage. And some passages are close to everything (short, general, or just in the middle of the collection):
how close a passage is to its nearest neighbours among the collection's own passages, its *crowding*, is taken off,
so that one is found for what it says rather than for where it lies; and that of a title from the title. (The same
idea is known as cross-domain similarity local scaling, or as a remedy for hubs.)

The numbers are the same for every collection and question; docs/search.md tells how they were measured. They are
for ranking only: what counts as related is decided by the plain cosine, which is what the floor is measured in.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Scores = npt.NDArray[np.float64]

SENTENCE = 0.85
TITLE = 0.5
CROWD = 0.25

SHORT, LONG = 30, 60
"""A sentence answers a question of up to so many words; one of the second length is a text, and only texts do."""

SAMPLE = 1000
"""Passages of the collection by which crowding is measured."""
NEIGHBOURS = 10
ENOUGH = 100
"""With fewer passages there is no crowd to speak of."""


def sentence_weight(words: int) -> float:
    """What the closest sentence counts beside the passage, for a question of that many words."""
    return SENTENCE * min(1.0, max(0.0, (LONG - words) / (LONG - SHORT)))


def crowding(vectors: Floats, owners: npt.NDArray[np.intp], sample: Floats, sampled: npt.NDArray[np.intp]) -> Floats:
    """The mean cosine of each vector (n, d) with its nearest neighbours in the sample (m, d).

    `owners` and `sampled` name the entries that the vectors and the sample belong to: an entry is no neighbour of
    its own. Zeros where the sample is too small.
    """
    if len(sample) < ENOUGH:
        return np.zeros(len(vectors), np.float32)
    cosines = vectors @ sample.T
    cosines[owners[:, None] == sampled[None, :]] = -1.0
    nearest = np.partition(cosines, len(sample) - NEIGHBOURS, axis=1)[:, -NEIGHBOURS:]
    found: Floats = nearest.mean(axis=1, dtype=np.float32)
    return found


def together(
    passages: Scores, sentences: Scores, titles: Scores, crowds: Scores, title_crowds: Scores, weight: float
) -> Scores:
    """One number for each entry from those of its parts; a sentence or title that is not known (nan) counts as the
    passage does. `weight` is that of the sentence, `crowds` and `title_crowds` the crowding of passage and title.
    """
    sentences = np.where(np.isnan(sentences), passages, sentences)
    titles = np.where(np.isnan(titles), passages, titles - CROWD * title_crowds)
    total = passages + weight * sentences + TITLE * titles - CROWD * crowds
    blended: Scores = total / (1 + weight + TITLE)
    return blended

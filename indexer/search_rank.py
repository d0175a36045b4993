"""One question's entries in order, by words, by meaning or by both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer import floor as floors
from indexer import fusion
from indexer.documents import Mode
from indexer.keyword_snapshot import Audience
from indexer.passages import CHARS_PER_WORD
from indexer.search_closer import Meaning, closer
from indexer.search_match import Matches, rarity_held
from indexer.search_show import Shown, passages_of
from indexer.search_state import View

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]

SEARCH_FLOOR = 0.5
"""In a search a hit by meaning alone must reach this share of the relatedness floor: below lies chance."""


@dataclass(frozen=True)
class Ranking:
    """Entries ranked: `scores` by entry, `among` those that count as found, `title` those found by exact title.

    `scales` are those by which words and meaning were blended; of spread 0 where they were not. `passages` are the
    cosines by document that chose each entry's passage, None where meaning took no part.
    """

    scores: Scores
    among: Mask
    title: Mask
    scales: tuple[fusion.Scale, fusion.Scale]
    passages: Floats | None = None


_NONE = fusion.Scale(0.0, 0.0)


def rank(view: View, mode: Mode, matches: Matches, audience: Audience, meaning: Meaning | None, text: str) -> Ranking:
    """Score every allowed entry. Entries whose title is `text` come first, whatever else they hold."""
    allowed = matches.allowed
    scales = (_NONE, _NONE)
    passages: Floats | None = None
    if meaning is None or mode == "keyword":
        scores, among = matches.scores.copy(), matches.matched
    else:
        close = allowed & (meaning.entries >= SEARCH_FLOOR * floors.of(view.manifest))
        matched = matches.matched if mode == "hybrid" else np.zeros(len(allowed), bool)
        compete = fusion.candidates(matches.scores, meaning.entries, matched, allowed)
        near = closer(view, meaning, audience, compete, _words(text))
        scores, among, passages = near.entries.copy(), close | matched, near.passages
        if mode == "hybrid":
            scales = (fusion.scale(matches.scores, compete), fusion.scale(near.entries, compete))
            trusted = _trust(matches, near.entries, scales[0])
            scores = fusion.blend(matches.scores, near.entries, *scales, trusted=trusted)
    scores = view.standings.moved(scores, among)
    title = np.zeros(len(allowed), bool)
    title[view.snapshot.titled(text)] = True
    title &= allowed
    if title.any():
        scores[title] += 1.0 + float(scores[allowed].max() - scores[title].min())
        among = among | title
    return Ranking(scores, among, title, scales, passages)


def _words(text: str) -> int:
    """How long a question is, in words; text without blanks counts by its characters."""
    return max(len(text.split()), len(text) // CHARS_PER_WORD)


def _trust(matches: Matches, meaning: Scores, words: fusion.Scale) -> float:
    """How far to believe the words: by the entries that hold the largest shares of them, unknown words included."""
    held = rarity_held(matches)
    total = sum(hit.idf for hit, _ in matches.hits)
    if not total:
        return 0.0
    closest = fusion.best(meaning, matches.allowed, fusion.CLOSEST)
    if not len(closest):
        return 0.0
    near, anywhere = float(held[closest].max()), float(held[matches.allowed].max())
    agreement = float(words(matches.scores[closest]).mean())
    return fusion.trust(near / total, anywhere / total, len(matches.hits), agreement)


def shown(
    view: View, matches: Matches, audience: Audience, ranking: Ranking, meaning: Meaning | None, entries: Sequence[int]
) -> list[Shown]:
    """Ranked entries, each with the passage that made it rank."""
    documents = passages_of(view, matches, audience, entries, ranking.passages, ranking.scales)
    return [
        Shown(
            entry=entry,
            score=float(ranking.scores[entry]),
            keyword=float(matches.scores[entry]) if matches.matched[entry] else None,
            similarity=float(meaning.entries[entry]) if meaning is not None else None,
            title_match=bool(ranking.title[entry]),
            document=document,
        )
        for entry, document in zip(entries, documents, strict=True)
    ]

"""One question's entries in order, by words, by meaning or by both."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer import floor as floors
from indexer import fusion
from indexer.documents import Mode
from indexer.keyword_reader import Audience
from indexer.search_match import Matches, rarity_held
from indexer.search_show import Shown, passage_of
from indexer.search_state import View

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]

SEARCH_FLOOR = 0.5
"""In a search a hit by meaning alone must reach this share of the relatedness floor: below lies chance."""


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
class Ranking:
    """Entries ranked: `scores` by entry, `among` those that count as found, `title` those found by exact title.

    `scales` are those by which words and meaning were blended; of spread 0 where they were not.
    """

    scores: Scores
    among: Mask
    title: Mask
    scales: tuple[fusion.Scale, fusion.Scale]


_NONE = fusion.Scale(0.0, 0.0)


def rank(view: View, mode: Mode, matches: Matches, meaning: Meaning | None, text: str) -> Ranking:
    """Score every allowed entry. Entries whose title is `text` come first, whatever else they hold."""
    allowed = matches.allowed
    scales = (_NONE, _NONE)
    if meaning is None or mode == "keyword":
        scores, among = matches.scores.copy(), matches.matched
    else:
        close = allowed & (meaning.entries >= SEARCH_FLOOR * floors.of(view.manifest))
        if mode == "semantic":
            scores, among = meaning.entries.copy(), close
        else:
            among = close | matches.matched
            compete = fusion.candidates(matches.scores, meaning.entries, matches.matched, allowed)
            scales = (fusion.scale(matches.scores, compete), fusion.scale(meaning.entries, compete))
            scores = fusion.blend(matches.scores, meaning.entries, *scales, trusted=_trust(matches))
    title = np.zeros(len(allowed), bool)
    title[view.snapshot.titled(text)] = True
    title &= allowed
    if title.any():
        scores[title] += 1.0 + float(scores[allowed].max() - scores[title].min())
        among = among | title
    return Ranking(scores, among, title, scales)


def _trust(matches: Matches) -> float:
    """How far to believe the words: by the entry that holds the largest share of them, unknown words included."""
    held = rarity_held(matches)
    total = sum(hit.idf for hit, _ in matches.hits)
    share = float(held[matches.allowed].max(initial=0.0)) / total if total else 0.0
    return fusion.trust(share, len(matches.hits))


def shown(
    view: View, matches: Matches, audience: Audience, ranking: Ranking, meaning: Meaning | None, entry: int
) -> Shown:
    """One ranked entry with the passage that made it rank."""
    cosines = meaning.passages if meaning is not None else None
    return Shown(
        entry=entry,
        score=float(ranking.scores[entry]),
        keyword=float(matches.scores[entry]) if matches.matched[entry] else None,
        similarity=float(meaning.entries[entry]) if meaning is not None else None,
        title_match=bool(ranking.title[entry]),
        document=passage_of(view, matches, audience, entry, cosines, ranking.scales),
    )

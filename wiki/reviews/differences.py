"""Where voices differ: the telling words of each that no other voice on the same question has (pure)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

_WORD = re.compile(r"\d[\d.,:%/-]*\d%?|\d%?|[^\W\d_]{4,}", re.UNICODE)
_MOST = 20_000


def only_here(texts: Sequence[str]) -> list[list[tuple[int, int]]]:
    """For each text the places (start, end) of numbers, times and words that stand in no other text.

    Nothing is marked where there is only one text. Words are compared by their beginnings, so that *failed* and
    *failure* count as the same.
    """
    if len(texts) < 2:
        return [[] for _ in texts]
    found = [
        [(match.start(), match.end(), _stem(match[0])) for match in _WORD.finditer(text[:_MOST])] for text in texts
    ]
    holders = Counter(stem for places in found for stem in {stem for _, _, stem in places})
    return [[(start, end) for start, end, stem in places if holders[stem] == 1] for places in found]


def _stem(word: str) -> str:
    folded = word.casefold()
    return folded if folded[0].isdigit() else folded[:4]

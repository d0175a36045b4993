"""The plain words of a segment, packed so that a hundred thousand of them can be compared with a misspelt one. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.keyword_schema import Ints


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Words as arrays, a tenth of what Python strings take: their lengths and a bit for each letter they have."""

    lengths: Ints
    masks: npt.NDArray[np.uint32]
    _text: str
    _ends: Ints

    @classmethod
    def of(cls, words: list[str]) -> Vocabulary:
        """Pack words, none of them empty."""
        return cls.packed("".join(words), np.fromiter(map(len, words), np.int32, len(words)))

    @classmethod
    def packed(cls, text: str, lengths: Ints) -> Vocabulary:
        """The words that stand in `text` one behind the other, of those lengths."""
        ends = np.cumsum(lengths, dtype=np.int32)
        letters = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
        bits = np.uint32(1) << letters % np.uint32(32)
        masks = np.bitwise_or.reduceat(bits, ends - lengths) if len(lengths) else bits
        return cls(lengths, masks, text, ends)

    def word(self, number: int) -> str:
        """One of the words."""
        end = int(self._ends[number])
        return self._text[end - int(self.lengths[number]) : end]


def letter_mask(word: str) -> int:
    """Which letters a word has, a bit for each (letters share bits beyond 32)."""
    mask = 0
    for char in set(word):
        mask |= 1 << (ord(char) % 32)
    return mask

"""What the encoder sees of a passage: the whole of it, and its parts (title and sentences). Pure.

A passage as a whole says what it is about; a short question is often answered by one sentence of it, and by the
title. So both are kept as vectors, side by side (`indexer.vectors`), and `indexer.closeness` puts them together.
"""

from __future__ import annotations

from typing import NamedTuple

from indexer.documents import Document
from indexer.passages import Passage, embedding_text, sentences

FEWEST_WORDS = 4
"""A sentence of fewer words says too little by itself and goes with the next one (lines of a list or a log)."""


class Wording(NamedTuple):
    """The words of one passage: its entry's title, its heading path and its text."""

    title: str
    path: str
    text: str

    @property
    def whole(self) -> str:
        """The text whose vector stands for the passage, and by whose hash it is kept."""
        return embedding_text(Document("", self.title, ""), Passage(0, self.path, self.text))

    @property
    def parts(self) -> list[str]:
        """The title, which may be empty, and the sentences in the order of `part_spans`."""
        return [self.title.strip(), *(self.text[start:end] for start, end in part_spans(self.text))]


def part_spans(text: str) -> list[tuple[int, int]]:
    """(start, end) of the sentences of a passage that are encoded by themselves, short ones joined."""
    spans: list[tuple[int, int]] = []
    begun: int | None = None
    for start, end in sentences(text):
        first = start if begun is None else begun
        if len(text[first:end].split()) < FEWEST_WORDS and end - first < FEWEST_WORDS * 8:
            begun = first
            continue
        spans.append((first, end))
        begun = None
    if begun is not None:
        end = len(text.rstrip())
        if spans:
            spans[-1] = (spans[-1][0], end)
        else:
            spans.append((begun, end))
    return spans

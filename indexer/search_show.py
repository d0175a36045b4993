"""From ranked entries to what people see: the passage that made each rank, what to mark in it, and why it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer import floor as floors
from indexer import standing as standings
from indexer.analysis import WHOLE, Analyser, Token
from indexer.documents import Hit, Why
from indexer.fusion import WORDS, Scale
from indexer.keyword_segment import Part
from indexer.keyword_snapshot import Audience
from indexer.search_match import Matches
from indexer.search_state import UNKNOWN, View

Floats = npt.NDArray[np.float32]
Sentences = Callable[[Sequence[tuple[int, str]]], dict[int, tuple[int, int]]]
"""Finds the sentence to mark in each of some passages, given as document and text."""

MOST_WORDS = 6


@dataclass(frozen=True, slots=True)
class Shown:
    """One entry to be shown: its place in the snapshot, its scores, and the document of its passage."""

    entry: int
    score: float
    keyword: float | None
    similarity: float | None
    title_match: bool
    document: int


def passages_of(
    view: View,
    matches: Matches,
    audience: Audience,
    entries: Sequence[int],
    cosines: Floats | None,
    scales: tuple[Scale, Scale],
) -> list[int]:
    """The document of the passage that made each entry rank: its best by the same blend that ranked entries."""
    starts = view.snapshot.starts
    found: list[int] = []
    for entry, by_words in zip(entries, view.snapshot.passage_bm25(entries, matches.weights, audience), strict=True):
        first, last = int(starts[entry]), int(starts[entry + 1])
        combined = by_words[1:] / (scales[0].spread or 1.0)
        if cosines is not None:
            held = np.maximum(cosines[first + 1 : last].astype(np.float64), 0.0)
            combined = WORDS * combined + (1 - WORDS) * held / (scales[1].spread or 1.0)
        found.append(first + 1 + int(np.argmax(combined)) if len(combined) else first)
    return found


def word_marks(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """(start, end) of the words found in a text; neighbours that touch are joined."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted((token.start, token.end) for token in tokens):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _begun(analyser: Analyser, text: str, prefixes: Sequence[str]) -> list[Token]:
    """The words of a text that begin with one of the prefixes."""
    if not prefixes:
        return []
    begins = tuple(prefixes)
    return [token for token in analyser.tokens(text) if token.term.startswith(begins)]


def found_words(
    analyser: Analyser, texts: Sequence[tuple[str, Sequence[Token]]], places: Mapping[str, int]
) -> tuple[str, ...]:
    """The words of the question as they stand in the texts, the most telling first.

    Each text comes with the question's words that were found in it; `places` ranks the question's terms.
    """
    spelled: dict[str, str] = {}
    for text, tokens in texts:
        for token in tokens:
            spelled.setdefault(token.term, text[token.start : token.end])
    wholes = {term for term in spelled if term.startswith(WHOLE)}
    inside = {part for whole in wholes for part in analyser.terms(spelled[whole]) if not part.startswith(WHOLE)}
    words = [spelled[term] for term in sorted(spelled, key=lambda term: places[term]) if term not in inside]
    return tuple(dict.fromkeys(words))[:MOST_WORDS]


def summary(words: Sequence[str], similarity: float | None, floor: float, *, title: bool, standing: str) -> str:
    """Why a hit is there, in one sentence."""
    close = similarity is not None and similarity >= floor
    if title:
        text = "The title is what you asked for."
    elif words and close:
        text = f"Shares {_listed(words)} and is close in meaning."
    elif words:
        text = f"Shares {_listed(words)}."
    elif similarity is not None and similarity > UNKNOWN:
        text = "Close in meaning, in other words."
    else:
        text = "Fits the filters."
    return f"{text} {standing}" if standing else text


def _listed(words: Sequence[str]) -> str:
    quoted = [f"“{word}”" for word in words[:4]]
    if len(quoted) == 1:
        return quoted[0]
    return ", ".join(quoted[:-1]) + " and " + quoted[-1]


def present(
    view: View,
    analyser: Analyser,
    ranked: Sequence[str],
    prefixes: Sequence[str],
    shown: Sequence[Shown],
    sentences: Sentences | None,
    *,
    by_meaning: bool = False,
) -> tuple[Hit, ...]:
    """The hits as people see them.

    `ranked` are the question's terms, the most telling first. What is marked are its words; the closest sentence,
    which `sentences` finds, where a passage holds none of them, and everywhere where the ranking was `by_meaning`.
    """
    parts = [view.snapshot.part(item.document) for item in shown]
    sources = [
        (part["text"], view.snapshot.heads[item.entry]["title"], part["path"])
        for item, part in zip(shown, parts, strict=True)
    ]
    places = {term: place for place, term in enumerate(ranked)}
    tokens = iter(analyser.find([text for texts in sources for text in texts], places))
    found = [[(text, next(tokens)) for text in texts] for texts in sources]
    marks = [word_marks([*held, *_begun(analyser, text, prefixes)]) for (text, held), *_ in found]
    if sentences is not None:
        bare = [at for at, spans in enumerate(marks) if by_meaning or not spans]
        closest = sentences([(shown[at].document, parts[at]["text"]) for at in bare])
        for at in bare:
            if shown[at].document in closest:
                marks[at] = [closest[shown[at].document]]
    words = [found_words(analyser, texts, places) for texts in found]
    return tuple(_hit(view, *each) for each in zip(shown, parts, marks, words, strict=True))


def _hit(view: View, item: Shown, part: Part, marks: Sequence[tuple[int, int]], words: tuple[str, ...]) -> Hit:
    head = view.snapshot.heads[item.entry]
    standing = standings.sentence(head)
    sentence = summary(words, item.similarity, floors.of(view.manifest), title=item.title_match, standing=standing)
    why = Why(sentence, words, _rounded(item.keyword), _rounded(item.similarity), item.title_match, standing)
    return Hit(
        id=head["id"],
        title=head["title"],
        kind=head["kind"],
        score=round(item.score, 6),
        passage=part["text"],
        heading=part["path"],
        why=why,
        marks=tuple(marks),
        tags=tuple(head["tags"]),
        team=head["team"],
        status=head["status"],
        date=head["date"],
    )


def _rounded(value: float | None) -> float | None:
    return None if value is None or value == UNKNOWN else round(value, 4)

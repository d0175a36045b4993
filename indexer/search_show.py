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


def passage_of(
    view: View, matches: Matches, audience: Audience, entry: int, cosines: Floats | None, scales: tuple[Scale, Scale]
) -> int:
    """The document of the passage that made an entry rank: the best by the same blend that ranked entries."""
    first = int(view.snapshot.starts[entry])
    last = int(view.snapshot.starts[entry + 1])
    if last - first <= 2:
        return last - 1
    by_words = view.snapshot.passage_bm25(entry, matches.weights, audience)[1:]
    combined = by_words / (scales[0].spread or 1.0)
    if cosines is not None:
        held = np.maximum(cosines[first + 1 : last].astype(np.float64), 0.0)
        combined = WORDS * combined + (1 - WORDS) * held / (scales[1].spread or 1.0)
    return first + 1 + int(np.argmax(combined))


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
    parts = {item.document: view.snapshot.part(item.document) for item in shown}
    places = {term: place for place, term in enumerate(ranked)}
    tokens = {number: analyser.find(part["text"], places) for number, part in parts.items()}
    marks = {
        number: word_marks([*tokens[number], *_begun(analyser, part["text"], prefixes)])
        for number, part in parts.items()
    }
    if sentences is not None:
        bare = [(n, parts[n]["text"]) for n, spans in marks.items() if by_meaning or not spans]
        marks.update({number: [span] for number, span in sentences(bare).items()})
    return tuple(
        _hit(view, analyser, places, item, parts[item.document], tokens[item.document], marks[item.document])
        for item in shown
    )


def _hit(
    view: View,
    analyser: Analyser,
    places: Mapping[str, int],
    item: Shown,
    part: Part,
    tokens: Sequence[Token],
    marks: Sequence[tuple[int, int]],
) -> Hit:
    head = view.snapshot.heads[item.entry]
    others = [(text, analyser.find(text, places)) for text in (head["title"], part["path"])]
    words = found_words(analyser, [(part["text"], tokens), *others], places)
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

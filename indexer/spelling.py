"""Did you mean: words that nothing holds, mended from the collection's own words.

A suggestion is read from an entry that the asker may see, as it stands there, so a word that only hidden entries
hold is never shown.
"""

from __future__ import annotations

import re

import numpy as np
from rapidfuzz.distance import OSA

from indexer.analysis import WHOLE, Analyser, fold
from indexer.keyword_snapshot import Audience, Snapshot
from indexer.vocabulary import letter_mask

SHORTEST = 4
MOST_WORDS = 8
"""Words of one question that are mended; a pasted text is not a typing error."""
MOST_CHECKED = 400
_WORD = re.compile(r"[^\W\d_]+")


def suggest(snapshot: Snapshot, analyser: Analyser, text: str, audience: Audience) -> str | None:
    """The question with its misspelt words mended, or None where there is nothing to mend or nothing to offer."""
    words = list(_WORD.finditer(text))
    if not words or len(words) > MOST_WORDS:
        return None
    mended: list[str] = []
    done = 0
    for word in words:
        better = _mend(snapshot, analyser, word.group(), audience)
        if better is not None:
            mended += [text[done : word.start()], better]
            done = word.end()
    return "".join(mended) + text[done:] if mended else None


def _mend(snapshot: Snapshot, analyser: Analyser, word: str, audience: Audience) -> str | None:
    if len(word) < SHORTEST or analyser.is_stop(word):
        return None
    terms = analyser.word(word)
    if len(terms) != 1 or len(snapshot.term(terms[0], audience).entries):
        return None
    found: list[tuple[int, int, str]] = []
    allowed = _allowed(terms[0])
    for term in _near(snapshot, terms[0]):
        apart = OSA.distance(terms[0], term, score_cutoff=allowed)
        if apart <= allowed:
            entries = len(snapshot.term(term, audience).entries)
            if entries:
                found.append((apart, -entries, term))
    return _surface(snapshot, analyser, min(found)[2], word, audience) if found else None


def _allowed(word: str) -> int:
    """How many edits (a letter more, less, another, or two swapped) a misspelt word may be away from a term."""
    return 1 if len(word) < 6 else 2


def _near(snapshot: Snapshot, word: str) -> list[str]:
    """Terms of about the same length and the same letters, the likeliest first, bounded."""
    allowed = _allowed(word)
    mask = letter_mask(word)
    found: dict[str, int] = {}
    for segment in snapshot.segments:
        held = segment.vocabulary
        near = np.abs(held.lengths - len(word)) <= allowed
        apart = np.bitwise_count(held.masks ^ np.uint32(mask))
        for number in np.flatnonzero(near & (apart <= 2 * allowed)).tolist():
            found[held.word(number)] = int(apart[number])
    likely = sorted(found, key=lambda term: (term[:1] != word[:1], found[term], term))
    return likely[:MOST_CHECKED]


def _surface(snapshot: Snapshot, analyser: Analyser, term: str, typed: str, audience: Audience) -> str | None:
    """The form of a term that stands in an entry the asker may see and is closest to what was typed."""
    entry = int(snapshot.term(term, audience).entries[0])
    first, last = int(snapshot.starts[entry]), int(snapshot.starts[entry + 1])
    head = snapshot.heads[entry]
    texts = [head["title"], *head["former"]]
    for document in range(first + 1, last):
        part = snapshot.part(document)
        texts += [part["text"], *part["headings"]]
    forms = {
        text[token.start : token.end].lower()
        for text in texts
        for token in analyser.tokens(text)
        if token.term == term and not term.startswith(WHOLE)
    }
    lowered = fold(typed)
    ranked = sorted(forms, key=lambda form: (OSA.distance(lowered, fold(form)), form))
    return ranked[0] if ranked else None

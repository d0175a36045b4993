"""Related past experiences: what a draft should know of, or nothing.

A draft asks by words and by meaning like a search, with three differences. It is long, so it is read in a few pieces
(at most `MOST_PIECES`, whatever its length) and an entry counts by the piece it is closest to. Order alone is not
enough: an entry is shown only where it is *related*, by the floor that was measured for the model and the collection;
just above it, where chance reaches now and then, it must share telling words with the draft. And a sentence says why.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from indexer import floor as floors
from indexer import fusion
from indexer.analysis import Analyser, Token
from indexer.documents import Document, RelatedRequest, Results
from indexer.keyword_snapshot import Audience, TermHits
from indexer.passages import Passage, cut, embedding_text
from indexer.search_closer import Meaning, closest_sentences
from indexer.search_match import Matches, count_terms, informative, rarity_held, score, telling
from indexer.search_rank import Ranking, shown
from indexer.search_show import present
from indexer.search_state import View
from indexer.wording import part_spans

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Scores = npt.NDArray[np.float64]

MOST_PIECES = 6
"""Texts of one draft that are encoded."""
PIECE = 400
"""Characters of each of them in a draft that is too long to be encoded as a whole; some 100 tokens of the 256 that the
bundled model reads. Among five subjects in one draft, six pieces of 400 find more of what belongs to them than four of
a passage each, and cost half of it."""
AT_HAND = 1_000
"""Of the paragraph at hand this much is encoded; models that come with it read no further."""
READ_CHARACTERS = 60_000
"""Of a draft this much is read at all; ten times a long review."""
FEWEST_WORDS = 2
"""A draft of fewer telling words says nothing yet."""
MOST_SHOWN = 5
NEAR_EDGE = 0.1
"""So far above the floor chance still reaches now and then: there words must help, the less the further up."""
SHARED_AT_FLOOR = 0.2
"""At the floor itself an entry must hold this share of the draft's telling words, each by its rarity."""
TELLING_AT_FLOOR = 1.0
"""And what it holds of them must weigh as much as so many words that stand in a single entry: of a short draft any one
word is a fifth. One and a half were silent more often among strangers, but in a wiki of thirty entries, where no word
is rare, they kept back what a title alone should find."""
KEEP_FLOOR = 0.03
"""What is shown already stays while it lies no further below the floor than this."""
KEEP_ORDER = 0.25
"""What is shown already gives way to what is so many standard deviations better."""
WORDS_ALONE = 0.5
"""Without vectors (encoder away) an entry must share this much of the draft's words."""


class Shared(NamedTuple):
    """What each entry holds of the draft's known words, by their rarity: as a share of all of them, and as a number of
    words that stand in a single entry."""

    share: Scores
    telling: Scores


class Words(NamedTuple):
    """The words of a draft: how many there are, and the most telling of them with how often each came."""

    number: int
    hits: list[tuple[TermHits, float]]


@dataclass(frozen=True)
class Draft:
    """What is being written: its title, its body's passages and the paragraph at hand, empty headings left out."""

    title: str
    pieces: tuple[str, ...]
    passage: str
    text: str

    @classmethod
    def of(cls, request: RelatedRequest) -> Draft:
        """Read a request; the same cut as for entries, so that a template's empty headings say nothing."""
        document = Document("", request.title[:300], request.body[:READ_CHARACTERS])
        passages = [passage for passage in cut(document) if passage.text]
        pieces = _pieces(document, passages)
        fresh = [passage.text[passage.overlap :] for passage in passages]
        return cls(document.title, pieces, request.passage[:AT_HAND].strip(), "\n".join([document.title, *fresh]))

    def words(self, view: View, analyser: Analyser, audience: Audience) -> Words:
        """The draft's words, looked up once for all that is done with them."""
        terms = count_terms(analyser, self.text + "\n" + self.passage)
        return Words(len(terms), telling(view.snapshot, terms, audience))

    def texts(self, analyser: Analyser, words: Words) -> list[str]:
        """What is encoded of the draft: the paragraph at hand, its beginning, and its most telling pieces."""
        at_hand = [f"{self.title}\n{self.passage}".strip()] if self.passage else []
        room = MOST_PIECES - len(at_hand)
        chosen = list(self.pieces)
        if len(chosen) > room:
            weights = {hit.term: hit.idf for hit, _ in words.hits if len(hit.entries)}
            telling = [_weight(found, weights) for found in analyser.find(self.pieces, weights)]
            ranked = sorted(range(1, len(chosen)), key=lambda n: (-telling[n], n))
            chosen = [self.pieces[n] for n in sorted([0, *ranked[: room - 1]])]
        return list(dict.fromkeys([*at_hand, *chosen])) or [self.title or " "]


def _pieces(document: Document, passages: Sequence[Passage]) -> tuple[str, ...]:
    """The passages as they are indexed where all of them can be encoded, else the draft in smaller pieces."""
    whole = tuple(embedding_text(document, passage) for passage in passages)
    if sum(map(len, whole)) <= MOST_PIECES * PIECE:
        return whole
    first, *others = [piece for passage in passages for piece in _sentences(passage.text[passage.overlap :])] or [""]
    return (f"{document.title}\n{first}".strip(), *others)


def _sentences(text: str) -> Iterator[str]:
    """The sentences of a passage, joined up to `PIECE` characters; a longer one is cut."""
    begun: int | None = None
    last = 0
    for start, end in part_spans(text):
        if begun is not None and end - begun > PIECE:
            yield text[begun:last][:PIECE]
            begun = None
        begun = start if begun is None else begun
        last = end
    if begun is not None:
        yield text[begun:last][:PIECE]


def _weight(found: Iterable[Token], weights: Mapping[str, float]) -> float:
    """How telling a piece is in which these were found: the rarity of their terms, each once."""
    return sum(weights[term] for term in {token.term for token in found})


def related(view: View, analyser: Analyser, request: RelatedRequest, words: Words, vectors: Floats | None) -> Results:
    """The entries that are related to a draft of those words, best first, at most `limit` of them."""
    audience = view.snapshot.audience(request.audiences)
    allowed = audience.seen.copy()
    for name in request.exclude:
        entry = view.snapshot.entry_of.get(name)
        if entry is not None:
            allowed[entry] = False
    matches = score(view.snapshot, words.hits, allowed, audience)
    if words.number < FEWEST_WORDS or not allowed.any():
        return Results((), 0, "hybrid")
    meaning = _meaning(view, vectors)
    ranking = _rank(view, matches, meaning, shared(matches, audience), _mask(view, request.shown))
    order = fusion.order(ranking.scores, view.snapshot.ids, ranking.among, max(0, min(request.limit, 50)))
    items = shown(view, matches, audience, ranking, meaning, order)
    marks = partial(closest_sentences, view, vectors) if vectors is not None else None
    hits = present(view, analyser, [hit.term for hit in informative(matches.hits)], (), items, marks)
    return Results(hits, int(ranking.among.sum()), "hybrid" if meaning is not None else "keyword")


def _meaning(view: View, vectors: Floats | None) -> Meaning | None:
    """The cosines of the whole draft: for each passage of the collection, those of the piece it is closest to."""
    if vectors is None:
        return None
    passages = view.passage_cosines(vectors)
    return Meaning(vectors[0], passages, view.entry_cosines(passages))


def shared(matches: Matches, audience: Audience) -> Shared:
    """What each entry holds of the draft's known words, each word by its rarity."""
    held = rarity_held(matches)
    total = sum(hit.idf for hit, _ in matches.hits if len(hit.entries))
    return Shared(held / total if total else held, held / audience.idf(1))


def _mask(view: View, ids: frozenset[str]) -> Mask:
    """The entries with those ids."""
    mask = np.zeros(view.snapshot.entries, bool)
    mask[[view.snapshot.entry_of[name] for name in ids if name in view.snapshot.entry_of]] = True
    return mask


def _rank(view: View, matches: Matches, meaning: Meaning | None, words: Shared, kept: Mask) -> Ranking:
    """Score the entries; `kept` are those that are shown already."""
    nothing = np.zeros(len(kept), bool)
    none = fusion.Scale(0.0, 0.0)
    if meaning is None:
        found = matches.matched & (words.share >= WORDS_ALONE)
        return Ranking(view.standings.moved(matches.scores, found), found, nothing, (none, none))
    floor = floors.of(view.manifest) - KEEP_FLOOR * kept
    unsure = np.clip(1 - (meaning.entries - floor) / NEAR_EDGE, 0, 1)
    sure = (words.share >= SHARED_AT_FLOOR * unsure) & (words.telling >= TELLING_AT_FLOOR * unsure)
    among = matches.allowed & (meaning.entries >= floor) & sure
    compete = fusion.candidates(matches.scores, meaning.entries, matches.matched, matches.allowed)
    scales = (fusion.scale(matches.scores, compete), fusion.scale(meaning.entries, compete))
    blended = fusion.blend(matches.scores, meaning.entries, *scales)
    blended[kept] += KEEP_ORDER * fusion.scale(blended, compete).spread
    scores = view.standings.moved(blended, compete)
    return Ranking(scores, among, nothing, scales, meaning.passages)

"""What somebody may be about to type: titles and headings that hold the words typed so far.

The last word counts as the beginning of one. Titles come first: those that begin with what was typed, then those where
it stands earliest. A heading that many entries share (“What happened”) is offered once.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.analysis import Analyser, fold
from indexer.keyword_schema import TEXT, TITLE
from indexer.keyword_segment import Segment
from indexer.keyword_snapshot import Audience, Snapshot

LONGEST = 100
"""Characters of what was typed that are looked at."""
MOST_WORDS = 8
MOST_ENDINGS = 32
"""Terms that the last word may become, in each segment."""
MOST_TITLES = 500
MOST_PASSAGES = 80
"""Passages whose headings are read."""
EARLY = 60
"""Headings stand before the text of their passage: words further in than this are not in one."""

Documents = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Completion:
    """An entry by its title, or one of its headings (empty: the title itself)."""

    id: str
    title: str
    heading: str = ""


def complete(
    snapshot: Snapshot, analyser: Analyser, typed: str, audience: Audience, limit: int = 8
) -> list[Completion]:
    """At most `limit` titles and headings for what was typed, among the entries that the asker may see."""
    words = re.findall(r"\w+", fold(typed[:LONGEST]))[:MOST_WORDS]
    if not words:
        return []
    titles = _titles(snapshot, analyser, words, audience)
    found = [Completion(snapshot.ids[entry], snapshot.heads[entry]["title"]) for entry in titles[:limit]]
    if len(found) < limit:
        listed = set(titles)
        for entry, heading in _headings(snapshot, analyser, words, audience):
            if entry not in listed:
                listed.add(entry)
                found.append(Completion(snapshot.ids[entry], snapshot.heads[entry]["title"], heading))
                if len(found) == limit:
                    break
    return found


def _titles(snapshot: Snapshot, analyser: Analyser, words: Sequence[str], audience: Audience) -> list[int]:
    begun = " ".join(words)
    entries: list[int] = []
    for documents in _holding(snapshot, analyser, TITLE, words):
        heads = np.searchsorted(snapshot.starts, documents, side="right") - 1
        entries += heads[audience.seen[heads]].tolist()

    def place(entry: int) -> tuple[bool, int, int, str]:
        title = fold(snapshot.heads[entry]["title"])
        at = title.find(words[0])
        return not title.startswith(begun), at if at >= 0 else LONGEST, len(title), title

    return sorted(entries[:MOST_TITLES], key=place)


def _headings(
    snapshot: Snapshot, analyser: Analyser, words: Sequence[str], audience: Audience
) -> Iterator[tuple[int, str]]:
    """(entry, heading) where all the words stand in one heading, each heading's words once."""
    known: set[str] = set()
    read = 0
    for documents in _holding(snapshot, analyser, TEXT, words):
        for document in documents.tolist():
            entry = int(np.searchsorted(snapshot.starts, document, side="right")) - 1
            if not audience.seen[entry]:
                continue
            read += 1
            if read > MOST_PASSAGES:
                return
            for heading in snapshot.part(document)["headings"]:
                folded = fold(heading)
                if folded not in known and _holds(folded, words):
                    known.add(folded)
                    yield entry, heading


def _holds(text: str, words: Sequence[str]) -> bool:
    """Whether each word begins one of the text's."""
    return all(re.search(rf"\b{re.escape(word)}", text) for word in words)


def _holding(snapshot: Snapshot, analyser: Analyser, field: str, words: Sequence[str]) -> Iterator[Documents]:
    """The documents that hold all the words in a field, the last as a beginning, segment by segment."""
    whole = [analyser.terms(word, keep_stop_words=field == TITLE) for word in words[:-1]]
    for segment, base in zip(snapshot.segments, snapshot.document_base, strict=False):
        last = [*segment.terms(field, words[-1], MOST_ENDINGS), *analyser.terms(words[-1], keep_stop_words=True)]
        if field == TEXT and whole and analyser.is_stop(words[-1]):
            last = []  # stop words are not in the text of passages
        groups = [terms for terms in [*whole, last] if terms]
        held = [np.unique(np.concatenate([_documents(segment, field, term) for term in terms])) for terms in groups]
        both = held[0] if held else np.empty(0, np.intp)
        for documents in held[1:]:
            both = np.intersect1d(both, documents, assume_unique=True)
        if len(both):
            yield both + base


def _documents(segment: Segment, field: str, term: str) -> Documents:
    documents, positions = segment.positions(field, term)
    return documents[positions < EARLY].astype(np.intp)

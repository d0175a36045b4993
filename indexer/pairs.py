"""Which entries lie closest to each other: near duplicates and recurrences across the whole collection.

Two entries are as close as their two closest passages. `neighbours` is the arithmetic, pure on vectors, in blocks of
bounded memory. A pair counts where one of the two is among the `EACH` nearest of the other: otherwise fifty reports
filled in from one form would be twelve hundred pairs and hide all others. The indexer computes the pairs in quiet
moments (`Finder`) and keeps the best in a file of the generation, best first, which a page reads in a millisecond
(`closest`). Who may see them, and what people linked or dismissed, is for the caller to say.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer import floor as floors
from indexer import manifest as disk
from indexer.durable import replace_file
from indexer.keyword_snapshot import Snapshot
from indexer.manifest import Generation
from indexer.search_state import IndexState, View
from indexer.settings import IndexSettings
from indexer.vectors import VectorSnapshot

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.intp]

FILE = "pairs.jsonl"
EACH = 5
"""Nearest entries that each entry brings into the list."""
MOST = 2_000
"""Pairs that are kept: more than anybody will look through."""
CELLS = 4_000_000
"""Cosines computed at a time: 16 MB, some tens of milliseconds."""
SHARE = 0.02
"""Of the time, at most, that goes into finding pairs again."""
SOONEST = 5.0
"""Seconds between two times, at least."""
PASSAGE = 1_000
"""Characters of a passage that are kept beside a pair."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two entries by their ids, `a` before `b`, the cosine of their closest passages, and these passages' text."""

    a: str
    b: str
    score: float
    passage_a: str
    passage_b: str


@dataclass(frozen=True, slots=True)
class Near:
    """Pairs by row of the vectors: `rows` and `others` stand for their entries' closest passages."""

    rows: Ints
    others: Ints
    scores: Floats


def neighbours(vectors: Floats, starts: Ints, at_least: float, each: int = EACH) -> Iterator[Near]:
    """For every entry its `each` nearest others of a cosine of `at_least`, block by block.

    `vectors` (rows, dimension) have unit length and lie by entry; `starts` (entries + 1) are the first rows of the
    entries. Of equal scores the entry with the smaller number comes first.
    """
    count = len(starts) - 1
    first = 0
    while first < count:
        widest = starts[first] + max(CELLS // max(len(vectors), 1), 1)
        last = max(int(np.searchsorted(starts, widest, side="right")) - 1, first + 1)
        yield _nearest(vectors, starts, range(first, last), at_least, each)
        first = last


def _nearest(vectors: Floats, starts: Ints, entries: range, at_least: float, each: int) -> Near:
    """The nearest others of some entries. What it costs does not depend on how much is close to how much."""
    rows = starts[entries.start : entries.stop + 1]
    cosines = vectors[rows[0] : rows[-1]] @ vectors.T
    passages = np.maximum.reduceat(cosines, starts[:-1], axis=1)
    closeness = np.maximum.reduceat(passages, rows[:-1] - rows[0], axis=0)
    found: list[tuple[int, int, float]] = []
    for place, entry in enumerate(entries):
        scores = closeness[place]
        scores[entry] = -np.inf
        worst = np.partition(scores, -each)[-each] if len(scores) > each else -np.inf
        close = np.flatnonzero(scores >= max(at_least, float(worst)))
        for other in close[np.lexsort((close, -scores[close]))][:each].tolist():
            mine, theirs = int(rows[place]), int(starts[other])
            block = cosines[mine - rows[0] : rows[place + 1] - rows[0], theirs : starts[other + 1]]
            row, column = divmod(int(block.argmax()), block.shape[1])
            found.append((mine + row, theirs + column, float(scores[other])))
    table = np.array(found, np.float64).reshape(-1, 3)
    return Near(table[:, 0].astype(np.intp), table[:, 1].astype(np.intp), table[:, 2].astype(np.float32))


class Finder:
    """The pairs of one state of the index, found in small steps. Call `step` until it says False, then `pairs`."""

    def __init__(self, view: View, most: int = MOST) -> None:
        self._snapshot = view.snapshot
        self._most = most
        self._found: list[Near] = []
        self._documents, starts = _by_entry(view)
        vectors = np.empty((0, 1), np.float32)
        if view.vectors is not None and len(self._documents):
            vectors = view.vectors.vectors(view.rows[self._documents])
        self._blocks = neighbours(vectors, starts, floors.of(view.manifest))

    def step(self) -> bool:
        """One block; False when there are no more."""
        block = next(self._blocks, None)
        if block is not None:
            self._found.append(block)
        return block is not None

    def pairs(self) -> list[Pair]:
        """The closest pairs, closest first."""
        snapshot, documents = self._snapshot, self._documents
        best: dict[tuple[str, str], tuple[float, int, int]] = {}
        for row, other, score in self._closest():
            one, two = documents[row], documents[other]
            a, b = _entry_id(snapshot, one), _entry_id(snapshot, two)
            if a > b:
                a, b, one, two = b, a, two, one
            best.setdefault((a, b), (score, int(one), int(two)))
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[: self._most]
        return [
            Pair(a, b, round(score, 4), _passage(snapshot, one), _passage(snapshot, two))
            for (a, b), (score, one, two) in ranked
        ]

    def _closest(self) -> Iterator[tuple[int, int, float]]:
        """The rows of the best finds; each pair may come twice, once from either entry."""
        if not self._found:
            return
        scores = np.concatenate([near.scores for near in self._found])
        rows = np.concatenate([near.rows for near in self._found])
        others = np.concatenate([near.others for near in self._found])
        order = np.argsort(-scores, kind="stable")
        if len(order) > 2 * self._most:
            order = np.flatnonzero(scores >= scores[order[2 * self._most]])
            order = order[np.argsort(-scores[order], kind="stable")]
        for at in order.tolist():
            yield int(rows[at]), int(others[at]), float(scores[at])


def _by_entry(view: View) -> tuple[Ints, Ints]:
    """The live documents that have a vector, by entry, and where each entry's begin (one more at the end)."""
    snapshot = view.snapshot
    entry_of = np.repeat(np.arange(snapshot.entries), np.diff(snapshot.starts))
    documents = np.flatnonzero((view.rows >= 0) & snapshot.live[entry_of]) if snapshot.entries else np.empty(0, np.intp)
    begins = np.flatnonzero(np.diff(entry_of[documents], prepend=-1))
    return documents, np.append(begins, len(documents))


def _entry_id(snapshot: Snapshot, document: int) -> str:
    return snapshot.ids[int(np.searchsorted(snapshot.starts, document, side="right")) - 1]


def _passage(snapshot: Snapshot, document: int) -> str:
    return snapshot.part(document)["text"][:PASSAGE]


# -- on the disk -------------------------------------------------------------------------------------------------------


def write(generation: Generation, pairs: list[Pair], cursor: str) -> None:
    """Keep the pairs found at that cursor in the generation's folder, whole or not at all."""
    head = {"cursor": cursor, "fingerprint": generation.manifest.fingerprint, "made": round(time.time(), 3)}
    lines = [head, *([p.a, p.b, p.score, p.passage_a, p.passage_b] for p in pairs)]
    replace_file(generation.path / FILE, "".join(json.dumps(line) + "\n" for line in lines).encode())


def found_at(generation: Generation) -> str | None:
    """The cursor at which the pairs of that generation were found; None where they were not, or for another model."""
    try:
        with (generation.path / FILE).open(encoding="utf-8") as file:
            head = json.loads(file.readline())
    except (OSError, ValueError):
        return None
    fitting = isinstance(head, dict) and head.get("fingerprint") == generation.manifest.fingerprint
    return str(head.get("cursor", "")) if fitting else None


def closest(settings: IndexSettings, *, limit: int | None = None, floor: float = 0.0) -> list[Pair]:
    """The closest pairs of entries that the indexer has found, closest first, of a score of at least `floor`.

    Reads a file that is made in quiet moments, so an entry saved just now may be missing, and one that is gone may
    still be there. Empty until the passages have their vectors. Knows nothing of audiences, links and dismissals.
    """
    generation = disk.current(settings.directory)
    found: list[Pair] = []
    if generation is None or found_at(generation) is None:
        return found
    file = generation.path / FILE
    state = file.stat()
    for pair in _kept(str(file), state.st_mtime_ns, state.st_ino):
        if pair.score < floor or (limit is not None and len(found) >= limit):
            break
        found.append(pair)
    return found


@lru_cache(maxsize=1)
def _kept(path: str, _written: int, _number: int) -> tuple[Pair, ...]:
    """The pairs of a file, remembered until another one takes its place: reading them takes longer than all that a
    page does with them."""
    with Path(path).open(encoding="utf-8") as file:
        file.readline()
        return tuple(Pair(*json.loads(line)) for line in file)


def find_now(settings: IndexSettings) -> int:
    """Find the pairs of the index as it stands and keep them; says how many. For commands, without an indexer."""
    view, generation = IndexState(settings).view(), disk.current(settings.directory)
    if view is None or generation is None or view.vectors is None:
        return 0
    finder = Finder(view)
    while finder.step():
        pass
    pairs = finder.pairs()
    write(generation, pairs, view.snapshot.cursor)
    return len(pairs)


class Keeper:
    """Keeps the pairs of whatever generation is written, in quiet moments and in small steps.

    They are found anew when the index has moved on, but never for more than a `SHARE` of the time, so that a large
    collection which changes all day is not compared with itself all day.
    """

    def __init__(self) -> None:
        self._finder: Finder | None = None
        self._at: tuple[Path, str, str] | None = None
        self._done: tuple[Path, str, str] | None = None
        self._started = 0.0
        self._due = 0.0

    def step(self, generation: Generation, snapshot: Snapshot, vectors: VectorSnapshot | None) -> bool:
        """One bounded piece of work; False when there is nothing to do, or nothing yet."""
        if vectors is None:
            return False
        now = (generation.path, generation.manifest.fingerprint, snapshot.cursor)
        if self._finder is None or self._at is None or self._at[:2] != now[:2]:
            return self._begin(now, View(generation.manifest, snapshot, vectors), found_at(generation))
        if not self._finder.step():
            write(generation, self._finder.pairs(), self._at[2])
            self._finder, self._done = None, self._at
            self._due = time.monotonic() + max((time.monotonic() - self._started) / SHARE, SOONEST)
        return True

    def _begin(self, now: tuple[Path, str, str], view: View, kept: str | None) -> bool:
        if now == self._done or now[2] == kept or (kept is not None and time.monotonic() < self._due):
            return False
        self._finder, self._at, self._started = Finder(view), now, time.monotonic()
        return True

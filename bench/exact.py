"""What speed must not cost: exact vectors, in whatever order they came, and scores that forty updates do not move."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench import collection
from bench.rows import Row
from bench.world import World
from indexer import Indexer, IndexSettings, Searcher, SearchRequest
from indexer.encoder import Encoder
from indexer.search_state import IndexState
from indexer.vectors import VectorStore

PART = "scale"
BEST = 10
UPDATES = 40
ENTRIES = 500


def vectors(world: World, pool: list[str]) -> Iterator[Row]:
    """The ten nearest of real questions against 64 bits, and against a store that was filled the other way round."""
    view = IndexState(world.settings).view()
    assert view is not None and view.vectors is not None, "its index is whole"
    store = view.vectors
    asked = world.encoder.encode(collection.questions(pool, 100, seed=17))
    whole = store.vectors(np.arange(store.rows)).astype(np.float64)
    names = store.hashes()
    recalled, differing = 0, 0
    with tempfile.TemporaryDirectory() as folder, VectorStore(Path(folder), world.encoder.dimension) as other:
        for start in range(0, store.rows, 4096):
            rows = np.arange(store.rows - 1 - start, max(store.rows - 1 - start - 4096, -1), -1)
            other.append([names[row] for row in rows], store.vectors(rows))
        back = other.snapshot.row_of(names)
        for question in asked:
            scores = store.scores(question)
            exact = whole @ question.astype(np.float64)
            recalled += len(set(_best(scores)) & set(_best(exact)))
            differing += int((other.snapshot.scores(question)[back] != scores).sum())
    recall = recalled / BEST / len(asked)
    yield Row(PART, f"vectors, recall of the {BEST} nearest against 64 bits", recall, "", at_least=0.999)
    yield Row(PART, "vectors, scores that differ when entries came in another order", float(differing), "", at_most=0)


def _best(scores: np.ndarray) -> list[int]:
    found: list[int] = np.argsort(-scores, kind="stable")[:BEST].tolist()
    return found


def updated(encoder: Encoder, base: np.ndarray, pool: list[str]) -> Iterator[Row]:
    """The scores of an index in which one entry changed forty times, against those of a rebuild."""
    asked = collection.questions(pool, 50, seed=40)
    perturbed = collection.Perturbed(encoder, base)
    text = next(collection.documents(pool, 1, seed=41))
    with tempfile.TemporaryDirectory() as folder:
        settings = IndexSettings(Path(folder) / "index")
        source = collection.Recombined(pool, ENTRIES, Path(folder) / "saved.jsonl")
        with Indexer(settings, source, perturbed) as indexer:
            indexer.catch_up()
            for number in range(UPDATES):
                source.save(collection.saved("e00000007", f"{text.title} {number}", text.body))
                while indexer.step():
                    pass
            before = _scores(settings, perturbed, asked)
            indexer.rebuild()
        after = _scores(settings, perturbed, asked)
    off = max(abs(before[key] - after.get(key, 0.0)) / max(abs(after.get(key, 0.0)), 1e-9) for key in before | after)
    yield Row(PART, f"scores after {UPDATES} updates of an entry, off from a rebuild's by", 100 * off, "%", at_most=1)


def _scores(settings: IndexSettings, encoder: Encoder, asked: list[str]) -> dict[tuple[int, str, str], float]:
    """The score of each of the ten best entries, by question and by words and by both."""
    searcher = Searcher(settings, encoder)
    return {
        (number, mode, hit.id): hit.score
        for number, question in enumerate(asked)
        for mode in ("keyword", "hybrid")
        for hit in searcher.search(SearchRequest(question, mode=mode)).hits  # type: ignore[arg-type]
    }

"""100,000 passages on this machine: import, search, related, a save, a restart, memory. `--only scale`.

What one process does is measured in this one; what takes several (a restart, ten who ask, an import beside searches)
by the indexer's own process and others that ask it (`bench.served`). For a quicker look HINDSIGHT_BENCH_PASSAGES makes
the collection smaller, HINDSIGHT_BENCH_ENCODED the number of passages that are really encoded, and
HINDSIGHT_BENCH_SAVES that of the saves over which the memory is watched. `--kept DIR` keeps the collections for the
next time, which spares their import.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from bench import collection, crowd, engines, exact, indexer_process, restarts
from bench.measure import each_ms, median, percentile, timed
from bench.rows import Row
from bench.world import BASE, World, encoded, imported, world
from indexer import IndexSettings, RelatedRequest, Searcher, SearchRequest, load_encoder
from indexer.encoder import CachedEncoder, Encoder, Floats, bundled_path
from indexer.generation import ENCODE
from indexer.pairs import Finder
from indexer.search_state import IndexState

PART = "scale"
LARGE = int(os.environ.get("HINDSIGHT_BENCH_PASSAGES", "100000"))
SMALL = 30_000
SAVES = int(os.environ.get("HINDSIGHT_BENCH_SAVES", "10000"))
ENCODED = int(os.environ.get("HINDSIGHT_BENCH_ENCODED", "2000"))
QUESTIONS = 100


def rows(data: Path, root: Path) -> Iterator[Row]:
    """All rows; the collections are made below `root`, or used where they are there."""
    pool = collection.real_sentences(data)
    encoder = load_encoder(IndexSettings(root))
    yield from embedded(root, encoder, pool)
    yield from questions_during_bulk(encoder)
    small, large = min(SMALL, LARGE), LARGE
    for passages in dict.fromkeys((small, large)):
        made = world(root, passages, pool, encoder)
        yield from imported(made, at_least=600 if passages == large else None)
        yield from questions(made, pool)
        if passages == small:
            yield from close_pairs(made)
            yield from exact.vectors(made, pool)
            yield from crowd.rows(root, small, pool)
    yield from related(made, pool)
    yield from engines.rows(made.settings, pool, made.source)
    yield from exact.updated(encoder, np.load(root / BASE), pool)
    yield from restarts.rows(root, large, pool, SAVES)


def embedded(root: Path, encoder: Encoder, pool: list[str]) -> Iterator[Row]:
    """The passages that are really encoded, unless that was done already."""
    if (root / BASE).exists():
        return
    root.mkdir(parents=True, exist_ok=True)
    texts = collection.passage_texts(pool, ENCODED)
    with timed() as ours:
        base = encoded(encoder, texts)
    np.save(root / BASE, base)
    yield from bulk(texts, ours.seconds)


def bulk(texts: list[str], seconds: float) -> Iterator[Row]:
    """Passages through the follower's batches, and by one call of the bare library with all of them."""
    from sentence_transformers import SentenceTransformer

    bare = SentenceTransformer(str(bundled_path()), device="cpu", local_files_only=True)
    with timed() as clock:
        bare.encode(texts, normalize_embeddings=True, show_progress_bar=False)
    speed, reference = len(texts) / seconds, len(texts) / clock.seconds
    yield Row(PART, f"embedding, {len(texts):,} passages", speed, "/s", reference=reference, against="bare encoder")
    yield Row(PART, "embedding, share of the bare encoder", speed / reference, "", at_least=0.9)


def questions_during_bulk(encoder: Encoder) -> Iterator[Row]:
    """Questions through the indexer's queue, alone and while passages are embedded as fast as they can be."""
    found = indexer_process.questions_during_bulk(encoder, batch=ENCODE)
    quiet, busy = found["quiet"]["p95_ms"], found["during bulk"]["p95_ms"]
    yield Row(PART, "question to vector, quiet, p95", quiet, "ms")
    yield Row(PART, "while embedding in bulk, p95, times that", busy / quiet, "", at_most=3)


def questions(made: World, pool: list[str]) -> Iterator[Row]:
    """Distinct questions one after the other, by each mode, and the product that no search by meaning can spare."""
    searcher = Searcher(made.settings, CachedEncoder(made.encoder))
    asked = collection.questions(pool, QUESTIONS, seed=made.passages)
    searcher.search(SearchRequest("warm up"))
    large = made.passages == LARGE and LARGE > SMALL
    must = (90.0, 250.0) if large else (50.0, 120.0)
    bare = _product_ms(made)
    for mode in ("keyword", "semantic", "hybrid"):
        times = each_ms(lambda n, m=mode: searcher.search(SearchRequest(f"{asked[n]} {m}", mode=m)), QUESTIONS)  # type: ignore[misc]
        targets = must if mode == "hybrid" else (None, None)
        what = f"search among {made.passages:,} passages, {mode}"
        reference = {"reference": bare, "against": f"one product, {made.passages:,} × {made.encoder.dimension}"}
        yield Row(PART, f"{what}, median", median(times), "ms", targets[0], **reference)  # type: ignore[arg-type]
        yield Row(PART, f"{what}, p95", percentile(times, 0.95), "ms", targets[1])
    yield from semantic_part(made, asked)


def semantic_part(made: World, asked: list[str]) -> Iterator[Row]:
    """What meaning adds to a search, its question encoded already."""
    view = IndexState(made.settings).view()
    assert view is not None
    vectors = made.encoder.encode(asked[:20])

    def meaning(number: int) -> Floats:
        return view.entry_cosines(view.passage_cosines(vectors[number])).astype(np.float32)

    meaning(0)
    target = 25.0 if made.passages <= SMALL else None
    yield Row(PART, f"of which cosines among {made.passages:,}, median", median(each_ms(meaning, 20)), "ms", target)


def related(made: World, pool: list[str]) -> Iterator[Row]:
    """Drafts of 600 words, each new."""
    searcher = Searcher(made.settings, CachedEncoder(made.encoder))
    texts = collection.drafts(pool, 41)
    searcher.related(RelatedRequest("warm up", texts[40]))
    times = each_ms(lambda n: searcher.related(RelatedRequest(f"Draft {n}", texts[n])), 40)
    what = f"related for a draft of 600 words, {made.passages:,} passages"
    yield Row(PART, f"{what}, median", median(times), "ms", at_most=120)
    yield Row(PART, f"{what}, p95", percentile(times, 0.95), "ms", at_most=250)


def close_pairs(made: World) -> Iterator[Row]:
    """Every entry compared with every other."""
    view = IndexState(made.settings).view()
    assert view is not None
    with timed() as clock:
        finder = Finder(view)
        while finder.step():
            pass
        finder.pairs()
    yield Row(PART, f"closest pairs among {view.snapshot.entries:,} entries", clock.seconds, "s", at_most=60)


def _product_ms(made: World) -> float:
    matrix = np.random.default_rng(0).standard_normal((made.passages, made.encoder.dimension), np.float32)
    return median(each_ms(lambda _: matrix @ matrix[0], 10))

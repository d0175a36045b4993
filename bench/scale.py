"""100,000 passages on this machine: import, search, related, a save, a restart, memory. `--only scale`.

All of it goes through the indexer's own code in this process, but for what a restart and the memory of an indexer
need a process of their own for. For a quicker look HINDSIGHT_BENCH_PASSAGES makes the collection smaller,
HINDSIGHT_BENCH_ENCODED the number of passages that are really encoded, and HINDSIGHT_BENCH_SAVES that of the saves
over which the memory is watched.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import collection, engines, indexer_process
from bench.measure import each_ms, median, percentile, timed
from bench.rows import Row
from bench.server import ROOT
from indexer import Document, Indexer, IndexSettings, RelatedRequest, Searcher, SearchRequest, load_encoder
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


@dataclass(frozen=True, slots=True)
class World:
    """One collection of that many passages in an index of its own."""

    settings: IndexSettings
    source: collection.Recombined
    encoder: collection.Perturbed
    passages: int


def rows(data: Path, scratch: Path) -> Iterator[Row]:
    """All rows."""
    pool = collection.real_sentences(data)
    encoder = load_encoder(IndexSettings(scratch))
    texts = collection.passage_texts(pool, ENCODED)
    with timed() as ours:
        base = _in_batches(encoder, texts)
    yield from bulk(texts, ours.seconds)
    yield from questions_during_bulk(encoder)
    for passages in dict.fromkeys((min(SMALL, LARGE), LARGE)):
        world = World(
            IndexSettings(scratch / f"scale-{passages}"),
            collection.Recombined(pool, passages // collection.PASSAGES_EACH),
            collection.Perturbed(encoder, base),
            passages,
        )
        yield from imported(world)
        yield from questions(world, pool)
        if passages <= SMALL:
            yield from close_pairs(world)
    yield from related(world, pool)
    yield from engines.rows(world.settings, pool, world.source)
    yield from saves(world, pool)
    yield from restart(world)


def _in_batches(encoder: Encoder, texts: list[str]) -> Floats:
    """The vectors of passages, as the follower encodes them."""
    vectors = np.zeros((len(texts), encoder.dimension), np.float32)
    order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
    for start in range(0, len(order), ENCODE):
        part = order[start : start + ENCODE]
        vectors[part] = encoder.encode([texts[at] for at in part], query=False)
    return vectors


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


def imported(world: World) -> Iterator[Row]:
    """Words first, then vectors."""
    with Indexer(world.settings, world.source) as indexer:
        with timed() as clock:
            while indexer._writer.keyword.cursor() != world.source.tip():
                indexer.step()
        counted = indexer.counts().passages
        what = f"import of {counted:,} passages, keyword searchable"
        yield Row(PART, what, counted / clock.seconds, "/s", at_least=600 if world.passages == LARGE else None)
        with timed() as clock:
            indexer.catch_up()
        yield Row(PART, "tidied after that", clock.seconds, "s")
        indexer.use(world.encoder)
        indexer.catch_up()
    size = sum(path.stat().st_size for path in world.settings.directory.rglob("*") if path.is_file())
    yield Row(PART, "disk for each passage", size / counted / 1024, "KiB")


def questions(world: World, pool: list[str]) -> Iterator[Row]:
    """Distinct questions one after the other, by each mode, and the product that no search by meaning can spare."""
    searcher = Searcher(world.settings, CachedEncoder(world.encoder))
    asked = collection.questions(pool, QUESTIONS, seed=world.passages)
    searcher.search(SearchRequest("warm up"))
    large = world.passages == LARGE and LARGE > SMALL
    must = (90.0, 250.0) if large else (50.0, 120.0)
    bare = _product_ms(world)
    for mode in ("keyword", "semantic", "hybrid"):
        times = each_ms(lambda n, m=mode: searcher.search(SearchRequest(f"{asked[n]} {m}", mode=m)), QUESTIONS)  # type: ignore[misc]
        targets = must if mode == "hybrid" else (None, None)
        what = f"search among {world.passages:,} passages, {mode}"
        reference = {"reference": bare, "against": f"one product, {world.passages:,} × {world.encoder.dimension}"}
        yield Row(PART, f"{what}, median", median(times), "ms", targets[0], **reference)  # type: ignore[arg-type]
        yield Row(PART, f"{what}, p95", percentile(times, 0.95), "ms", targets[1])
    yield from semantic_part(world, asked)


def semantic_part(world: World, asked: list[str]) -> Iterator[Row]:
    """What meaning adds to a search, its question encoded already."""
    view = IndexState(world.settings).view()
    assert view is not None
    vectors = world.encoder.encode(asked[:20])

    def meaning(number: int) -> Floats:
        return view.entry_cosines(view.passage_cosines(vectors[number])).astype(np.float32)

    meaning(0)
    target = 25.0 if world.passages <= SMALL else None
    yield Row(PART, f"of which cosines among {world.passages:,}, median", median(each_ms(meaning, 20)), "ms", target)


def related(world: World, pool: list[str]) -> Iterator[Row]:
    """Drafts of 600 words, each new."""
    searcher = Searcher(world.settings, CachedEncoder(world.encoder))
    texts = collection.drafts(pool, 41)
    searcher.related(RelatedRequest("warm up", texts[40]))
    times = each_ms(lambda n: searcher.related(RelatedRequest(f"Draft {n}", texts[n])), 40)
    what = f"related for a draft of 600 words, {world.passages:,} passages"
    yield Row(PART, f"{what}, median", median(times), "ms", at_most=120)
    yield Row(PART, f"{what}, p95", percentile(times, 0.95), "ms", at_most=250)


def close_pairs(world: World) -> Iterator[Row]:
    """Every entry compared with every other."""
    view = IndexState(world.settings).view()
    assert view is not None
    with timed() as clock:
        finder = Finder(view)
        while finder.step():
            pass
        finder.pairs()
    yield Row(PART, f"closest pairs among {view.snapshot.entries:,} entries", clock.seconds, "s", at_most=60)


def saves(world: World, pool: list[str]) -> Iterator[Row]:
    """One save after the other into the large index: until its words and its meaning are found, and the memory."""
    words: list[float] = []
    meaning: list[float] = []
    texts = list(collection.documents(pool, 200, seed=9))
    before = _rss_mib()
    with Indexer(world.settings, world.source, world.encoder) as indexer:
        indexer.catch_up()
        searcher = Searcher(world.settings, CachedEncoder(world.encoder))
        searcher.search(SearchRequest("warm up"))
        for number in range(20):
            mark = f"zyx{number}qv"
            text = texts[number]
            world.source.saved.append(Document(f"saved{number}", f"{mark} {text.title}", text.body, kind="lesson"))
            with timed() as clock:
                _until(indexer, lambda m=mark: bool(searcher.search(SearchRequest(m, mode="keyword")).hits))  # type: ignore[misc]
            words.append(clock.ms)
            with timed() as more:
                _until(indexer, lambda: indexer.counts().embedded == indexer.counts().passages)
            meaning.append(clock.ms + more.ms)
        what = f"after one save among {world.passages:,} passages"
        yield Row(PART, f"{what}, found by words, p95", percentile(words, 0.95), "ms", at_most=500)
        yield Row(PART, f"{what}, found by meaning, p95", percentile(meaning, 0.95), "ms", at_most=1500)
        yield from memory(world, indexer, texts, before)


def memory(world: World, indexer: Indexer, texts: list[Document], before: float) -> Iterator[Row]:
    """The memory of a process that only follows, before and after many saves."""
    begun = 0.0
    with timed() as clock:
        for number in range(SAVES):
            text = texts[number % len(texts)]
            document = Document(f"saved{number % 500}", f"{text.title} {number}", text.body, kind="lesson")
            world.source.saved.append(document)
            while indexer.step():
                pass
            if number == SAVES // 10:
                begun = _rss_mib()
    after = _rss_mib()
    yield Row(
        PART, "memory of this process with the index open", after, "MiB", at_most=1200, note=f"{before:.0f} before"
    )
    yield Row(PART, f"memory after {SAVES:,} saves, times that after a tenth", after / begun, "", at_most=1.05)
    yield Row(PART, "saves followed", SAVES / clock.seconds, "/s")


def restart(world: World) -> Iterator[Row]:
    """Processes of their own, from their first line to the first answer."""
    for mode, target in (("keyword", 2.0), ("hybrid", 15.0)):
        code = (
            "import sys; from pathlib import Path; from indexer import *\n"
            f"settings = IndexSettings(Path({str(world.settings.directory)!r}))\n"
            + ("encoder = None\n" if mode == "keyword" else "encoder = load_encoder(settings)\n")
            + f"found = Searcher(settings, encoder).search(SearchRequest('pressure valve', mode={mode!r}))\n"
            "sys.exit(0 if found.hits and not found.degraded else 1)"
        )
        with timed() as clock:
            subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
        yield Row(PART, f"restart at {world.passages:,} passages, first answer, {mode}", clock.seconds, "s", target)


def _until(indexer: Indexer, done: Callable[[], bool]) -> None:
    while not done():
        indexer.step()


def _product_ms(world: World) -> float:
    matrix = np.random.default_rng(0).standard_normal((world.passages, world.encoder.dimension), np.float32)
    return median(each_ms(lambda _: matrix @ matrix[0], 10))


def _rss_mib() -> float:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1024 / 1024

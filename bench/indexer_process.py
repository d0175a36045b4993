"""What the indexer's process costs: the encoder, its queue, the vectors. `python -m bench.indexer_process`.

Each function measures one thing and returns plain numbers, so that `make bench` can put them into its table. Where a
figure depends on the machine, what it is compared with is measured in the same run.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from indexer import Document
from indexer.encoder import CachedEncoder, Encoder, load_encoder
from indexer.passages import cut, embedding_text, text_hash
from indexer.settings import IndexSettings
from indexer.vectors import VectorStore

DATA = Path(os.environ.get("HINDSIGHT_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def lesson_passages(limit: int) -> list[str]:
    """Embedding texts of real lessons."""
    texts: dict[str, None] = {}
    with (DATA / "llis" / "lessons.jsonl").open() as lines:
        for line in lines:
            raw = json.loads(line)
            document = Document(str(raw["id"]), raw["title"], f"{raw.get('abstract') or ''}\n\n{raw['lesson']}")
            for passage in cut(document):
                texts[embedding_text(document, passage)] = None
            if len(texts) >= limit:
                break
    return list(texts)[:limit]


def timed(work: Callable[[], object], times: int) -> list[float]:
    """Milliseconds of each call."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        took.append((time.perf_counter() - started) * 1000)
    return took


def spread(took: list[float]) -> dict[str, float]:
    """Median and 95th percentile."""
    return {"p50_ms": round(statistics.median(took), 2), "p95_ms": round(float(np.percentile(took, 95)), 2)}


def loading() -> dict[str, float]:
    """Seconds from nothing to the first vector, in a fresh interpreter."""
    import subprocess

    code = (
        "import time; t = time.perf_counter()\n"
        "from indexer import IndexSettings, load_encoder; from pathlib import Path\n"
        "e = load_encoder(IndexSettings(Path('.'))); e.encode(['x']); print(time.perf_counter() - t)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return {"load_s": round(float(done.stdout.split()[-1]), 2)}


def questions(encoder: Encoder) -> dict[str, dict[str, float]]:
    """One new question, one known question, and a draft as long as the model reads."""
    cached = CachedEncoder(encoder)
    numbers = iter(range(10**6))
    draft = " ".join(lesson_passages(8))
    return {
        "question": spread(timed(lambda: cached.encode([f"why did valve {next(numbers)} freeze"]), 40)),
        "known question": spread(timed(lambda: cached.encode(["why did it freeze"]), 40)),
        "draft": spread(timed(lambda: cached.encode([f"{next(numbers)} {draft}"]), 20)),
    }


def bulk_against_bare(encoder: Encoder, passages: int = 512, batch: int = 16) -> dict[str, float]:
    """Passages a second in the follower's small batches, and by one call of the library with all of them."""
    from sentence_transformers import SentenceTransformer

    from indexer.encoder import bundled_path

    texts = lesson_passages(passages)
    bare = SentenceTransformer(str(bundled_path()), device="cpu", local_files_only=True)
    ordered = sorted(texts, key=len, reverse=True)

    def ours() -> None:
        for start in range(0, len(ordered), batch):
            encoder.encode(ordered[start : start + batch], query=False)

    def theirs() -> None:
        bare.encode(texts, normalize_embeddings=True, show_progress_bar=False)

    pairs = [(timed(ours, 1)[0], timed(theirs, 1)[0]) for _ in range(3)]
    mine, other = min(p[0] for p in pairs), min(p[1] for p in pairs)
    per_second = {"ours_per_s": round(len(texts) * 1000 / mine, 1), "bare_per_s": round(len(texts) * 1000 / other, 1)}
    return {**per_second, "ratio": round(other / mine, 3)}


def vectors(rows: int = 100_000, width: int = 384) -> dict[str, float]:
    """One product over that many rows, opening them, and one save's append, which must not rewrite the rest."""
    rng = np.random.default_rng(7)
    with tempfile.TemporaryDirectory() as folder:
        store = VectorStore(Path(folder), width)
        for start in range(0, rows, 10_000):
            count = min(10_000, rows - start)
            store.append([text_hash(f"{start + n}") for n in range(count)], _unit(rng, count, width))
        query = _unit(rng, 1, width)[0]
        product = spread(timed(lambda: store.snapshot.scores(query), 30))
        opening = spread(timed(lambda: VectorStore.open(Path(folder), width), 5))
        numbers = iter(range(10**6))

        def save() -> None:
            store.append([text_hash(f"new {next(numbers)}") for _ in range(3)], _unit(rng, 3, width))

        saving = spread(timed(save, 20))
        reader = VectorStore.open(Path(folder), width)
        save()
        refresh = timed(reader.refreshed, 1)[0]
        first = timed(lambda: store.snapshot.scores(query), 1)[0]
        store.close()
    return {
        "product_p50_ms": product["p50_ms"],
        "open_p50_ms": opening["p50_ms"],
        "append_p50_ms": saving["p50_ms"],
        "refresh_ms": round(refresh, 2),
        "first_product_after_append_ms": round(first, 2),
    }


def _unit(rng: np.random.Generator, count: int, width: int) -> np.ndarray:
    drawn = rng.standard_normal((count, width), dtype=np.float32)
    return drawn / np.linalg.norm(drawn, axis=1, keepdims=True)


def questions_during_bulk(encoder: Encoder, seconds: float = 10.0, batch: int = 16) -> dict[str, dict[str, float]]:
    """Questions through the queue, first alone and then while passages are embedded as fast as they can be."""
    from indexer.service_questions import Questions

    queue, ending = Questions(), threading.Event()
    queue.use(CachedEncoder(encoder))
    queue.start()
    ordered = sorted(lesson_passages(2000), key=len, reverse=True)
    numbers = iter(range(10**6))

    def ask() -> None:
        queue.ask([f"why did valve {next(numbers)} freeze over"], 10)
        time.sleep(0.05)

    def bulk() -> None:
        while not ending.is_set():
            for start in range(0, len(ordered), batch):
                if ending.is_set():
                    return
                queue.let_pass()
                encoder.encode(ordered[start : start + batch], query=False)

    count = int(seconds / 0.1)
    quiet = [t - 50 for t in timed(ask, count)]
    worker = threading.Thread(target=bulk)
    worker.start()
    busy = [t - 50 for t in timed(ask, count)]
    ending.set()
    worker.join()
    queue.stop()
    return {"quiet": spread(quiet), "during bulk": spread(busy)}


def main() -> None:
    """Print all of it as JSON lines."""
    print(json.dumps({"vectors": vectors()}))
    print(json.dumps({"loading": loading()}))
    encoder = load_encoder(IndexSettings(Path(tempfile.gettempdir())))
    print(json.dumps({"questions": questions(encoder)}))
    print(json.dumps({"questions during bulk": questions_during_bulk(encoder)}))
    print(json.dumps({"bulk": bulk_against_bare(encoder)}))


if __name__ == "__main__":
    main()

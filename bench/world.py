"""The large collections that `bench.scale` asks: made once, and kept where a folder for them is named."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench import collection
from bench.measure import timed
from bench.rows import Row
from indexer import Indexer, IndexSettings, load_encoder
from indexer.encoder import Encoder, Floats
from indexer.generation import ENCODE

PART = "scale"
BASE = "base.npy"
"""The vectors that were really encoded."""
WHOLE = "whole"
"""Stands in the folder of a collection whose index is complete."""


@dataclass(frozen=True, slots=True)
class World:
    """One collection of that many passages in an index of its own; passages get perturbed vectors."""

    settings: IndexSettings
    source: collection.Recombined
    encoder: collection.Perturbed
    passages: int

    @property
    def whole(self) -> bool:
        """Whether its index was made already."""
        return (self.settings.directory.parent / WHOLE).exists()

    @property
    def entries(self) -> int:
        """How many it began with."""
        return self.passages // collection.PASSAGES_EACH


def folder_of(root: Path, passages: int) -> Path:
    """Where a collection of that size lies."""
    return root / f"scale-{passages}"


def settings_of(root: Path, passages: int) -> IndexSettings:
    """Those of a collection and its running indexer."""
    folder = folder_of(root, passages)
    return IndexSettings(folder / "index", socket=folder / "run" / "indexer.sock")


def world(root: Path, passages: int, pool: list[str] | None = None, encoder: Encoder | None = None) -> World:
    """The collection of that size below `root`; without a pool only one whose index is there already."""
    folder = folder_of(root, passages)
    folder.mkdir(parents=True, exist_ok=True)
    settings = settings_of(root, passages)
    source = collection.Recombined(pool or (), passages // collection.PASSAGES_EACH, folder / "saved.jsonl")
    base: Floats = np.load(root / BASE)
    return World(settings, source, collection.Perturbed(encoder or load_encoder(settings), base), passages)


def encoded(encoder: Encoder, texts: list[str]) -> Floats:
    """The vectors of passages, as the follower encodes them."""
    vectors = np.zeros((len(texts), encoder.dimension), np.float32)
    order = sorted(range(len(texts)), key=lambda at: -len(texts[at]))
    for start in range(0, len(order), ENCODE):
        part = order[start : start + ENCODE]
        vectors[part] = encoder.encode([texts[at] for at in part], query=False)
    return vectors


def imported(made: World, at_least: float | None) -> Iterator[Row]:
    """Words first, then vectors; nothing where both are there already."""
    if made.whole:
        return
    with Indexer(made.settings, made.source) as indexer:
        with timed() as clock:
            while indexer.status().keyword.cursor != made.source.tip():
                indexer.step()
        counted = indexer.counts().passages
        what = f"import of {counted:,} passages, keyword searchable"
        yield Row(PART, what, counted / clock.seconds, "/s", at_least=at_least)
        with timed() as clock:
            indexer.catch_up()
        yield Row(PART, "tidied after that", clock.seconds, "s")
        indexer.use(made.encoder)
        indexer.catch_up()
    size = sum(path.stat().st_size for path in made.settings.directory.rglob("*") if path.is_file())
    yield Row(PART, "disk for each passage", size / counted / 1024, "KiB")
    (made.settings.directory.parent / WHOLE).touch()

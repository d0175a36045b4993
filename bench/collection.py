"""A collection of any size out of the real ones: their sentences, recombined from a seed, and their vectors, perturbed.

Words keep the frequencies that they have in real texts, so postings are as long as they would be. Encoding 100,000
passages would take an hour, and search does not care whose vectors it multiplies: each passage gets the vector of one
of 2,000 that were really encoded, moved by noise. Questions are encoded for real.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from indexer import Changes, Document
from indexer.encoder import Encoder, Floats, unit
from indexer.passages import cut, embedding_text, sentences

PASSAGES_EACH = 3
WORDS = 120
"""Words of a section: one passage."""
NOISE = 0.6
"""Length of the noise added to a vector of unit length: a cosine of about 0.86 to where it came from."""


def real_sentences(data: Path) -> list[str]:
    """The sentences of the three sets, in order."""
    found: list[str] = []
    for name in ("scifact/corpus", "duplicates_hadoop/corpus", "llis/lessons"):
        for line in (data / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            raw = json.loads(line)
            text = " ".join(str(raw.get(field) or "") for field in ("text", "abstract", "lesson"))[:6000]
            found.extend(text[start:end] for start, end in sentences(text) if 20 < end - start < 400)
    return found


def documents(pool: Sequence[str], entries: int, seed: int = 1) -> Iterator[Document]:
    """So many entries of three sections each, the same for the same seed."""
    rng = random.Random(seed)
    for number in range(entries):
        title = " ".join(rng.choice(pool).split()[:8])
        sections = "\n\n".join(f"## Part {n}\n\n{_section(pool, rng)}" for n in range(PASSAGES_EACH))
        yield Document(
            f"e{number:08d}", f"{title} {number}", sections, kind="lesson", date=f"20{number % 25:02d}-01-01"
        )


def saved(name: str, title: str, body: str) -> Document:
    """An entry as a save brings it."""
    return Document(name, title, body, kind="lesson")


def _section(pool: Sequence[str], rng: random.Random) -> str:
    parts: list[str] = []
    words = 0
    while words < WORDS:
        parts.append(rng.choice(pool))
        words += len(parts[-1].split())
    return " ".join(parts)


def drafts(pool: Sequence[str], count: int, words: int = 600, seed: int = 2) -> list[str]:
    """Texts of about so many words."""
    rng = random.Random(seed)
    return ["\n\n".join(_section(pool, rng) for _ in range(words // WORDS)) for _ in range(count)]


def questions(pool: Sequence[str], count: int, seed: int = 3) -> list[str]:
    """Distinct questions of four to nine words in a row of a real sentence."""
    rng = random.Random(seed)
    found: dict[str, None] = {}
    while len(found) < count:
        words = rng.choice(pool).split()
        length = rng.randint(4, 9)
        start = rng.randint(0, max(len(words) - length, 0))
        found[" ".join(words[start : start + length])] = None
    return list(found)


def passage_texts(pool: Sequence[str], count: int) -> list[str]:
    """What the encoder sees of the first so many passages."""
    found: list[str] = []
    for document in documents(pool, count):
        found.extend(embedding_text(document, passage) for passage in cut(document))
        if len(found) >= count:
            break
    return found[:count]


class Recombined:
    """The collection as a source. Saves are kept in a file, so that several processes can add and follow them.

    Without a pool it can only be followed from where an index of it is already, which takes no memory.
    """

    def __init__(self, pool: Sequence[str], entries: int, saved: Path) -> None:
        self._pool, self._entries, self._saved = pool, entries, saved

    def save(self, document: Document) -> None:
        """Add an entry, or change it."""
        with self._saved.open("a", encoding="utf-8") as file:
            file.write(json.dumps([document.id, document.title, document.body]) + "\n")

    def tip(self) -> str:
        """One more than the bytes of the saves."""
        return str(1 + (self._saved.stat().st_size if self._saved.exists() else 0))

    def changes(self, since: str) -> Changes:
        """Everything at first, then the saves."""
        if not since:
            return Changes("1", documents(self._pool, self._entries), complete=True)
        tip = int(self.tip())
        with self._saved.open("rb") as file:
            file.seek(int(since) - 1)
            lines = file.read(tip - int(since)).splitlines()
        fresh = {found[0]: saved(*found) for found in map(json.loads, lines)}
        return Changes(str(tip), tuple(fresh.values()))


class Perturbed:
    """The real encoder for questions; passages get a real vector moved by noise, both chosen by the text's hash."""

    def __init__(self, encoder: Encoder, base: Floats) -> None:
        self._encoder, self._base = encoder, base
        self.name, self.fingerprint, self.dimension = encoder.name, encoder.fingerprint, encoder.dimension

    def encode(self, texts: Sequence[str], *, query: bool = True) -> Floats:
        """As `Encoder.encode`."""
        if query:
            return self._encoder.encode(texts, query=True)
        seeds = [int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") for text in texts]
        chosen = self._base[[seed % len(self._base) for seed in seeds]]
        noise = np.stack([np.random.default_rng(s).standard_normal(self.dimension, np.float32) for s in seeds])
        return unit(chosen + NOISE * unit(noise))

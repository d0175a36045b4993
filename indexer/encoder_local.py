"""The real encoder: a sentence-transformers model on this machine's processor. Importing this imports torch.

No network: the bundled weights come with an installed package, and any other model must lie in a folder or in the
local Hugging Face cache already (`python -c "from sentence_transformers import SentenceTransformer as S; S('NAME')"`
puts it there).
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

# On a small machine the encoder shares its cores with the web processes: threads that wait must not spin. Both are
# read once, when the libraries load.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"

import torch
from sentence_transformers import SentenceTransformer
from transformers.utils import logging as transformers_logging

from indexer.encoder import BUNDLED, bundled_path, unit
from indexer.errors import EncoderUnavailable

Floats = NDArray[np.float32]

BATCH = 32
# Nothing a model reads is longer: 256 tokens of the bundled one are some 1,500 characters, and 512 tokens of any
# other rarely pass 4,000. Cutting first spares the tokenizer a 20 kB stack trace.
LONGEST_CHARACTERS = 8000


class LocalEncoder:
    """A sentence-transformers model: `bundled`, a name in the local cache, or a path. float32 on the CPU.

    `threads` are torch's (0 leaves it at one for each core). Raises EncoderUnavailable with what to do when the
    model cannot be loaded.
    """

    def __init__(self, model: str = BUNDLED, threads: int = 0) -> None:
        place = str(bundled_path()) if model == BUNDLED else model
        if threads:
            torch.set_num_threads(threads)
        transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
        try:
            self._model = SentenceTransformer(place, device="cpu", local_files_only=True)
        except Exception as error:
            raise EncoderUnavailable(
                f"The search model {model!r} could not be loaded ({error}); set HINDSIGHT_MODEL to one that is here"
            ) from error
        self._model.eval()
        self._tokenizing = threading.Lock()
        self.name = model
        self.dimension = int(self._model.get_embedding_dimension() or self._measure())
        self.fingerprint = self._fingerprint()
        self._prompts = self._find_prompts()

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
        for start in range(0, len(order), BATCH):
            part = order[start : start + BATCH]
            vectors[part] = self._forward([prompt + texts[at][:LONGEST_CHARACTERS] for at in part])
        return unit(vectors)

    def _forward(self, texts: list[str]) -> Floats:
        # The tokenizer changes its own settings for each call and fails when two threads meet in it; the model
        # itself may be used by both at once.
        with self._tokenizing:
            features: dict[str, Any] = self._model.preprocess([_clean(text) for text in texts])
        with torch.inference_mode():
            result = self._model(features)["sentence_embedding"]
        return np.asarray(result.float().cpu().numpy(), dtype=np.float32)


def _clean(text: str) -> str:
    """Lone surrogates, which the tokenizer cannot take, replaced."""
    return text.encode("utf-8", "replace").decode("utf-8")

"""The real model: found without a network, the same whatever the company of a text, safe between threads."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from indexer.encoder import bundled_path
from indexer.errors import EncoderUnavailable
from tests.needs import ROOT

encoder_local = pytest.importorskip("indexer.encoder_local", reason="sentence-transformers is not installed")

TEXTS = [
    "The valve froze and the tank could not be vented.",
    "A relief line iced up, so pressure in the vessel kept rising.",
    "The billing team moved its database over a weekend.",
    "word " * 900,
    "",
    "日本語のテキスト",
    "lone surrogate \ud800 here",
]


@pytest.fixture(scope="module")
def encoder() -> object:
    """The bundled model, loaded with the network refused."""

    def refuse(*_: object) -> None:
        raise AssertionError("the network was used")

    patch = pytest.MonkeyPatch()
    patch.setattr(socket, "getaddrinfo", refuse)
    patch.setattr(socket, "create_connection", refuse)
    yield encoder_local.LocalEncoder("bundled", threads=1)
    patch.undo()


def test_vectors_have_unit_length_in_the_order_asked(encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (len(TEXTS), 384) == (len(TEXTS), encoder.dimension)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, 384)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.2


@pytest.fixture(scope="module")
def exact() -> encoder_local.LocalEncoder:
    """The same as it is on a processor that multiplies nothing smaller than float32."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encoder_local, "has_bfloat16", lambda: False)
        patch.setattr(encoder_local, "has_int8", lambda: False)
        return encoder_local.LocalEncoder("bundled", threads=1)


@pytest.mark.parametrize(("kind", "most"), [("encoder", 2e-3), ("exact", 2e-6)])
def test_the_company_of_a_text_does_not_change_its_vector(request, kind: str, most: float) -> None:
    """In bfloat16 and in eight bits padding moves the last digits."""
    encoder = request.getfixturevalue(kind)
    together = encoder.encode(TEXTS * 6)
    for at, text in enumerate(TEXTS):
        assert np.abs(encoder.encode([text])[0] - together[at]).max() < most
        assert np.abs(together[at] - together[at + 5 * len(TEXTS)]).max() < most


def test_it_equals_the_library_that_it_stands_on(encoder, exact) -> None:
    from sentence_transformers import SentenceTransformer

    plain = SentenceTransformer(str(bundled_path()), device="cpu", local_files_only=True)
    theirs = plain.encode(TEXTS[:4], normalize_embeddings=True, show_progress_bar=False)
    # Also by way of weights that were laid out for this processor.
    assert np.abs(theirs - exact.encode(TEXTS[:4])).max() < 2e-6
    alike = (theirs * encoder.encode(TEXTS[:4])).sum(axis=1)
    assert alike[:3].min() > encoder_local.CLOSE
    assert alike[3] > encoder_local.NEAR
    assert (theirs * encoder.encode(TEXTS[:4], query=False)).sum(axis=1).min() > encoder_local.ALIKE


def test_the_fingerprint_belongs_to_weights_and_limits_not_to_the_name(encoder, tmp_path: Path) -> None:
    again = encoder_local.LocalEncoder(str(bundled_path()), threads=1)
    assert again.fingerprint == encoder.fingerprint
    copy = tmp_path / "model"
    copy.mkdir()
    for path in bundled_path().rglob("*"):
        place = copy / path.relative_to(bundled_path())
        if path.is_dir():
            place.mkdir()
        elif path.name == "sentence_bert_config.json":
            place.write_text(json.dumps({"max_seq_length": 128, "do_lower_case": False}))
        else:
            place.symlink_to(path)
    assert encoder_local.LocalEncoder(str(copy), threads=1).fingerprint != encoder.fingerprint


def test_threads_may_encode_at_once(encoder) -> None:
    expected = encoder.encode(TEXTS)
    wrong: list[object] = []

    def work() -> None:
        for _ in range(3):
            try:
                if np.abs(encoder.encode(TEXTS) - expected).max() > 2e-3:
                    wrong.append("other vectors")
            except Exception as error:  # noqa: BLE001 - the test reports whatever a thread met
                wrong.append(error)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(EncoderUnavailable, match="no-such-model"):
        encoder_local.LocalEncoder(str(tmp_path / "no-such-model"))


def test_bfloat16_ranks_as_float32(monkeypatch: pytest.MonkeyPatch, exact) -> None:
    from tests.needs import data

    monkeypatch.setattr(encoder_local, "has_bfloat16", lambda: True)  # also where the processor only imitates it
    encoder = encoder_local.LocalEncoder("bundled", threads=1)

    lines = (data("llis") / "lessons.jsonl").read_text(encoding="utf-8").splitlines()[:24]
    texts = [f"{raw['title']}\n{raw['lesson'][:900]}" for raw in map(json.loads, lines)]
    assert encoder._quick is not None
    quick, slow = encoder.encode(texts, query=False), exact.encode(texts, query=False)
    assert (quick * slow).sum(axis=1).min() > encoder_local.ALIKE
    asked = [text.partition("\n")[0] for text in texts]
    questions, precise = encoder.encode(asked), exact.encode(asked)
    assert (questions * precise).sum(axis=1).min() > encoder_local.CLOSE
    assert np.abs(questions @ quick.T - precise @ slow.T).max() < 0.01
    for by_quick, by_exact in zip(questions @ quick.T, precise @ slow.T, strict=True):
        best = np.sort(by_exact)[::-1]
        first = np.argsort(-by_quick)[:5]
        # The same five, but for passages that are as good as each other within the tolerance.
        assert (by_exact[first] >= best[4] - 0.005).all()


def test_a_draft_in_eight_bits_finds_what_it_finds_in_float32(monkeypatch: pytest.MonkeyPatch, exact) -> None:
    from tests.needs import data

    monkeypatch.setattr(encoder_local, "has_int8", lambda: True)  # also where the processor only imitates it
    encoder = encoder_local.LocalEncoder("bundled", threads=1)
    assert encoder._drafting is not None

    lines = (data("llis") / "lessons.jsonl").read_text(encoding="utf-8").splitlines()[:60]
    lessons = [raw for raw in map(json.loads, lines) if len(raw["abstract"]) > encoder_local.DRAFT][:24]
    known = exact.encode([f"{raw['title']}\n{raw['lesson'][:900]}" for raw in lessons], query=False)
    drafts = [raw["abstract"][:400] for raw in lessons]
    rounded, precise = encoder.encode(drafts), exact.encode(drafts)
    assert (rounded * precise).sum(axis=1).min() > encoder_local.NEAR
    assert np.abs(rounded @ known.T - precise @ known.T).max() < 0.04
    for by_rounded, by_precise in zip(rounded @ known.T, precise @ known.T, strict=True):
        best = np.sort(by_precise)[::-1]
        assert (by_precise[np.argsort(-by_rounded)[:5]] >= best[4] - 0.03).all()


def test_a_model_that_loses_by_anything_smaller_keeps_float32(monkeypatch: pytest.MonkeyPatch, exact) -> None:
    monkeypatch.setattr(encoder_local, "has_bfloat16", lambda: True)
    monkeypatch.setattr(encoder_local, "ALIKE", 1.01)
    monkeypatch.setattr(encoder_local, "CLOSE", 1.01)
    monkeypatch.setattr(encoder_local, "has_int8", lambda: True)
    monkeypatch.setattr(encoder_local, "NEAR", 1.01)
    kept = encoder_local.LocalEncoder("bundled", threads=1)
    assert kept._quick is None
    assert kept._drafting is None
    assert np.abs(kept.encode(TEXTS[:4]) - exact.encode(TEXTS[:4])).max() < 2e-6


def test_a_question_takes_one_core_and_a_draft_all(encoder, monkeypatch) -> None:
    torch = encoder_local.torch
    monkeypatch.setattr(encoder, "_threads", 2)
    taken = []
    forward = encoder._model.forward
    monkeypatch.setattr(encoder._model, "forward", lambda *a: taken.append(torch.get_num_threads()) or forward(*a))
    monkeypatch.setattr(encoder, "_quick", None)
    monkeypatch.setattr(encoder, "_drafting", None)
    for texts in (["a question"], ["one", "and another"], ["draft " * 200], ["sentence of a passage"] * 40, ["again"]):
        encoder.encode(texts)
    assert taken == [1, 1, 2, 2, 1, 1]  # the rest of the sentences is little


@pytest.mark.parametrize(("layer", "kind"), [("PackedLinear", "float32"), ("RoundedLinear", "int8")])
def test_where_layers_cannot_be_made_the_model_stays_as_it_is(monkeypatch, layer: str, kind: str) -> None:
    import torch

    from indexer import encoder_packed

    def refuse(*_: object) -> None:
        raise NotImplementedError("no such operator on this processor")

    monkeypatch.setattr(encoder_packed, layer, refuse)
    model = torch.nn.Sequential(torch.nn.Linear(2, 2))
    assert not encoder_packed.packed(model, getattr(torch, kind))
    assert type(model[0]) is torch.nn.Linear


@pytest.mark.parametrize("bias", [True, False])
def test_a_rounded_layer_is_as_close_as_eight_bits_are(bias: bool) -> None:
    import torch

    from indexer.encoder_packed import RoundedLinear

    torch.manual_seed(0)
    layer = torch.nn.Linear(64, 32, bias=bias)
    rows = torch.randn(3, 5, 64) * torch.tensor([0.01, 1.0, 100.0]).view(3, 1, 1)
    rows[0, 0] = 0  # nothing to divide by
    with torch.inference_mode():
        wanted, found = layer(rows), RoundedLinear(layer)(rows)
    assert found.shape == wanted.shape
    assert found.dtype == torch.float32
    # Each factor is off by at most half of a 127th of the largest of its row, and the product of both by a little more.
    most = rows.abs().amax(-1, keepdim=True) * layer.weight.abs().amax(-1) * 64 * 1.01 / 127
    assert ((found - wanted).abs() <= most + 1e-6).all()
    assert ((found - wanted).norm() / wanted.norm()).item() < 0.02


SHAPES = """
import re
from pathlib import Path
from indexer.encoder_local import LocalEncoder

def held():
    return int(re.search(r"Private_Dirty: +(\\d+)", Path("/proc/self/smaps_rollup").read_text())[1]) / 1024

encoder = LocalEncoder("bundled", threads=1)
encoder.encode(["word " * 100] * 3, query=False)
before = held()
for length in range(1, 101):
    encoder.encode(["word " * length], query=False)
    encoder.encode(["word " * length] * 3, query=False)
print(held() - before)
"""


def test_texts_of_all_lengths_do_not_fill_the_memory() -> None:
    """What is kept for each shape of a call took a gigabyte in an import when it had no bound."""
    # Without what this process has set for itself on loading the encoder.
    fresh = {name: value for name, value in os.environ.items() if not name.endswith("CACHE_CAPACITY")}
    boundless = {"ONEDNN_PRIMITIVE_CACHE_CAPACITY": "1024", "LRU_CACHE_CAPACITY": "1024"}  # the libraries' own

    def grown(given: dict[str, str]) -> float:
        script = [sys.executable, "-c", SHAPES]
        done = subprocess.run(script, capture_output=True, text=True, check=True, cwd=ROOT, env=fresh | given)
        return float(done.stdout)

    with ThreadPoolExecutor(2) as pool:
        ours, theirs = pool.map(grown, ({}, boundless))
    assert ours < theirs / 2, f"{ours:.0f} MB grown with a bound, {theirs:.0f} without"

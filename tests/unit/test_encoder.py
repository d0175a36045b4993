"""What every encoder promises, the memory of questions, and the facade that must stay light."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import IndexSettings, load_encoder
from indexer.encoder import CachedEncoder, Floats, HashEncoder, by_length
from indexer.errors import EncoderUnavailable
from tests.needs import ROOT


class Counting(HashEncoder):
    """Remembers what it was asked to encode."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str], *, query: bool = True) -> Floats:
        self.asked.extend(texts)
        return super().encode(texts, query=query)


@given(st.lists(st.text(max_size=40), max_size=5))
def test_the_small_encoder_gives_unit_vectors_and_the_same_each_time(texts: list[str]) -> None:
    first, second = HashEncoder().encode(texts), HashEncoder().encode(texts)
    assert first.shape == (len(texts), 64)
    assert first.dtype == np.float32
    assert np.allclose(np.linalg.norm(first, axis=1), 1, atol=1e-5)
    assert np.array_equal(first, second)


def test_the_small_encoder_puts_shared_words_close() -> None:
    near, same, far = HashEncoder().encode(["valve leaked fuel", "fuel valve leaked", "quarterly budget meeting"])
    assert near @ same > 0.95
    assert near @ far < 0.4


def partitions(numbers: list[int]) -> Iterator[list[list[int]]]:
    """All ways to share numbers out."""
    if not numbers:
        yield []
        return
    first, rest = numbers[0], numbers[1:]
    for others in partitions(rest):
        yield [[first], *others]
        for at, part in enumerate(others):
            yield [*others[:at], [first, *part], *others[at + 1 :]]


@given(st.lists(st.integers(1, 256), max_size=7), st.integers(0, 300))
def test_no_other_way_to_share_texts_out_costs_less(lengths: list[int], call: int) -> None:
    def cost(parts: list[list[int]]) -> int:
        return sum(call + max(lengths[at] for at in part) * len(part) for part in parts)

    found = by_length(lengths, call)
    assert sorted(at for part in found for at in part) == list(range(len(lengths)))
    assert all(lengths[part[0]] == max(lengths[at] for at in part) for part in found)
    assert cost(found) == min(map(cost, partitions(list(range(len(lengths))))))


def test_a_question_is_encoded_once() -> None:
    inner = Counting()
    cached = CachedEncoder(inner, size=10)
    first = cached.encode(["a", "b", "a"])
    second = cached.encode(["b", "c"])
    assert inner.asked == ["a", "b", "c"]
    assert np.array_equal(first[0], first[2])
    assert np.array_equal(first[1], second[0])
    assert np.array_equal(cached.encode(["a"])[0], HashEncoder().encode(["a"])[0])


def test_the_memory_is_bounded_and_forgets_the_oldest() -> None:
    inner = Counting()
    cached = CachedEncoder(inner, size=3)
    for text in ("a", "b", "c", "a", "d"):
        cached.encode([text])
    assert cached.recall(["b"]) is None
    assert cached.recall(["a", "c", "d"]) is not None
    assert inner.asked == ["a", "b", "c", "d"]


def test_more_texts_than_the_memory_holds_are_still_answered() -> None:
    cached = CachedEncoder(Counting(), size=2)
    texts = [f"text {n}" for n in range(9)]
    assert np.array_equal(cached.encode(texts), HashEncoder().encode(texts))
    assert cached.encode([]).shape == (0, 64)


def test_passages_do_not_push_questions_out() -> None:
    inner = Counting()
    cached = CachedEncoder(inner, size=2)
    cached.encode(["question"])
    cached.encode([f"passage {n}" for n in range(5)], query=False)
    assert cached.recall(["question"]) is not None


def test_a_caller_cannot_change_what_is_remembered() -> None:
    cached = CachedEncoder(Counting())
    cached.encode(["a"])[:] = 0
    cached.encode(["a"])[:] = 0
    assert np.array_equal(cached.encode(["a"]), HashEncoder().encode(["a"]))


def test_threads_share_the_memory() -> None:
    cached = CachedEncoder(HashEncoder(), size=50)
    wrong: list[str] = []

    def ask(seed: int) -> None:
        for n in range(200):
            text = f"text {(n * seed) % 70}"
            if not np.array_equal(cached.encode([text]), HashEncoder().encode([text])):
                wrong.append(text)

    threads = [threading.Thread(target=ask, args=(seed,)) for seed in (1, 3, 7, 11)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_settings_name_the_encoder(tmp_path: Path) -> None:
    assert load_encoder(IndexSettings(tmp_path, model="hash")).dimension == 64


def test_importing_the_indexer_loads_no_torch() -> None:
    code = (
        "import sys, indexer\n"
        "assert not {'torch', 'whoosh', 'numpy', 'flask'} & set(sys.modules), 'the facade is not light'\n"
        "for name in indexer.__all__: getattr(indexer, name)\n"
        "assert not {'torch', 'transformers', 'flask', 'wiki'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, timeout=60)


def test_the_facade_has_no_other_names() -> None:
    import indexer

    with pytest.raises(AttributeError, match="nonsense"):
        _ = indexer.nonsense


def test_a_machine_without_the_library_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "indexer.encoder_local", None)
    with pytest.raises(EncoderUnavailable, match="sentence-transformers"):
        load_encoder(IndexSettings(tmp_path))

"""The packed words of a segment against what they say one by one."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.vocabulary import Vocabulary, letter_mask


@given(st.lists(st.text(min_size=1, max_size=8), max_size=12))
def test_words_come_out_as_they_were_packed(words: list[str]) -> None:
    packed = Vocabulary.of(words)
    assert [packed.word(number) for number in range(len(words))] == words
    assert packed.lengths.tolist() == [len(word) for word in words]
    assert packed.masks.tolist() == [letter_mask(word) for word in words]

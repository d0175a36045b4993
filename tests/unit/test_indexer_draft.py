"""What is encoded of a draft: all of it while it is short, bounded pieces of a long one, whatever is in it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import RelatedRequest
from indexer.related import MOST_PIECES, PIECE, Draft

line = st.one_of(
    st.text(max_size=200),
    st.sampled_from(["## Why", "- one", "```", "", "The valve froze. Nobody looked.", "x" * 3000, "word " * 300]),
)


def test_a_short_draft_is_read_as_entries_are() -> None:
    draft = Draft.of(RelatedRequest("Frozen valve", "## Why\n\nNobody looked at the valve, because it was cold."))
    assert draft.pieces == ("Frozen valve › Why\nNobody looked at the valve, because it was cold.",)


def test_each_part_of_a_long_draft_can_be_read() -> None:
    parts = [f"Part {n} tells of subject {n}. " + "It was a long story of many words. " * 12 for n in range(8)]
    draft = Draft.of(RelatedRequest("Review", "\n\n".join(parts)))
    assert draft.pieces[0].startswith("Review\nPart 0 tells")
    for n in range(8):
        assert any(f"subject {n}" in piece for piece in draft.pieces)


@given(st.text(max_size=80), st.lists(line, max_size=12).map("\n".join))
def test_no_draft_is_more_than_so_many_pieces_of_so_many_characters(title: str, body: str) -> None:
    pieces = Draft.of(RelatedRequest(title, body)).pieces
    assert all(pieces)
    if sum(map(len, pieces)) > MOST_PIECES * PIECE:
        assert all(len(piece) <= PIECE for piece in pieces[1:])
        assert all(len(piece) <= PIECE + len(title) + 1 for piece in pieces[:1])

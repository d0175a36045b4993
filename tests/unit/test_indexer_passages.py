"""Entries are cut where a reader would cut them, nothing is lost, and nothing empty is indexed."""

from __future__ import annotations

import itertools
import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.documents import Document
from indexer.passages import LONGEST, OVERLAP, Passage, cut, embedding_text, sentences, text_hash

SENTENCE = "The pump failed because nobody had read the checklist before the test. "


def passages(body: str, title: str = "A title") -> list[Passage]:
    return cut(Document("x", title, body))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text)


def test_headings_open_passages_and_give_them_their_path() -> None:
    body = f"# One\n{SENTENCE * 8}\n## Two\n{SENTENCE * 8}\n# Three\n{SENTENCE * 8}"
    assert [p.heading_path for p in passages(body)] == ["One", "One › Two", "Three"]


def test_a_heading_inside_a_code_fence_is_code() -> None:
    body = f"# Real\n{SENTENCE * 8}\n~~~sh\n# not a heading\n~~~\n{SENTENCE * 4}"
    cuts = passages(body)
    assert {p.heading_path for p in cuts} == {"Real"}
    assert "# not a heading" in "".join(p.text for p in cuts)


def test_an_underlined_heading_is_a_heading_and_a_rule_is_not() -> None:
    body = f"Title\n=====\n\n{SENTENCE * 8}\n\n---\n\n{SENTENCE * 8}"
    assert {p.heading_path for p in passages(body)} == {"Title"}
    assert all("---" not in p.text for p in passages(body))


def test_stubs_join_and_keep_their_headings_in_the_text() -> None:
    cuts = passages("## Impact\nTwo hours.\n\n## Timeline\nAt nine it broke.\n")
    assert len(cuts) == 1
    assert cuts[0].text == "Impact\nTwo hours.\nTimeline\nAt nine it broke."
    assert cuts[0].headings == ()


def test_an_empty_template_has_no_words_to_index() -> None:
    body = "<!-- What was supposed to happen? -->\n## What happened\n\n- \n- [ ] \n\n|---|\n## Why\n\n***\n"
    assert passages(body) == [Passage(0, "", "")]


def test_links_and_emphasis_read_as_text_and_identifiers_stay_whole() -> None:
    text = passages("See [the runbook](https://x.example/a) and **never** call `foo_bar()` or [[Old page|that page]].")[
        0
    ].text
    assert text == "See the runbook and never call foo_bar() or that page."


def test_a_long_section_is_cut_at_sentences_with_overlap() -> None:
    cuts = passages("# Long\n" + "".join(f"Sentence number {n} says that a valve stuck open. " for n in range(60)))
    assert len(cuts) > 2
    for before, after in itertools.pairwise(cuts):
        assert after.overlap > 0
        repeated = after.text[: after.overlap].strip()
        assert before.text.endswith(repeated)
        assert len(repeated.split()) <= OVERLAP
    assert all(p.text.startswith("Sentence number") for p in cuts)


@given(
    st.lists(
        st.sampled_from(
            [
                "# A",
                "## B",
                SENTENCE,
                SENTENCE * 9,
                "- item one",
                "```",
                "x" * 3000,
                "| a | b |",
                "",
                "漢字" * 900,
                "a\n===",
            ]
        ),
        max_size=12,
    )
)
def test_every_word_is_in_exactly_one_place(lines: list[str]) -> None:
    body = "\n".join(lines)
    cuts = passages(body)
    fresh = " ".join(" ".join([*p.headings, p.text[p.overlap :]]) for p in cuts)
    # What has no passage below it is a heading at the very end; everything else is kept once.
    kept, given_words = "".join(words(fresh)), "".join(w for w in words(re.sub(r"^#+ \w$|^a$", "", body, flags=re.M)))
    assert sorted(kept.replace("A", "").replace("B", "").replace("a", "")) == sorted(
        given_words.replace("A", "").replace("B", "").replace("a", "")
    )


@given(st.text(max_size=4000))
def test_any_text_is_cut_into_bounded_passages(body: str) -> None:
    cuts = passages(body)
    assert cuts
    assert [p.ordinal for p in cuts] == list(range(len(cuts)))
    for p in cuts:
        assert len(p.text.split()) <= LONGEST + OVERLAP + 60
        assert 0 <= p.overlap <= len(p.text)
    assert cuts == passages(body)


def test_a_megabyte_without_a_blank_is_cut_quickly() -> None:
    cuts = passages("x" * 1_000_000)
    assert "".join(p.text[p.overlap :] for p in cuts).count("x") == 1_000_000
    assert max(len(p.text) for p in cuts) < 4000


HOSTILE = [
    "[",
    "![",
    "[[",
    "**a ",
    "`a ``b ",
    "<!--",
    "# a ",
    "a" + " " * 50,
    "| ",
    "\n# h",
    "\n- x",
    "a.",
    "~~",
    "\x00",
    "(((",
    "\n```",
]


@pytest.mark.parametrize("piece", HOSTILE)
def test_a_hostile_body_of_300_kilobytes_is_cut_in_time(piece: str) -> None:
    body = piece * (300_000 // len(piece))
    started = time.process_time()
    passages(body)
    passages("# a" + body)
    assert time.process_time() - started < 10


def test_a_closed_heading_loses_its_hashes_and_c_sharp_keeps_its_own() -> None:
    body = f"## Closed ##\n{SENTENCE * 8}\n## C#\n{SENTENCE * 8}"
    assert [p.heading_path for p in passages(body)] == ["Closed", "C#"]


def test_what_is_embedded_names_title_and_headings_and_decides_the_hash() -> None:
    passage = Passage(0, "Impact › Users", "Nobody could sign in.")
    text = embedding_text(Document("x", "The outage", ""), passage)
    assert text == "The outage › Impact › Users\nNobody could sign in."
    assert text_hash(text) != text_hash(text + " ")
    assert len(text_hash(text)) == 64


def test_sentences_are_found_where_they_stand() -> None:
    text = "It broke at 10.2.0.14. Nobody saw it! Why?\n- a line"
    assert [text[a:b] for a, b in sentences(text)] == ["It broke at 10.2.0.14.", "Nobody saw it!", "Why?", "- a line"]


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a &ldquo;close call&rdquo; with H<sub>2</sub>O", "a “close call” with H2O"),
        ('one<br>two <span class="x">three</span>', "one two three"),
        ("use `<br>` and `&amp;` here", "use <br> and &amp; here"),
        ("ssh <hostname> and List<String>", "ssh <hostname> and List<String>"),
        ("`a**b` and **bold**", "a**b and bold"),
    ],
)
def test_html_is_read_as_a_reader_would_and_code_stays(written: str, read: str) -> None:
    (passage,) = cut(Document("1", "Title", written))
    assert passage.text == read

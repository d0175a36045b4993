"""No text takes longer to lay out than its bound, and no real text meets it."""

from __future__ import annotations

import json
import time

import pytest

from tests import needs
from wiki.markdown import render
from wiki.markdown.clock import TooIntricate
from wiki.markdown.parsing import to_html

BOMBS = {
    "brackets": "[" * 1_000_000,
    "link brackets": "[[" * 500_000,
    "images": "![" * 400_000,
    "quotes": ">" * 300_000,
    "deep quotes": "\n".join(">" * level for level in range(1, 700)),
    "deep lists": "\n".join("  " * level + "- a" for level in range(700)),
    "stars": "*a_ " * 100_000,
    "ticks": "".join("`" * count + " " for count in range(1, 700)),
    "divs": "<div>" * 90_000,
    "lists": "<ul><li>" * 60_000,
    "formatting": "<b><p>" * 60_000,
    "footnotes": "".join(f"[^{n}] " for n in range(9_000)) + "".join(f"\n\n[^{n}]: x" for n in range(9_000)),
    "tables": "|" * 50_000 + "\n" + "|-" * 50_000,
    "entities": "&a" * 200_000,
    "callouts": "> [!note]\n\n" * 12_000,
    "references": "[a]: <b> " * 50_000,
    "headings": "# a\n" * 40_000,
    "code": "```python\n" + "'" * 29_000 + "\n```\n",
    "long line": "a" * 900_000,
    "wiki links": "[[a|b]] " * 9_000,
    "nested links": "[" * 9_000 + "a" + "](b)" * 9_000,
    "half closed": "[[a" * 9_000 + "]]" * 9_000,
    "stars in a row": "* " * 19_000 + "a",
    "spaces before a line": "a" + " " * 400_000 + "b",
    "spaces in a heading": "# a" + " " * 400_000 + "b",
    "spaces below a table": "|a|\n|-" + " " * 400_000 + "x",
    "spaces in a callout": "!!! a" + " " * 400_000 + "b!",
    "spaces in a definition": "[a]:" + " " * 400_000 + "b c d",
    "one footnote often": "[^a] " * 9_000 + "\n\n[^a]: x",
    "chain of footnotes": "[^0]\n\n" + "".join(f"[^{n}]: [^{n + 1}]\n\n" for n in range(5_000)),
    "deep and lazy": "- " * 29 + "a\n" + "b\n" * 38_000,
    "cells of ticks": "|a|`" * 9_000 + "\n|-|-|",
    "short references": "[a]: b\n\n" + "[a] " * 15_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_no_text_takes_more_than_seconds(name: str) -> None:
    body = BOMBS[name]
    began = time.process_time()
    html = render(body).html
    took = time.process_time() - began
    assert took < 5, f"{name} took {took:.1f} s"
    assert html


def test_a_text_that_takes_too_long_is_given_up_and_the_next_one_is_read() -> None:
    with pytest.raises(TooIntricate):
        to_html("*a* [b](c)\n\n" * 500, budget=0.001)
    assert "<em>after</em>" in to_html("*after*")
    slow = render("[" * 9_000 + "a" + "](b)" * 9_000).html
    assert "shown as it is written" in slow
    assert "<em>after</em>" in render("*after*").html


def test_real_texts_are_never_given_up() -> None:
    lines = needs.data("llis/lessons.jsonl").read_text(encoding="utf-8").splitlines()
    for line in lines[::10]:
        body = "\n\n".join(value for value in json.loads(line).values() if isinstance(value, str))
        assert "shown as it is written" not in render(body).html


def test_a_text_beyond_the_bounds_is_shown_as_it_stands_with_a_notice() -> None:
    rendered = render("[" * 1_000_000)
    assert "shown as it is written" in rendered.html
    assert "[" * 1_000 in rendered.html
    assert rendered.toc == ()

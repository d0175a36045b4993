"""Ids, slugs and paths: safe on every file system and in every address, whatever the title."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.slugs import PathError, check_path, free_path, id_from_path, is_id, new_id, slugify


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Migrating the billing database", "migrating-the-billing-database"),
        ("Über-Ausfall №2", "uber-ausfall-no2"),
        ("Straße nach Łódź", "strasse-nach-lodz"),
        ("数据库迁移", "数据库迁移"),
        ("Перенос базы: май", "перенос-базы-май"),
        ("हिन्दी शीर्षक", "हिन्दी-शीर्षक"),
        ("../../etc/passwd", "etc-passwd"),
        ("CON", "con-entry"),
        ("  --  a  --  ", "a"),
    ],
)
def test_slug_of_a_title(title: str, slug: str) -> None:
    assert slugify(title) == slug


def test_a_title_of_symbols_alone_gets_a_name_of_its_own() -> None:
    assert slugify("😀") != slugify("😡")
    assert slugify("😀").startswith("entry-")


@given(st.text(max_size=400))
def test_every_slug_is_a_safe_path(title: str) -> None:
    slug = slugify(title)
    assert slug
    assert len(slug.encode()) <= 130
    assert check_path(f"lessons/{slug}.md") == unicodedata.normalize("NFC", f"lessons/{slug}.md")


def test_long_titles_are_cut_between_words() -> None:
    assert slugify("word " * 60) == "-".join(["word"] * 12)


@pytest.mark.parametrize(
    "path",
    [
        "",
        "/etc/passwd",
        "../x.md",
        "a/../b.md",
        "a//b.md",
        "a/",
        ".git/config",
        "a/.hidden.md",
        "a\\b.md",
        "a/con.md",
        "NUL",
        "a/lpt1.txt",
        "git~1/x",
        "a\0b",
        "a\nb.md",
        "a/b .md ",
        "a/b.",
        "a\u202eb.md",
        "x" * 201 + ".md",
        "/".join("abcdefghij") + ".md",
        ("y" * 150 + "/") * 3 + "z.md",
        "a:b.md",
    ],
)
def test_path_tricks_are_refused_with_a_sentence(path: str) -> None:
    with pytest.raises(PathError) as caught:
        check_path(path)
    assert str(caught.value).endswith((".", "|"))


def test_names_that_differ_in_case_only_get_paths_of_their_own() -> None:
    taken = {"lessons/a.md", "lessons/a-2.md"}
    assert free_path("lessons", "A", taken) == "lessons/A-3.md"


def test_ids() -> None:
    assert len({new_id() for _ in range(1000)}) == 1000
    assert all(is_id(new_id()) and new_id()[0].isalpha() for _ in range(100))
    assert id_from_path("a/b.md") == id_from_path("a/b.md") != id_from_path("a/c.md")
    assert id_from_path("a/b.md", 1) != id_from_path("a/b.md")
    assert id_from_path("a/\u00fc.md") == id_from_path("a/u\u0308.md")

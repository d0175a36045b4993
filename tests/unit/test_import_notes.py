"""Folders of Markdown on their way in: titles, kinds, links. Pure but for the scan of a folder."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wiki.entries import EntryError
from wiki.importing.folders import note_items, scan
from wiki.importing.notes import Links, NoteEntry, NoteOptions, follow_links, read_note
from wiki.importing.rows import ImportProblem, Report

OPTIONS = NoteOptions("vault")


def note(path: str, text: str, options: NoteOptions = OPTIONS) -> NoteEntry:
    return read_note(path, text.encode(), options)


def test_the_first_heading_is_the_title_and_leaves_the_text() -> None:
    found = note("a/b.md", "# Disk full #\n\nIt was full.\n\n# Later\n")
    assert found.fields.title == "Disk full"
    assert found.fields.body == "It was full.\n\n# Later\n"


def test_a_file_without_heading_has_its_name_for_a_title() -> None:
    assert note("Why we_left.md", "text").fields.title == "Why we left"


def test_front_matter_wins_and_unknown_names_survive() -> None:
    front = "title: Named\ntags: [Ops, '#Net/Dns']\ndate: 2024-05-01\naliases: [Old name]\nmood: calm\n"
    text = f"---\n{front}---\n# Other\ntext\n"
    found = note("x.md", text)
    assert found.fields.title == "Named"
    assert found.fields.tags == ("ops", "net/dns")
    assert found.fields.date == dt.date(2024, 5, 1)
    assert found.fields.body == "# Other\ntext\n"
    assert found.aliases == ("Old name",)
    assert found.original == text.encode()


def test_the_kind_comes_from_the_note_the_option_or_the_folder() -> None:
    assert note("x.md", "---\nkind: topic\n---\nt").fields.kind == "topic"
    assert note("postmortems/x.md", "t", NoteOptions("s", kind="page")).fields.kind == "page"
    assert note("postmortems/x.md", "t").fields.kind == "after-action-review"
    assert note("notes/lessons-learned/x.md", "t").fields.kind == "lesson"
    assert note("notes/x.md", "t").fields.kind == "page"


def test_the_day_in_a_file_name_is_the_date() -> None:
    assert note("2023-02-03-outage.md", "t").fields.date == dt.date(2023, 2, 3)
    assert note("2023-02-031.md", "t").fields.date is None


def test_ids_stay_the_same_and_differ_between_sources() -> None:
    assert note("x.md", "one").id == note("x.md", "two").id
    assert note("x.md", "one").id != note("x.md", "one", NoteOptions("other")).id
    assert note("x.md", "---\nid: abc\n---\nt").id == "abc"


@pytest.mark.parametrize(
    "text",
    ["---\n- a\n---\nt", "---\na: &x [1]\nb: *x\n---\nt", "---\naudience: {a: b}\n---\nt",
     "---\naudience: [A B]\n---\nt", "---\ndate: soonish\n---\nt", "a\0b"],
)  # fmt: skip
def test_what_cannot_be_understood_is_refused_with_a_sentence(text: str) -> None:
    with pytest.raises(ImportProblem, match=r"\.$"):
        note("x.md", text)
    with pytest.raises(ImportProblem, match="UTF-8"):
        read_note("x.md", b"caf\xe9", OPTIONS)


@pytest.fixture
def links() -> Links:
    entries = [
        note("Runbooks/Restart.md", "# How to restart\n"),
        note("Disk full.md", "---\naliases: [ENOSPC]\n---\n# Disk full\n"),
        note("a|b.md", "# Pipes | here\n"),
    ]
    return Links.of(entries, ["img/plan.png", "Runbooks/plan 2.png"])


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("[[Restart]]", "[[{r}|Restart]]"),
        ("[[restart#Steps|do it]]", "[[{r}|do it]]"),
        ("[[Runbooks/Restart.md]]", "[[{r}|Restart]]"),
        ("[[Disk full]]", "[[Disk full]]"),
        ("[[ENOSPC]]", "[[{d}|ENOSPC]]"),
        ("![[Disk full]]", "[[Disk full]]"),
        ("[[Nobody wrote this]]", "[[Nobody wrote this]]"),
        ("[again](Runbooks/Restart.md#steps)", "[[{r}|again]]"),
        ("[again](../Restart.md)", "[[{r}|again]]"),
        ("[web](https://example.org/Restart.md)", "[web](https://example.org/Restart.md)"),
        ("![[plan.png]]", "![plan.png](<plan.png>)"),
        ("![[plan.png|300]]", "![300](<plan.png>)"),
        ('![The plan](img/plan.png "x")', "![The plan](<plan.png>)"),
        ("![p](Runbooks/plan%202.png)", "![p](<plan 2.png>)"),
        ("![p](<Runbooks/plan 2.png>)", "![p](<plan 2.png>)"),
        ("![gone](img/gone.png)", "![gone](img/gone.png)"),
        ("`[[Restart]]` [[Restart]]", "`[[Restart]]` [[{r}|Restart]]"),
        ("```\n[[Restart]]\n```\n", "```\n[[Restart]]\n```\n"),
        ("~~~\n```\n[[Restart]]\n~~~\n[[Restart]]", "~~~\n```\n[[Restart]]\n~~~\n[[{r}|Restart]]"),
    ],
)
def test_links_lead_where_they_led(links: Links, written: str, read: str) -> None:
    ids = {"r": links.names["restart"].id, "d": links.names["disk full"].id}
    text, _ = follow_links(written, "x.md", links, lambda path: path.rsplit("/", 1)[-1])
    assert text == read.format(**ids)


def test_files_that_are_shown_are_attached_once(links: Links) -> None:
    _, used = follow_links("![[plan.png]] ![a](img/plan.png) [b](img/plan.png)", "x.md", links, str)
    assert used == ("img/plan.png",)


@given(st.text(alphabet="[]()!|#`~<>\n ab/.", max_size=120))
def test_no_text_brings_the_links_down_and_code_stays(text: str) -> None:
    links = Links.of([read_note("a.md", b"# a\n", OPTIONS)], ["b.png"])
    follow_links(text, "x.md", links, str)
    fenced = f"```\n{text.replace('`', '')}\n```\n"
    assert follow_links(fenced, "x.md", links, str)[0] == fenced


def test_hidden_files_links_and_tools_are_passed_over(tmp_path: Path) -> None:
    for path in ("a.md", "b/c.markdown", ".obsidian/d.md", "node_modules/e.md", ".hidden.md", "b/p.png"):
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text("x", encoding="utf-8")
    (tmp_path / "outside.md").symlink_to("/etc/hostname")
    folder = scan(tmp_path)
    assert folder.notes == ("a.md", "b/c.markdown")
    assert folder.files == ("b/p.png",)


def test_empty_files_doubled_ids_and_large_pictures_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\nid: same\n---\n![](p.png)", encoding="utf-8")
    (tmp_path / "b.md").write_text("---\nid: same\n---\nx", encoding="utf-8")
    (tmp_path / "c.md").write_text("\n", encoding="utf-8")
    (tmp_path / "p.png").write_bytes(b"x" * 100)
    report = Report()

    def check(name: str, content: bytes) -> None:
        raise EntryError(f"{name} is too large.")

    items = list(note_items(scan(tmp_path), OPTIONS, report, check))
    assert [item.key for item in items] == ["a.md"]
    assert items[0].attachments == ()
    assert sorted(row.where for row in report.refused) == ["b.md", "c.md", "p.png"]


def test_two_pictures_of_one_name_stay_two(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "p.png").write_bytes(folder.encode())
    (tmp_path / "n.md").write_text("![](a/p.png) ![](b/p.png) ![[p.png]]", encoding="utf-8")
    [item] = note_items(scan(tmp_path), OPTIONS, Report(), lambda name, content: None)
    assert item.attachments == (("p.png", b"a"), ("p-2.png", b"b"))
    assert item.fields.body == "![](<p.png>) ![](<p-2.png>) ![p.png](<p.png>)"


def test_a_note_that_was_ours_keeps_its_path_and_finds_the_files_beside_it(tmp_path: Path) -> None:
    for entry in ("one", "two"):
        (tmp_path / "lessons" / entry).mkdir(parents=True)
        (tmp_path / "lessons" / entry / "p.png").write_bytes(entry.encode())
        text = f"---\nid: {entry}\nkind: lesson\n---\n![](p.png)\n"
        (tmp_path / "lessons" / f"{entry}.md").write_text(text, encoding="utf-8")
    items = list(note_items(scan(tmp_path), OPTIONS, Report(), lambda name, content: None))
    assert [item.path for item in items] == ["lessons/one.md", "lessons/two.md"]
    assert [item.attachments for item in items] == [(("p.png", b"one"),), (("p.png", b"two"),)]

"""Tables on their way in: readers, mapping, dates. All pure but for the files that are read."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.needs import data
from wiki.entries import MAX_TAG, MAX_TAGS, MAX_TITLE
from wiki.importing.dates import read_date
from wiki.importing.mapping import Columns, check_columns, guess, made_title, map_row, parse_options, team_slug
from wiki.importing.readers import read_table, sniff_delimiter
from wiki.importing.rows import ImportProblem, Refused, Row
from wiki.slugs import is_team_slug


def rows(path: Path, encoding: str | None = None) -> list[Row | Refused]:
    return list(read_table(path, encoding))


def write(tmp_path: Path, name: str, content: bytes) -> Path:
    path = tmp_path / name
    path.write_bytes(content)
    return path


# --- readers ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_a_table_is_read_in_the_dialect_it_was_written_in(tmp_path: Path, delimiter: str) -> None:
    text = f'Name{delimiter}"Lesson; and, more"{delimiter}Tags\r\nA{delimiter}"two\nlines"{delimiter}x\r\n\r\n'
    found = rows(write(tmp_path, "t.csv", text.encode()))
    assert found == [Row("row 1 (line 2)", {"Name": "A", "Lesson; and, more": "two\nlines", "Tags": "x"})]


def test_the_mark_of_a_spreadsheet_is_no_part_of_the_first_column(tmp_path: Path) -> None:
    for encoding in ("utf-8-sig", "utf-16"):
        found = rows(write(tmp_path, f"{encoding}.csv", "Title,Lesson\nCafé,Résumé\n".encode(encoding)))
        assert found == [Row("row 1 (line 2)", {"Title": "Café", "Lesson": "Résumé"})]


def test_a_row_in_another_encoding_is_refused_alone(tmp_path: Path) -> None:
    path = write(tmp_path, "t.csv", b"Title,Lesson\nfine,one\ncaf\xe9,two\nfine too,three\n")
    good, bad, also_good = rows(path)
    assert isinstance(bad, Refused)
    assert "0xE9" in bad.why
    assert "--encoding" in bad.why
    assert isinstance(good, Row)
    assert isinstance(also_good, Row)
    named = rows(path, "cp1252")
    assert [row.fields["Title"] for row in named if isinstance(row, Row)] == ["fine", "café", "fine too"]


def test_a_row_with_too_many_cells_is_refused_and_a_short_one_is_not(tmp_path: Path) -> None:
    long, short = rows(write(tmp_path, "t.csv", b"Title,Lesson\na,b,c,d\nonly a title\n"))
    assert isinstance(long, Refused)
    assert "4 cells" in long.why
    assert short == Row("row 2 (line 3)", {"Title": "only a title"})


def test_a_header_that_names_a_column_twice_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(ImportProblem, match="Title stands twice"):
        rows(write(tmp_path, "t.csv", b"Title,Title\na,b\n"))


def test_bad_lines_of_json_are_refused_alone(tmp_path: Path) -> None:
    deep = b"[" * 100_000
    content = b'{"title": "a"}\n\nnot json\n[1]\n{"title": "\xff"}\n' + deep + b'\n{"title": "b"}\n'
    found = rows(write(tmp_path, "t.jsonl", content))
    assert [row.where for row in found] == ["line 1", "line 3", "line 4", "line 5", "line 6", "line 7"]
    assert [isinstance(row, Row) for row in found] == [True, False, False, False, False, True]


@pytest.mark.parametrize("content", ['[{"title": "a"}]', '{"lessons": [{"title": "a"}], "n": 1}', '{"title": "a"}'])
def test_json_is_a_list_or_holds_one_or_is_one(tmp_path: Path, content: str) -> None:
    assert [row.fields["title"] for row in rows(write(tmp_path, "t.json", content.encode()))] == ["a"]  # type: ignore[union-attr]


@pytest.mark.parametrize("content", [b"", b"{", b"3", b"\xff\xfe\x00", b"[" * 100_000])
def test_what_is_no_table_is_a_sentence(tmp_path: Path, content: bytes) -> None:
    for name in ("t.json", "t.csv"):
        try:
            rows(write(tmp_path, name, content))
        except ImportProblem as problem:
            assert str(problem).endswith(".")


@given(st.binary(max_size=300))
def test_no_bytes_bring_a_reader_down(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    folder = tmp_path_factory.mktemp("any")
    for name in ("t.csv", "t.jsonl", "t.json"):
        try:
            for row in rows(write(folder, name, content)):
                assert isinstance(row, Row | Refused)
        except ImportProblem:
            continue


def test_the_delimiter_is_sought_outside_quotes() -> None:
    assert sniff_delimiter('"a,b,c,d";e;f') == ";"


# --- dates -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["2014-06-06", "2014-06-06T10:00:00Z", "2014-06-06 10:00", "6 June 2014", "6 Jun 2014", "June 6, 2014",
     "06.06.2014", "2014/06/06", "6/6/2014", "20140606"],
)  # fmt: skip
def test_dates_are_read_as_people_write_them(text: str) -> None:
    assert read_date(text) == dt.date(2014, 6, 6)


def test_a_date_that_could_be_two_days_is_refused() -> None:
    assert read_date("25/04/2020") == read_date("04/25/2020") == dt.date(2020, 4, 25)
    with pytest.raises(ImportProblem, match="two days"):
        read_date("03/04/2020")
    for text in ("yesterday", "31/31/2020", "2014-02-30", "99999999"):
        with pytest.raises(ImportProblem, match="year-month-day"):
            read_date(text)


@given(st.text(max_size=40))
def test_no_text_brings_the_reading_of_dates_down(text: str) -> None:
    try:
        assert isinstance(read_date(text), dt.date | None)
    except ImportProblem:
        return


# --- mapping ---------------------------------------------------------------------------------------------------------


def test_well_known_columns_are_recognised_whatever_their_case() -> None:
    names = ["Lesson ID", "TITLE", "Driving_Event", "Lesson(s) Learned", "Recommendations", "Organisation", "Date"]
    columns = guess(names)
    assert columns.single == {"id": "Lesson ID", "title": "TITLE", "team": "Organisation", "date": "Date"}
    assert columns.sections == (
        ("Driving event", "Driving_Event"),
        ("Lesson", "Lesson(s) Learned"),
        ("Recommendation", "Recommendations"),
    )


def test_what_the_command_line_says_wins() -> None:
    chosen = parse_options(["title=Headline x=y"], ["What we learned = today=Text"], ["Words"])
    assert chosen.single == {"title": "Headline x=y"}
    assert chosen.sections == (("What we learned = today", "Text"),)
    columns = guess(["Headline x=y", "Title", "Text", "Words", "Abstract"], chosen)
    assert columns.single["title"] == "Headline x=y"
    assert columns.tags == ("Words",)
    with pytest.raises(ImportProblem, match="no column Nowhere"):
        check_columns(parse_options(["title=Nowhere"], [], []), ["Title"])
    for bad in (["name=x"], ["title"], ["title="]):
        with pytest.raises(ImportProblem, match="FIELD=COLUMN"):
            parse_options(bad, [], [])


def test_a_table_that_nobody_can_map_is_a_sentence_that_says_how() -> None:
    assert "--map title=COLUMN" in (guess(["foo", "bar"]).problem() or "")


def test_values_that_do_not_fit_are_left_out_and_told() -> None:
    columns = Columns({"title": "t", "status": "s", "kind": "k"}, ("g",), (("Lesson", "l"),))
    long_tag = "word " * 40
    row = {"t": "A &amp; B", "s": "Closed", "k": "Incident", "g": [long_tag, "g", "Fine, too"], "l": "x"}
    mapped = map_row(row, columns, "lesson")
    assert mapped.fields.title == "A & B"
    assert mapped.fields.status is None
    assert mapped.fields.kind == "lesson"
    assert mapped.fields.tags is not None
    assert len(mapped.fields.tags[0]) <= MAX_TAG
    assert mapped.fields.tags[1:] == ("fine too",)
    assert len(mapped.notes) == 3


def test_a_title_is_made_from_the_first_sentence() -> None:
    assert made_title("## Lesson\n\nCheck the valve. Then go on.\n") == "Check the valve"
    assert len(made_title("word " * 100)) <= 120
    assert made_title("## Only a heading\n") == ""
    with pytest.raises(ImportProblem, match="neither a title nor a text"):
        map_row({"title": " "}, Columns({"title": "title"}), "lesson")


@given(st.text(max_size=80))
def test_every_team_name_gives_a_slug_that_a_team_can_have(name: str) -> None:
    slug = team_slug(name)
    assert (slug is None) == (not name.strip())
    if slug is not None:
        assert is_team_slug(slug)
        assert len(slug) <= 60
        assert "--" not in slug


def test_every_real_lesson_becomes_an_entry() -> None:
    path = data("llis/lessons.jsonl")
    columns = guess(json.loads(path.read_text("utf-8").splitlines()[0]))
    assert columns.sections == (("Abstract", "abstract"), ("Lesson", "lesson"))
    found = [map_row(row.fields, columns, "lesson") for row in rows(path) if isinstance(row, Row)]
    assert len(found) == 1637
    assert len({mapped.row_id for mapped in found}) == 1637
    for mapped in found:
        fields = mapped.fields
        assert fields.title
        assert len(fields.title) <= MAX_TITLE
        assert fields.team
        assert fields.date
        assert fields.source
        assert len(fields.tags or ()) <= MAX_TAGS
        assert "## Lesson\n" in (fields.body or "")

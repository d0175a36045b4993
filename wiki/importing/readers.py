"""Tables from disk: CSV in the dialects that spreadsheets write, JSON lines, and JSON.

Each reader is lazy, yields `Row` or `Refused`, and never stops at a bad row: the rest of a table is not to be lost
for one line. Only a table that cannot be read at all raises `ImportProblem`.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from wiki.importing.rows import ImportProblem, Refused, Row

JSON_LINES = frozenset({".jsonl", ".ndjson"})
JSON = frozenset({".json"})
DELIMITED = frozenset({".csv", ".tsv", ".tab"})
TABLES = JSON_LINES | JSON | DELIMITED

_BOMS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_MAX_CELL = 50_000_000


def read_table(path: Path, encoding: str | None = None) -> Iterator[Row | Refused]:
    """The rows of the table at `path`, chosen by its suffix. `encoding` None: by its mark, else UTF-8.

    Raises ImportProblem when the file is no table that can be read.
    """
    suffix = path.suffix.lower()
    if suffix in DELIMITED:
        return read_delimited(_text(path, encoding))
    if suffix in JSON_LINES:
        return read_json_lines(_lines(path, encoding))
    if suffix in JSON:
        return read_json(_text(path, encoding))
    raise ImportProblem(
        f"{path.name} is neither a folder of Markdown nor a table: use .csv, .tsv, .jsonl, .json, .md or a folder."
    )


def count_rows(path: Path, encoding: str | None = None) -> int:
    """How many rows there are, refused ones among them: the table is read once for it."""
    return sum(1 for _ in read_table(path, encoding))


def _encoding_of(path: Path, encoding: str | None) -> str:
    if encoding:
        try:
            "".encode(encoding)
        except LookupError:
            raise ImportProblem(f"There is no encoding {encoding!r}; try utf-8, cp1252 or latin-1.") from None
        return encoding
    with path.open("rb") as file:
        head = file.read(4)
    return next((name for mark, name in _BOMS if head.startswith(mark)), "utf-8")


def _text(path: Path, encoding: str | None) -> str:
    """The whole file; bytes that do not decode stand as lone surrogates, so that each row can be judged alone."""
    name = _encoding_of(path, encoding)
    try:
        return path.read_bytes().decode(name, errors="surrogateescape")
    except UnicodeDecodeError as error:
        raise ImportProblem(f"{path.name} cannot be read as {name}: {error.reason}. Save it as UTF-8.") from None


def _lines(path: Path, encoding: str | None) -> Iterator[str]:
    with path.open("r", encoding=_encoding_of(path, encoding), errors="surrogateescape", newline="\n") as file:
        yield from file


def _not_utf8(text: str) -> str | None:
    """A sentence when `text` holds bytes that did not decode, else None."""
    for char in text:
        if "\udc80" <= char <= "\udcff":
            return (
                f"It is not valid UTF-8 (byte 0x{ord(char) - 0xDC00:02X}). "
                "Save the file as UTF-8, or name its encoding, such as --encoding cp1252."
            )
    return None


def sniff_delimiter(header: str) -> str:
    """The delimiter of a header line: whichever of comma, semicolon, tab and bar stands in it most, outside quotes."""
    plain = "".join(part for index, part in enumerate(header.split('"')) if index % 2 == 0)
    return max(",;\t|", key=plain.count)


def read_delimited(text: str) -> Iterator[Row | Refused]:
    """Rows of a CSV text with a header line. Rows longer than the header are refused, blank ones passed over."""
    if not text.strip():
        raise ImportProblem("The table is empty: it needs a line with the names of its columns.")
    csv.field_size_limit(_MAX_CELL)
    first = text.lstrip("\r\n").splitlines()[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=sniff_delimiter(first))
    names: list[str] | None = None
    number = 0
    while True:
        start = reader.line_num + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Refused(f"line {start}", f"It cannot be read as a table row: {error}.")
            continue
        if not any(cell.strip() for cell in cells):
            continue
        if names is None:
            names = _header(cells)
            continue
        number += 1
        yield _delimited_row(f"row {number} (line {start})", names, cells)


def _header(cells: list[str]) -> list[str]:
    names = [cell.strip() for cell in cells]
    while names and not names[-1]:
        names.pop()
    if problem := _not_utf8("".join(names)):
        raise ImportProblem(f"The line with the names of the columns cannot be read. {problem}")
    repeated = sorted({name for name in names if names.count(name) > 1 and name})
    if repeated:
        raise ImportProblem(f"The column {', '.join(repeated)} stands twice in the header; give each its own name.")
    return names


def _delimited_row(where: str, names: list[str], cells: list[str]) -> Row | Refused:
    if problem := _not_utf8("".join(cells)):
        return Refused(where, problem)
    if any(cell.strip() for cell in cells[len(names) :]):
        return Refused(
            where, f"It has {len(cells)} cells, but the header names {len(names)}. Check its quotation marks."
        )
    return Row(where, {name: cell for name, cell in zip(names, cells, strict=False) if name})


def read_json_lines(lines: Iterable[str]) -> Iterator[Row | Refused]:
    """One JSON object a line; blank lines are skipped."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        where = f"line {number}"
        if problem := _not_utf8(line):
            yield Refused(where, problem)
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            yield Refused(where, f"It is not valid JSON: {_reason(error)}.")
            continue
        yield _object(where, value)


def read_json(text: str) -> Iterator[Row | Refused]:
    """A JSON list of objects, or an object whose only list holds them."""
    if problem := _not_utf8(text):
        raise ImportProblem(problem)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ImportProblem(f"The file is not valid JSON: {_reason(error)}.") from None
    if isinstance(value, dict):
        lists = [item for item in value.values() if isinstance(item, list)]
        value = lists[0] if len(lists) == 1 else [value]
    if not isinstance(value, list):
        raise ImportProblem("The file must hold a JSON list of objects, one for each entry.")
    for number, item in enumerate(value, 1):
        yield _object(f"row {number}", item)


def _object(where: str, value: object) -> Row | Refused:
    if not isinstance(value, dict):
        return Refused(where, "It is not a JSON object with named fields.")
    return Row(where, value)


def _reason(error: ValueError | RecursionError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"{error.msg} at character {error.pos + 1}"
    return "it is nested too deeply" if isinstance(error, RecursionError) else str(error)

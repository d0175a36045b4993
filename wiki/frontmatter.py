"""The YAML block at the head of a Markdown file: cut off, read as plain strings, edited line by line (pure).

Reading goes through PyYAML's binding of libyaml: it is sixteen times as fast as ruamel.yaml, which has no C loader in
its current versions (50 against 730 microseconds for a usual block), and a rebuild reads every version of every file.
Every scalar is read as the string that it is. So `no`, `1_000`, `12:30` and `2026-11-24` cannot turn into something
else, and which fields mean a date or a list is decided in `wiki.entries`.

Writing never serializes what it does not have to: the block is cut into the lines of each top-level name, and only
the lines of a name whose value changed are replaced. Unknown names, order, comments and quoting stay byte for byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import yaml  # type: ignore[import-untyped]

from wiki.words import say

MAX_BYTES = 256_000
MAX_DEPTH = 20

_NAME = re.compile(r"(?P<name>[A-Za-z_][\w.-]*|'[^'\n]*'|\"[^\"\\\n]*\")[ \t]*:(?=[ \t\n]|$)")
_NAME_LINE = re.compile(r"^([A-Za-z_][\w.-]*)[ \t]*:(?=[ \t\n]|$)", re.MULTILINE)
_LOOKS_LIKE_NAME = re.compile(r"\s*(#.*\n\s*)*[\w'\"][^\n]*:(\s|$)")
_PLAIN = re.compile(r"[^\W\d_][^\n\t\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]*")
_NOT_PLAIN = re.compile(r": |:$| #|[\[\]{},]| $")
_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "none", "nan", "inf"])
_LONG_LIST = 100


class FrontMatterError(ValueError):
    """The block cannot be read; the message says why in a sentence."""


@dataclass(frozen=True, slots=True)
class Split:
    """A file in two: `block` is the text between the marks (None without front matter), `gap` the blank line after
    the closing mark (empty or a newline), `body` all the rest, untouched."""

    block: str | None
    gap: str
    body: str


def split(text: str) -> Split:
    """Cut a file with `\\n` line ends at its front matter.

    A first line `---` that no later one closes is a horizontal rule, unless a `name:` follows it. Raises
    FrontMatterError for a block that is left open or is too long.
    """
    text = text.removeprefix("\ufeff")
    if not (text.startswith("---\n") or text.rstrip() == "---"):
        return Split(None, "", text)
    position = 4
    while position < len(text):
        end = text.find("\n", position)
        line = text[position : end if end >= 0 else len(text)].rstrip()
        after = end + 1 if end >= 0 else len(text)
        if line in ("---", "..."):
            return _cut(text, position, after)
        position = after
    if _LOOKS_LIKE_NAME.match(text, 4):
        raise FrontMatterError("The front matter is not closed: put a line with --- after it.")
    return Split(None, "", text)


def _cut(text: str, end: int, after: int) -> Split:
    block = text[4:end]
    if len(block.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise FrontMatterError(
            say("The front matter is too long: at most %(max_bytes)s kB.", max_bytes=MAX_BYTES // 1000)
        )
    gap = "\n" if text.startswith("\n", after) else ""
    return Split(block, gap, text[after + len(gap) :])


def read(block: str) -> dict[str, Any]:
    """The names of a block with their values: strings, lists and maps of them. Raises FrontMatterError.

    Aliases and anchors are refused, since a few hundred bytes of them can unfold into gigabytes.
    """
    try:
        if _suspicious(block):
            _inspect(block)
        value = yaml.load(block, Loader=yaml.CBaseLoader)  # noqa: S506 - a base loader makes strings only
    except yaml.YAMLError as error:
        raise FrontMatterError(_explain(error)) from error
    if value is None or value == "":
        return {}
    if not isinstance(value, dict):
        raise FrontMatterError("The front matter must be lines of the form “name: value”.")
    if not all(isinstance(name, str) for name in value):
        raise FrontMatterError("Each name in the front matter must be a plain word.")
    names = _NAME_LINE.findall(block)
    if len(set(names)) != len(names):
        twice = next(name for name in names if names.count(name) > 1)
        raise FrontMatterError(say("“%(twice)s” stands twice in the front matter. Remove one of them.", twice=twice))
    return value


def _suspicious(block: str) -> bool:
    """Whether the block might hold an alias or be nested deeply: then it is walked before anything is built.

    libyaml's Python binding builds recursively and crashes the process on a few thousand levels.
    """
    deep = block.count("[") + block.count("{") + block.count("-") + block.count("?") + block.count("  ")
    return deep > 100 or "&" in block or "*" in block or "\t" in block


def _inspect(block: str) -> None:
    depth = 0
    for event in yaml.parse(block, Loader=yaml.CBaseLoader):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FrontMatterError("Anchors (&) and aliases (*) cannot be used in front matter. Put quotes around it.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > MAX_DEPTH:
                raise FrontMatterError(
                    say("The front matter is nested too deeply: at most %(max_depth)s levels.", max_depth=MAX_DEPTH)
                )
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1


def _explain(error: yaml.YAMLError) -> str:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or "it is not valid YAML"
    # The block starts on the second line of the file, and marks count from nought.
    where = f" in line {mark.line + 2}" if mark is not None else ""
    return f"The front matter cannot be read{where}: {problem}. Check indentation, colons and quotes there."


@dataclass(frozen=True, slots=True)
class Piece:
    """The lines of one top-level name. `lead` holds the comments and blank lines before it; the last piece of a
    block may have no name and only a lead."""

    name: str | None
    lead: str
    text: str


def pieces(block: str) -> list[Piece]:
    """Cut a block into its top-level names; joining leads and texts gives the block again.

    Where the block reads otherwise than line by line, the names are written anew. Raises FrontMatterError.
    """
    if block and not block.endswith("\n"):
        block += "\n"
    found = _line_pieces(block)
    names = [piece.name for piece in found if piece.name is not None]
    if names != list(read(block)):
        return _node_pieces(block)
    return found


def _line_pieces(block: str) -> list[Piece]:
    found: list[Piece] = []
    lead = ""
    for line in block.splitlines(keepends=True):
        match = _NAME.match(line)
        if match:
            found.append(Piece(match["name"].strip("'\""), lead, line))
            lead = ""
        elif line.startswith("#") or not line.strip():
            lead += line
        elif found:
            last = found.pop()
            found.append(replace(last, text=last.text + lead + line))
            lead = ""
        else:
            lead += line
    if lead:
        found.append(Piece(None, lead, ""))
    return found


def _node_pieces(block: str) -> list[Piece]:
    """Pieces of a block that is laid out some other way, `{a: 1, b: 2}` say: written anew, name by name."""
    node = yaml.compose(block, Loader=yaml.CBaseLoader)
    found = []
    for key, value in node.value if isinstance(node, yaml.MappingNode) else ():
        single = yaml.MappingNode("tag:yaml.org,2002:map", [(key, value)], flow_style=False)
        text = yaml.serialize(single, Dumper=yaml.CSafeDumper, allow_unicode=True, width=10_000)
        found.append(Piece(key.value, "", text))
    return found


@dataclass(frozen=True, slots=True)
class Item:
    """One map of a list of maps. `raw` are its lines as they stand, `block` the same as a block of its own, `margin`
    what stands before its first name (the dash included), `tail` the comments between it and the next one."""

    id: str
    values: dict[str, Any]
    raw: str
    block: str
    margin: str
    tail: str

    def with_block(self, block: str) -> str:
        """Its lines with another block in it."""
        return as_item(block, self.margin) + self.tail


def items(text: str) -> tuple[str, list[Item]] | None:
    """The lines of one name whose value is a list of maps, cut into its head and its maps; comments stay with the map
    before them. None where it is written some other way (in brackets), or where a map has no id or one twice."""
    lines = text.splitlines(keepends=True)
    first = next((number for number, one in enumerate(lines) if number and one.lstrip().startswith("-")), len(lines))
    if not lines or not re.search(r":[ \t]*(#.*)?\n?$", lines[0]):
        return None
    head, rest = "".join(lines[:first]), lines[first:]
    indent = rest[0][: len(rest[0]) - len(rest[0].lstrip())] if rest else ""
    chunks: list[list[str]] = []
    for one in rest:
        if re.match(rf"{indent}-[ \t]", one):
            chunks.append([])
        chunks[-1].append(one)
    found = [_item(chunk) for chunk in chunks]
    ids = [item.id for item in found if item is not None]
    if len(ids) != len(found) or len(set(ids)) != len(ids):
        return None
    return head, [item for item in found if item is not None]


def _item(chunk: Sequence[str]) -> Item | None:
    margin = re.match(r"[ ]*-[ ]+", chunk[0])
    if margin is None or not all(
        one.startswith(" " * margin.end()) or not one.strip() or one.lstrip().startswith("#") for one in chunk[1:]
    ):
        return None
    end = len(chunk)
    while end > 1 and not chunk[end - 1].startswith(" " * margin.end()):
        end -= 1
    block = chunk[0][margin.end() :] + "".join(_dedented(one, margin.end()) for one in chunk[1:end])
    block += "" if block.endswith("\n") else "\n"
    try:
        values = read(block)
    except FrontMatterError:
        return None
    known = values.get("id")
    if not isinstance(known, str) or not known:
        return None
    return Item(known, values, "".join(chunk), block, margin[0], "".join(chunk[end:]))


def _dedented(text: str, width: int) -> str:
    return text[width:] if text.startswith(" " * width) else text.lstrip(" ")


def as_item(block: str, margin: str = "- ") -> str:
    """A block of lines as one map of a list."""
    lines = block.splitlines(keepends=True)
    rest = ["".join([" " * len(margin), one]) if one.strip() else one for one in lines[1:]]
    return margin + "".join([*lines[:1], *rest])


def set_items(name: str, text: str, maps: Sequence[Mapping[str, Any]]) -> str:
    """The lines of a list of maps set to `maps`: those of a map that stays the same are kept byte for byte, and of a
    changed one those of the names that stay the same."""
    cut = items(text)
    if cut is None:
        return line(name, maps)
    head, known = cut[0], {item.id: item for item in cut[1]}
    margin = cut[1][0].margin if cut[1] else "- "
    parts = [head]
    for values in maps:
        old = known.get(str(values.get("id")))
        if old is None:
            parts.append(as_item(_block(values), margin))
        elif old.values == values:
            parts.append(old.raw if old.raw.endswith("\n") else old.raw + "\n")
        else:
            changes = {key: values.get(key) for key in [*values, *old.values] if values.get(key) != old.values.get(key)}
            parts.append(old.with_block(edit(old.block, changes, [*values, *old.values])))
    written = "".join(parts)
    try:
        sound = read(written).get(name) == [dict(values) for values in maps]
    except FrontMatterError:
        sound = False
    return written if sound else line(name, maps)


def edit(block: str, values: Mapping[str, Any], order: Sequence[str]) -> str:
    """The block with some names set to strings, lists of strings, maps or lists of maps (each with an `id`), or removed
    (None or empty).

    A name that the block lacks goes behind the last one that precedes it in `order`.
    """
    edited = _edited(pieces(block), values, order)
    kept = {name: value for name, value in read(block).items() if name not in values}
    try:
        result = read(edited)
    except FrontMatterError:
        result = {}
    if any(result.get(name) != value for name, value in kept.items()) or not all(
        name in result for name, value in values.items() if value
    ):
        # Lines that only looked like one name each; written anew they are.
        edited = _edited(_node_pieces(block), values, order)
    return edited


def _edited(found: list[Piece], values: Mapping[str, Any], order: Sequence[str]) -> str:
    found = list(found)
    for name, value in values.items():
        place = next((i for i, piece in enumerate(found) if piece.name == name), None)
        if value is None or len(value) == 0:
            if place is not None:
                found[place] = Piece(None, found[place].lead, "")
        elif place is not None:
            several = not isinstance(value, str | Mapping) and all(isinstance(one, Mapping) for one in value)
            text = set_items(name, found[place].text, value) if several else line(name, value)
            found[place] = replace(found[place], text=text)
        else:
            found.insert(_place(found, name, order), Piece(name, "", line(name, value)))
    return "".join(piece.lead + piece.text for piece in found)


def _place(found: Sequence[Piece], name: str, order: Sequence[str]) -> int:
    earlier = set(order[: order.index(name)])
    return max((i + 1 for i, piece in enumerate(found) if piece.name in earlier), default=0)


def line(name: str, value: str | Mapping[str, Any] | Sequence[str] | Sequence[Mapping[str, Any]]) -> str:
    """One name with its value as YAML, newline included: short lists in brackets, long ones a line each, maps and lists
    of maps with a line for each of their names."""
    key = name if is_name(name) else scalar(name)
    if isinstance(value, str):
        return f"{key}: {scalar(value)}\n"
    if isinstance(value, Mapping):
        return f"{key}:\n" + "".join(f"  {one}\n" for one in _block(value).splitlines())
    if value and all(isinstance(one, Mapping) for one in value):
        return f"{key}:\n" + "".join(as_item(_block(one)) for one in value if isinstance(one, Mapping))
    written = [scalar(str(item)) for item in value]
    if sum(len(item) + 2 for item in written) > _LONG_LIST:
        return f"{key}:\n" + "".join(f"- {item}\n" for item in written)
    return f"{key}: [{', '.join(written)}]\n"


def _block(values: Mapping[str, Any]) -> str:
    return "".join(line(name, value) for name, value in values.items() if value)


def scalar(text: str) -> str:
    """A string as YAML 1.1 and 1.2 both read it back: plain where nothing could be misread, else in quotes."""
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return text
    if _PLAIN.fullmatch(text) and not _NOT_PLAIN.search(text) and text.casefold() not in _WORDS:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return re.sub(r"[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]", lambda match: f"\\u{ord(match[0]):04x}", quoted)


def is_name(text: str) -> bool:
    """Whether `text` can stand before a colon as it is."""
    return re.fullmatch(r"[A-Za-z_][\w.-]*", text) is not None

"""One Markdown text as guided fields, and back without losing a character (pure).

A template names sections by `## headings` and explains them in HTML comments. Guided writing shows a field for each
heading; free writing shows the whole text. Both work on one text, so the cut keeps everything that it does not show
(the heading as it was typed, the blank lines around) in the `shape` of each section, and `joined(cut(body)) == body`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from wiki.words import say

MAX_SECTIONS = 400

_HEADING = re.compile(r" {0,3}##(?!#)(?:[ \t]+(?P<title>.*?))?(?:[ \t]+#+)?[ \t]*$")
_FENCE = re.compile(r" {0,3}(?P<mark>`{3,}|~{3,})(?P<info>.*)$")
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)*")
_FRONT_MATTER = re.compile(r"\A---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)


class ShapeError(ValueError):
    """What a form says about its fields cannot be understood."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading line as typed (empty for what stands before the first one) and the text under it.

    `before` and `after` are the blank lines around the text, newline of the heading included. `present` is false for
    a section that the template offers and the text does not have yet: it is left out while its text is blank.
    """

    heading: str
    text: str
    before: str = ""
    after: str = ""
    present: bool = True

    @property
    def title(self) -> str:
        """The words of the heading."""
        found = _HEADING.match(self.heading)
        return (found.group("title") or "").strip() if found else ""

    @property
    def key(self) -> str:
        """What headings are compared by: case and runs of spaces do not count."""
        return " ".join(self.title.casefold().split())


@dataclass(frozen=True, slots=True)
class Prompt:
    """A section that a template asks for, with what helps to fill it.

    All but the heading, which goes into the text, is shown in the reader's language where a catalog has it.
    """

    heading: str
    title: str
    hint: str
    example: str


@dataclass(frozen=True, slots=True)
class Template:
    """What a new entry of a kind starts from: the Markdown, its prompts, and the comments that are only hints.

    `lead` is the hint before the first heading: all that a template without headings has to say.
    """

    body: str = ""
    prompts: tuple[Prompt, ...] = ()
    lead: Prompt | None = None
    hints: tuple[str, ...] = ()

    @property
    def start(self) -> str:
        """The text that a new entry begins with; without headings to fill in, nothing."""
        return self.body if self.prompts else without_hints(self.body, self).strip("\n")

    @property
    def guided(self) -> bool:
        """Whether there are fields to show."""
        return bool(self.prompts)

    def prompt(self, section: Section) -> Prompt | None:
        """The prompt of a section with the same heading."""
        return next((p for p in self.prompts if _key(p.title) == section.key), None)


def _key(title: str) -> str:
    return " ".join(title.casefold().split())


def _heading_lines(lines: Sequence[str]) -> list[int]:
    """Indices of the level-two headings that stand outside code fences and comments."""
    found: list[int] = []
    fence = ""
    comment = False
    for index, line in enumerate(lines):
        if comment:
            comment = "-->" not in line
        elif fence:
            match = _FENCE.match(line)
            if match and match["mark"].startswith(fence) and not match["info"].strip():
                fence = ""
        elif (match := _FENCE.match(line)) and not (match["mark"][0] == "`" and "`" in match["info"]):
            fence = match["mark"]
        elif line.lstrip().startswith("<!--"):
            comment = "-->" not in line
        elif _HEADING.match(line):
            found.append(index)
    return found


def _section(heading: str, rest: str) -> Section:
    blank = _BLANK_LINES.match(rest)
    before = blank.group() if blank else ""
    remainder = rest[len(before) :]
    text = remainder.rstrip(" \t\n")
    if not text:
        return Section(heading, "", rest[:2], rest[2:]) if rest.startswith("\n\n") else Section(heading, "", rest)
    return Section(heading, text, before, remainder[len(text) :])


def cut(body: str) -> tuple[Section, ...]:
    """Cut a text at its `## headings`. The first section is what stands before them, often empty."""
    lines = body.split("\n")
    starts = _heading_lines(lines)
    ends = [*starts, len(lines)]
    lead = "\n".join(lines[: ends[0]])
    sections = [_section("", lead + "\n" if starts and starts[0] > 0 else lead)]
    for start, end in zip(starts, ends[1:], strict=True):
        rest = "\n".join(["", *lines[start + 1 : end]])
        sections.append(_section(lines[start], rest + "\n" if end < len(lines) else rest))
    return tuple(sections)


def joined(sections: Sequence[Section]) -> str:
    """The text of these sections: exactly the one that was cut where nothing was changed."""
    out = ""
    for section in sections:
        blank = not section.text.strip(" \t\n")
        if not section.present and blank:
            continue
        if section.heading:
            out += _gap(out, section.present) + section.heading
        out += _under(section, blank)
    return out


def _gap(out: str, present: bool) -> str:
    """What must stand between the text so far and a heading so that it is one."""
    if not out or out.endswith("\n\n"):
        return ""
    if out.endswith("\n"):
        return "" if present else "\n"
    return "\n\n"


def _under(section: Section, blank: bool) -> str:
    if blank:
        return section.before + section.after
    before = section.before
    if section.heading and "\n" not in before:
        before = "\n\n"
    return before + section.text + (section.after if section.present else "\n")


def fields(body: str, template: Template) -> tuple[Section, ...]:
    """The sections of a text, and after each the ones that the template asks for and the text lacks."""
    sections = list(cut(without_hints(body, template)))
    for number, prompt in enumerate(template.prompts):
        if any(s.key == _key(prompt.title) and s.heading for s in sections):
            continue
        earlier = _key(template.prompts[number - 1].title) if number else None
        place = 1
        for index, section in enumerate(sections):
            if section.heading and section.key == earlier:
                place = index + 1
        sections.insert(place, Section(prompt.heading, "", "\n\n", "\n", present=False))
    return tuple(sections)


def shape(sections: Sequence[Section]) -> str:
    """What a form must carry beside the texts, as JSON: heading, blank lines around it, and whether it is there."""
    return json.dumps([[s.heading, s.before, s.after, s.present] for s in sections], ensure_ascii=False)


def from_shape(text: str, texts: Sequence[str]) -> tuple[Section, ...]:
    """Sections from a form's shape and the texts of its fields. Raises ShapeError where they do not fit."""
    try:
        rows = json.loads(text)
    except ValueError as error:
        raise ShapeError("the form's list of fields is damaged") from error
    if not isinstance(rows, list) or len(rows) != len(texts) or len(rows) > MAX_SECTIONS:
        raise ShapeError("the form's list of fields does not fit its fields")
    return tuple(_from_row(row, value) for row, value in zip(rows, texts, strict=True))


def _from_row(row: object, text: str) -> Section:
    if not isinstance(row, list) or len(row) != 4 or not all(isinstance(part, str) for part in row[:3]):
        raise ShapeError("the form's list of fields is damaged")
    heading, before, after, present = row
    if "\n" in heading or before.strip() or after.strip():
        raise ShapeError("the form's list of fields is damaged")
    return Section(heading, text.rstrip(" \t\n"), before, after, bool(present))


def parse_template(text: str) -> Template:
    """Read a template: front matter is dropped, comments under a heading are its hint.

    What follows `For example:` in a comment is the example.
    """
    body = _FRONT_MATTER.sub("", text.replace("\r\n", "\n"), count=1).lstrip("\n")
    lead, *prompts = (_prompt(section) for section in cut(body))
    hints = tuple(match.group() for match in _COMMENT.finditer(body))
    return Template(body, tuple(prompts), lead if lead.hint or lead.example else None, hints)


def _prompt(section: Section) -> Prompt:
    hints: list[str] = []
    examples: list[str] = []
    for comment in _COMMENT.findall(section.text):
        hint, _, example = " ".join(comment.split()).partition("For example:")
        hints.append(hint.strip())
        examples.append(example.strip())
    hint, example = " ".join(filter(None, hints)), " ".join(filter(None, examples))
    return Prompt(section.heading, say(section.title), say(hint), say(example))


def without_hints(body: str, template: Template) -> str:
    """The text without the comments that its template put there; whoever wrote a comment keeps it."""
    for hint in template.hints:
        body = re.sub(r"(?:\A|\n)[ \t]*" + re.escape(hint) + r"[ \t]*\n?(?=\n|\Z)", "", body)
        body = body.replace(hint, "")
    return body


def without_empty(body: str, template: Template) -> str:
    """The text without the template's sections that nobody filled in; other headings stay, filled or not."""
    kept = [s for s in cut(body) if s.text.strip() or not (s.heading and template.prompt(s))]
    return joined(kept)


def own_text(body: str, template: Template) -> str:
    """What somebody wrote: without the template's questions and hints, which say nothing about what happened."""
    parts: list[str] = []
    for section in cut(without_hints(body, template)):
        if not section.text.strip():
            continue
        parts += [section.text] if template.prompt(section) else [section.heading, section.text]
    return "\n\n".join(part for part in parts if part)


def with_texts(sections: Sequence[Section], texts: Sequence[str]) -> tuple[Section, ...]:
    """The same sections with other texts, in order."""
    return tuple(replace(s, text=text) for s, text in zip(sections, texts, strict=True))

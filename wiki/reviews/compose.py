"""A review as the text of an entry: the joint text by the template's sections, the timeline, the voices (pure).

The template's prompts say which parts there are. Three parts are lists with a line for each thing: the contributing
factors (there is never just one), what to sustain and what to improve.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from wiki.reviews.types import QUESTIONS, Event, Voice
from wiki.sections import Template
from wiki.words import say

FACTORS, SUSTAIN, IMPROVE = "factors", "sustain", "improve"
VOICES = "Voices"
NAMELESS = "without a name"
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|])")


@dataclass(frozen=True, slots=True)
class Part:
    """A field of the joint text. `lines` where each line is a thing of its own."""

    key: str
    label: str
    hint: str = ""
    lines: bool = False
    example: str = ""


_FACTORS = Part(
    FACTORS,
    say("Contributing factors"),
    say("One a line, several of them: in the way of working rather than in people."),
    True,
)
_SUSTAIN = Part(SUSTAIN, say("What to sustain"), say("One a line: what you want to do again."), True)
_IMPROVE = Part(IMPROVE, say("What to improve"), say("One a line: what you want to do otherwise."), True)


def key_of(heading: str) -> str:
    """What a section is called in the joint text: its heading, case and runs of spaces aside."""
    return " ".join(heading.casefold().split())


_DIFFERENCE, _NEXT = key_of(QUESTIONS["difference"]), key_of(QUESTIONS["next"])


def parts_of(template: Template) -> list[Part]:
    """The fields of the joint text, in the order of the template; factors, sustain and improve are always there."""
    found: list[Part] = []
    for prompt in template.prompts:
        key = key_of(prompt.title)
        if key == _NEXT:
            found += [_SUSTAIN, _IMPROVE]
            continue
        found.append(Part(key, prompt.title, prompt.hint, example=prompt.example))
        if key == _DIFFERENCE:
            found.append(_FACTORS)
    keys = {part.key for part in found}
    return found + [part for part in (_FACTORS, _SUSTAIN, _IMPROVE) if part.key not in keys]


def entry_body(
    template: Template,
    parts: Mapping[str, str],
    summary: str,
    events: Sequence[Event],
    voices: Mapping[str, Sequence[Voice]],
) -> str:
    """The Markdown of the entry. `voices` come by question, in the order in which they shall stand.

    Sections that nobody filled in are left out; a part whose heading the template has lost stands at the end.
    """
    sections = [summary.strip()] if summary.strip() else []
    left = {key: text for key, text in parts.items() if text.strip()}
    for prompt in template.prompts:
        sections.append(_section(prompt.heading, _content(key_of(prompt.title), left, events)))
    keys = {key_of(prompt.title) for prompt in template.prompts}
    if key_of(QUESTIONS["happened"]) not in keys:
        sections.append(_section("## Timeline", timeline(events)))
    for key, heading in ((FACTORS, "Contributing factors"), (SUSTAIN, "Sustain"), (IMPROVE, "Improve")):
        sections.append(_section(f"## {heading}", _list(left.pop(key, ""))))
    sections += [_section(f"## {key[:1].upper()}{key[1:]}", text.strip()) for key, text in left.items()]
    sections.append(_section(f"## {VOICES}", _voices(voices)))
    return "\n\n".join(section for section in sections if section) + "\n"


def _section(heading: str, content: str) -> str:
    return f"{heading}\n\n{content}" if content else ""


def _content(key: str, left: dict[str, str], events: Sequence[Event]) -> str:
    """What stands under a heading of the template; what is used is taken out of `left`."""
    found = [left.pop(key, "").strip("\n")]
    if key == key_of(QUESTIONS["happened"]):
        found.append(_section("### Timeline", timeline(events)))
    if key == _DIFFERENCE:
        found.append(_section("### Contributing factors", _list(left.pop(FACTORS, ""))))
    if key == _NEXT:
        found.append(_section("### Sustain", _list(left.pop(SUSTAIN, ""))))
        found.append(_section("### Improve", _list(left.pop(IMPROVE, ""))))
    return "\n\n".join(text for text in found if text.strip())


def _list(text: str) -> str:
    """A line for each thing as a list; marks that somebody typed count once."""
    lines = (re.sub(r"^\s*(?:[-*+]|\d+[.)])\s+", "", line).strip() for line in text.split("\n"))
    return "\n".join(f"- {line}" for line in lines if line)


def timeline(events: Sequence[Event]) -> str:
    """The events in order as a table: what the clock there showed, its zone, and the same moment in UTC."""
    if not events:
        return ""
    rows = ["| There | Zone | UTC | What happened |", "| --- | --- | --- | --- |"]
    for event in events:
        there = event.at.astimezone(ZoneInfo(event.zone))
        rows.append(f"| {there:%Y-%m-%d %H:%M} | {event.zone} | {event.at:%Y-%m-%d %H:%M} | {_cell(event.text)} |")
    return "\n".join(rows)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|")


def _voices(voices: Mapping[str, Sequence[Voice]]) -> str:
    found = []
    for question, heading in QUESTIONS.items():
        said = voices.get(question, ())
        if said:
            found.append("\n\n".join([f"### In their words: {heading}", *(quoted(voice) for voice in said)]))
    return "\n\n".join(found)


def quoted(voice: Voice) -> str:
    """A voice as it was written, as a quotation with its name under it."""
    lines = voice.text.strip("\n").split("\n")
    name = NAMELESS if voice.name is None else _SPECIAL.sub(r"\\\1", voice.name)
    # What stands between two quotations keeps Markdown from joining them into one.
    return "\n".join([*(f"> {line}".rstrip() for line in lines), ">", f"> — {name}"])

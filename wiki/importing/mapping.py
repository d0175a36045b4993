"""Which column of a table becomes which field of an entry: by well-known names, or as the command line says. Pure.

Text columns become sections of the entry under their headings, in the order in which people read them; a column
that no name fits and no option mentions is left out and named in the report.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from wiki.entries import KINDS, LESSON_STATUSES, MAX_TAG, MAX_TAGS, MAX_TITLE, clean_tags
from wiki.importing.dates import read_date
from wiki.importing.rows import ImportProblem
from wiki.library import EntryFields
from wiki.slugs import id_from_key, is_team_slug, slugify

SINGLE = ("id", "title", "date", "team", "source", "kind", "status", "body")
"""Fields that take one column each; `--map FIELD=COLUMN`. Tags and sections take several."""

_NAMES: dict[str, tuple[str, ...]] = {
    "id": ("id", "lesson id", "lesson number", "number", "key", "identifier", "uid", "record id", "ref", "reference"),
    "title": ("title", "lesson title", "name", "subject", "headline", "heading", "short description", "issue"),
    "date": ("date", "event date", "lesson date", "date of event", "incident date", "when", "occurred", "occurred on",
             "created", "created at", "date submitted", "date raised"),
    "team": ("team", "organization", "organisation", "department", "unit", "group", "center", "centre", "owner team"),
    "source": ("url", "source", "source url", "link", "permalink", "web address", "address"),
    "kind": ("kind", "type", "entry type"),
    "status": ("status", "state", "lesson status"),
    "body": ("body", "text", "content", "markdown", "document"),
}  # fmt: skip

_TAGS = ("tags", "tag", "categories", "category", "keywords", "labels", "topics", "themes", "components")

_SECTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Abstract", ("abstract",)),
    ("Summary", ("summary", "overview", "synopsis")),
    ("What happened", ("what happened", "description", "event", "observation", "incident", "situation", "background")),
    ("Driving event", ("driving event", "description of driving event", "trigger")),
    ("What was supposed to happen", ("what was supposed to happen", "expected", "plan", "objective")),
    ("Impact", ("impact", "consequence", "consequences", "effect", "severity")),
    ("Discussion", ("discussion", "analysis", "details")),
    ("Contributing factors", ("contributing factors", "causes", "cause", "root cause", "root causes", "why")),
    ("What helped", ("what helped", "what went well", "went well", "successes", "sustain")),
    ("What to improve", ("what to improve", "what went wrong", "improve", "went wrong")),
    ("Lesson", ("lesson", "lesson learned", "lessons learned", "lessons", "lesson s learned", "learning")),
    ("Recommendation", ("recommendation", "recommendations", "recommended action", "recommended actions", "advice",
                        "recommendation s")),
    ("Actions", ("actions", "corrective action", "corrective actions", "action items", "follow up", "mitigation")),
    ("Evidence", ("evidence", "evidence of recurrence control", "evidence of recurrence control effectiveness")),
)  # fmt: skip

_MAX_MADE_TITLE = 120
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_TAG_CUT = re.compile(r"[,;|\n]")


@dataclass(frozen=True, slots=True)
class Columns:
    """A mapping: `single` maps fields to columns, `tags` are columns, `sections` are (heading, column) pairs."""

    single: Mapping[str, str] = field(default_factory=dict)
    tags: tuple[str, ...] = ()
    sections: tuple[tuple[str, str], ...] = ()

    def used(self) -> frozenset[str]:
        """Every column that goes into an entry."""
        return frozenset([*self.single.values(), *self.tags, *(column for _, column in self.sections)])

    def problem(self) -> str | None:
        """A sentence when no entry can be made with this mapping."""
        if self.sections or "body" in self.single or "title" in self.single:
            return None
        return (
            "No column is known as a title or a text. "
            'Name them: --map title=COLUMN --section "Lesson=COLUMN" --tags COLUMN.'
        )


def guess(names: Iterable[str], chosen: Columns = Columns()) -> Columns:
    """The mapping for columns with these names; what is `chosen` wins, and its columns are not used a second time."""
    by_key: dict[str, str] = {}
    for name in names:
        by_key.setdefault(_key(name), name)
    taken = set(chosen.used())

    def take(candidates: Sequence[str]) -> str | None:
        found = next((by_key[c] for c in candidates if c in by_key and by_key[c] not in taken), None)
        if found is not None:
            taken.add(found)
        return found

    single = dict(chosen.single)
    for name in SINGLE:
        if name not in single and (column := take(_NAMES[name])):
            single[name] = column
    tags = chosen.tags or tuple(filter(None, (take([word]) for word in _TAGS)))
    sections = chosen.sections
    if not sections:
        found = ((heading, take(candidates)) for heading, candidates in _SECTIONS)
        sections = tuple((heading, column) for heading, column in found if column)
    return Columns(single, tags, sections)


def parse_options(maps: Sequence[str], sections: Sequence[str], tags: Sequence[str]) -> Columns:
    """The mapping that `--map`, `--section` and `--tags` ask for. Raises ImportProblem."""
    single: dict[str, str] = {}
    for text in maps:
        name, sign, column = text.partition("=")
        if not sign or name.strip() not in SINGLE or not column.strip():
            fields = ", ".join(SINGLE)
            raise ImportProblem(f"--map {text} cannot be used: write FIELD=COLUMN with FIELD one of {fields}.")
        single[name.strip()] = column.strip()
    pairs = []
    for text in sections:
        heading, sign, column = text.rpartition("=")
        if not sign or not heading.strip() or not column.strip():
            raise ImportProblem(f'--section {text} cannot be used: write "HEADING=COLUMN".')
        pairs.append((heading.strip(), column.strip()))
    return Columns(single, tuple(tag.strip() for tag in tags if tag.strip()), tuple(pairs))


def check_columns(columns: Columns, names: Iterable[str]) -> None:
    """Raise ImportProblem when the mapping names a column that the table does not have."""
    known = list(names)
    missing = sorted(columns.used() - set(known))
    if missing:
        raise ImportProblem(f"There is no column {', '.join(missing)}. The table has: {', '.join(known)}.")


@dataclass(frozen=True, slots=True)
class Mapped:
    """A row as an entry: `row_id` is its own identifier in the source, or empty; `team` is as written there.

    `notes` are sentences about values that did not fit and were left out or shortened.
    """

    fields: EntryFields
    row_id: str
    team: str
    notes: tuple[str, ...] = ()


def map_row(row: Mapping[str, object], columns: Columns, kind: str) -> Mapped:
    """The entry of a row. Raises ImportProblem with the sentence for the report when it cannot be one."""
    values = {name: _plain(row.get(column)) for name, column in columns.single.items()}
    body = _body(row, columns, values.get("body", ""))
    title = _one_line(html.unescape(values.get("title", ""))) or made_title(body)
    if not title:
        raise ImportProblem("It has neither a title nor a text to make one from.")
    team = _one_line(values.get("team", ""))
    notes: list[str] = []
    chosen = _kind(values.get("kind", ""), kind, notes)
    entry = EntryFields(
        kind=chosen,
        title=_shortened(title, MAX_TITLE),
        body=body,
        tags=_tags(row, columns, notes),
        team=team_slug(team),
        date=read_date(values.get("date", "")),
        status=_status(values.get("status", ""), chosen, notes),
        source=_one_line(values.get("source", "")) or None,
    )
    return Mapped(entry, _one_line(values.get("id", "")), team, tuple(notes))


def _kind(text: str, default: str, notes: list[str]) -> str:
    wanted = _key(text)
    if not wanted:
        return default
    for kind in KINDS.values():
        if wanted in (_key(kind.slug), _key(kind.label)):
            return kind.slug
    notes.append(f"The kind “{_one_line(text)[:40]}” is not one of this wiki; it came in as {default}.")
    return default


def _status(text: str, kind: str, notes: list[str]) -> str | None:
    status = _key(text).replace(" ", "-")
    if kind != "lesson" or not status:
        return None
    if status in LESSON_STATUSES:
        return status
    notes.append(f"The status “{_one_line(text)[:40]}” is not one of {', '.join(LESSON_STATUSES)}; it was left out.")
    return None


def team_slug(name: str) -> str | None:
    """The slug of a team from its name as it stands in a table, None for no name; at most 60 characters.

    A name that gives no plain slug (in another script, say) gets one from its hash, always the same.
    """
    if not name.strip():
        return None
    slug = re.sub(r"-{2,}", "-", slugify(name))[:60].strip("-")
    return slug if is_team_slug(slug) else f"team-{id_from_key(name.casefold())[:8]}"


def made_title(body: str) -> str:
    """A title from the first sentence of a text without one, cut between words."""
    lines = [line.strip() for line in body.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        return ""
    sentence = _one_line(html.unescape(_SENTENCE.split(" ".join(lines[:3]))[0])).rstrip(".:;,")
    return _shortened(sentence, _MAX_MADE_TITLE)


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", name.lower()).strip()


def _plain(value: object) -> str:
    """A cell as text: lists joined by commas, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list | tuple):
        return ", ".join(_plain(item) for item in value)
    if isinstance(value, Mapping):
        return "\n".join(f"{name}: {_plain(item)}" for name, item in value.items())
    return str(value)


def _body(row: Mapping[str, object], columns: Columns, body: str) -> str:
    parts = [body.strip("\n")] if body.strip() else []
    for heading, column in columns.sections:
        text = _plain(row.get(column)).strip("\n").rstrip()
        if text.strip():
            parts.append(f"## {heading}\n\n{text}")
    return "\n\n".join(parts) + "\n" if parts else ""


def _tags(row: Mapping[str, object], columns: Columns, notes: list[str]) -> tuple[str, ...]:
    """Tags as they stand: a list's items whole, a text cut at commas. A column's own name among them is a slip."""
    found: list[str] = []
    for column in columns.tags:
        value = row.get(column)
        items = [_plain(item) for item in value] if isinstance(value, list) else _TAG_CUT.split(_plain(value))
        for tag in clean_tags(html.unescape(item).strip(" &/-\t\n") for item in items):
            if len(tag) > MAX_TAG:
                notes.append(f"The tag “{tag}” was shortened to {MAX_TAG} characters.")
            if tag != _key(column):
                found.append(_shortened(tag, MAX_TAG))
    tags = tuple(dict.fromkeys(found))
    if len(tags) > MAX_TAGS:
        notes.append(f"Of {len(tags)} tags the first {MAX_TAGS} were kept.")
    return tags[:MAX_TAGS]


def _shortened(text: str, longest: int) -> str:
    """The text, cut between words and marked with … where it is longer than `longest` characters."""
    if len(text) <= longest:
        return text
    return text[: longest - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _one_line(text: str) -> str:
    return " ".join(text.split())

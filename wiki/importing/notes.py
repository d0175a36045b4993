"""A folder of Markdown as entries: front matter or none, headings or file names as titles, Obsidian's links. Pure.

The caller hands in all notes of the folder at once, because a link can only be followed when every title is known.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote

from wiki import frontmatter
from wiki.entries import KINDS, LESSON_STATUSES, MAX_TITLE, EntryError, clean_tags, clean_title, decode
from wiki.frontmatter import FrontMatterError
from wiki.importing.dates import read_date
from wiki.importing.mapping import team_slug
from wiki.importing.rows import ImportProblem
from wiki.library import EntryFields
from wiki.slugs import id_from_key, is_id, is_team_slug

_HEADING = re.compile(r"\A\s*#[ \t]+(.+?)[ \t]*#*[ \t]*(?:\n|\Z)")
_WIKI_LINK = re.compile(
    r"(?P<embed>!?)\[\[(?P<target>[^\[\]|#^\n]{0,300})(?P<part>[#^][^\[\]|\n]*)?(?:\\?\|(?P<label>[^\[\]\n]*))?\]\]"
)
_LINK = re.compile(
    r"(?P<embed>!?)\[(?P<label>[^\[\]\n]*)\]\((?P<target><[^<>\n]+>|[^()\s]+)(?P<title>\s+\"[^\"\n]*\")?\)"
)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})", re.MULTILINE)
_CODE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
_REVIEWS = re.compile(r"post-?_?mortem|incident|retro|after-?_?action|(^|[/_-])aars?([/_-]|$)|reviews", re.IGNORECASE)
_LESSONS = re.compile(r"lessons?([-_ ]learn(ed|t))?s?([/_.-]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class NoteEntry:
    """A note as an entry: `path` in its folder. One that brings an id and a kind was ours and keeps its path."""

    path: str
    id: str
    fields: EntryFields
    original: bytes | None
    aliases: tuple[str, ...] = ()
    keeps_path: bool = False


@dataclass(frozen=True, slots=True)
class NoteOptions:
    """`kind` for notes that name none (None: by the folder's name); `folder_tags` makes folders into tags."""

    source: str
    kind: str | None = None
    folder_tags: bool = False


def read_note(path: str, data: bytes, options: NoteOptions) -> NoteEntry:
    """One note, its links not yet followed. Raises ImportProblem with the sentence for the report."""
    try:
        parts = frontmatter.split(decode(data))
        values = frontmatter.read(parts.block) if parts.block is not None else {}
    except (EntryError, FrontMatterError) as error:
        raise ImportProblem(str(error)) from None
    title, body = _title(values, parts.body, path)
    kind = _kind(values, path, options)
    status = _word(values, "status")
    folders = PurePosixPath(path).parts[:-1] if options.folder_tags else ()
    fields = EntryFields(
        kind=kind,
        title=title,
        body=body,
        tags=clean_tags([*_words(values, "tags"), *_words(values, "tag"), *folders]),
        team=team_slug(_word(values, "team")),
        date=read_date(_word(values, "date") or _dated_name(path)),
        audience=_audience(values),
        status=status if kind == "lesson" and status in LESSON_STATUSES else None,
        source=_word(values, "source") or _word(values, "url") or None,
        recurrence_of=tuple(other for other in _words(values, "recurrence_of") if is_id(other)),
    )
    written = _word(values, "id")
    identity = written if is_id(written) else id_from_key(f"{options.source}\0{path}")
    ours = is_id(written) and bool(_word(values, "kind"))
    aliases = (*_words(values, "aliases"), *_words(values, "former_titles"))
    return NoteEntry(path, identity, fields, data if values else None, aliases, ours)


def _title(values: Mapping[str, Any], body: str, path: str) -> tuple[str, str]:
    """The title, and the body without the heading that it was taken from."""
    heading = _HEADING.match(body)
    words = clean_title(heading[1]) if heading else ""
    written = _word(values, "title")
    title = written or words or clean_title(PurePosixPath(path).stem.replace("_", " "))
    if heading and (not written or written == words):
        body = body[heading.end() :].lstrip("\n")
    return title[:MAX_TITLE], body


def _kind(values: Mapping[str, Any], path: str, options: NoteOptions) -> str:
    written = (_word(values, "kind") or _word(values, "type")).casefold().replace(" ", "-")
    if written in KINDS:
        return written
    if options.kind:
        return options.kind
    if _REVIEWS.search(path):
        return "after-action-review"
    return "lesson" if _LESSONS.search(path) else "page"


def _word(values: Mapping[str, Any], name: str) -> str:
    value = values.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _words(values: Mapping[str, Any], name: str) -> tuple[str, ...]:
    value = values.get(name)
    if isinstance(value, str):
        separators = r"[,\s]+" if "#" in value else ","
        value = re.split(separators, value)
    return tuple(item.strip() for item in value or () if isinstance(item, str) and item.strip())


def _audience(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The audience to the letter: what cannot be understood must not end up open to everybody."""
    value = values.get("audience")
    if value in (None, "", []):
        return ()
    named = re.split(r"[,\s]+", value.strip()) if isinstance(value, str) else value
    if not isinstance(named, list) or not all(isinstance(team, str) and is_team_slug(team) for team in named):
        raise ImportProblem("Its audience cannot be read: it must be a list of the short names of teams.")
    return tuple(sorted(set(named)))


def _dated_name(path: str) -> str:
    """The day that a file name begins with, as `2026-11-24-outage.md` does."""
    match = re.match(r"(\d{4})-(\d{2})-(\d{2})(?!\d)", PurePosixPath(path).name)
    if match is None or not ("01" <= match[2] <= "12" and "01" <= match[3] <= "31"):
        return ""
    return match[0]


@dataclass
class Links:
    """Where the links of a folder lead: notes by path, by name, by title and alias; other files by path and name."""

    notes: dict[str, NoteEntry] = field(default_factory=dict)
    names: dict[str, NoteEntry] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, entries: Iterable[NoteEntry], files: Iterable[str]) -> Links:
        """The links of these notes and files (paths in the folder). Of two with one name the first keeps it."""
        links = cls()
        for entry in entries:
            links.notes[entry.path.casefold()] = entry
            for name in (PurePosixPath(entry.path).stem, entry.fields.title or "", *entry.aliases):
                links.names.setdefault(name.casefold(), entry)
        for path in sorted(files, key=lambda path: (path.count("/"), path)):
            links.files[path.casefold()] = path
            links.files.setdefault(PurePosixPath(path).name.casefold(), path)
        return links

    def note(self, target: str, source: str) -> NoteEntry | None:
        """The note that `target` means in the note at `source`, with or without `.md`."""
        target = target.strip()
        for path in (_joined(source, target), target.strip("/")):
            for candidate in (path, path + ".md"):
                found = self.notes.get(candidate.casefold())
                if found is not None:
                    return found
        return self.names.get(PurePosixPath(target).name.removesuffix(".md").casefold()) if target else None

    def file(self, target: str, source: str) -> str | None:
        """The file (path in the folder) that `target` means in the note at `source`."""
        beside = f"{source.removesuffix('.md')}/{target}"
        for path in (beside, _joined(source, target), target.strip("/"), PurePosixPath(target).name):
            if path and (found := self.files.get(path.casefold())) is not None:
                return found
        return None


def _joined(source: str, target: str) -> str:
    """`target` seen from the folder of `source`, with `..` worked out; empty when it leads out of the folder."""
    parts = list(PurePosixPath(source).parent.parts)
    for part in PurePosixPath(target).parts:
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in (".", "/"):
            parts.append(part)
    return "/".join(parts)


def follow_links(body: str, path: str, links: Links, name_of: Callable[[str], str]) -> tuple[str, tuple[str, ...]]:
    """The body with its links made ours, and the files that it shows or links to; code is left alone.

    `name_of` gives the name under which a file (path in the folder) is attached.
    """
    used: dict[str, None] = {}

    def wiki(match: re.Match[str]) -> str:
        target, label = match["target"].strip(), match["label"]
        note = links.note(target, path)
        if note is not None:
            return _to_note(note, target, label)
        file = links.file(target, path) if target else None
        if file is None:
            return match[0][1:] if match["embed"] else match[0]
        used[file] = None
        return f"{match['embed']}[{label or PurePosixPath(file).name}](<{name_of(file)}>)"

    def plain(match: re.Match[str]) -> str:
        target = unquote(match["target"].strip("<>").split("#")[0])
        if not target or "://" in target or target.startswith(("mailto:", "data:")):
            return match[0]
        note = None if match["embed"] else (links.note(target, path) if target.endswith(".md") else None)
        if note is not None:
            return _to_note(note, target, match["label"])
        file = links.file(target, path)
        if file is None:
            return match[0]
        used[file] = None
        return f"{match['embed']}[{match['label']}](<{name_of(file)}>)"

    text = outside_code(body, lambda part: _WIKI_LINK.sub(wiki, _LINK.sub(plain, part)))
    return text, tuple(used)


def _to_note(note: NoteEntry, target: str, label: str | None) -> str:
    """A link by id, which survives renames, with the words that stood there; by title where these are the same."""
    title = note.fields.title or ""
    words = (label or PurePosixPath(target).name.removesuffix(".md") or title).strip()
    return f"[[{note.id}|{words}]]" if words != title or "|" in title or "]" in title else f"[[{title}]]"


def outside_code(text: str, change: Callable[[str], str]) -> str:
    """`change` applied to everything outside fenced blocks and code spans."""
    out: list[str] = []
    fence = ""
    plain: list[str] = []

    def flush() -> None:
        if plain:
            out.append(_outside_spans("".join(plain), change))
            plain.clear()

    for line in text.splitlines(keepends=True):
        mark = _FENCE.match(line)
        if fence:
            out.append(line)
            if mark and mark[1][0] == fence[0] and len(mark[1]) >= len(fence) and not line.strip().strip(fence[0]):
                fence = ""
        elif mark:
            flush()
            fence = mark[1]
            out.append(line)
        else:
            plain.append(line)
    flush()
    return "".join(out)


def _outside_spans(text: str, change: Callable[[str], str]) -> str:
    pieces: list[str] = []
    position = 0
    for match in _CODE.finditer(text):
        pieces += [change(text[position : match.start()]), match[0]]
        position = match.end()
    return "".join([*pieces, change(text[position:])])

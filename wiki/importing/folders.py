"""Folders on disk: which files of them are notes, which are files that notes show, and what is left alone."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from wiki.entries import EntryError
from wiki.importing.notes import Links, NoteEntry, NoteOptions, follow_links, read_note
from wiki.importing.rows import ImportProblem, Report
from wiki.library import BulkItem

MARKDOWN = frozenset({".md", ".markdown", ".mdown"})
_LEFT_ALONE = frozenset({"node_modules", "__pycache__", "_site"})


@dataclass(frozen=True, slots=True)
class Folder:
    """The files of a folder, as paths in it with `/`, sorted."""

    root: Path
    notes: tuple[str, ...]
    files: tuple[str, ...]

    def read(self, path: str) -> bytes:
        """The content of one of its files."""
        return (self.root / path).read_bytes()


def scan(root: Path) -> Folder:
    """What is in the folder. Hidden files and folders, links and the folders of tools are passed over."""
    if root.is_file():
        return Folder(root.parent, (root.name,), ())
    notes: list[str] = []
    files: list[str] = []
    for folder, names, members in os.walk(root):
        names[:] = sorted(name for name in names if not name.startswith(".") and name not in _LEFT_ALONE)
        for name in sorted(members):
            path = Path(folder) / name
            if name.startswith(".") or path.is_symlink() or not path.is_file():
                continue
            relative = path.relative_to(root).as_posix()
            (notes if path.suffix.lower() in MARKDOWN else files).append(relative)
    return Folder(root, tuple(notes), tuple(files))


CheckFile = Callable[[str, bytes], object]
"""Raises EntryError for a file that may not be attached under this name."""


def note_items(folder: Folder, options: NoteOptions, report: Report, check: CheckFile) -> Iterator[BulkItem]:
    """The notes of a folder as items for the library, links followed, with the files that they show.

    A file that `check` does not take is reported, and its note goes in without it.
    """
    entries = list(_entries(folder, options, report))
    links = Links.of(entries, folder.files)
    for entry in entries:
        names: dict[str, str] = {}
        body, used = follow_links(entry.fields.body or "", entry.path, links, partial(_attached_name, names))
        attachments = []
        for path in used:
            data = folder.read(path)
            try:
                check(names[path], data)
            except EntryError as error:
                report.refuse(path, str(error))
                continue
            attachments.append((names[path], data))
        report.files += len(attachments)
        yield BulkItem(
            key=entry.path,
            id=entry.id,
            fields=replace(entry.fields, body=body),
            original=entry.original,
            attachments=tuple(attachments),
            path=entry.path if entry.keeps_path else None,
        )


def _entries(folder: Folder, options: NoteOptions, report: Report) -> Iterator[NoteEntry]:
    seen: dict[str, str] = {}
    for path in folder.notes:
        data = folder.read(path)
        if not data.strip():
            report.refuse(path, "It is empty.")
            continue
        try:
            entry = read_note(path, data, options)
        except ImportProblem as problem:
            report.refuse(path, str(problem))
            continue
        if entry.id in seen:
            report.refuse(path, f"It has the id {entry.id}, like {seen[entry.id]}, which was taken.")
            continue
        seen[entry.id] = path
        yield entry


def _attached_name(names: dict[str, str], path: str) -> str:
    """The name under which a file is attached to a note: its own, numbered where another of the note has it."""
    if path not in names:
        name = PurePosixPath(path)
        taken = {known.casefold() for known in names.values()}
        candidate, number = name.name, 1
        while candidate.casefold() in taken:
            number += 1
            candidate = f"{name.stem}-{number}{name.suffix}"
        names[path] = candidate
    return names[path]

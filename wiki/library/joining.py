"""Two entries into one: what each field becomes (pure)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from wiki.entries import Entry, EntryError
from wiki.life.front import Life
from wiki.topics.front import Topic

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r"^(#{1,5})(?=[ \t])")


def joined(keep: Entry, other: Entry, other_path: str) -> Entry:
    """`keep` with all of `other` in it. Raises EntryError for two that cannot be one."""
    if keep.kind != other.kind:
        raise EntryError(
            "Only two entries of one kind can be merged. Change the kind of one first, or link them.", "kind"
        )
    if set(keep.audience) != set(other.audience):
        raise EntryError(
            "These two are for different readers. Let the same teams read both first, then merge them.", "audience"
        )
    own = {keep.id, other.id, *keep.former_ids, *other.former_ids}
    return replace(
        keep,
        body=_texts(keep, other),
        tags=_union(keep.tags, other.tags),
        team=keep.team or other.team,
        date=keep.date or other.date,
        source=keep.source or other.source,
        recurrence_of=_union(keep.recurrence_of, other.recurrence_of, without=own),
        kept_apart=_union(keep.kept_apart, other.kept_apart, without=own),
        life=_lives(keep.life, other.life),
        topic=_topics(keep.topic, other.topic),
        former_paths=_union(keep.former_paths, [other_path], other.former_paths),
        former_titles=_union(keep.former_titles, [other.title], other.former_titles, without={keep.title}),
        former_ids=_union(keep.former_ids, [other.id], other.former_ids),
    )


def _union(*lists: Iterable[str], without: Iterable[str] = ()) -> tuple[str, ...]:
    gone = set(without)
    return tuple(dict.fromkeys(item for items in lists for item in items if item not in gone))


def _lives(keep: Life, other: Life) -> Life:
    """Where the first stands holds; the actions, judgements and recurrences of both live on."""

    def both(one: Sequence[Any], more: Sequence[Any]) -> tuple[Any, ...]:
        known = {item.id for item in one}
        return (*one, *(item for item in more if item.id not in known))

    return replace(
        keep,
        steward=keep.steward or other.steward,
        actions=both(keep.actions, other.actions),
        applied=both(keep.applied, other.applied),
        recurred=both(keep.recurred, other.recurred),
    )


def _topics(keep: Topic, other: Topic) -> Topic:
    chosen = {one.id for one in keep.curated}
    steps = {step.id for step in keep.reading_path}
    return replace(
        keep,
        curated=(*keep.curated, *(one for one in other.curated if one.id not in chosen)),
        left_out=_union(keep.left_out, other.left_out, without=chosen | {one.id for one in other.curated}),
        reading_path=(*keep.reading_path, *(step for step in other.reading_path if step.id not in steps)),
    )


def _texts(keep: Entry, other: Entry) -> str:
    """Both texts, the second under a heading with its title; one of them where it holds the other."""
    first, second = keep.body.strip(), other.body.strip()
    if not second or _plain(second) in _plain(first):
        return keep.body
    source = f"Source: {other.source}\n\n" if other.source and keep.source and other.source != keep.source else ""
    title = other.title.replace("\n", " ")
    return f"{keep.body.rstrip()}\n\n## From “{title}”\n\n{source}{_deeper(second)}\n".lstrip("\n")


def _plain(text: str) -> str:
    return " ".join(text.split())


def _deeper(text: str) -> str:
    """The text with each heading one level down, code left alone."""
    lines, fence = [], ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if fence:
            closes = mark is not None and mark[1].startswith(fence) and not line.strip().strip(fence[0])
            fence = "" if closes else fence
        elif mark:
            fence = mark[1]
        lines.append(line if fence or mark else _HEADING.sub(r"#\1", line))
    return "\n".join(lines)


def renamed_files(body: str, names: Mapping[str, str]) -> str:
    """The text with links to files that got other names leading to those."""
    for old, new in names.items():
        body = body.replace(f"]({old})", f"]({new})").replace(f"](<{old}>)", f"](<{new}>)")
    return body

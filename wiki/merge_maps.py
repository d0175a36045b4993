"""Maps and lists of maps of the front matter, three versions of one into one (pure).

The maps of a list are told apart by their `id`, so two people may change two of them, add some, move some and take
some away: all of that is joined. What both changed in one map is merged name by name; the same name changed
differently, or a map changed here and taken away there, is a conflict. Where both moved things about, what is written
last decides on the places of what it moved itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from typing import Any

Value = dict[str, Any]
MAX_ITEMS = 2_000
"""Longer lists are not joined: nobody keeps them by hand, and joining takes time that grows with the square."""


class _Conflict(Exception):
    """Both sides changed the same thing differently."""


def merge_maps(base: object, ours: object, theirs: object) -> Value | list[Value] | None:
    """Ours and theirs in one: maps, or lists of maps that all have an id of their own; None for whatever else they
    are, and for what both changed differently. Nothing there counts as empty."""
    sides = (base, ours, theirs)
    try:
        if all(side in (None, "") or isinstance(side, dict) for side in sides):
            return _merged(*(side if isinstance(side, dict) else {} for side in sides))
        lists = [_by_id(side) for side in sides]
        if any(found is None for found in lists):
            return None
        return _merged_lists(*(found for found in lists if found is not None))
    except _Conflict:
        return None


def _by_id(side: object) -> dict[str, Value] | None:
    """A list of maps by their ids, in order; None where it is none."""
    if side in (None, ""):
        return {}
    if not isinstance(side, list) or len(side) > MAX_ITEMS:
        return None
    found = {item["id"]: item for item in side if isinstance(item, dict) and isinstance(item.get("id"), str)}
    return found if len(found) == len(side) else None


def _merged(base: Mapping[str, Any], ours: Mapping[str, Any], theirs: Mapping[str, Any]) -> Value:
    """One map from three, name by name, in our order."""
    found = {}
    for name in [*ours, *(name for name in theirs if name not in ours)]:
        value = _chosen(base.get(name), ours.get(name), theirs.get(name))
        if value is not None:
            found[name] = value
    return found


def _chosen(base: object, ours: object, theirs: object) -> object:
    if theirs in (ours, base):
        return ours
    if ours == base:
        return theirs
    raise _Conflict


def _merged_lists(base: dict[str, Value], ours: dict[str, Value], theirs: dict[str, Value]) -> list[Value]:
    kept: dict[str, Value] = {}
    for key in {**ours, **theirs}:
        before, mine, other = base.get(key), ours.get(key), theirs.get(key)
        if mine is not None and other is not None:
            kept[key] = _merged(before or {}, mine, other)
        elif before is None:
            kept[key] = mine or other or {}
        elif (mine or other) != before:
            raise _Conflict
    order = [key for key in theirs if key in kept]
    for key in _moved(list(base), list(ours)):
        if key in kept:
            _put(order, key, list(ours))
    return [kept[key] for key in order]


def _moved(base: Sequence[str], ours: Sequence[str]) -> list[str]:
    """What stands elsewhere in `ours` than in `base`, or is new there: all but the longest run that kept its order."""
    places = {key: place for place, key in enumerate(base)}
    tails: list[int] = []  # the smallest place that a run of each length ends with
    runs: list[list[str]] = []
    for key in ours:
        if key in places:
            length = bisect_left(tails, places[key])
            run = [*(runs[length - 1] if length else ()), key]
            tails[length : length + 1] = [places[key]]
            runs[length : length + 1] = [run]
    stayed = set(runs[-1]) if runs else set()
    return [key for key in ours if key not in stayed]


def _put(order: list[str], key: str, ours: Sequence[str]) -> None:
    """Let `key` stand where it stands in `ours`: behind the nearest of those before it that are there."""
    if key in order:
        order.remove(key)
    for before in reversed(ours[: ours.index(key)]):
        if before in order:
            order.insert(order.index(before) + 1, key)
            return
    order.insert(0, key)

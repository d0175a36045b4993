"""What an operation of the API is: one row of the table that routes, checks and documents it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from wiki.api.fields import Field
from wiki.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Call:
    """One request, checked: who asks, the parts of the path, the query and the fields of the body."""

    viewer: Viewer
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a view gives back: a JSON document (None: no body), its status and headers."""

    document: Mapping[str, Any] | None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path. `writes` asks for a write token and a role that may write; `open` asks nobody.

    `ignored` are names in the body that pass unread; None lets every unknown name pass. `problems` are statuses
    of its own beside those that any operation may answer.
    """

    method: str
    path: str
    name: str
    summary: str
    view: Callable[[Call], Answer]
    answer: str | None
    writes: bool = False
    open: bool = False
    query: tuple[Field, ...] = ()
    body: tuple[Field, ...] | None = None
    ignored: frozenset[str] | None = frozenset()
    statuses: tuple[int, ...] = (200,)
    problems: tuple[int, ...] = ()
    if_match: bool = False

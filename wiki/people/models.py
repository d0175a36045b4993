"""What the people room hands out: immutable values, never rows or sessions of the database."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from wiki.viewer import Role


@dataclass(frozen=True, slots=True)
class Account:
    """One member. `name` is what one signs in with, `display_name` what others read."""

    id: str
    name: str
    display_name: str
    role: Role
    active: bool
    session_epoch: int
    has_password: bool
    created_at: datetime
    signed_in_at: datetime | None
    teams: tuple[str, ...] = ()
    language: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Team:
    """A group that entries can be meant for. `slug` never changes, since entries name it; `size` counts members."""

    slug: str
    name: str
    size: int = 0
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """An API token as its owner sees it; the secret itself is not kept. `hint` is the secret's beginning."""

    id: str
    account_id: str
    label: str
    scope: str
    hint: str
    created_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Invite:
    """A link that lets newcomers make their own account with the given role and teams."""

    id: str
    label: str
    role: Role
    teams: tuple[str, ...]
    uses_left: int
    created_by: str | None
    created_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """Text that somebody has begun. `sequence` is the client's own number of the save."""

    key: str
    payload: dict[str, Any]
    sequence: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class DraftSaved:
    """Answer to a save. `stored` is False when a newer save was already there; `saved_at` and `sequence` are its."""

    stored: bool
    sequence: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that an account was told. `entry_id` is the entry that it is about: who may not see that does not
    see the notice. `link` is a path of this site."""

    key: str
    kind: str
    text: str
    link: str
    entry_id: str | None
    told_at: datetime

"""Who is meant by an owner or a steward: an account, or a placeholder for somebody who has none here."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from wiki.people import NotFound, People


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as an entry names them. `known` is false for a placeholder."""

    id: str
    name: str
    known: bool


def meant(people: People, typed: str) -> str:
    """What to keep of an owner as typed: the id of the account that is meant, else the words."""
    words = " ".join(typed.split())
    if not words:
        return ""
    try:
        return people.accounts.meant(words).id
    except NotFound:
        return words


def persons(people: People, ids: Iterable[str]) -> dict[str, Person]:
    """Everybody named, by what the entry says."""
    wanted = {one for one in ids if one}
    names = people.names(wanted) if wanted else {}
    return {one: Person(one, names.get(one, one), one in names) for one in wanted}


def sign_in_name(people: People, owner: str) -> str:
    """What stands in the field of a form for an owner: the sign-in name of an account, else the words."""
    try:
        return people.accounts.get(owner).name
    except NotFound:
        return owner

"""Who is meant by an owner or a steward: an account, or a placeholder for somebody who has none here."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from wiki.people import NotFound, People
from wiki.people.rules import ID_ALPHABET

UNKNOWN = "Somebody known elsewhere"
_FOREIGN = re.compile(rf"[{ID_ALPHABET}]{{12}}")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as an entry names them. `known` is false for a placeholder."""

    id: str
    name: str
    known: bool


def meant(people: People, typed: str) -> str:
    """What to keep of an owner as typed: the id of the account that is meant, also by a name that was confirmed to
    be theirs; else the words."""
    words = " ".join(typed.split())
    if not words:
        return ""
    try:
        return people.accounts.meant(words).id
    except NotFound:
        return people.claims.account_of(words) or words


def persons(people: People, ids: Iterable[str]) -> dict[str, Person]:
    """Everybody named, by what the entry says. Whoever has no account here is called as the entry does; by what an
    export said, or by a placeholder, where that is an account id of another wiki."""
    wanted = {one for one in ids if one}
    names = people.names(wanted) if wanted else {}
    unknown = wanted - set(names)
    elsewhere = people.claims.known_as(unknown) if unknown else {}
    return {
        one: Person(one, names[one] if one in names else elsewhere.get(one) or _plain(one), one in names)
        for one in wanted
    }


def _plain(name: str) -> str:
    return UNKNOWN if _FOREIGN.fullmatch(name) else name


def sign_in_name(people: People, owner: str) -> str:
    """What stands in the field of a form for an owner: the sign-in name of an account, else the words."""
    try:
        return people.accounts.get(owner).name
    except NotFound:
        return owner

"""Names in the entries of people who have no account here: whose they are, said by somebody and confirmed by another.

Whoever reads an entry that names them may say “this is me”. A facilitator confirms it, or says no, or gives the name to
an account without being asked. Then the entries name the account, and duties, lists and reminders follow. Everybody
sees names of entries that they may see, and no others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from wiki.catalog import CatalogEntry
from wiki.entries import EntryError
from wiki.library import Forbidden, NotFound
from wiki.life.people import persons
from wiki.people import Claim
from wiki.people import NotFound as NoAccount
from wiki.people.rules import askable, digest, person_key
from wiki.reminders import Reminder, tell
from wiki.services import Services
from wiki.viewer import SYSTEM, Viewer
from wiki.words import say, say_many

SHOWN = 3
AWAY = say(
    "No entry that you may read names somebody like this who has no account. Load the page again: perhaps it is "
    "settled already."
)


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody without an account here. `name` is what stands in the entries, `shown` what to call them; `written` are
    all ways in which it is written, `claims` who says that it is they, `known` the account that it was confirmed to
    mean before."""

    name: str
    shown: str
    written: tuple[str, ...]
    entry_ids: tuple[str, ...]
    claims: tuple[Claim, ...] = ()
    known: Claim | None = None


def unknown(parts: Services, viewer: Viewer) -> list[Named]:
    """Everybody without an account whom entries name, as far as the viewer may see them: those claimed first, then
    those named most often."""
    named = parts.catalog.lives.named(viewer)
    found = persons(parts.people, (name for name in named if name == askable(name, 80) != SYSTEM.account_id))
    groups: dict[str, list[str]] = {}
    for name, person in found.items():
        if not person.known:
            groups.setdefault(person_key(name), []).append(name)
    claims: dict[str, list[Claim]] = {}
    for claim in parts.people.claims.all() if groups else ():
        claims.setdefault(claim.key, []).append(claim)
    rows = []
    for key, written in groups.items():
        ways = sorted(written, key=lambda name: (-len(named[name]), name))
        said = claims.get(key, ())
        rows.append(
            Named(
                name=ways[0],
                shown=found[ways[0]].name,
                written=tuple(ways),
                entry_ids=tuple(dict.fromkeys(one for way in ways for one in named[way])),
                claims=tuple(claim for claim in said if not claim.confirmed),
                known=next((claim for claim in said if claim.confirmed), None),
            )
        )
    return sorted(rows, key=lambda row: (not row.claims, row.known is None, -len(row.entry_ids), row.name.casefold()))


def entries_of(parts: Services, rows: Sequence[Named], viewer: Viewer) -> dict[str, list[CatalogEntry]]:
    """A few entries in which each of them is named, by name."""
    wanted = {row.name: row.entry_ids[:SHOWN] for row in rows}
    found = parts.catalog.entries_by_id([one for ids in wanted.values() for one in ids], viewer)
    return {name: [found[one] for one in ids if one in found] for name, ids in wanted.items()}


def row_of(parts: Services, name: str, viewer: Viewer) -> Named:
    """The row of a name. Raises NotFound where the viewer sees no such name without an account."""
    key = person_key(name)
    found = next((row for row in unknown(parts, viewer) if person_key(row.name) == key), None)
    if found is None:
        raise NotFound(AWAY)
    return found


def claim(parts: Services, name: str, viewer: Viewer) -> str:
    """The viewer says that a name means them; the facilitators who see the name too are told."""
    me = viewer.account_id
    if me is None:
        raise Forbidden("Sign in first: a name is claimed by an account.")
    row = row_of(parts, name, viewer)
    if any(one.account_id == me for one in row.claims):
        raise EntryError("You have claimed this name already. A facilitator will look at it.", "name")
    parts.people.claims.ask(me, row.name)
    asked = next(one for one in parts.people.claims.all() if one.account_id == me and one.key == person_key(row.name))
    key = f"claim:{digest(asked.key)[:16]}:{me}:{asked.asked_at:%Y%m%d%H%M%S%f}"
    text = say("%(name)s says that a name in the entries means them. Confirm it, or say no.", name=viewer.name)
    for curator in parts.people.claims.curators():
        seen = parts.people.viewer_for(curator)
        if curator != me and any(parts.catalog.entries_by_id(row.entry_ids, seen)):
            tell(parts, Reminder(curator, key, "claim", text, "/desk?queue=names"))
    return say("A facilitator will look at it. Once confirmed, what “%(name)s” has to do is yours.", name=row.shown)


def withdraw(parts: Services, name: str, viewer: Viewer) -> str:
    """The viewer takes a claim back."""
    row = row_of(parts, name, viewer)
    if not any(one.account_id == viewer.account_id for one in row.claims):
        raise EntryError("You have not claimed this name, so there is nothing to take back.", "name")
    parts.people.claims.forget(row.name, str(viewer.account_id))
    return say("Your claim is taken back.")


def give(parts: Services, name: str, account: str, viewer: Viewer) -> tuple[str, str]:
    """The name means an account, whether it was claimed or not: a sentence, and the commit that can be undone."""
    row = row_of(parts, name, viewer)
    if not account.strip():
        raise EntryError("Say which account it is: write its sign-in name.", "account")
    try:
        found = parts.people.accounts.meant(account)
    except NoAccount:
        raise EntryError(
            say("There is no account “%(account)s”. Write a sign-in name.", account=account[:60]), "account"
        ) from None
    if not found.active:
        raise EntryError(
            say("The account of %(name)s is switched off. Choose another one.", name=found.display_name), "account"
        )
    parts.people.claims.confirm(row.name, found.id)
    message = f"“{row.shown}” is {found.display_name}"
    commit, count = parts.library.rename_person(row.written, found.id, row.entry_ids, viewer=viewer, message=message)
    told = say("A name in the entries means you now: %(name)s. What it has to do is yours.", name=row.shown)
    if found.id != viewer.account_id:
        tell(parts, Reminder(found.id, f"named:{commit}", "claim", told, "/actions"))
    told = say_many(
        "“%(name)s” is %(account)s now, in 1 entry.",
        "“%(name)s” is %(account)s now, in %(count)s entries.",
        count,
        name=row.shown,
        account=found.display_name,
    )
    return told, commit


def refuse(parts: Services, name: str, account: str, viewer: Viewer) -> str:
    """The name does not mean this account; whoever claimed it is told."""
    row = row_of(parts, name, viewer)
    said = [*row.claims, *([row.known] if row.known else ())]
    found = next((one for one in said if one.account_id == account), None)
    if found is None or not parts.people.claims.forget(row.name, account):
        raise EntryError("Nobody claims this name any more. Load the page again.", "account")
    if not found.confirmed and account != viewer.account_id:
        key = f"refused:{digest(found.key)[:16]}:{found.asked_at:%Y%m%d%H%M%S%f}"
        text = say(
            "%(curator)s did not confirm that “%(name)s” is you. Speak to them if that is wrong.",
            curator=viewer.name,
            name=row.shown,
        )
        tell(parts, Reminder(account, key, "claim", text, "/names"))
    return say("Noted: “%(name)s” is not %(account)s.", name=row.shown, account=found.display_name)

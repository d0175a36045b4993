"""Who is looking: a pure value that every reading function takes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; each role may do all that the one before it may."""

    READER = "reader"
    AUTHOR = "author"
    FACILITATOR = "facilitator"
    ADMINISTRATOR = "administrator"

    def at_least(self, other: Role) -> bool:
        """Whether this role includes all that `other` may do."""
        order = list(Role)
        return order.index(self) >= order.index(other)


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody signed in, a token's owner, or nobody (`ANONYMOUS`, whose role is None)."""

    account_id: str | None
    name: str
    role: Role | None
    teams: frozenset[str] = frozenset()

    @property
    def audiences(self) -> frozenset[str] | None:
        """The team slugs whose entries this viewer may see beside the common ones; None sees everything.

        Administrators see everything because they already hold the git repository itself.
        """
        return None if self.role is Role.ADMINISTRATOR else self.teams

    def may_see(self, audience: Collection[str]) -> bool:
        """Whether an entry with this audience (team slugs; empty: all members) is open to the viewer."""
        return not audience or self.audiences is None or not self.audiences.isdisjoint(audience)

    def has(self, role: Role) -> bool:
        """Whether the viewer is signed in with at least `role`."""
        return self.role is not None and self.role.at_least(role)

    @property
    def can_write(self) -> bool:
        """May create and change entries."""
        return self.has(Role.AUTHOR)

    @property
    def can_curate(self) -> bool:
        """May do what facilitators do."""
        return self.has(Role.FACILITATOR)

    @property
    def can_administer(self) -> bool:
        """May manage accounts and the instance."""
        return self.has(Role.ADMINISTRATOR)


ANONYMOUS = Viewer(account_id=None, name="", role=None)
SYSTEM = Viewer(account_id="system", name="Hindsight", role=Role.ADMINISTRATOR)

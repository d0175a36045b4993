"""Refusals of the people room: each is a sentence for the person, tied to the field that it is about."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wiki.people.models import Draft


class PeopleError(ValueError):
    """What was asked cannot be done; `str(error)` says what to do next, `field` names the input or is None."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(PeopleError):
    """There is no such account, team, token, invite or link."""


class DraftMoved(PeopleError):
    """The draft is not the one any more that a save goes on from: another window or device has saved it (`present` is
    what is there) or it was published or thrown away (`present` is None)."""

    def __init__(self, present: Draft | None) -> None:
        super().__init__("This draft was changed in another window or on another device. Nothing was overwritten.")
        self.present = present


class TooManyAttempts(PeopleError):
    """Sign-in was tried too often. `retry_after` is in seconds, at least 1; `until` is the moment it opens again."""

    def __init__(self, message: str, retry_after: int, until: datetime) -> None:
        super().__init__(message)
        self.retry_after = retry_after
        self.until = until

"""Whether the caller of an operation may make it: a token with its scope, or a session, and always the role.

Who calls is settled by `wiki.web.security` before the view runs (one indexed query for a token; a session is checked
for its CSRF token there). Here stands what the API adds: scopes, the meter, and answers that name the way out.
"""

from __future__ import annotations

from flask import request
from limits import RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from wiki.api.problems import Problem
from wiki.services import services
from wiki.viewer import Viewer
from wiki.web.security import identity

CALLS_PER_MINUTE = 30_000
"""Calls of one account's tokens in a minute and in one web process: to stop a runaway loop, not to ration work."""


class Meter:
    """Counts calls by account in memory; one in each web process."""

    def __init__(self, per_minute: int = CALLS_PER_MINUTE) -> None:
        self._limiter = FixedWindowRateLimiter(MemoryStorage())
        self._item = RateLimitItemPerMinute(per_minute)

    def count(self, key: str) -> None:
        """Count one call of `key`; raises Problem 429 with Retry-After when its minute is used up."""
        if not self._limiter.hit(self._item, key):
            raise Problem(429, "Your tokens have used up this minute. Wait, then go on.", headers={"Retry-After": "60"})


def allowed_caller(*, writes: bool, meter: Meter) -> Viewer:
    """The viewer of this request, allowed to read, and to write where `writes`.

    Raises Problem 401 without valid credentials, 403 where token or role do not reach, 429 beyond the meter.
    """
    header = request.headers.get("Authorization")
    who = identity()
    if header is not None and who.via != "token":
        raise _refused_credentials(header)
    viewer = who.viewer
    if who.via == "token":
        meter.count(viewer.account_id or "")
        if writes and who.scope != "write":
            raise _scope_missing()
    if viewer.role is None and (writes or not services().config.public):
        raise _unauthorized("Send Authorization: Bearer and a token, or sign in.")
    if writes and not viewer.can_write:
        raise Problem(403, "Your account may read but not write. Ask an administrator for the role of author.")
    return viewer


def _refused_credentials(header: str) -> Problem:
    scheme, _, secret = header.strip().partition(" ")
    if scheme.lower() == "bearer" and secret.strip():
        return _unauthorized("This token is not valid, or no longer. Make a new one.", error="invalid_token")
    return _unauthorized("The Authorization header must be the word Bearer, a space and a token.")


def _scope_missing() -> Problem:
    challenge = 'Bearer realm="Hindsight", error="insufficient_scope", scope="write"'
    return Problem(
        403, "This token may only read. Make one with the scope write.", headers={"WWW-Authenticate": challenge}
    )


def _unauthorized(detail: str, error: str = "") -> Problem:
    challenge = 'Bearer realm="Hindsight"' + (f', error="{error}"' if error else "")
    return Problem(401, detail, headers={"WWW-Authenticate": challenge})

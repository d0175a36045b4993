"""What a review may hold and who may do what in it (pure). Every refusal is a sentence tied to its field."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from wiki.entries import Entry as _Entry
from wiki.entries import EntryError, clean_text, clean_title, validate
from wiki.reviews.types import FEW, MAX_ANSWER, MAX_GUESTS, QUESTIONS, Opening, Review, ReviewError
from wiki.viewer import Viewer
from wiki.words import say

MAX_SUMMARY = 5_000
MAX_EVENT = 500
_BROKEN = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def may_lead(review: Review, viewer: Viewer) -> bool:
    """Whoever opened the review (or was handed it) leads it, while the account may write."""
    return viewer.can_write and viewer.account_id is not None and review.lead_id == viewer.account_id


def may_take_over(review: Review, viewer: Viewer) -> bool:
    """Administrators may hand a review over whose lead is gone, or close it; they read no answers for that."""
    return viewer.can_administer


def may_write_jointly(review: Review, viewer: Viewer, takes_part: bool) -> bool:
    """The lead writes the joint text, or everybody who takes part where the review says so."""
    return may_lead(review, viewer) or (review.all_write and takes_part)


def checked(opening: Opening) -> Opening:
    """The same, cleaned. Raises ReviewError."""
    title, summary = clean_title(opening.title), clean_text(opening.summary).strip()
    if not opening.title.strip():
        raise ReviewError("Give it a title: a few words that somebody would search for.", "title")
    shell = _Entry(
        id="x",
        kind="after-action-review",
        title=title,
        body=summary,
        team=(opening.team or "").strip().casefold() or None,
        date=opening.happened_on,
        audience=tuple(sorted({team.strip().casefold() for team in opening.audience if team.strip()})),
    )
    try:
        validate(shell)
    except EntryError as error:
        raise ReviewError(str(error), "summary" if error.field == "body" else error.field) from error
    if len(summary) > MAX_SUMMARY:
        raise ReviewError(
            say(
                "Say what happened in at most %(max_summary)s characters; the answers tell more.",
                max_summary=MAX_SUMMARY,
            ),
            "summary",
        )
    if not 0 <= opening.guests <= MAX_GUESTS:
        raise ReviewError(
            say("From 0 to %(max_guests)s people without an account can answer.", max_guests=MAX_GUESTS), "guests"
        )
    return replace(opening, title=title, summary=summary, team=shell.team, audience=shell.audience)


def clean_answers(answers: Mapping[str, str], *, some: bool = False) -> dict[str, str]:
    """One text for each question, with plain line ends. Raises ReviewError; with `some`, also when all are empty."""
    unknown = [name for name in answers if name not in QUESTIONS]
    if unknown:
        raise ReviewError("The questions are called: " + ", ".join(QUESTIONS) + ".", "answers")
    found = {name: clean_text(answers.get(name, "")).strip("\n") for name in QUESTIONS}
    for name, text in found.items():
        check_text(text, MAX_ANSWER, name, say("An answer"))
    if some and not any(text.strip() for text in found.values()):
        raise ReviewError("There is no answer yet. One sentence under one question is enough.", "supposed")
    return found


def check_text(text: str, longest: int, field: str, what: str) -> None:
    """Raise ReviewError for a text that is too long or holds what cannot be kept."""
    if len(text) > longest:
        raise ReviewError(
            say(
                "%(what)s takes at most %(longest)s characters, not %(text)s. Shorten it.",
                what=what,
                longest=longest,
                text=len(text),
            ),
            field,
        )
    if _BROKEN.search(text):
        raise ReviewError(
            say("%(what)s holds characters that cannot be shown. Paste it as plain text.", what=what), field
        )


def how_many(count: int) -> str:
    """How many have answered, so coarse that nobody can watch the number change when somebody leaves the room."""
    for least, words in (
        (20, say("Twenty or more")),
        (10, say("Ten or more")),
        (5, say("Five or more")),
        (3, say("Three or more")),
    ):
        if count >= least:
            return say("%(words)s answers so far.", words=words)
    return say("Fewer than three answers so far.")


def is_few(people: int, guests: int) -> bool:
    """Whether so few take part that a nameless answer could be guessed."""
    return people + guests < FEW


def zones() -> list[str]:
    """The names of the time zones that people live in, in order."""
    return [*sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc/")), "UTC"]


def moment_of(text: str, zone: str) -> dt.datetime:
    """The moment that a clock on the wall showed (`2026-11-24T02:10`, seconds possible) in a zone, in UTC.

    Where a clock was set back and showed a time twice, the first is meant. Raises ReviewError.
    """
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ReviewError("There is no such time zone. Choose one such as Europe/Berlin or UTC.", "zone") from None
    try:
        shown = dt.datetime.fromisoformat(text.strip())
    except ValueError:
        raise ReviewError("Write the time as year-month-day and hours:minutes, like 2026-11-24 02:10.", "at") from None
    if shown.tzinfo is not None:
        return shown.astimezone(dt.UTC)
    if not 1970 <= shown.year <= 2200:
        raise ReviewError("Choose a time from 1970 to 2200.", "at")
    moment = shown.replace(tzinfo=place).astimezone(dt.UTC)
    if moment.astimezone(place).replace(tzinfo=None) != shown:
        raise ReviewError(
            say("No clock in %(zone)s showed this time: it was the hour that is left out in spring.", zone=zone), "at"
        )
    return moment

"""What people do with a review, for the pages and the API alike: who may, what it needs, and who is told.

A review exists for those who take part in it, and for administrators as far as they may hand it over or close it. For
everybody else there is none.
"""

from __future__ import annotations

from collections.abc import Iterable

from wiki.library import Forbidden, NotFound
from wiki.people import PeopleError
from wiki.reviews.rules import check_text, may_lead, may_take_over, may_write_jointly
from wiki.reviews.store import Reviews
from wiki.reviews.types import Opening, Phase, Review, ReviewError
from wiki.reviews.voices import Voices
from wiki.services import Services
from wiki.viewer import Viewer
from wiki.words import say

MAX_REASON = 2_000
LEADS = say("This is up to whoever leads the review. Ask them, or an administrator to hand it over.")


def held(parts: Services) -> Reviews:
    """The reviews of this instance."""
    return Reviews(parts.people.database)


def visible(parts: Services, review_id: str, viewer: Viewer) -> Review:
    """The review, for its people and for administrators. Raises NotFound for everybody else."""
    review = held(parts).get(review_id)
    if not (may_take_over(review, viewer) or held(parts).takes_part(review.id, viewer.account_id)):
        raise NotFound("There is no such review, or you do not take part in it.")
    return review


def joined(parts: Services, review_id: str, viewer: Viewer) -> Review:
    """The review, for its people alone: what is said in it is for nobody else. Raises NotFound."""
    review = held(parts).get(review_id)
    if not held(parts).takes_part(review.id, viewer.account_id):
        raise NotFound("There is no such review, or you do not take part in it.")
    return review


def require_lead(review: Review, viewer: Viewer, *, administrators: bool = False) -> None:
    """Raises Forbidden for others than its lead (and administrators, where they may as well)."""
    if not (may_lead(review, viewer) or (administrators and may_take_over(review, viewer))):
        raise Forbidden(LEADS)


def require_writer(parts: Services, review: Review, viewer: Viewer) -> None:
    """Raises Forbidden for somebody who may not write the joint text."""
    if not may_write_jointly(review, viewer, held(parts).takes_part(review.id, viewer.account_id)):
        raise Forbidden("The lead of this review writes the joint text. Tell them what you would change.")


def open_review(parts: Services, opening: Opening, viewer: Viewer) -> Review:
    """Open a review and lead it. Raises Forbidden, ReviewError."""
    if not viewer.can_write or viewer.account_id is None:
        raise Forbidden("Your account may read but not open a review. Ask an administrator to make you an author.")
    _check_audience(opening, viewer)
    return held(parts).open(opening, viewer.account_id)


def change(parts: Services, review: Review, opening: Opening, viewer: Viewer) -> Review:
    """Change what was said at the opening. Raises Forbidden, ReviewError."""
    require_lead(review, viewer)
    _check_audience(opening, viewer)
    for person in held(parts).people(review.id):
        _check_reads(parts, person.id, person.name, opening.audience)
    return held(parts).change(review.id, opening)


def _check_audience(opening: Opening, viewer: Viewer) -> None:
    if not viewer.may_see(opening.audience):
        raise ReviewError(
            "You are in none of these teams, so you could not read the review. Add one of yours.", "audience"
        )


def _check_reads(parts: Services, account_id: str, name: str, audience: tuple[str, ...]) -> None:
    if not parts.people.viewer_for(account_id).may_see(audience):
        raise ReviewError(
            say(
                "%(name)s is in none of the teams that may read this review. Add one of their teams to its "
                "audience first.",
                name=name,
            ),
            "person",
        )


def invite(parts: Services, review: Review, sign_in_name: str, viewer: Viewer) -> bool:
    """Let somebody take part, by sign-in name, and tell them; whether it was new. Raises Forbidden, PeopleError."""
    require_lead(review, viewer)
    try:
        account = parts.people.accounts.by_name(sign_in_name)
    except PeopleError as error:
        raise ReviewError(str(error), "person") from error
    if not account.active:
        raise ReviewError("This account is switched off. Ask an administrator to switch it on.", "person")
    _check_reads(parts, account.id, account.display_name, review.audience)
    added = held(parts).add_person(review.id, account.id)
    if added:
        tell(
            parts,
            review,
            [account.id],
            "invited",
            say("You are asked to take part in the review “%(title)s”.", title=review.title),
        )
    return added


def join(parts: Services, review: Review, viewer: Viewer) -> None:
    """Take part by the members' link. Raises NotFound where the viewer may not read the review, ReviewError."""
    if viewer.account_id is None or not viewer.may_see(review.audience):
        raise NotFound("This link leads to no open review. Ask whoever sent it for a new one.")
    held(parts).add_person(review.id, viewer.account_id)


def hand_over(parts: Services, review: Review, account_id: str, viewer: Viewer) -> None:
    """Let another of its people lead. Raises Forbidden, ReviewError."""
    require_lead(review, viewer, administrators=True)
    if not parts.people.viewer_for(account_id).can_write:
        raise ReviewError("Whoever leads a review needs the role of an author. Choose somebody else.", "person")
    held(parts).hand_over(review.id, account_id)
    tell(
        parts,
        review,
        [account_id],
        f"lead:{account_id}",
        say("You now lead the review “%(title)s”.", title=review.title),
    )


def begin_discussion(parts: Services, review: Review, viewer: Viewer) -> None:
    """Put all answers side by side; from now on nobody answers without a name. Raises Forbidden, ReviewError."""
    require_lead(review, viewer)
    if review.phase is Phase.GATHERING and not Voices(parts.people.database).count(review.id):
        raise ReviewError("Nobody has answered yet. Give your own answer first, or wait for the others.")
    if held(parts).advance(review.id, Phase.DISCUSSING, out_of=(Phase.GATHERING,)):
        people = [person.id for person in held(parts).people(review.id)]
        for account_id in people:  # what is put away now says nothing about when somebody answered
            parts.people.notices.settle(account_id, _key(review, "invited"))
        others = [account_id for account_id in people if account_id != viewer.account_id]
        tell(
            parts,
            review,
            others,
            "together",
            say("The answers to the review “%(title)s” are side by side.", title=review.title),
        )


def close(parts: Services, review: Review, reason: str, viewer: Viewer) -> None:
    """End the review without an entry; what was said in it is deleted. Raises Forbidden, ReviewError."""
    require_lead(review, viewer, administrators=True)
    said = " ".join(reason.split())
    if not said:
        raise ReviewError("Say in a sentence why the review is closed; those who took part read it.", "reason")
    check_text(said, MAX_REASON, "reason", "A reason")
    people = [person.id for person in held(parts).people(review.id)]
    if held(parts).finish(review.id, Phase.CLOSED, said):
        tell(
            parts,
            review,
            people,
            "closed",
            say("The review “%(title)s” was closed without an entry.", title=review.title),
        )


def tell(parts: Services, review: Review, accounts: Iterable[str], what: str, text: str) -> None:
    """A notice to each of these accounts, once; the title is cut where it would not fit."""
    for account_id in accounts:
        parts.people.notices.tell(
            account_id, key=_key(review, what), kind="review", text=text[:480], link=f"/reviews/{review.id}"
        )


def _key(review: Review, what: str) -> str:
    return f"review:{review.id}:{what}"

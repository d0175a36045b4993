"""Reviews that are being held, who takes part, and where each stands: in SQL, and in no index.

A change that depends on the phase looks at it in the transaction that makes the change, so a phase that ends at the
same moment either takes the change or refuses it with a sentence.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from wiki.library import NotFound
from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert as insert_or
from wiki.people.rules import askable, digest, new_secret, now
from wiki.reviews.rules import checked
from wiki.reviews.types import MAX_PEOPLE, OPEN, Opening, Person, Phase, Review, ReviewError
from wiki.slugs import new_id
from wiki.words import say

_REVIEW = schema.review
_PERSON = schema.review_person
_MISSING = say("There is no such review, or you do not take part in it.")
LINKS = {"member": _REVIEW.c.member_hash, "guest": _REVIEW.c.guest_hash}
MAX_OPEN = 100


class Reviews:
    """The reviews themselves; what is said in them is `Voices`, what is written together is `Joints`."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def open(self, opening: Opening, lead_id: str) -> Review:
        """A new review that gathers answers; whoever opens it leads it and takes part. Raises ReviewError."""
        asked, moment = checked(opening), now()
        row = _columns(asked) | {
            "id": new_id(),
            "phase": Phase.GATHERING,
            "lead_id": lead_id,
            "recurrence_of": "[]",
            "opened_at": moment,
            "phase_at": moment,
            "reason": "",
        }
        with self._database.write() as connection:
            mine = select(func.count()).where(_REVIEW.c.lead_id == lead_id, _REVIEW.c.phase.in_(OPEN))
            if connection.execute(mine).scalar_one() >= MAX_OPEN:
                raise ReviewError(
                    say("You lead %(max_open)s open reviews. Publish or close one first.", max_open=MAX_OPEN)
                )
            connection.execute(insert(_REVIEW).values(row))
            connection.execute(insert(_PERSON).values(review_id=row["id"], account_id=lead_id))
            connection.execute(insert(schema.review_bag).values(review_id=row["id"], voices="{}"))
        return self.get(row["id"])

    def get(self, review_id: str) -> Review:
        """The review, whoever asks. Raises NotFound."""
        with self._database.read() as connection:
            row = connection.execute(select(_REVIEW).where(_REVIEW.c.id == askable(review_id, 12))).first()
        if row is None:
            raise NotFound(_MISSING)
        return _review(row)

    def takes_part(self, review_id: str, account_id: str | None) -> bool:
        """Whether this account is one of the people of the review."""
        mine = (_PERSON.c.review_id == review_id) & (_PERSON.c.account_id == (account_id or ""))
        with self._database.read() as connection:
            return connection.execute(select(_PERSON.c.review_id).where(mine)).first() is not None

    def of(self, account_id: str, limit: int = 200) -> list[Review]:
        """Reviews that the account takes part in, open ones first, then the newest."""
        mine = select(_PERSON.c.review_id).where(_PERSON.c.account_id == account_id)
        return self._list(_REVIEW.c.id.in_(mine), limit)

    def all_open(self, limit: int = 1000) -> list[Review]:
        """Every review that is neither published nor closed."""
        return self._list(_REVIEW.c.phase.in_(OPEN), limit)

    def _list(self, condition: Any, limit: int) -> list[Review]:
        question = (
            select(_REVIEW)
            .where(condition)
            .order_by(_REVIEW.c.phase.in_(OPEN).desc(), _REVIEW.c.opened_at.desc(), _REVIEW.c.id)
            .limit(limit)
        )
        with self._database.read() as connection:
            return [_review(row) for row in connection.execute(question)]

    def change(self, review_id: str, opening: Opening) -> Review:
        """Change what was said at the opening. Raises ReviewError once the review is published or closed."""
        values = _columns(checked(opening))
        with self._database.write() as connection:
            in_phase(connection, review_id, Phase.GATHERING, Phase.DISCUSSING)
            connection.execute(update(_REVIEW).where(_REVIEW.c.id == review_id).values(values))
        return self.get(review_id)

    def recur(self, review_id: str, entry_ids: tuple[str, ...]) -> None:
        """Name the entries that told of the same experience."""
        with self._database.write() as connection:
            in_phase(connection, review_id, Phase.GATHERING, Phase.DISCUSSING)
            values = {"recurrence_of": json.dumps(list(dict.fromkeys(entry_ids))[:50])}
            connection.execute(update(_REVIEW).where(_REVIEW.c.id == review_id).values(values))

    # --- people ------------------------------------------------------------------------------------------------------

    def people(self, review_id: str) -> list[Person]:
        """Who takes part, by name."""
        account = schema.account
        question = (
            select(account.c.id, account.c.display_name)
            .join(_PERSON, _PERSON.c.account_id == account.c.id)
            .where(_PERSON.c.review_id == review_id)
            .order_by(account.c.display_name, account.c.name_key)
        )
        with self._database.read() as connection:
            return [Person(row.id, row.display_name) for row in connection.execute(question)]

    def add_person(self, review_id: str, account_id: str) -> bool:
        """Let an account take part; whether it was new. Raises ReviewError when the review is over or too many come."""
        with self._database.write() as connection:
            in_phase(connection, review_id, Phase.GATHERING, Phase.DISCUSSING)
            count = select(func.count()).where(_PERSON.c.review_id == review_id)
            if connection.execute(count).scalar_one() >= MAX_PEOPLE:
                raise ReviewError(
                    say(
                        "A review takes at most %(max_people)s people. Open a second one for the others.",
                        max_people=MAX_PEOPLE,
                    )
                )
            statement = insert_or(self._database, _PERSON).values(review_id=review_id, account_id=account_id)
            added = connection.execute(statement.on_conflict_do_nothing().returning(_PERSON.c.account_id)).first()
        return added is not None

    def remove_person(self, review_id: str, account_id: str) -> None:
        """Somebody does not take part after all; what they said with their name goes with them."""
        with self._database.write() as connection:
            review = in_phase(connection, review_id, Phase.GATHERING, Phase.DISCUSSING)
            if review.lead_id == account_id:
                raise ReviewError("Whoever leads a review takes part in it. Hand it over first.", "person")
            for table in (schema.review_answer, _PERSON):
                mine = (table.c.review_id == review_id) & (table.c.account_id == account_id)
                connection.execute(delete(table).where(mine))

    def hand_over(self, review_id: str, account_id: str) -> None:
        """Another of its people leads the review from now on. Raises ReviewError."""
        with self._database.write() as connection:
            in_phase(connection, review_id, *OPEN)
            mine = (_PERSON.c.review_id == review_id) & (_PERSON.c.account_id == account_id)
            if connection.execute(select(_PERSON.c.account_id).where(mine)).first() is None:
                raise ReviewError("Only somebody who takes part can lead a review. Invite them first.", "person")
            connection.execute(update(_REVIEW).where(_REVIEW.c.id == review_id).values(lead_id=account_id))

    # --- links -------------------------------------------------------------------------------------------------------

    def new_link(self, review_id: str, kind: str) -> str:
        """A secret for an invite link (`member` or `guest`) in place of the one before it; only its digest is kept."""
        secret = new_secret()
        self._set_link(review_id, kind, digest(secret))
        return secret

    def drop_link(self, review_id: str, kind: str) -> None:
        """The link opens nothing any more."""
        self._set_link(review_id, kind, None)

    def _set_link(self, review_id: str, kind: str, value: str | None) -> None:
        if kind not in LINKS:
            raise ReviewError("A link is for members or for guests.", "link")
        with self._database.write() as connection:
            review = in_phase(connection, review_id, Phase.GATHERING, Phase.DISCUSSING)
            if kind == "guest" and value is not None and not review.guests:
                raise ReviewError("Say first how many people without an account may answer.", "guests")
            connection.execute(update(_REVIEW).where(_REVIEW.c.id == review_id).values({LINKS[kind]: value}))

    def by_link(self, secret: str, kind: str) -> Review:
        """The open review that a link leads to. Raises NotFound."""
        question = select(_REVIEW).where(LINKS[kind] == digest(secret), _REVIEW.c.phase.in_(OPEN))
        with self._database.read() as connection:
            row = connection.execute(question).first()
        if row is None:
            raise NotFound("This link leads to no open review. Ask whoever sent it for a new one.")
        return _review(row)

    # --- phases ------------------------------------------------------------------------------------------------------

    def advance(self, review_id: str, to: Phase, *, out_of: tuple[Phase, ...]) -> bool:
        """Move on to a phase; whether this call did it (False: it is there already). Raises ReviewError."""
        with self._database.write() as connection:
            row = locked(connection, review_id)
            if row.phase == to:
                return False
            if row.phase not in out_of:
                raise ReviewError(_refusal(Phase(row.phase)))
            connection.execute(update(_REVIEW).where(_REVIEW.c.id == review_id).values(phase=to, phase_at=now()))
        return True

    def finish(self, review_id: str, to: Phase, reason: str = "") -> bool:
        """End the review (`published` or `closed`): what was said in it is taken out of SQL. Whether this call did it.

        A review that is being published may still be closed by nobody: its entry may be there already.
        """
        out_of = (Phase.PUBLISHING,) if to is Phase.PUBLISHED else (Phase.GATHERING, Phase.DISCUSSING)
        with self._database.write() as connection:
            row = locked(connection, review_id)
            if row.phase == to:
                return False
            if row.phase not in out_of:
                raise ReviewError(_refusal(Phase(row.phase)))
            values = {"phase": to, "phase_at": now(), "reason": reason, "member_hash": None, "guest_hash": None}
            connection.execute(update(_REVIEW).where(_REVIEW.c.id == review_id).values(values))
            for table in (schema.review_answer, schema.review_bag, schema.review_text, schema.review_event):
                connection.execute(delete(table).where(table.c.review_id == review_id))
        self._database.tidy("review_bag", "review_answer")
        return True


def locked(connection: Connection, review_id: str) -> Row[Any]:
    """The row of a review, held until the transaction ends. Raises NotFound."""
    question = select(_REVIEW).where(_REVIEW.c.id == askable(review_id, 12)).with_for_update()
    row = connection.execute(question).first()
    if row is None:
        raise NotFound(_MISSING)
    return row


def in_phase(connection: Connection, review_id: str, *phases: Phase) -> Row[Any]:
    """The row, held, when the review is in one of these phases. Raises ReviewError with what to do instead."""
    row = locked(connection, review_id)
    if row.phase not in phases:
        raise ReviewError(_refusal(Phase(row.phase)))
    return row


def _refusal(phase: Phase) -> str:
    return {
        Phase.GATHERING: say("This review is still gathering answers. Begin the discussion first."),
        Phase.DISCUSSING: say("The discussion has begun, so this is not possible any more. Say it there."),
        Phase.PUBLISHING: say("This review is being published right now. Wait a moment, then edit its entry."),
        Phase.PUBLISHED: say("This review is published. Edit its entry instead."),
        Phase.CLOSED: say("This review was closed without an entry. Open a new one to go on."),
    }[phase]


def _columns(opening: Opening) -> dict[str, Any]:
    return {
        "title": opening.title,
        "summary": opening.summary,
        "happened_on": opening.happened_on.isoformat() if opening.happened_on else None,
        "team": opening.team,
        "audience": json.dumps(list(opening.audience)),
        "guests": opening.guests,
        "all_write": opening.all_write,
    }


def _review(row: Row[Any]) -> Review:
    return Review(
        id=row.id,
        title=row.title,
        summary=row.summary,
        happened_on=dt.date.fromisoformat(row.happened_on) if row.happened_on else None,
        team=row.team,
        audience=tuple(json.loads(row.audience)),
        phase=Phase(row.phase),
        lead_id=row.lead_id,
        all_write=row.all_write,
        guests=row.guests,
        recurrence_of=tuple(json.loads(row.recurrence_of)),
        member_link=row.member_hash is not None,
        guest_link=row.guest_hash is not None,
        opened_at=row.opened_at,
        phase_at=row.phase_at,
        reason=row.reason,
    )

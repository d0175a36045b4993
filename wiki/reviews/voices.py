"""What people say while a review gathers: with their names, or without.

Answers without a name lie in one value for each review (the bag), ordered by random ids and written anew with each
answer. Nothing there or anywhere else says who gave one, when, in which order, or that somebody has answered at all.
A guest's answer lies there too, with the name that the guest typed, if any. The price: the bag cannot know that two
answers come from one person. It takes at most as many as there are people.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, delete, func, select, update

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert
from wiki.people.rules import clean_line, digest
from wiki.reviews.rules import clean_answers
from wiki.reviews.store import in_phase, locked
from wiki.reviews.types import QUESTIONS, Answer, Phase, ReviewError, Saved, Voice
from wiki.words import say

_ANSWER = schema.review_answer
_BAG = schema.review_bag
MAX_SEQUENCE = 2**53 - 1
MAX_BAG = 8_000_000


class Voices:
    """The answers of each review."""

    def __init__(self, database: Database) -> None:
        self._database = database

    # --- with a name -------------------------------------------------------------------------------------------------

    def save(
        self,
        review_id: str,
        account_id: str,
        answers: Mapping[str, str],
        *,
        given: bool | None = None,
        sequence: int | None = None,
    ) -> Saved:
        """Keep what somebody has answered so far, unless a save with a higher sequence is there already.

        `given` says whether it may be shown once the discussion begins (None leaves that as it is). Possible until the
        review is published. Raises ReviewError.
        """
        texts = clean_answers(answers, some=given is True)
        with self._database.write() as connection:
            in_phase(connection, review_id, Phase.GATHERING, Phase.DISCUSSING)
            before = connection.execute(select(_ANSWER).where(_mine(review_id, account_id))).first()
            number = (before.sequence + 1 if before else 1) if sequence is None else sequence
            if not 0 <= number <= MAX_SEQUENCE:
                raise ReviewError(
                    say("A sequence is a whole number from 0 to %(max_sequence)s.", max_sequence=MAX_SEQUENCE),
                    "sequence",
                )
            if before is not None and before.sequence > number:
                return Saved(False, before.sequence, before.given)
            shown = (before.given if before else False) if given is None else given
            values = {"answers": _json(texts), "given": shown, "sequence": number}
            row = {"review_id": review_id, "account_id": account_id, **values}
            keys = [_ANSWER.c.review_id, _ANSWER.c.account_id]
            statement = insert(self._database, _ANSWER).values(row)
            connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=values))
        return Saved(True, number, shown)

    def answer(self, review_id: str, account_id: str) -> Answer | None:
        """What this account has answered with its name so far; for its own eyes."""
        with self._database.read() as connection:
            row = connection.execute(select(_ANSWER).where(_mine(review_id, account_id))).first()
        return None if row is None else Answer(json.loads(row.answers), row.given, row.sequence)

    def withdraw(self, review_id: str, account_id: str) -> None:
        """Take back what was answered with a name."""
        with self._database.write() as connection:
            in_phase(connection, review_id, Phase.GATHERING)
            connection.execute(delete(_ANSWER).where(_mine(review_id, account_id)))
        self._database.tidy("review_answer")

    # --- without -----------------------------------------------------------------------------------------------------

    def drop_in(self, review_id: str, ticket: str, answers: Mapping[str, str], *, name: str = "") -> None:
        """Put an answer into the bag. `ticket` is the random word of the form that it came from: sent twice, the
        answer is there once. `name` is what a guest typed. Raises ReviewError when the bag is full or closed.
        """
        if not 16 <= len(ticket) <= 200:
            raise ReviewError("This form is not whole. Load the page again; your text stays in it.", "ticket")
        texts, shown = clean_answers(answers, some=True), clean_line(name, "name", "A name")
        key = digest(ticket)[:32]
        with self._database.write() as connection:
            review = locked(connection, review_id)
            if review.phase != Phase.GATHERING:
                raise ReviewError(
                    "The discussion has begun, and an answer that comes now would be known by its time. Say it with "
                    "your name, or ask somebody you trust to say it.",
                )
            bag = _bag(connection, review_id)
            if key not in bag and len(bag) >= _room(connection, review_id) + review.guests:
                raise ReviewError(
                    "There are as many answers without a name as people who take part, so this one is not taken. "
                    "Answer with your name, or speak to whoever leads the review."
                )
            bag[key] = {"name": shown, "answers": texts}
            kept = _json(dict(sorted(bag.items())))
            if len(kept) > MAX_BAG:
                raise ReviewError("The answers without a name are too long together. Shorten yours.", "supposed")
            connection.execute(update(_BAG).where(_BAG.c.review_id == review_id).values(voices=kept))
        self._database.tidy("review_bag")

    # --- together ----------------------------------------------------------------------------------------------------

    def count(self, review_id: str) -> int:
        """How many have answered. Never shown as it is: see `rules.how_many`."""
        given = select(func.count()).where(_ANSWER.c.review_id == review_id, _ANSWER.c.given.is_(True))
        with self._database.read() as connection:
            return int(connection.execute(given).scalar_one()) + len(_bag(connection, review_id))

    def together(self, review_id: str) -> dict[str, list[Voice]]:
        """All voices under each question, named ones first by name, each question's nameless ones in an order of its
        own that says nothing and stays. Raises ReviewError while answers are gathered: then nobody may read them.
        """
        account = schema.account
        named = (
            select(account.c.display_name, _ANSWER.c.answers)
            .join(account, account.c.id == _ANSWER.c.account_id)
            .where(_ANSWER.c.review_id == review_id, _ANSWER.c.given.is_(True))
            .order_by(account.c.display_name, account.c.name_key)
        )
        with self._database.write() as connection:  # one moment for phase and voices
            in_phase(connection, review_id, Phase.DISCUSSING, Phase.PUBLISHING)
            people = [(row.display_name, json.loads(row.answers)) for row in connection.execute(named)]
            bag = _bag(connection, review_id)
        guests = sorted((kept["name"], kept["answers"]) for kept in bag.values() if kept["name"])
        nameless = {key: kept["answers"] for key, kept in bag.items() if not kept["name"]}
        return {
            question: [
                *_said(question, [*people, *guests]),
                *_said(question, [(None, nameless[key]) for key in _order(nameless, review_id, question)]),
            ]
            for question in QUESTIONS
        }


def shuffled(voices: Mapping[str, list[Voice]]) -> dict[str, list[Voice]]:
    """The same voices, those without a name in a new random order under each question."""
    mixed: dict[str, list[Voice]] = {}
    for question, said in voices.items():
        nameless = [voice for voice in said if voice.name is None]
        secrets.SystemRandom().shuffle(nameless)
        mixed[question] = [*(voice for voice in said if voice.name is not None), *nameless]
    return mixed


def _order(nameless: Mapping[str, Any], review_id: str, question: str) -> list[str]:
    """Random keys in an order that differs from question to question, so that no two answers can be put together."""
    return sorted(nameless, key=lambda key: hashlib.sha256(f"{review_id}:{question}:{key}".encode()).digest())


def _said(question: str, voices: list[tuple[str | None, Mapping[str, str]]]) -> list[Voice]:
    return [Voice(name, text) for name, answers in voices if (text := answers.get(question, "")).strip()]


def _mine(review_id: str, account_id: str) -> Any:
    return (_ANSWER.c.review_id == review_id) & (_ANSWER.c.account_id == account_id)


def _bag(connection: Connection, review_id: str) -> dict[str, dict[str, Any]]:
    kept = connection.execute(select(_BAG.c.voices).where(_BAG.c.review_id == review_id)).scalar()
    found: dict[str, dict[str, Any]] = json.loads(kept) if kept else {}
    return found


def _room(connection: Connection, review_id: str) -> int:
    people = schema.review_person
    count = select(func.count()).where(people.c.review_id == review_id)
    return int(connection.execute(count).scalar_one())


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

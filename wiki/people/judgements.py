"""What people said of the experiences shown to them while they wrote.

"Not related" keeps an entry from being shown again for that draft; all of it tells how good the panel is.
"""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func, select

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert
from wiki.people.errors import PeopleError
from wiki.people.rules import askable, now
from wiki.words import say

VERDICTS = ("not-related", "cited", "opened")
_TABLE = schema.judgement


class Judgements:
    """One row for each account, draft, entry and verdict; saying it again changes only the moment."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(
        self, account_id: str, entry_id: str, verdict: str, *, draft_key: str, subject_id: str | None = None
    ) -> None:
        """Note what was said of `entry_id` beside a draft; `subject_id` is the entry being edited, if it has an id.

        Raises PeopleError for a verdict, key or id that cannot be.
        """
        if verdict not in VERDICTS:
            raise PeopleError("A judgement is one of: " + ", ".join(VERDICTS) + ".", "verdict")
        for value, longest, field in ((entry_id, 40, "entry_id"), (draft_key, 200, "draft_key")):
            if not value or len(value) > longest or not value.isprintable():
                raise PeopleError(say("This has 1 to %(longest)s printable characters.", longest=longest), field)
        row = {
            "account_id": account_id,
            "draft_key": draft_key,
            "entry_id": entry_id,
            "verdict": verdict,
            "subject_id": askable(subject_id or "", 40) or None,
            "judged_at": now(),
        }
        statement = insert(self._database, _TABLE).values(row)
        keys = [_TABLE.c.account_id, _TABLE.c.draft_key, _TABLE.c.entry_id, _TABLE.c.verdict]
        with self._database.write() as connection:
            connection.execute(
                statement.on_conflict_do_update(index_elements=keys, set_={"judged_at": statement.excluded.judged_at})
            )

    def dismissed(self, account_id: str, draft_key: str) -> frozenset[str]:
        """The entries that this person does not want to see again for this draft."""
        question = select(_TABLE.c.entry_id).where(
            _TABLE.c.account_id == account_id,
            _TABLE.c.draft_key == askable(draft_key),
            _TABLE.c.verdict == "not-related",
        )
        with self._database.read() as connection:
            return frozenset(connection.execute(question).scalars())

    def unrelated(self) -> frozenset[tuple[str, str]]:
        """The pairs of entries, the smaller id first, of which anybody said that they are not related."""
        question = select(_TABLE.c.subject_id, _TABLE.c.entry_id).where(
            _TABLE.c.verdict == "not-related", _TABLE.c.subject_id.is_not(None)
        )
        with self._database.read() as connection:
            return frozenset((min(row), max(row)) for row in connection.execute(question))

    def of_entries(self) -> list[tuple[str, str, str]]:
        """(the entry that was written, the entry that was judged, verdict) of everything said, each once, sorted."""
        columns = (_TABLE.c.subject_id, _TABLE.c.entry_id, _TABLE.c.verdict)
        question = select(*columns).where(_TABLE.c.subject_id.is_not(None)).distinct().order_by(*columns)
        with self._database.read() as connection:
            return [(row[0], row[1], row[2]) for row in connection.execute(question)]

    def published(self, account_id: str, draft_key: str, subject_id: str) -> None:
        """The draft became the entry `subject_id`: what was said while writing it holds when it is edited, too."""
        target = f"entry:{subject_id}"
        mine = (_TABLE.c.account_id == account_id) & (_TABLE.c.draft_key == askable(draft_key))
        columns = (_TABLE.c.account_id, _TABLE.c.entry_id, _TABLE.c.verdict, _TABLE.c.judged_at)
        with self._database.write() as connection:
            rows = connection.execute(select(*columns).where(mine)).all()
            moved = [{**row._mapping, "draft_key": target, "subject_id": subject_id} for row in rows]
            connection.execute(delete(_TABLE).where(mine))
            if moved:
                connection.execute(insert(self._database, _TABLE).values(moved).on_conflict_do_nothing())

    def counts(self, since_days: int = 30) -> dict[str, int]:
        """How often each verdict was given in the last days; every verdict is there."""
        question = (
            select(_TABLE.c.verdict, func.count())
            .where(_TABLE.c.judged_at > now() - timedelta(days=since_days))
            .group_by(_TABLE.c.verdict)
        )
        with self._database.read() as connection:
            found = {verdict: int(count) for verdict, count in connection.execute(question).all()}
        return {verdict: found.get(verdict, 0) for verdict in VERDICTS}

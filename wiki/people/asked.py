"""Questions that went badly: searches that found nothing, and slow ones. Counted by their words, never by who asked.

They show what the organization's memory lacks. The words of a search are kept as they were searched, without its
filters; nothing of a draft comes here, and nothing that was pasted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, case, delete, func, select

from wiki.people import schema
from wiki.people.database import Database
from wiki.people.dialects import insert
from wiki.people.rules import askable, now

LONGEST = 100
"""Characters of a question that is kept; what is longer was no question of a few words."""
KEPT_FOR = timedelta(days=180)
MOST = 2_000
"""Questions that are kept; the ones asked longest ago go."""
_TABLE = schema.asked


@dataclass(frozen=True, slots=True)
class Question:
    """The words, how often they found nothing, how often and how slow they were (milliseconds), and when last."""

    words: str
    unanswered: int
    slow: int
    slowest_ms: int
    last_at: datetime


class Asked:
    """One row for each question that went badly."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def note(self, words: str, *, nothing: bool, slow_ms: int = 0) -> None:
        """Count a question: `nothing` where it found nothing, `slow_ms` where it was slow. Passes over long ones."""
        words = " ".join(words.casefold().split())
        if not words or len(words) > LONGEST or not askable(words) or not (nothing or slow_ms):
            return
        row = {"words": words, "unanswered": int(nothing), "slow": int(slow_ms > 0), "slowest_ms": slow_ms}
        statement = insert(self._database, _TABLE).values(row | {"last_at": now()})
        fresh = statement.excluded
        more = {name: _TABLE.c[name] + fresh[name] for name in ("unanswered", "slow")}
        slowest = case((fresh.slowest_ms > _TABLE.c.slowest_ms, fresh.slowest_ms), else_=_TABLE.c.slowest_ms)
        statement = statement.on_conflict_do_update(
            index_elements=[_TABLE.c.words], set_={**more, "slowest_ms": slowest, "last_at": fresh.last_at}
        )
        with self._database.write() as connection:
            connection.execute(statement)
            count = int(connection.execute(select(func.count()).select_from(_TABLE)).scalar_one())
            if count > MOST:
                oldest = select(_TABLE.c.words).order_by(_TABLE.c.last_at, _TABLE.c.words).limit(count - MOST)
                connection.execute(delete(_TABLE).where(_TABLE.c.words.in_(oldest)))
            connection.execute(delete(_TABLE).where(_TABLE.c.last_at < now() - KEPT_FOR))

    def found_nothing(self, limit: int = 50) -> list[Question]:
        """What was asked for and is not there, the most frequent first."""
        asked = select(_TABLE).where(_TABLE.c.unanswered > 0)
        return self._questions(asked.order_by(_TABLE.c.unanswered.desc(), _TABLE.c.last_at.desc()).limit(limit))

    def slowest(self, limit: int = 20) -> list[Question]:
        """The slowest questions, the slowest first."""
        asked = select(_TABLE).where(_TABLE.c.slow > 0)
        return self._questions(asked.order_by(_TABLE.c.slowest_ms.desc(), _TABLE.c.words).limit(limit))

    def forget(self, words: str | None = None) -> int:
        """Drop one question, or all; says how many went."""
        statement = delete(_TABLE) if words is None else delete(_TABLE).where(_TABLE.c.words == askable(words))
        with self._database.write() as connection:
            return connection.execute(statement).rowcount

    def _questions(self, statement: Select[tuple[object, ...]]) -> list[Question]:
        with self._database.read() as connection:
            return [Question(**row._mapping) for row in connection.execute(statement)]

"""The tables of the people room. Changing one needs a migration beside it, and `REVISION` raised to that migration.

Moments are kept as whole milliseconds since 1970 in UTC: the same on every database, exact, and cheap to read.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
)

REVISION = "0009"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Moment(TypeDecorator[datetime]):
    """An aware datetime in UTC, kept as milliseconds since 1970."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """To the database."""
        return None if value is None else (value - _EPOCH) // timedelta(milliseconds=1)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return None if value is None else _EPOCH + timedelta(milliseconds=value)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

account = Table(
    "account",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("name", String(40), nullable=False),
    Column("name_key", String(80), nullable=False, unique=True),
    Column("display_name", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("active", Boolean, nullable=False),
    Column("session_epoch", Integer, nullable=False),
    Column("password_hash", String(300)),
    Column("created_at", Moment, nullable=False),
    Column("signed_in_at", Moment),
    Column("language", String(20)),  # of the interface; none: what the browser asks for
    Column("zone", String(64)),  # in which moments are shown; none: the browser's
)

team = Table(
    "team",
    metadata,
    Column("slug", String(60), primary_key=True),
    Column("name", String(80), nullable=False),
    Column("settings", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
)

team_member = Table(
    "team_member",
    metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("team_slug", ForeignKey("team.slug", ondelete="CASCADE"), primary_key=True, index=True),
    Column("added_at", Moment, nullable=False),
)

invite = Table(
    "invite",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("label", String(80), nullable=False),
    Column("role", String(20), nullable=False),
    Column("teams", Text, nullable=False),
    Column("uses_left", Integer, nullable=False),
    Column("created_by", ForeignKey("account.id", ondelete="CASCADE")),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
)

link = Table(
    "link",
    metadata,
    Column("secret_hash", String(64), primary_key=True),
    Column("purpose", String(20), nullable=False),
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), index=True),
    Column("created_by", ForeignKey("account.id", ondelete="SET NULL")),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("hint", String(12), nullable=False),
    Column("scope", String(10), nullable=False),
    Column("label", String(80), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("last_used_at", Moment),
)

draft = Table(
    "draft",
    metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("payload", Text),  # NULL: dropped; the row still refuses saves that were under way
    Column("sequence", BigInteger, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Index("ix_draft_account_id_saved_at", "account_id", "saved_at"),
)

judgement = Table(
    "judgement",
    metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("draft_key", String(200), primary_key=True),
    Column("entry_id", String(40), primary_key=True),
    Column("verdict", String(20), primary_key=True),
    Column("subject_id", String(40)),
    Column("judged_at", Moment, nullable=False),
    Index("ix_judgement_entry_id", "entry_id"),
    Index("ix_judgement_subject_id", "subject_id"),
)

attempt = Table(
    "attempt",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
)

notice = Table(
    "notice",
    metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("key", String(200), primary_key=True),
    Column("kind", String(40), nullable=False),
    Column("text", Text, nullable=False),
    Column("said", Text),  # its pattern and values, to be told in another language: wiki.words.pack
    Column("link", String(500), nullable=False),
    Column("entry_id", String(64)),
    Column("told_at", Moment, nullable=False),
    Column("settled_at", Moment),  # settled ones stay, so that nobody is told the same thing twice
    Index("ix_notice_account_id_settled_at", "account_id", "settled_at", "told_at"),
)

watch = Table(
    "watch",
    metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("subject", String(200), primary_key=True),  # entry:<id>, tag:<tag> or team:<slug>
    Column("since", Moment, nullable=False),
)

desk_mark = Table(
    "desk_mark",
    metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("seen_until", Moment, nullable=False),
)

reading_step = Table(
    "reading_step",
    metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("topic_id", String(64), primary_key=True),
    Column("entry_id", String(64), primary_key=True),
    Column("read_at", Moment, nullable=False),
)

topic_asked = Table(
    "topic_asked",
    metadata,
    Column("topic_id", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("times", Integer, nullable=False),
)

review = Table(
    "review",
    metadata,
    Column("id", String(12), primary_key=True),  # the id that its entry gets, so that it is published once
    Column("title", String(300), nullable=False),
    Column("happened_on", String(10)),
    Column("summary", Text, nullable=False),
    Column("team", String(64)),
    Column("audience", Text, nullable=False),
    Column("phase", String(12), nullable=False),
    Column("lead_id", ForeignKey("account.id", ondelete="SET NULL"), index=True),
    Column("all_write", Boolean, nullable=False),
    Column("guests", Integer, nullable=False),
    Column("recurrence_of", Text, nullable=False),
    Column("member_hash", String(64), unique=True),
    Column("guest_hash", String(64), unique=True),
    Column("opened_at", Moment, nullable=False),
    Column("phase_at", Moment, nullable=False),
    Column("reason", Text, nullable=False),
)

# What people say in a review has no row numbers, which would tell the order in which it came.
review_person = Table(
    "review_person",
    metadata,
    Column("review_id", ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True),
    sqlite_with_rowid=False,
)

review_answer = Table(
    "review_answer",
    metadata,
    Column("review_id", ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("answers", Text, nullable=False),
    Column("given", Boolean, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# All answers without a name, in one value that is written anew with each: no account, no time, no order.
review_bag = Table(
    "review_bag",
    metadata,
    Column("review_id", ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
    Column("voices", Text, nullable=False),
    sqlite_with_rowid=False,
)

review_text = Table(
    "review_text",
    metadata,
    Column("review_id", ForeignKey("review.id", ondelete="CASCADE"), primary_key=True),
    Column("revision", Integer, primary_key=True),
    Column("parts", Text, nullable=False),
    Column("account_id", ForeignKey("account.id", ondelete="SET NULL")),
    Column("saved_at", Moment, nullable=False),
)

review_event = Table(
    "review_event",
    metadata,
    Column("id", String(12), primary_key=True),
    Column("review_id", ForeignKey("review.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("zone", String(64), nullable=False),
    Column("text", Text, nullable=False),
)

calendar_feed = Table(
    "calendar_feed",
    metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("secret_hash", String(64), nullable=False, unique=True),
    Column("made_at", Moment, nullable=False),
)

claim = Table(
    "claim",
    metadata,
    Column("account_id", ForeignKey("account.id", ondelete="CASCADE"), primary_key=True),
    Column("name_key", String(240), primary_key=True, index=True),
    Column("name", String(80), nullable=False),
    Column("asked_at", Moment, nullable=False),
    Column("confirmed_at", Moment),  # a confirmed one stays: the name means this account wherever it comes again
)

# People whose account ids an export of another wiki brought along.
known_as = Table(
    "known_as",
    metadata,
    Column("id", String(80), primary_key=True),
    Column("name", String(80), nullable=False),
)

asked = Table(
    "asked",
    metadata,
    Column("words", String(100), primary_key=True),  # as they were searched, by whomever
    Column("unanswered", Integer, nullable=False),
    Column("slow", Integer, nullable=False),
    Column("slowest_ms", Integer, nullable=False),
    Column("last_at", Moment, nullable=False),
)

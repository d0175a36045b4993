"""Reviews that are being held: what a team says before it is published."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REVIEW = "review.id"
ACCOUNT = "account.id"


def upgrade() -> None:
    """To this revision."""
    _reviews()
    _voices()
    _joint()


def _reviews() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("title", sa.String(300), nullable=False),
        sa.Column("happened_on", sa.String(10)),
        sa.Column("summary", sa.Text, nullable=False),
        sa.Column("team", sa.String(64)),
        sa.Column("audience", sa.Text, nullable=False),
        sa.Column("phase", sa.String(12), nullable=False),
        sa.Column("lead_id", sa.String(12)),
        sa.Column("all_write", sa.Boolean, nullable=False),
        sa.Column("guests", sa.Integer, nullable=False),
        sa.Column("recurrence_of", sa.Text, nullable=False),
        sa.Column("member_hash", sa.String(64)),
        sa.Column("guest_hash", sa.String(64)),
        sa.Column("opened_at", sa.BigInteger, nullable=False),
        sa.Column("phase_at", sa.BigInteger, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review"),
        sa.UniqueConstraint("member_hash", name="uq_review_member_hash"),
        sa.UniqueConstraint("guest_hash", name="uq_review_guest_hash"),
        sa.ForeignKeyConstraint(["lead_id"], [ACCOUNT], name="fk_review_lead_id", ondelete="SET NULL"),
    )
    op.create_index("ix_review_lead_id", "review", ["lead_id"])


def _voices() -> None:
    op.create_table(
        "review_person",
        sa.Column("review_id", sa.String(12), nullable=False),
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.PrimaryKeyConstraint("review_id", "account_id", name="pk_review_person"),
        sa.ForeignKeyConstraint(["review_id"], [REVIEW], name="fk_review_person_review_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["account_id"], [ACCOUNT], name="fk_review_person_account_id", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_review_person_account_id", "review_person", ["account_id"])
    op.create_table(
        "review_answer",
        sa.Column("review_id", sa.String(12), nullable=False),
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("answers", sa.Text, nullable=False),
        sa.Column("given", sa.Boolean, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("review_id", "account_id", name="pk_review_answer"),
        sa.ForeignKeyConstraint(["review_id"], [REVIEW], name="fk_review_answer_review_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["account_id"], [ACCOUNT], name="fk_review_answer_account_id", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_review_answer_account_id", "review_answer", ["account_id"])
    op.create_table(
        "review_bag",
        sa.Column("review_id", sa.String(12), nullable=False),
        sa.Column("voices", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("review_id", name="pk_review_bag"),
        sa.ForeignKeyConstraint(["review_id"], [REVIEW], name="fk_review_bag_review_id", ondelete="CASCADE"),
        sqlite_with_rowid=False,
    )


def _joint() -> None:
    op.create_table(
        "review_text",
        sa.Column("review_id", sa.String(12), nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("parts", sa.Text, nullable=False),
        sa.Column("account_id", sa.String(12)),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("review_id", "revision", name="pk_review_text"),
        sa.ForeignKeyConstraint(["review_id"], [REVIEW], name="fk_review_text_review_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["account_id"], [ACCOUNT], name="fk_review_text_account_id", ondelete="SET NULL"),
    )
    op.create_table(
        "review_event",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("review_id", sa.String(12), nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_event"),
        sa.ForeignKeyConstraint(["review_id"], [REVIEW], name="fk_review_event_review_id", ondelete="CASCADE"),
    )
    op.create_index("ix_review_event_review_id", "review_event", ["review_id"])


def downgrade() -> None:
    """Back from it."""
    for name in ("review_event", "review_text", "review_bag", "review_answer", "review_person", "review"):
        op.drop_table(name)

"""Curating: how far somebody has looked at the desk, their reading progress, and how often topics are asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "desk_mark",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("seen_until", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_desk_mark"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_desk_mark_account_id", ondelete="CASCADE"),
    )
    op.create_table(
        "reading_step",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("topic_id", sa.String(64), nullable=False),
        sa.Column("entry_id", sa.String(64), nullable=False),
        sa.Column("read_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "topic_id", "entry_id", name="pk_reading_step"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_reading_step_account_id", ondelete="CASCADE"),
    )
    op.create_table(
        "topic_asked",
        sa.Column("topic_id", sa.String(64), nullable=False),
        sa.Column("day", sa.String(10), nullable=False),
        sa.Column("times", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("topic_id", "day", name="pk_topic_asked"),
    )


def downgrade() -> None:
    """Back from it."""
    for name in ("topic_asked", "reading_step", "desk_mark"):
        op.drop_table(name)

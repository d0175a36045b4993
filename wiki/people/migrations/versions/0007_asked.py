"""Searches that found nothing and slow ones, counted by their words."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "asked",
        sa.Column("words", sa.String(100), nullable=False),
        sa.Column("unanswered", sa.Integer, nullable=False),
        sa.Column("slow", sa.Integer, nullable=False),
        sa.Column("slowest_ms", sa.Integer, nullable=False),
        sa.Column("last_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("words", name="pk_asked"),
    )


def downgrade() -> None:
    """Back from it."""
    op.drop_table("asked")

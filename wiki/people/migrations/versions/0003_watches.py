"""Watches: entries, tags and teams that somebody follows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "watch",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("subject", sa.String(200), nullable=False),
        sa.Column("since", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "subject", name="pk_watch"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_watch_account_id", ondelete="CASCADE"),
    )


def downgrade() -> None:
    """Back from it."""
    op.drop_table("watch")

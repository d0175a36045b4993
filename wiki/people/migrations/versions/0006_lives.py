"""Secret addresses of calendars, and claims to names that entries hold."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this revision."""
    op.create_table(
        "calendar_feed",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("made_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", name="pk_calendar_feed"),
        sa.UniqueConstraint("secret_hash", name="uq_calendar_feed_secret_hash"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_calendar_feed_account_id", ondelete="CASCADE"),
    )
    op.create_table(
        "claim",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("asked_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "name", name="pk_claim"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_claim_account_id", ondelete="CASCADE"),
    )


def downgrade() -> None:
    """Back from it."""
    op.drop_table("claim")
    op.drop_table("calendar_feed")

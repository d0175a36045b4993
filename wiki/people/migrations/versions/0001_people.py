"""Accounts, teams, invitations, links, API tokens, drafts, judgements and sign-in attempts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ACCOUNT = "account.id"


def upgrade() -> None:
    """To this revision."""
    _accounts_and_teams()
    _ways_in()
    _work()


def _accounts_and_teams() -> None:
    op.create_table(
        "account",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("name_key", sa.String(80), nullable=False),
        sa.Column("display_name", sa.String(80), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("session_epoch", sa.Integer, nullable=False),
        sa.Column("password_hash", sa.String(300)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("signed_in_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_account"),
        sa.UniqueConstraint("name_key", name="uq_account_name_key"),
    )
    op.create_table(
        "team",
        sa.Column("slug", sa.String(60), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("slug", name="pk_team"),
    )
    op.create_table(
        "team_member",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("team_slug", sa.String(60), nullable=False),
        sa.Column("added_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "team_slug", name="pk_team_member"),
        sa.ForeignKeyConstraint(["account_id"], [ACCOUNT], name="fk_team_member_account_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["team_slug"], ["team.slug"], name="fk_team_member_team_slug", ondelete="CASCADE"),
    )
    op.create_index("ix_team_member_team_slug", "team_member", ["team_slug"])


def _ways_in() -> None:
    op.create_table(
        "invite",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("role", sa.String(20), nullable=False),
        sa.Column("teams", sa.Text, nullable=False),
        sa.Column("uses_left", sa.Integer, nullable=False),
        sa.Column("created_by", sa.String(12)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_invite"),
        sa.UniqueConstraint("secret_hash", name="uq_invite_secret_hash"),
        sa.ForeignKeyConstraint(["created_by"], [ACCOUNT], name="fk_invite_created_by", ondelete="CASCADE"),
    )
    op.create_table(
        "link",
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("purpose", sa.String(20), nullable=False),
        sa.Column("account_id", sa.String(12)),
        sa.Column("created_by", sa.String(12)),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("expires_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("secret_hash", name="pk_link"),
        sa.ForeignKeyConstraint(["account_id"], [ACCOUNT], name="fk_link_account_id", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["created_by"], [ACCOUNT], name="fk_link_created_by", ondelete="SET NULL"),
    )
    op.create_index("ix_link_account_id", "link", ["account_id"])
    op.create_table(
        "api_token",
        sa.Column("id", sa.String(12), nullable=False),
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("secret_hash", sa.String(64), nullable=False),
        sa.Column("hint", sa.String(12), nullable=False),
        sa.Column("scope", sa.String(10), nullable=False),
        sa.Column("label", sa.String(80), nullable=False),
        sa.Column("created_at", sa.BigInteger, nullable=False),
        sa.Column("last_used_at", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_api_token"),
        sa.UniqueConstraint("secret_hash", name="uq_api_token_secret_hash"),
        sa.ForeignKeyConstraint(["account_id"], [ACCOUNT], name="fk_api_token_account_id", ondelete="CASCADE"),
    )
    op.create_index("ix_api_token_account_id", "api_token", ["account_id"])
    op.create_table(
        "attempt",
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("count", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_attempt"),
    )
    op.create_index("ix_attempt_expires_at", "attempt", ["expires_at"])


def _work() -> None:
    op.create_table(
        "draft",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("payload", sa.Text),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("saved_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key", name="pk_draft"),
        sa.ForeignKeyConstraint(["account_id"], [ACCOUNT], name="fk_draft_account_id", ondelete="CASCADE"),
    )
    op.create_index("ix_draft_account_id_saved_at", "draft", ["account_id", "saved_at"])
    op.create_table(
        "judgement",
        sa.Column("account_id", sa.String(12), nullable=False),
        sa.Column("draft_key", sa.String(200), nullable=False),
        sa.Column("entry_id", sa.String(40), nullable=False),
        sa.Column("verdict", sa.String(20), nullable=False),
        sa.Column("subject_id", sa.String(40)),
        sa.Column("judged_at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("account_id", "draft_key", "entry_id", "verdict", name="pk_judgement"),
        sa.ForeignKeyConstraint(["account_id"], [ACCOUNT], name="fk_judgement_account_id", ondelete="CASCADE"),
    )
    op.create_index("ix_judgement_entry_id", "judgement", ["entry_id"])
    op.create_index("ix_judgement_subject_id", "judgement", ["subject_id"])


def downgrade() -> None:
    """Back from it: everything of the people room is gone."""
    for name in (
        "judgement", "draft", "attempt", "api_token", "link", "invite", "team_member", "team", "account",
    ):  # fmt: skip
        op.drop_table(name)

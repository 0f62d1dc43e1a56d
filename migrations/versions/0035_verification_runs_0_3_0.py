"""Verification runs: `verify` in the background, one at a time, with what it found"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.verification_runs"
down_revision = "0.3.0.former_codes"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "verification_run",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", ROW_ID, nullable=True, comment="empty: the command line"),
        sa.Column("open", sa.Boolean(), nullable=True, comment="true until it ended, then empty, so that one is open"),
        sa.Column("so_far", sa.JSON(), nullable=False, comment="the proofs that are done and what they found"),
        sa.Column("claim", sa.String(16), nullable=True, comment="of the worker that works on it"),
        sa.Column("claimed_until", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.Column("failed_in", sa.String(32), nullable=True, comment="the proof that could not be made"),
        sa.Column("found", sa.Integer(), nullable=True, comment="how many findings there were"),
        sa.Column("findings", sa.JSON(), nullable=False, comment="code and subject of the first of them"),
        sa.Column("events", sa.Integer(), nullable=True, comment="events there were when it began"),
        sa.Column(
            "block", sa.Integer(), nullable=True, comment="number of the last block when it began, 0 before the first"
        ),
        sa.Column("block_hash", sa.String(64), nullable=True, comment="its hash"),
        sa.CheckConstraint("open IS NULL OR open", name=op.f("ck_verification_run_open")),
        sa.CheckConstraint("(open IS NULL) = (ended_at IS NOT NULL)", name=op.f("ck_verification_run_ended")),
        sa.CheckConstraint("(claim IS NULL) = (claimed_until IS NULL)", name=op.f("ck_verification_run_claim")),
        sa.CheckConstraint(
            "CASE WHEN open OR failed_in IS NOT NULL THEN found IS NULL ELSE found IS NOT NULL END",
            name=op.f("ck_verification_run_found"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["user_account.id"], name=op.f("fk_verification_run_asked_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verification_run")),
        sa.UniqueConstraint("open", name=op.f("uq_verification_run_open")),
    )

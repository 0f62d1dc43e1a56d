"""Requests to reset accounts that rule, inspect or operate"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.resets"
down_revision = "0.3.0.verification_runs"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_CHECKS = {
    "what": "what IN ('password')",
    "span": "expires_at > asked_at",
    "agreed": "(agreed_at IS NULL) = (agreed_by_id IS NULL)",
    "not_oneself": "agreed_by_id <> user_id",
    "second_person": "agreed_by_id <> asked_by_id",
    "used_if_agreed": "used_at IS NULL OR agreed_at IS NOT NULL",
    "used_or_ended": "used_at IS NULL OR ended_at IS NULL",
    "ended": "ended_by_id IS NULL OR ended_at IS NOT NULL",
}
_PEOPLE = ("user_id", "asked_by_id", "agreed_by_id", "ended_by_id")


def upgrade() -> None:
    op.create_table(
        "reset_request",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("asked_by_id", ROW_ID, nullable=True, comment="empty: the command line"),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("agreed_at", MOMENT, nullable=True),
        sa.Column("agreed_by_id", ROW_ID, nullable=True),
        sa.Column("used_at", MOMENT, nullable=True, comment="when the reset was carried out"),
        sa.Column("ended_at", MOMENT, nullable=True, comment="when it was refused or another took its place"),
        sa.Column("ended_by_id", ROW_ID, nullable=True, comment="who refused it"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_reset_request_{name}")) for name, rule in _CHECKS.items()),
        *(
            sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_reset_request_{column}_user_account"))
            for column in _PEOPLE
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_request")),
    )
    where = sa.text("used_at IS NULL AND ended_at IS NULL")
    op.create_index(
        *("uq_reset_request_open", "reset_request", ["user_id", "what"]),
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )

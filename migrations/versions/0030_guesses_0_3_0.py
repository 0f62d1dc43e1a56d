"""Tries of passwords are counted before they are compared, and refused access is summed by the minute"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.guesses"
down_revision = "0.3.0.names_of_ended_units"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_KIND = "kind IN ('password', 'account', 'code', 'token', 'forbidden', 'held_up')"


def upgrade() -> None:
    # Counted for a quarter of an hour only.
    op.drop_table("sign_in_failure")
    op.create_table(
        "guess",
        sa.Column("subject", sa.String(64), nullable=False, comment="SHA-256 of what is counted"),
        sa.Column("since", MOMENT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False, comment="how many a span allows"),
        sa.CheckConstraint("tries BETWEEN 1 AND most", name=op.f("ck_guess_bounded")),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_guess")),
    )
    op.create_index("ix_guess_since", "guess", ["since"])
    op.create_table(
        "refused_access",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("minute", MOMENT, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column(
            "name",
            sa.String(200),
            nullable=False,
            comment="as typed, or of the signed-in person; empty beyond the bound of an hour",
        ),
        sa.Column("address", sa.String(64), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.CheckConstraint(_KIND, name=op.f("ck_refused_access_kind")),
        sa.CheckConstraint("times >= 1", name=op.f("ck_refused_access_times")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_access")),
        sa.UniqueConstraint(
            "minute", "kind", "name", "address", name=op.f("uq_refused_access_minute_kind_name_address")
        ),
    )

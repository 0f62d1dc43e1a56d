"""First sign-ins: one-time codes with which people set their passwords"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.first_sign_ins"
down_revision = "0.3.0.changed_people"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")


def upgrade() -> None:
    op.create_table(
        "first_sign_in",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by_id", ROW_ID, nullable=True, comment="empty: the command line"),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
        sa.Column("ended_at", MOMENT, nullable=True, comment="when another code took its place"),
        sa.CheckConstraint("expires_at > made_at", name=op.f("ck_first_sign_in_span")),
        sa.CheckConstraint("used_at IS NULL OR ended_at IS NULL", name=op.f("ck_first_sign_in_used_or_ended")),
        *(
            sa.ForeignKeyConstraint([column], ["user_account.id"], name=op.f(f"fk_first_sign_in_{column}_user_account"))
            for column in ("user_id", "made_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_first_sign_in")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_first_sign_in_code_hash")),
    )
    where = sa.text("used_at IS NULL AND ended_at IS NULL")
    op.create_index(
        "uq_first_sign_in_open", "first_sign_in", ["user_id"], unique=True, sqlite_where=where, postgresql_where=where
    )

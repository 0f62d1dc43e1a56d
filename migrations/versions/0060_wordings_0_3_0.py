"""Wordings: sentences that units, and the office for all, keep for the text boxes of acts"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.wordings"
down_revision = "0.3.0.saved_views"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "wording",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=True, comment="whose people use it; empty: all units"),
        sa.Column("words", sa.String(200), nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False, comment="who added it"),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("words <> ''", name=op.f("ck_wording_words")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_wording_by_id_user_account")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_wording_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wording")),
    )
    for name, columns, where in (
        ("uq_wording_unit", ["unit_id", "words"], "unit_id IS NOT NULL"),
        ("uq_wording_for_all", ["words"], "unit_id IS NULL"),
    ):
        op.create_index(
            name,
            "wording",
            columns,
            unique=True,
            sqlite_where=sa.text(where),
            postgresql_where=sa.text(where),
        )

"""Households are found by the names of their members: an index, which `init` fills"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.name_parts"
down_revision = "0.3.0.log_server"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BY_BYTES = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "name_part",
        sa.Column(
            "part", BY_BYTES, nullable=False, comment="the folded name from one of its characters on, or its pinyin"
        ),
        sa.Column("household_id", ROW_ID, nullable=False),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_name_part_household_id_household")),
        sa.PrimaryKeyConstraint("part", "household_id", name=op.f("pk_name_part")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_name_part_household", "name_part", ["household_id"])

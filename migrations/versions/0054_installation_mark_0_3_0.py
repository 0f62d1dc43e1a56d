"""The mark of an installation: a sealed probe of its data key, and the mark of its evidence store"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.installation_mark"
down_revision = "0.3.0.signal_gaps"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "installation_mark",
        sa.Column("id", ROW_ID, autoincrement=False, nullable=False),
        sa.Column("probe", sa.Text(), nullable=False, comment="a known text, sealed under the county's data key"),
        sa.Column(
            "store",
            sa.String(32),
            nullable=True,
            comment="mark that the evidence store must bear; empty: none was set by `init` yet",
        ),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_mark_only_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_installation_mark")),
    )

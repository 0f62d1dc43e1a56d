"""Blocks count the events so far and the rows of the recorded tables"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.block_counts"
down_revision = "0.3.0.list_work"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "block",
        sa.Column(
            "total", sa.Integer(), nullable=True, comment="events up to its last; empty in blocks of earlier versions"
        ),
    )
    op.add_column(
        "block",
        sa.Column(
            "rows",
            sa.Text(),
            nullable=True,
            comment="rows of each recorded table when it was sealed; empty where more events waited",
        ),
    )

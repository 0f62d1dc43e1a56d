"""Households keep what the monitoring system's export has of them"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.monitoring"
down_revision = "0.3.0.candidates"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "household",
        sa.Column(
            "monitoring",
            sa.JSON(),
            nullable=False,
            server_default="{}",
            comment="columns of the monitoring system's export, by field, as written",
        ),
    )

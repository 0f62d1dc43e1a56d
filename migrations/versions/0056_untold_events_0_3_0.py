"""How often an event's messages could not be made: after some tries it is set aside and shown"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.untold_events"
down_revision = "0.3.0.household_erasures"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "outbox",
        sa.Column("tries", sa.Integer(), nullable=True, comment="failed tries to make its messages; empty: none"),
    )

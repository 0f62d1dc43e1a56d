"""Tickets of a whole village are found without reading the table: filing looks for the last one that was closed"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    few = sa.text("village_id IS NOT NULL")
    op.create_index("ix_ticket_village", "ticket", ["village_id", "id"], sqlite_where=few, postgresql_where=few)

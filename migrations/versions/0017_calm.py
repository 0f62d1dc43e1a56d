"""How often somebody was written to within the hour, found by their address"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    there = sa.text("address_id IS NOT NULL")
    op.create_index(
        "ix_delivery_address", "delivery", ["address_id", "claimed_at"], sqlite_where=there, postgresql_where=there
    )

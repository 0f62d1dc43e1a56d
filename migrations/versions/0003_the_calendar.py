"""The calendar is the county's: each day names the paper that says so"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("working_day_override") as table:
        table.add_column(sa.Column("document", sa.String(length=100), nullable=False, server_default=""))
    with op.batch_alter_table("working_day_override") as table:
        table.alter_column("document", existing_type=sa.String(length=100), server_default=None)

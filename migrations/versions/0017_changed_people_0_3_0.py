"""Visits list the households whose people changed since the last one"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.changed_people"
down_revision = "0.3.0.report_drafts"
branch_labels = None
depends_on = None


def upgrade() -> None:
    changed = sa.text("COALESCE(begins_on, ends_on) IS NOT NULL")
    op.create_index(
        "ix_member_changed",
        "member",
        ["household_id", "begins_on", "ends_on"],
        sqlite_where=changed,
        postgresql_where=changed,
    )

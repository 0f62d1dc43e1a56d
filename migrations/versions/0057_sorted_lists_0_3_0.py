"""Lists of open tickets are sorted by filing and by kind along an index"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.sorted_lists"
down_revision = "0.3.0.untold_events"
branch_labels = None
depends_on = None

_OPEN = sa.text("ended_at IS NULL")


def upgrade() -> None:
    for name, columns in (
        ("ix_ticket_open_filed", ["filed_at", "id"]),
        ("ix_ticket_open_kind", ["kind", "due_at", "id"]),
    ):
        op.create_index(name, "ticket", columns, sqlite_where=_OPEN, postgresql_where=_OPEN)

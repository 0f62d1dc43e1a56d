"""The audit trail holds erasures of personal data"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.erasures_on_trail"
down_revision = "0.3.0.names_apart"
branch_labels = None
depends_on = None

_TRAIL = (
    "(CASE WHEN subject_type IN ('user', 'scheme', 'village', 'county', 'spot_draw', 'random_draw', 'authorisation', 'post',"
    " 'erasure') THEN TRUE ELSE action IN ('reveal', 'find_by_number', 'refused_rows', 'apply', 'undo', 'erase', 'erase_lines',"
    " 'erase_list_name', 'erase_import_name') END)"
)
_INDEXES = {
    "ix_event_trail": (),
    "ix_event_trail_actor": ("actor_id",),
    "ix_event_trail_unit": ("actor_unit_id",),
    "ix_event_trail_action": ("action",),
    "ix_event_trail_action_unit": ("action", "actor_unit_id"),
    "ix_event_trail_action_address": ("action", "address"),
    "ix_event_trail_address": ("address",),
    "ix_event_trail_subject": ("subject_type", "subject_id"),
}


def upgrade() -> None:
    where = sa.text(_TRAIL)
    for name, columns in _INDEXES.items():
        op.drop_index(name, "event")
        op.create_index(name, "event", [*columns, "at", "id"], sqlite_where=where, postgresql_where=where)

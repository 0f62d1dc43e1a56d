"""Events record from where a person acted, and the audit trail is searched through indexes of its own"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.origins"
down_revision = "0.3.0.block_counts"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TRAIL = (
    "(CASE WHEN subject_type IN ('user', 'scheme', 'village', 'county', 'spot_draw', 'random_draw', 'authorisation', 'post')"
    " THEN TRUE ELSE action IN ('reveal', 'find_by_number', 'refused_rows', 'apply', 'undo') END)"
)
_INDEXES = {
    "ix_event_trail": [],
    "ix_event_trail_actor": ["actor_id"],
    "ix_event_trail_unit": ["actor_unit_id"],
    "ix_event_trail_action": ["action"],
    "ix_event_trail_address": ["address"],
    "ix_event_trail_subject": ["subject_type", "subject_id"],
}
_ADDED = ("session_id", "address")


def upgrade() -> None:
    connection = op.get_bind()
    comment = "the sign-in from which a person acted"
    op.add_column("event", sa.Column("session_id", ROW_ID, nullable=True, comment=comment))
    comment = "the network address from which a person acted"
    op.add_column("event", sa.Column("address", sa.String(64), nullable=True, comment=comment))
    if connection.dialect.name == "sqlite":
        # The trigger that lets only `block_id` be set names the columns that stay; PostgreSQL's compares whole rows.
        select = "SELECT sql FROM sqlite_master WHERE name = 'event_refuse_update'"
        refusing = connection.execute(sa.text(select)).scalar_one()
        kept = "".join(f" AND OLD.{column} IS NEW.{column}" for column in _ADDED)
        after = " AND OLD.actor_unit_id IS NEW.actor_unit_id"
        op.execute("DROP TRIGGER event_refuse_update")
        op.execute(refusing.replace(after, after + kept))
    where = sa.text(_TRAIL)
    for name, columns in _INDEXES.items():
        op.create_index(name, "event", [*columns, "at", "id"], sqlite_where=where, postgresql_where=where)

"""Passwords that somebody else set are changed first, and former ones are not chosen again; two indexes of the trail"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.passwords"
down_revision = "0.3.0.guesses"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_ADDED = {
    "password_set_at": "empty: before this was recorded, or without one",
    "password_given_at": "when somebody else set it; until its owner sets another nothing else opens",
}
_TRAIL = (
    "(CASE WHEN subject_type IN ('user', 'scheme', 'village', 'county', 'spot_draw', 'random_draw', 'authorisation', 'post')"
    " THEN TRUE ELSE action IN ('reveal', 'find_by_number', 'refused_rows', 'apply', 'undo') END)"
)


def upgrade() -> None:
    for name, comment in _ADDED.items():
        op.add_column("user_account", sa.Column(name, MOMENT, nullable=True, comment=comment))
    op.create_table(
        "former_password",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("user_id", ROW_ID, nullable=False),
        sa.Column("password_hash", sa.String(200), nullable=False),
        sa.Column("replaced_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_former_password_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_password")),
    )
    op.create_index("ix_former_password_user_id", "former_password", ["user_id"])
    where = sa.text(_TRAIL)
    for column, name in (("actor_unit_id", "unit"), ("address", "address")):
        columns = ["action", column, "at", "id"]
        op.create_index(f"ix_event_trail_action_{name}", "event", columns, sqlite_where=where, postgresql_where=where)

"""Time in which the system was down, charges that no unit bears, and indexes for what looks back over a year"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

WHY = "append-only: a history is never rewritten"


def upgrade() -> None:
    op.create_table(
        "downtime",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("began_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("ended_at > began_at", name=op.f("ck_downtime_forward")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_downtime_county_id_county")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_downtime")),
        sa.UniqueConstraint("county_id", "began_at", name=op.f("uq_downtime_county_id_began_at")),
    )
    with op.batch_alter_table("charge") as table:
        table.alter_column("unit_id", existing_type=sa.Integer(), nullable=True)
        table.create_check_constraint(op.f("ck_charge_system"), "(unit_id IS NULL) = (ground = 'downtime')")
    borne = sa.text("unit_id IS NULL")
    op.create_index(
        "uq_charge_system",
        "charge",
        ["custody_id", "ground"],
        unique=True,
        sqlite_where=borne,
        postgresql_where=borne,
    )
    for name, table_, columns, where in (
        (
            "ix_custody_ended",
            "custody",
            ["county_id", "unit_id", "ended_at", "stage", "verdict", "minutes", "late_minutes"],
            "ended_at IS NOT NULL",
        ),
        ("ix_custody_ruled", "custody", ["county_id", "began_at"], "stage = 'rule'"),
        ("ix_custody_again", "custody", ["county_id", "began_at"], "episode > 1"),
        (
            "ix_ticket_unvisited",
            "ticket",
            ["county_id", "ended_at"],
            "visited_on IS NULL AND state = 'closed' AND type = 'deficiency'",
        ),
    ):
        op.create_index(name, table_, columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    sqlite = op.get_bind().dialect.name == "sqlite"
    # A table made anew has lost its triggers; on PostgreSQL it was altered in place.
    for name in ("downtime", "charge") if sqlite else ("downtime",):
        for verb in ("UPDATE", "DELETE", "TRUNCATE")[: 2 if sqlite else 3]:
            each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
            does = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
            refuses = does if sqlite else f"FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
            op.execute(f"CREATE TRIGGER {name}_refuse_{verb.lower()} BEFORE {verb} ON {name} {refuses}")

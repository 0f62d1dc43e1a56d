"""What each day came to (filed, closed, overdue), and which spot checks are still to be made: what boards read"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

WHY = "append-only: a history is never rewritten"


def upgrade() -> None:
    op.create_table(
        "day_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_day_count_county_id_county")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_day_count")),
        sa.UniqueConstraint("county_id", "day", name=op.f("uq_day_count_county_id_day")),
    )
    op.create_table(
        "spot_pending",
        sa.Column("check_id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["check_id"], ["spot_check.id"], name=op.f("fk_spot_pending_check_id_spot_check")),
        sa.ForeignKeyConstraint(["county_id"], ["county.id"], name=op.f("fk_spot_pending_county_id_county")),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_spot_pending")),
    )
    op.create_index("ix_spot_pending_due", "spot_pending", ["county_id", "due_at", "check_id"])
    op.execute(
        "INSERT INTO spot_pending (check_id, county_id, due_at) SELECT id, county_id, due_at FROM spot_check"
        " WHERE NOT void AND id NOT IN (SELECT check_id FROM spot_result)"
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("UPDATE", "DELETE", "TRUNCATE")[: 2 if sqlite else 3]:
        each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
        does = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
        refuses = does if sqlite else f"FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
        op.execute(f"CREATE TRIGGER day_count_refuse_{verb.lower()} BEFORE {verb} ON day_count {refuses}")

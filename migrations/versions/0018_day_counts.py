"""What each day came to: filed, closed, overdue; what the boards' trend is read from"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0018"
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
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("UPDATE", "DELETE", "TRUNCATE")[: 2 if sqlite else 3]:
        each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
        does = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
        refuses = does if sqlite else f"FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
        op.execute(f"CREATE TRIGGER day_count_refuse_{verb.lower()} BEFORE {verb} ON day_count {refuses}")

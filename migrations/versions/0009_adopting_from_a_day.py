"""A scheme is adopted from a day on; until then the adoption waits"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    def refers(column: str, table: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_scheme_adoption_{column}_{table}"))

    op.create_table(
        "scheme_adoption",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("scheme_version_id", sa.Integer(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("adopted_at", UTCDateTime(), nullable=False),
        sa.Column("adopted_by_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("settled_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "state IN ('waiting', 'in_force', 'superseded', 'revoked')", name=op.f("ck_scheme_adoption_state")
        ),
        sa.CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name=op.f("ck_scheme_adoption_settled")),
        refers("county_id", "county"),
        refers("scheme_version_id", "scheme_version"),
        refers("adopted_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheme_adoption")),
    )
    waiting = sa.text("state = 'waiting'")
    op.create_index(
        "uq_scheme_adoption_waiting",
        "scheme_adoption",
        ["county_id", "from_day"],
        unique=True,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )

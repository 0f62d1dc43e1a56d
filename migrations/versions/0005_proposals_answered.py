"""Proposed rungs are issued or declined by a person, once, with a reason"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WHY = "append-only: a history is never rewritten"


def upgrade() -> None:
    def refers(column: str, table: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_rung_answer_{column}_{table}"))

    op.create_table(
        "rung_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=False),
        sa.Column("issued", sa.Boolean(), nullable=False),
        sa.Column("paper", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("issued = (paper IS NOT NULL)", name=op.f("ck_rung_answer_paper")),
        refers("county_id", "county"),
        refers("ticket_id", "ticket"),
        refers("escalation_id", "escalation"),
        refers("by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rung_answer")),
        sa.UniqueConstraint("escalation_id", name=op.f("uq_rung_answer_escalation_id")),
        sa.UniqueConstraint("county_id", "paper", name=op.f("uq_rung_answer_county_id_paper")),
    )
    op.create_index("ix_rung_answer_ticket", "rung_answer", ["ticket_id"])
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("UPDATE", "DELETE", "TRUNCATE")[: 2 if sqlite else 3]:
        each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
        does = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
        refuses = does if sqlite else f"FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
        op.execute(f"CREATE TRIGGER rung_answer_refuse_{verb.lower()} BEFORE {verb} ON rung_answer {refuses}")

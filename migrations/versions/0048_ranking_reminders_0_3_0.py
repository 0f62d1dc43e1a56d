"""Reminders of units before and after a ranking day"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.ranking_reminders"
down_revision = "0.3.0.agreed_codes"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_TABLE = "ranking_reminder"


def upgrade() -> None:
    """One table, and the triggers that refuse to rewrite it."""
    op.create_table(
        _TABLE,
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("on", sa.Date(), nullable=False, comment="the ranking day, in China"),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="the day of the reminder, in China"),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.CheckConstraint("what IN ('figures', 'report')", name=op.f("ck_ranking_reminder_what")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_ranking_reminder_unit_id_unit")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_ranking_reminder_by_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ranking_reminder")),
        sa.UniqueConstraint("on", "unit_id", "what", "day", name=op.f("uq_ranking_reminder_on_unit_id_what_day")),
    )
    if op.get_bind().dialect.name == "sqlite":
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {_TABLE}_refuse_{verb.lower()} BEFORE {verb} ON {_TABLE}"
                " BEGIN SELECT RAISE(ABORT, 'append-only: a history is never rewritten'); END"
            )
        return
    for verb, each in (("UPDATE", "ROW"), ("DELETE", "ROW"), ("TRUNCATE", "STATEMENT")):
        op.execute(
            f"CREATE TRIGGER {_TABLE}_refuse_{verb.lower()} BEFORE {verb} ON {_TABLE}"
            f" FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
        )

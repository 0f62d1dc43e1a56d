"""Duties: dated entries, the forms they are reported with, and how far they were opened"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

WHY = "append-only: a history is never rewritten"


def upgrade() -> None:
    def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))

    op.create_table(
        "duty_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("corrects_id", sa.Integer(), nullable=True),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("once", sa.String(length=64), nullable=True),
        sa.CheckConstraint("NOT void OR corrects_id IS NOT NULL", name=op.f("ck_duty_entry_void")),
        sa.CheckConstraint("corrects_id <> id", name=op.f("ck_duty_entry_corrects_another")),
        refers("duty_entry", "county_id", "county"),
        refers("duty_entry", "ticket_id", "ticket"),
        refers("duty_entry", "unit_id", "unit"),
        refers("duty_entry", "by_id", "user_account"),
        refers("duty_entry", "corrects_id", "duty_entry"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_entry")),
        sa.UniqueConstraint("corrects_id", name=op.f("uq_duty_entry_corrects_id")),
        sa.UniqueConstraint("ticket_id", "once", name=op.f("uq_duty_entry_ticket_id_once")),
    )
    op.create_table(
        "duty_form",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("missing", sa.String(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=True),
        sa.Column("target", sa.Integer(), nullable=True),
        refers("duty_form", "county_id", "county"),
        refers("duty_form", "ticket_id", "ticket"),
        refers("duty_form", "by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_form")),
    )
    op.create_index("ix_duty_form_ticket", "duty_form", ["ticket_id", "id"])
    op.create_table(
        "duty_opening",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("scheme_version_id", sa.Integer(), nullable=False),
        sa.Column("through", sa.Date(), nullable=False),
        refers("duty_opening", "county_id", "county"),
        refers("duty_opening", "scheme_version_id", "scheme_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duty_opening")),
        sa.UniqueConstraint("county_id", name=op.f("uq_duty_opening_county_id")),
    )
    duties = sa.text("duty_unit_id IS NOT NULL")
    op.create_index(
        "ix_ticket_duty_period",
        "ticket",
        ["county_id", "period", "duty_code"],
        sqlite_where=duties,
        postgresql_where=duties,
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("duty_entry", "duty_form"):
        for verb in ("UPDATE", "DELETE", "TRUNCATE")[: 2 if sqlite else 3]:
            each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
            does = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
            refuses = does if sqlite else f"FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
            op.execute(f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} {refuses}")

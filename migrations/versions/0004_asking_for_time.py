"""Asking for time: requests, extensions counted on the ticket, custodies that are granted time"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ticket") as table:
        table.add_column(sa.Column("extensions", sa.Integer(), nullable=False, server_default="0"))
    with op.batch_alter_table("ticket") as table:
        table.alter_column("extensions", existing_type=sa.Integer(), server_default=None)
    with op.batch_alter_table("custody") as table:
        table.add_column(sa.Column("granted", sa.String(length=16), nullable=True))
        table.create_check_constraint(
            op.f("ck_custody_granted"), "granted IS NULL OR granted IN ('extension', 'suspension')"
        )
    op.execute("UPDATE custody SET granted = 'suspension' WHERE stage = 'hold'")
    for name, columns, where in (
        ("ix_custody_granted", ["county_id", "began_at"], "granted IS NOT NULL"),
        ("ix_custody_mended", ["county_id", "began_at", "unit_id", "minutes"], "stage = 'mend'"),
    ):
        op.create_index(name, "custody", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
    _requests()


def _requests() -> None:
    def refers(column: str, table: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_time_request_{column}_{table}"))

    def check(name: str, text: str) -> sa.CheckConstraint:
        return sa.CheckConstraint(text, name=op.f(f"ck_time_request_{name}"))

    op.create_table(
        "time_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("custody_id", sa.Integer(), nullable=False),
        sa.Column("tenure_id", sa.Integer(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("ground", sa.String(length=64), nullable=True),
        sa.Column("wanted_until", sa.Date(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("plan", sa.String(), nullable=False),
        sa.Column("evidence", sa.JSON(), nullable=False),
        sa.Column("asked_of_id", sa.Integer(), nullable=False),
        sa.Column("answer_due_at", UTCDateTime(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("answered_at", UTCDateTime(), nullable=True),
        sa.Column("answered_by_id", sa.Integer(), nullable=True),
        sa.Column("granted_until", sa.Date(), nullable=True),
        sa.Column("answer", sa.String(), nullable=True),
        check("kind", "kind IN ('extension', 'suspension')"),
        check("status", "status IN ('waiting', 'granted', 'refused', 'lapsed')"),
        check("answered", "(status IN ('granted', 'refused')) = (answered_at IS NOT NULL)"),
        check(
            "answer", "(answered_at IS NULL) = (answered_by_id IS NULL) AND (answered_at IS NULL) = (answer IS NULL)"
        ),
        check("granted", "(status = 'granted') = (granted_until IS NOT NULL)"),
        check("forward", "answered_at IS NULL OR answered_at >= asked_at"),
        check("answer_due", "answer_due_at > asked_at"),
        check("ground", "kind <> 'suspension' OR ground IS NOT NULL"),
        check("not_of_oneself", "unit_id <> asked_of_id"),
        refers("county_id", "county"),
        refers("ticket_id", "ticket"),
        refers("custody_id", "custody"),
        refers("tenure_id", "tenure"),
        refers("unit_id", "unit"),
        refers("asked_by_id", "user_account"),
        refers("asked_of_id", "unit"),
        refers("answered_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_request")),
    )
    waits = sa.text("status = 'waiting'")
    op.create_index(
        "uq_time_request_waiting",
        "time_request",
        ["ticket_id"],
        unique=True,
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index(
        "ix_time_request_waiting",
        "time_request",
        ["county_id", "answer_due_at", "id"],
        sqlite_where=waits,
        postgresql_where=waits,
    )
    op.create_index("ix_time_request_ticket", "time_request", ["ticket_id"])
    op.create_index("ix_time_request_custody", "time_request", ["custody_id"])

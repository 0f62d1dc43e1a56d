"""Accountability cases and their dossiers"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

WHY = "append-only: a history is never rewritten"


def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def check(table: str, name: str, text: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(text, name=op.f(f"ck_{table}_{name}"))


def upgrade() -> None:
    _cases()
    _dossiers()


def _cases() -> None:
    op.create_table(
        "accountability_case",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("scheme_version_id", sa.Integer(), nullable=False),
        sa.Column("ticket_id", sa.Integer(), nullable=False),
        sa.Column("custody_id", sa.Integer(), nullable=False),
        sa.Column("escalation_id", sa.Integer(), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("leader_id", sa.Integer(), nullable=True),
        sa.Column("decider_unit_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("indicator", sa.Integer(), nullable=True),
        sa.Column("figure", sa.String(length=64), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column("opened_by_id", sa.Integer(), nullable=True),
        sa.Column("opened_by_unit_id", sa.Integer(), nullable=True),
        sa.Column("notified_at", UTCDateTime(), nullable=True),
        sa.Column("statement_due_at", UTCDateTime(), nullable=True),
        sa.Column("stated_at", UTCDateTime(), nullable=True),
        sa.Column("silent", sa.Boolean(), nullable=False),
        sa.Column("heard_on", sa.Date(), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_by_unit_id", sa.Integer(), nullable=True),
        sa.Column("outcome", sa.String(length=64), nullable=True),
        sa.Column("served_at", UTCDateTime(), nullable=True),
        sa.Column("appeal_until", UTCDateTime(), nullable=True),
        sa.Column("appeals", sa.Integer(), nullable=False),
        sa.Column("withdrawal_by_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_by_id", sa.Integer(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("next_at", UTCDateTime(), nullable=True),
        check("accountability_case", "appeal_until", "(served_at IS NULL) = (appeal_until IS NULL)"),
        check("accountability_case", "appeals", "appeals BETWEEN 0 AND 1"),
        check("accountability_case", "decided", "(state IN ('decided', 'served', 'closed')) = (outcome IS NOT NULL)"),
        check("accountability_case", "ended", "(state IN ('closed', 'withdrawn')) = (ended_at IS NOT NULL)"),
        check(
            "accountability_case",
            "harm",
            "(opened_at IS NULL) = (opened_by_id IS NULL)"
            " AND (opened_at IS NULL) = (opened_by_unit_id IS NULL)"
            " AND (opened_at IS NULL) = (indicator IS NULL)"
            " AND (opened_at IS NULL) = (figure IS NULL)",
        ),
        check("accountability_case", "next", "(state = 'notified') = (next_at IS NOT NULL)"),
        check("accountability_case", "not_by_the_opener", "decider_unit_id <> opened_by_unit_id"),
        check("accountability_case", "not_about_oneself", "decider_unit_id <> unit_id"),
        check("accountability_case", "not_against_oneself", "opened_by_unit_id <> unit_id"),
        check(
            "accountability_case",
            "decider",
            "decided_by_unit_id IS NULL OR (decider_unit_id IS NOT NULL AND decided_by_unit_id = decider_unit_id)",
        ),
        check("accountability_case", "notified", "(notified_at IS NULL) = (statement_due_at IS NULL)"),
        check("accountability_case", "opened", "state IN ('proposed', 'withdrawn') OR opened_at IS NOT NULL"),
        check("accountability_case", "outcome", "(outcome IS NULL) = (decided_at IS NULL)"),
        check("accountability_case", "served", "(state IN ('served', 'closed')) = (served_at IS NOT NULL)"),
        check(
            "accountability_case",
            "state",
            "state IN ('proposed', 'opened', 'notified', 'stated', 'heard', 'referred', 'decided', 'served', 'closed',"
            " 'withdrawn')",
        ),
        check(
            "accountability_case",
            "two_persons",
            "withdrawn_by_id IS NULL OR (withdrawal_by_id IS NOT NULL AND withdrawn_by_id <> withdrawal_by_id)",
        ),
        check("accountability_case", "version", "version >= 1"),
        check("accountability_case", "withdrawn", "(state = 'withdrawn') = (withdrawn_by_id IS NOT NULL)"),
        sa.UniqueConstraint("escalation_id", name=op.f("uq_accountability_case_escalation_id")),
        refers("accountability_case", "county_id", "county"),
        refers("accountability_case", "scheme_version_id", "scheme_version"),
        refers("accountability_case", "ticket_id", "ticket"),
        refers("accountability_case", "custody_id", "custody"),
        refers("accountability_case", "escalation_id", "escalation"),
        refers("accountability_case", "unit_id", "unit"),
        refers("accountability_case", "leader_id", "user_account"),
        refers("accountability_case", "decider_unit_id", "unit"),
        refers("accountability_case", "opened_by_id", "user_account"),
        refers("accountability_case", "opened_by_unit_id", "unit"),
        refers("accountability_case", "decided_by_id", "user_account"),
        refers("accountability_case", "decided_by_unit_id", "unit"),
        refers("accountability_case", "withdrawal_by_id", "user_account"),
        refers("accountability_case", "withdrawn_by_id", "user_account"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_accountability_case")),
    )
    for name, columns in (
        ("county", ["county_id", "id"]),
        ("unit", ["unit_id", "id"]),
        ("decider", ["decider_unit_id", "id"]),
        ("ticket", ["ticket_id"]),
    ):
        op.create_index(f"ix_accountability_case_{name}", "accountability_case", columns)
    for name, columns, unique, where in (
        ("uq_accountability_case_custody", ["custody_id"], True, sa.text("state <> 'withdrawn'")),
        ("ix_accountability_case_next", ["next_at", "id"], False, sa.text("next_at IS NOT NULL")),
    ):
        op.create_index(name, "accountability_case", columns, unique=unique, sqlite_where=where, postgresql_where=where)


def _dossiers() -> None:
    op.create_table(
        "case_dossier",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.UniqueConstraint("case_id", "seq", name=op.f("uq_case_dossier_case_id_seq")),
        refers("case_dossier", "county_id", "county"),
        refers("case_dossier", "case_id", "accountability_case"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_dossier")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("UPDATE", "DELETE", "TRUNCATE")[: 2 if sqlite else 3]:
        each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
        does = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
        refuses = does if sqlite else f"FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
        op.execute(f"CREATE TRIGGER case_dossier_refuse_{verb.lower()} BEFORE {verb} ON case_dossier {refuses}")

"""Spot checks: the draw of a month, whom each ticket was given to, and what was found"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

WHY = "append-only: a history is never rewritten"


def upgrade() -> None:
    where = sa.text("action = 'confirm'")
    op.create_index(
        "ix_event_confirmed", "event", ["county_id", "effective_at"], sqlite_where=where, postgresql_where=where
    )
    _table(
        "spot_draw",
        [
            sa.Column("scheme_version_id", sa.Integer(), nullable=False),
            sa.Column("month", sa.String(length=7), nullable=False),
            sa.Column("drawn_at", UTCDateTime(), nullable=False),
            sa.Column("algorithm", sa.String(length=64), nullable=False),
            sa.Column("block_number", sa.Integer(), nullable=False),
            sa.Column("block_hash", sa.String(length=64), nullable=False),
            sa.Column("seed", sa.String(length=64), nullable=False),
            sa.Column("population", sa.Integer(), nullable=False),
            sa.Column("population_hash", sa.String(length=64), nullable=False),
            sa.Column("drawn", sa.Integer(), nullable=False),
        ],
        {
            "month": "length(month) = 7",
            "drawn": "population >= drawn AND drawn >= 0",
            "block": "block_number >= 0",
        },
        {"scheme_version_id": "scheme_version"},
        ["county_id", "month"],
    )
    _table(
        "spot_check",
        [
            sa.Column("draw_id", sa.Integer(), nullable=False),
            sa.Column("ticket_id", sa.Integer(), nullable=False),
            sa.Column("episode", sa.Integer(), nullable=False),
            sa.Column("town_id", sa.Integer(), nullable=True),
            sa.Column("resolved_by_unit_id", sa.Integer(), nullable=False),
            sa.Column("confirmed_by_unit_id", sa.Integer(), nullable=False),
            sa.Column("checker_unit_id", sa.Integer(), nullable=False),
            sa.Column("due_at", UTCDateTime(), nullable=False),
            sa.Column("void", sa.Boolean(), nullable=False),
        ],
        {
            "not_own_work": "checker_unit_id <> resolved_by_unit_id AND checker_unit_id <> confirmed_by_unit_id",
            "not_own_town": "town_id IS NULL OR checker_unit_id <> town_id",
            "episode": "episode >= 1",
        },
        {
            "draw_id": "spot_draw",
            "ticket_id": "ticket",
            "town_id": "unit",
            "resolved_by_unit_id": "unit",
            "confirmed_by_unit_id": "unit",
            "checker_unit_id": "unit",
        },
        ["draw_id", "ticket_id"],
    )
    op.create_index("ix_spot_check_ticket", "spot_check", ["ticket_id"])
    op.create_index("ix_spot_check_checker", "spot_check", ["checker_unit_id", "ticket_id"])
    op.create_index("ix_spot_check_resolved_by", "spot_check", ["resolved_by_unit_id"])
    op.create_index("ix_spot_check_confirmed_by", "spot_check", ["confirmed_by_unit_id"])
    _table(
        "spot_result",
        [
            sa.Column("check_id", sa.Integer(), nullable=False),
            sa.Column("ticket_id", sa.Integer(), nullable=False),
            sa.Column("result", sa.String(length=8), nullable=False),
            sa.Column("at", UTCDateTime(), nullable=False),
            sa.Column("by_id", sa.Integer(), nullable=True),
            sa.Column("unit_id", sa.Integer(), nullable=True),
            sa.Column("visited_on", sa.Date(), nullable=True),
            sa.Column("note", sa.String(), nullable=False),
            sa.Column("evidence", sa.JSON(), nullable=False),
            sa.Column("reopened", sa.Boolean(), nullable=False),
        ],
        {
            "result": "result IN ('holds', 'false', 'lapsed')",
            "looked": "(result = 'lapsed') = (visited_on IS NULL) AND (result = 'lapsed' OR (by_id IS NOT NULL"
            " AND unit_id IS NOT NULL))",
            "reopened": "NOT reopened OR result = 'false'",
            "why": "result <> 'false' OR note <> ''",
        },
        {"check_id": "spot_check", "ticket_id": "ticket", "by_id": "user_account", "unit_id": "unit"},
        ["check_id"],
    )
    op.create_index("ix_spot_result_ticket", "spot_result", ["ticket_id"])
    op.create_index("ix_spot_result_at", "spot_result", ["county_id", "result", "at"])


def _table(
    name: str, columns: list[sa.Column], checks: dict[str, str], refers: dict[str, str], unique: list[str]
) -> None:
    """A table of a county with its refusing triggers."""
    op.create_table(
        name,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("county_id", sa.Integer(), nullable=False),
        *columns,
        *(sa.CheckConstraint(text, name=op.f(f"ck_{name}_{check}")) for check, text in checks.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_{name}_{column}_{table}"))
            for column, table in {"county_id": "county", **refers}.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        sa.UniqueConstraint(*unique, name=op.f(f"uq_{name}_{'_'.join(unique)}")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for verb in ("UPDATE", "DELETE", "TRUNCATE")[: 2 if sqlite else 3]:
        each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
        does = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
        refuses = does if sqlite else f"FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
        op.execute(f"CREATE TRIGGER {name}_refuse_{verb.lower()} BEFORE {verb} ON {name} {refuses}")

"""Random checks of households: their draws, checks and results; a checkup may be a random check"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.random_checks"
down_revision = "0.3.0.document_numbers"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
REFUSAL = "append-only: a history is never rewritten"
_SOURCES = "source IN ('visit', 'matching', 'household')"
_SOURCES_NOW = "source IN ('visit', 'matching', 'household', 'random')"


def upgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        rebuild(op.get_bind(), "checkup", lambda statement: statement.replace(_SOURCES, _SOURCES_NOW))
    else:
        op.drop_constraint("ck_checkup_source", "checkup")
        op.create_check_constraint(op.f("ck_checkup_source"), "checkup", _SOURCES_NOW)
    _draws()
    _checks()
    _results()
    for table in ("random_draw", "random_check", "random_result"):
        _append_only(table)


def _draws() -> None:
    op.create_table(
        "random_draw",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("scheme_version_id", ROW_ID, nullable=False, comment="whose shares it followed"),
        sa.Column(
            "period",
            sa.String(length=7),
            nullable=False,
            comment="month or quarter that is over, as 2018-11 or 2018-Q4",
        ),
        sa.Column("drawn_at", MOMENT, nullable=False),
        sa.Column("algorithm", sa.String(length=64), nullable=False),
        sa.Column(
            "block_number",
            sa.Integer(),
            nullable=False,
            comment="the last block sealed in the period or before; 0 if none was",
        ),
        sa.Column("block_hash", sa.String(length=64), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False, comment="households drawn from"),
        sa.Column("population_hash", sa.String(length=64), nullable=False),
        sa.Column(
            "households",
            sa.JSON(),
            nullable=False,
            comment="the households drawn from: code, standing, town and the unit that named or passed it, by code",
        ),
        sa.Column("drawn", sa.Integer(), nullable=False, comment="households drawn"),
        sa.CheckConstraint("length(period) = 7", name=op.f("ck_random_draw_period")),
        sa.CheckConstraint("population >= drawn AND drawn >= 0", name=op.f("ck_random_draw_drawn")),
        sa.CheckConstraint("block_number >= 0", name=op.f("ck_random_draw_block")),
        _key("random_draw", "scheme_version_id", "scheme_version"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_random_draw")),
        sa.UniqueConstraint("period", name=op.f("uq_random_draw_period")),
    )


def _checks() -> None:
    op.create_table(
        "random_check",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("draw_id", ROW_ID, nullable=False, comment="its draw, or that of the check it repeats"),
        sa.Column("household_id", ROW_ID, nullable=False),
        sa.Column("standing", sa.String(length=8), nullable=False, comment="as drawn"),
        sa.Column("town_id", ROW_ID, nullable=False, comment="the town it lay in when it was drawn"),
        sa.Column(
            "passed_by_unit_id", ROW_ID, nullable=True, comment="the unit that named it for exit or passed its exit"
        ),
        sa.Column("checker_unit_id", ROW_ID, nullable=False),
        sa.Column("repeats_id", ROW_ID, nullable=True, comment="the failed check that this one repeats"),
        sa.Column("given_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.CheckConstraint("standing IN ('leaving', 'exited')", name=op.f("ck_random_check_standing")),
        sa.CheckConstraint("checker_unit_id <> town_id", name=op.f("ck_random_check_not_own_town")),
        sa.CheckConstraint(
            "passed_by_unit_id IS NULL OR checker_unit_id <> passed_by_unit_id",
            name=op.f("ck_random_check_not_own_work"),
        ),
        _key("random_check", "draw_id", "random_draw"),
        _key("random_check", "household_id", "household"),
        _key("random_check", "town_id", "unit"),
        _key("random_check", "passed_by_unit_id", "unit"),
        _key("random_check", "checker_unit_id", "unit"),
        _key("random_check", "repeats_id", "random_check"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_random_check")),
        sa.UniqueConstraint("repeats_id", name=op.f("uq_random_check_repeats_id")),
    )
    op.create_index("ix_random_check_draw", "random_check", ["draw_id"])
    op.create_index("ix_random_check_household", "random_check", ["household_id", "id"])
    op.create_index("ix_random_check_checker", "random_check", ["checker_unit_id", "id"])


def _results() -> None:
    op.create_table(
        "random_result",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("check_id", ROW_ID, nullable=False),
        sa.Column("household_id", ROW_ID, nullable=False),
        sa.Column("result", sa.String(length=8), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=True),
        sa.Column("unit_id", ROW_ID, nullable=True, comment="the unit that checked"),
        sa.Column("visited_on", sa.Date(), nullable=True),
        sa.Column("checkup_id", ROW_ID, nullable=True, comment="what was seen, have by have"),
        sa.CheckConstraint("result IN ('holds', 'failed', 'lapsed')", name=op.f("ck_random_result_result")),
        sa.CheckConstraint("(result = 'lapsed') = (checkup_id IS NULL)", name=op.f("ck_random_result_checkup")),
        sa.CheckConstraint("result = 'lapsed' OR by_id IS NOT NULL", name=op.f("ck_random_result_by")),
        _key("random_result", "check_id", "random_check"),
        _key("random_result", "household_id", "household"),
        _key("random_result", "by_id", "user_account"),
        _key("random_result", "unit_id", "unit"),
        _key("random_result", "checkup_id", "checkup"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_random_result")),
        sa.UniqueConstraint("check_id", name=op.f("uq_random_result_check_id")),
    )
    op.create_index("ix_random_result_household", "random_result", ["household_id", "id"])
    op.create_index("ix_random_result_at", "random_result", ["at"])


def _key(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))


def _append_only(table: str) -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    for deed in ("update", "delete") if sqlite else ("update", "delete", "truncate"):
        row = "STATEMENT" if deed == "truncate" else "ROW"
        end = (
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            if sqlite
            else f" FOR EACH {row} EXECUTE FUNCTION refuse_rewrite()"
        )
        op.execute(f"CREATE TRIGGER {table}_refuse_{deed} BEFORE {deed.upper()} ON {table}{end}")

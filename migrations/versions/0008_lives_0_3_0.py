"""Members begin and end on a day with a reason; a household of which nobody is left has ended"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.lives"
down_revision = "0.3.0.by_another"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATUS = "status IN ('new', 'in', 'pre_exit', 'exited', 'cleared')"
_STATUS_NOW = "status IN ('new', 'in', 'pre_exit', 'exited', 'cleared', 'ended')"
_CHECKS = {
    "begin_reason": "begin_reason IN ('registered', 'born', 'came_in', 'moved_in')",
    "begun": "begin_reason = 'registered' OR begins_on IS NOT NULL",
    "end_reason": "end_reason IS NULL OR end_reason IN ('died', 'married_out', 'moved_away', 'struck', 'moved')",
    "ended": "(ends_on IS NULL) = (end_reason IS NULL)",
    "forward": "begins_on IS NULL OR ends_on IS NULL OR ends_on >= begins_on",
    "moved": "(moved_to_id IS NOT NULL) = (end_reason IS NOT NULL AND end_reason = 'moved')",
    "head": "ends_on IS NULL OR position <> 1",
}
_COLUMNS = """\tbegins_on DATE,
\tbegin_reason VARCHAR(16) DEFAULT 'registered' NOT NULL,
\tends_on DATE,
\tend_reason VARCHAR(16),
\tmoved_to_id INTEGER,
"""
_MOVED_TO = "fk_member_moved_to_id_household"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _on_sqlite(connection)
    else:
        _on_postgresql()
    op.drop_index("uq_member_id_index", "member")
    living = sa.text("id_index IS NOT NULL AND ends_on IS NULL")
    op.create_index(
        "uq_member_living", "member", ["id_index"], unique=True, sqlite_where=living, postgresql_where=living
    )
    op.create_index("ix_member_id_index", "member", ["id_index"])


def _on_sqlite(connection: sa.Connection) -> None:
    def of_member(statement: str) -> str:
        keys = [f"\tCONSTRAINT ck_member_{name} CHECK ({rule}),\n" for name, rule in _CHECKS.items()]
        keys.append(f"\tCONSTRAINT {_MOVED_TO} FOREIGN KEY(moved_to_id) REFERENCES household (id),\n")
        first = statement.index("\tCONSTRAINT")
        return statement[:first] + _COLUMNS + "".join(keys) + statement[first:]

    def of_household(statement: str) -> str:
        changed = statement.replace(_STATUS, _STATUS_NOW)
        first = changed.index("\tCONSTRAINT")
        return changed[:first] + "\tincome_people INTEGER,\n" + changed[first:]

    rebuild(connection, "household", of_household)
    rebuild(connection, "member", of_member)


def _on_postgresql() -> None:
    op.drop_constraint("ck_household_status", "household")
    op.create_check_constraint(op.f("ck_household_status"), "household", _STATUS_NOW)
    op.add_column(
        "household",
        sa.Column(
            "income_people",
            sa.Integer(),
            nullable=True,
            comment="for how many people the income was entered, if their number changed since",
        ),
    )
    for column in (
        sa.Column(
            "begins_on",
            sa.Date(),
            nullable=True,
            comment="first day in this household; empty: since the household was registered",
        ),
        sa.Column("begin_reason", sa.String(16), nullable=False, server_default="registered"),
        sa.Column(
            "ends_on", sa.Date(), nullable=True, comment="first day on which the person is not counted here any more"
        ),
        sa.Column("end_reason", sa.String(16), nullable=True),
        sa.Column("moved_to_id", ROW_ID, nullable=True, comment="the household moved to"),
    ):
        op.add_column("member", column)
    op.create_foreign_key(_MOVED_TO, "member", "household", ["moved_to_id"], ["id"])
    for name, rule in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_member_{name}"), "member", rule)

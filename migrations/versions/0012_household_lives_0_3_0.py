"""Households split and merge: whom one came from, whose one became, and two ways in which one is gone"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.household_lives"
down_revision = "0.3.0.reforms_of_parts"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATUS = "status IN ('new', 'in', 'pre_exit', 'exited', 'cleared', 'ended')"
_STATUS_NOW = "status IN ('new', 'in', 'pre_exit', 'exited', 'cleared', 'ended', 'merged', 'undone')"
_CHECKS = {
    "succeeded": "(successor_id IS NOT NULL) = (status = 'merged')",
    "successor_is_another": "successor_id <> id",
    "origin_is_another": "origin_id <> id",
}
_COMMENTS = {
    "successor_id": "the household it was merged into; never a merged one",
    "origin_id": "the household it split from",
}


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "household", _edited, added=tuple(_COMMENTS))
    else:
        op.drop_constraint("ck_household_status", "household")
        op.create_check_constraint(op.f("ck_household_status"), "household", _STATUS_NOW)
        for name, comment in _COMMENTS.items():
            op.add_column("household", sa.Column(name, ROW_ID, nullable=True, comment=comment))
            op.create_foreign_key(op.f(f"fk_household_{name}_household"), "household", "household", [name], ["id"])
        for name, rule in _CHECKS.items():
            op.create_check_constraint(op.f(f"ck_household_{name}"), "household", rule)
    where = sa.text("successor_id IS NOT NULL")
    op.create_index("ix_household_successor", "household", ["successor_id"], sqlite_where=where, postgresql_where=where)


def _edited(statement: str) -> str:
    changed = statement.replace(_STATUS, _STATUS_NOW)
    first = changed.index("\tCONSTRAINT")
    added = "".join(f"\t{name} INTEGER, \n" for name in _COMMENTS)
    added += "".join(f"\tCONSTRAINT ck_household_{name} CHECK ({rule}), \n" for name, rule in _CHECKS.items())
    added += "".join(
        f"\tCONSTRAINT fk_household_{name}_household FOREIGN KEY({name}) REFERENCES household (id), \n"
        for name in _COMMENTS
    )
    return changed[:first] + added + changed[first:]

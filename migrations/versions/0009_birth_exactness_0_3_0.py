"""How exactly a birth is known: a day, a month, a year"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.birth_exactness"
down_revision = "0.3.0.lives"
branch_labels = None
depends_on = None

_CHECK = "born_exact IN ('day', 'month', 'year')"
_COLUMN = "born_exact VARCHAR(8) DEFAULT 'day' NOT NULL"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "member", _with_exactness, added=("born_exact",))
        return
    op.add_column(
        "member",
        sa.Column(
            "born_exact",
            sa.String(length=8),
            server_default="day",
            nullable=False,
            comment="how exactly born_on is known; a month or year is stored as its first day",
        ),
    )
    op.create_check_constraint(op.f("ck_member_born_exact"), "member", _CHECK)


def _with_exactness(statement: str) -> str:
    changed = statement.replace("\tborn_on DATE, \n", f"\tborn_on DATE, \n\t{_COLUMN}, \n", 1)
    head, last, end = changed.rpartition("\n)")
    return (
        f"{head}, \n\tCONSTRAINT ck_member_born_exact CHECK ({_CHECK}){last}{end}"
        if changed != statement
        else statement
    )

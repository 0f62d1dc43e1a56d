"""The name of a unit that has ended is free for another"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.names_of_ended_units"
down_revision = "0.3.0.none_here"
branch_labels = None
depends_on = None

_UNIQUE = "CONSTRAINT uq_unit_name UNIQUE (name)"
_COMMENT = "official name; one that has ended leaves it free"


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "unit", _edited)
    else:
        op.drop_constraint("uq_unit_name", "unit")
        op.alter_column("unit", "name", comment=_COMMENT)
    living = sa.text("ended_on IS NULL")
    op.create_index("uq_unit_name", "unit", ["name"], unique=True, sqlite_where=living, postgresql_where=living)


def _edited(statement: str) -> str:
    return statement.replace(f", \n\t{_UNIQUE}", "")

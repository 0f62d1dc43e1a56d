"""Names of accounts, units and villages are kept apart by their folded form, the same for names that look alike"""

import logging

import sqlalchemy as sa
from alembic import op

from models.look_alikes import folded_name

revision = "0.3.0.names_apart"
down_revision = "0.3.0.held_files"
branch_labels = None
depends_on = None

_LOG = logging.getLogger("alembic")
#: Each table with what its names are unique within, and among which of its rows.
_TABLES = {
    "user_account": ("", None, "uq_user_account_name_key"),
    "unit": ("", "ended_on IS NULL", "uq_unit_name_key"),
    "village": ("town_id", "ended_on IS NULL", "uq_village_town_id_name_key"),
}


def upgrade() -> None:
    connection = op.get_bind()
    for table, (within, living, index) in _TABLES.items():
        op.add_column(
            table,
            sa.Column(
                "name_key",
                sa.String(300),
                server_default="",
                nullable=False,
                comment="folded form of the name: the same for names that look alike",
            ),
        )
        among = f"CASE WHEN {living} THEN 1 ELSE 0 END" if living else "1"
        columns = f"id, name, {within or '0'} AS place, {among} AS lives"
        known: dict[tuple[int, str], str] = {}
        for number, name, place, lives in connection.execute(
            sa.text(f"SELECT {columns} FROM {table} ORDER BY id")
        ).all():
            key = folded_name(name)
            if lives and known.setdefault((place, key), name) != name:
                # Both go on: the later one is told apart by its number until it gets another name.
                _LOG.warning(
                    "%s: the names “%s” and “%s” look alike; give one of them another name",
                    table,
                    known[place, key],
                    name,
                )
                key = f"{key} #{number}"
            connection.execute(
                sa.text(f"UPDATE {table} SET name_key = :key WHERE id = :id"), {"key": key, "id": number}
            )
        where = sa.text(living) if living else None
        columns_of = [within, "name_key"] if within else ["name_key"]
        op.create_index(index, table, columns_of, unique=True, sqlite_where=where, postgresql_where=where)

"""Imports can be looked at and undone: what each did to which household, and two statuses"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.import_changes"
down_revision = "0.3.0.monitoring"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_STATUS = "status IN ('uploaded', 'reading', 'read', 'queued', 'applied', 'failed')"
_STATUS_NOW = "status IN ('uploaded', 'reading', 'read', 'queued', 'applied', 'failed', 'undoing', 'undone')"
_WAITING = "status IN ('reading', 'queued', 'undoing')"
_REFERENCES = {"import_id": "register_import", "household_id": "household", "event_id": "event", "undone_id": "event"}


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "register_import", lambda statement: statement.replace(_STATUS, _STATUS_NOW))
    else:
        op.drop_constraint("ck_register_import_status", "register_import")
        op.create_check_constraint(op.f("ck_register_import_status"), "register_import", _STATUS_NOW)
    op.drop_index("ix_register_import_waiting", "register_import")
    where = sa.text(_WAITING)
    op.create_index("ix_register_import_waiting", "register_import", ["id"], sqlite_where=where, postgresql_where=where)
    op.create_table(
        "import_change",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("import_id", ROW_ID, nullable=False),
        sa.Column("household_id", ROW_ID, nullable=False),
        sa.Column("event_id", ROW_ID, nullable=False, comment="the event `import` of the household"),
        sa.Column(
            "row",
            sa.String(length=200),
            nullable=False,
            comment="the household's first row in the file, as the preview called it",
        ),
        sa.Column("undone_id", ROW_ID, nullable=True, comment="the event that undid it"),
        sa.CheckConstraint("undone_id > event_id", name=op.f("ck_import_change_undone_later")),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_import_change_{column}_{table}"))
            for column, table in _REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_change")),
        sa.UniqueConstraint("event_id", name=op.f("uq_import_change_event_id")),
        sa.UniqueConstraint("undone_id", name=op.f("uq_import_change_undone_id")),
    )
    op.create_index("ix_import_change_import", "import_change", ["import_id", "id"])
    op.create_index("ix_import_change_household", "import_change", ["household_id"])

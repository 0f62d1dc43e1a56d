"""Tickets whose subject is a unit, with the source of what was found and its reference number"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0"
down_revision = "0.2.0"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_ONE_SUBJECT = (
    "(CASE WHEN household_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN village_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN duty_unit_id IS NULL THEN 0 ELSE 1 END)"
)
_MORE = " + (CASE WHEN subject_unit_id IS NULL THEN 0 ELSE 1 END)"
_PLACE = "type = 'duty' OR (in_village_id IS NOT NULL AND town_id IS NOT NULL)"
_PLACE_NOW = "type = 'duty' OR subject_unit_id IS NOT NULL OR (in_village_id IS NOT NULL AND town_id IS NOT NULL)"
_UNIT_SUBJECT = (
    "subject_unit_id IS NULL OR (source <> '' AND state NOT IN ('reported', 'returned')"
    " AND filed_unit_id IS NOT NULL AND (confirmer_unit_id <> filed_unit_id OR filed_as = 'leaders'))"
)


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("subject_unit_id", ROW_ID, nullable=True, comment="the unit a deficiency is found at"),
        sa.Column("filed_unit_id", ROW_ID, nullable=True, comment="the unit that filed it"),
        sa.Column(
            "source",
            sa.String(64),
            nullable=False,
            server_default="",
            comment="code of the source; empty before sources were kept",
        ),
        sa.Column(
            "source_reference",
            sa.String(100),
            nullable=False,
            server_default="",
            comment="number of the audit report, instruction, petition … it rests on",
        ),
    ]


def upgrade() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        _on_sqlite(connection)
    else:
        _on_postgresql()
    _indexes()


def _on_sqlite(connection: sa.Connection) -> None:
    def edit(statement: str) -> str:
        lines = (
            "\tsubject_unit_id INTEGER, \n\tfiled_unit_id INTEGER, \n"
            "\tsource VARCHAR(64) DEFAULT '' NOT NULL, \n\tsource_reference VARCHAR(100) DEFAULT '' NOT NULL, \n"
        )
        keys = (
            f"\tCONSTRAINT ck_ticket_unit_subject CHECK ({_UNIT_SUBJECT}), \n"
            "\tCONSTRAINT fk_ticket_subject_unit_id_unit FOREIGN KEY(subject_unit_id) REFERENCES unit (id), \n"
            "\tCONSTRAINT fk_ticket_filed_unit_id_unit FOREIGN KEY(filed_unit_id) REFERENCES unit (id), \n"
        )
        statement = statement.replace(_ONE_SUBJECT, _ONE_SUBJECT + _MORE).replace(_PLACE, _PLACE_NOW)
        first = statement.index("\tCONSTRAINT")
        return statement[:first] + lines + keys + statement[first:]

    rebuild(connection, "ticket", edit)


def _on_postgresql() -> None:
    for column in _columns():
        op.add_column("ticket", column)
    for name in ("subject_unit_id", "filed_unit_id"):
        op.create_foreign_key(f"fk_ticket_{name}_unit", "ticket", "unit", [name], ["id"])
    op.drop_constraint("ck_ticket_one_subject", "ticket")
    op.drop_constraint("ck_ticket_place", "ticket")
    op.create_check_constraint(op.f("ck_ticket_one_subject"), "ticket", f"{_ONE_SUBJECT}{_MORE} = 1")
    op.create_check_constraint(op.f("ck_ticket_place"), "ticket", _PLACE_NOW)
    op.create_check_constraint(op.f("ck_ticket_unit_subject"), "ticket", _UNIT_SUBJECT)


def _indexes() -> None:
    for name, columns, where, unique in (
        (
            "uq_ticket_open_unit",
            ["subject_unit_id", "kind", "cause", "source", "source_reference"],
            "ended_at IS NULL AND subject_unit_id IS NOT NULL",
            True,
        ),
        ("ix_ticket_subject_unit", ["subject_unit_id", "due_at", "id"], "subject_unit_id IS NOT NULL", False),
        (
            "ix_ticket_filed_by_bureau",
            ["filed_unit_id", "due_at", "id"],
            "filed_as = 'bureau' AND household_id IS NULL",
            False,
        ),
    ):
        predicate = sa.text(where)
        op.create_index(name, "ticket", columns, unique=unique, sqlite_where=predicate, postgresql_where=predicate)

"""Reforms: units and villages end with a successor, and keep the names they had"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.reforms"
down_revision = "0.3.0.birth_exactness"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_REFUSAL = "append-only: a history is never rewritten"
_STILL = "something open is still with it"
_OPEN = {"custody": "ended_at IS NULL", "post": "until_at IS NULL", "paper_pending": "open"}
_SUCCEEDED = "ended_on IS NULL OR successor_id IS NOT NULL"
_ANOTHER = "successor_id <> id"
_ENDED_ON = "first day, in China, on which it no longer exists"
_SUCCESSOR = {
    "unit": "the unit that has its tickets and rules today; never an ended one",
    "village": "the village that has its households today; never an ended one",
}


def upgrade() -> None:
    for table in ("unit", "village"):
        _ends(table)
    _reform()
    _former_name()
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("reform", "former_name"):
        _append_only(table, sqlite)
    for statement in _sqlite_triggers() if sqlite else _postgresql_triggers():
        op.execute(statement)


def _ends(table: str) -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":

        def edit(statement: str) -> str:
            first = statement.index("\tCONSTRAINT")
            added = (
                "\tended_on DATE, \n\tsuccessor_id INTEGER, \n"
                f"\tCONSTRAINT ck_{table}_succeeded CHECK ({_SUCCEEDED}), \n"
                f"\tCONSTRAINT ck_{table}_successor_is_another CHECK ({_ANOTHER}), \n"
                f"\tCONSTRAINT fk_{table}_successor_id_{table} FOREIGN KEY(successor_id) REFERENCES {table} (id), \n"
            )
            return statement[:first] + added + statement[first:]

        rebuild(connection, table, edit, added=("ended_on", "successor_id"))
    else:
        op.add_column(table, sa.Column("ended_on", sa.Date(), nullable=True, comment=_ENDED_ON))
        op.add_column(table, sa.Column("successor_id", ROW_ID, nullable=True, comment=_SUCCESSOR[table]))
        op.create_check_constraint(op.f(f"ck_{table}_succeeded"), table, _SUCCEEDED)
        op.create_check_constraint(op.f(f"ck_{table}_successor_is_another"), table, _ANOTHER)
        op.create_foreign_key(op.f(f"fk_{table}_successor_id_{table}"), table, table, ["successor_id"], ["id"])
    where = sa.text("successor_id IS NOT NULL")
    op.create_index(f"ix_{table}_successor", table, ["successor_id"], sqlite_where=where, postgresql_where=where)


def _reform() -> None:
    op.create_table(
        "reform",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False, comment="first day, in China, by the document"),
        sa.Column("document", sa.String(length=100), nullable=False, comment="number of the paper that says so (文号)"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column(
            "content",
            sa.JSON(),
            nullable=False,
            comment="codes of what ended and of what succeeds it, or both names; what moved",
        ),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.CheckConstraint("kind IN ('rename', 'merge')", name=op.f("ck_reform_kind")),
        sa.CheckConstraint("subject IN ('unit', 'village')", name=op.f("ck_reform_subject")),
        sa.CheckConstraint("document <> ''", name=op.f("ck_reform_document")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_reform_by_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reform")),
    )


def _former_name() -> None:
    op.create_table(
        "former_name",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("reform_id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=True),
        sa.Column("village_id", ROW_ID, nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.CheckConstraint("(unit_id IS NULL) <> (village_id IS NULL)", name=op.f("ck_former_name_of_one")),
        *(
            sa.ForeignKeyConstraint([f"{other}_id"], [f"{other}.id"], name=op.f(f"fk_former_name_{other}_id_{other}"))
            for other in ("reform", "unit", "village")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_name")),
    )
    op.create_index("ix_former_name_unit", "former_name", ["unit_id"])
    op.create_index("ix_former_name_village", "former_name", ["village_id"])


def _append_only(table: str, sqlite: bool) -> None:
    for deed in ("update", "delete") if sqlite else ("update", "delete", "truncate"):
        row = "STATEMENT" if deed == "truncate" else "ROW"
        end = (
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            if sqlite
            else f" FOR EACH {row} EXECUTE FUNCTION refuse_rewrite()"
        )
        op.execute(f"CREATE TRIGGER {table}_refuse_{deed} BEFORE {deed.upper()} ON {table}{end}")


def _still_with() -> str:
    return " OR ".join(
        f"EXISTS (SELECT 1 FROM {table} WHERE unit_id = NEW.id AND {is_open})" for table, is_open in _OPEN.items()
    )


def _sqlite_triggers() -> list[str]:
    def refuse(what: str) -> str:
        return f" BEGIN SELECT RAISE(ABORT, '{what}'); END"

    return [
        *(
            f"CREATE TRIGGER {table}_of_living_unit BEFORE INSERT ON {table} WHEN NEW.{is_open}"
            " AND EXISTS (SELECT 1 FROM unit WHERE id = NEW.unit_id AND ended_on IS NOT NULL)"
            + refuse("unit_has_ended")
            for table, is_open in _OPEN.items()
        ),
        "CREATE TRIGGER unit_ends_empty BEFORE UPDATE OF ended_on ON unit WHEN NEW.ended_on IS NOT NULL"
        f" AND ({_still_with()})" + refuse(_STILL),
        *(
            f"CREATE TRIGGER household_in_living_village_{deed.split()[0].lower()} BEFORE {deed} ON household"
            " WHEN EXISTS (SELECT 1 FROM village WHERE id = NEW.village_id AND ended_on IS NOT NULL)"
            + refuse("village_has_ended")
            for deed in ("INSERT", "UPDATE OF village_id")
        ),
        "CREATE TRIGGER village_ends_empty BEFORE UPDATE OF ended_on ON village WHEN NEW.ended_on IS NOT NULL"
        " AND EXISTS (SELECT 1 FROM household WHERE village_id = NEW.id)" + refuse(_STILL),
    ]


def _postgresql_triggers() -> list[str]:
    statements = []
    for function, parent, refusal in (
        ("of_living_unit", "unit", "unit_has_ended"),
        ("in_living_village", "village", "village_has_ended"),
    ):
        column = f"{parent}_id"
        statements.append(
            f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" PERFORM 1 FROM {parent} WHERE id = NEW.{column} FOR KEY SHARE;"
            f" IF EXISTS (SELECT 1 FROM {parent} WHERE id = NEW.{column} AND ended_on IS NOT NULL) THEN"
            f" RAISE EXCEPTION '{refusal}' USING ERRCODE = 'restrict_violation', CONSTRAINT = '{refusal}';"
            " END IF; RETURN NEW; END $$"
        )
    for table, is_open in _OPEN.items():
        statements.append(
            f"CREATE TRIGGER {table}_of_living_unit BEFORE INSERT ON {table} FOR EACH ROW"
            f" WHEN (NEW.{is_open}) EXECUTE FUNCTION of_living_unit()"
        )
    for deed in ("INSERT", "UPDATE OF village_id"):
        statements.append(
            f"CREATE TRIGGER household_in_living_village_{deed.split()[0].lower()} BEFORE {deed} ON household"
            " FOR EACH ROW EXECUTE FUNCTION in_living_village()"
        )
    for parent, still in (
        ("unit", _still_with()),
        ("village", "EXISTS (SELECT 1 FROM household WHERE village_id = NEW.id)"),
    ):
        statements.append(
            f"CREATE FUNCTION {parent}_ends_empty() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            f" IF {still} THEN RAISE EXCEPTION '{_STILL}' USING ERRCODE = 'restrict_violation';"
            " END IF; RETURN NEW; END $$"
        )
        statements.append(
            f"CREATE TRIGGER {parent}_ends_empty BEFORE UPDATE OF ended_on ON {parent} FOR EACH ROW"
            f" WHEN (NEW.ended_on IS NOT NULL) EXECUTE FUNCTION {parent}_ends_empty()"
        )
    return statements

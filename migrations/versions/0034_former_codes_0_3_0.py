"""A household's code can be corrected; its former codes lead to it and are no other household's"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.former_codes"
down_revision = "0.3.0.name_parts"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
BY_BYTES = sa.String(64).with_variant(sa.String(64, collation="C"), "postgresql")
_IS_FORMER = "EXISTS (SELECT 1 FROM former_code WHERE code = NEW.code)"
_DEEDS = {"insert": "INSERT", "update": "UPDATE OF code"}


def upgrade() -> None:
    op.create_table(
        "former_code",
        sa.Column("code", BY_BYTES, nullable=False),
        sa.Column("household_id", ROW_ID, nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=False, comment="first day under the code that came next"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_former_code_household_id_household")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_former_code")),
    )
    op.create_index("ix_former_code_household", "former_code", ["household_id"])
    for statement in _sqlite() if op.get_bind().dialect.name == "sqlite" else _postgresql():
        op.execute(statement)


def _sqlite() -> list[str]:
    return [
        f"CREATE TRIGGER household_code_{name} BEFORE {deed} ON household WHEN {_IS_FORMER}"
        " BEGIN SELECT RAISE(ABORT, 'UNIQUE constraint failed: household.code'); END"
        for name, deed in _DEEDS.items()
    ]


def _postgresql() -> list[str]:
    return [
        "CREATE FUNCTION household_code_is_new() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        f" IF {_IS_FORMER} THEN RAISE EXCEPTION 'a former code of a household'"
        " USING ERRCODE = 'unique_violation', CONSTRAINT = 'uq_household_code'; END IF; RETURN NULL; END $$",
        *(
            f"CREATE TRIGGER household_code_{name} AFTER {deed} ON household FOR EACH ROW"
            " EXECUTE FUNCTION household_code_is_new()"
            for name, deed in _DEEDS.items()
        ),
    ]

"""Reforms: units are divided, villages go to another town, and a reform waits for its day"""

import re

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.reforms_of_parts"
down_revision = "0.3.0.reforms"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_BEFORE = "kind IN ('rename', 'merge')"
_AFTER = "kind IN ('rename', 'merge', 'split', 'move')"


def upgrade() -> None:
    _kinds()
    _names_of_living_villages()
    _planned()


def _kinds() -> None:
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "reform", lambda statement: statement.replace(_BEFORE, _AFTER))
        return
    op.drop_constraint(op.f("ck_reform_kind"), "reform")
    op.create_check_constraint(op.f("ck_reform_kind"), "reform", _AFTER)


def _names_of_living_villages() -> None:
    """A village that has ended keeps no other from its name: both may come to one town."""
    connection = op.get_bind()
    name = "uq_village_town_id_name"
    if connection.dialect.name == "sqlite":
        unique = rf",\s*CONSTRAINT {name} UNIQUE \(town_id, name\)"
        rebuild(connection, "village", lambda statement: re.sub(unique, "", statement, count=1))
    else:
        op.drop_constraint(name, "village")
    where = sa.text("ended_on IS NULL")
    op.create_index(name, "village", ["town_id", "name"], unique=True, sqlite_where=where, postgresql_where=where)


def _planned() -> None:
    op.create_table(
        "planned_reform",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False, comment="the day, in China, at whose beginning it is applied"),
        sa.Column("document", sa.String(length=100), nullable=False, comment="number of the paper that says so (文号)"),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False, comment="what was entered, by codes"),
        sa.Column("entered_at", MOMENT, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("settled_at", MOMENT, nullable=True, comment="when it was applied, withdrawn or refused"),
        sa.Column("reform_id", ROW_ID, nullable=True, comment="the reform it became"),
        sa.Column(
            "refusal",
            sa.String(length=64),
            server_default="",
            nullable=False,
            comment="why it could not be applied on its day: a code",
        ),
        sa.CheckConstraint(_AFTER, name=op.f("ck_planned_reform_kind")),
        sa.CheckConstraint("subject IN ('unit', 'village')", name=op.f("ck_planned_reform_subject")),
        sa.CheckConstraint("document <> ''", name=op.f("ck_planned_reform_document")),
        sa.CheckConstraint(
            "state IN ('waiting', 'applied', 'withdrawn', 'refused')", name=op.f("ck_planned_reform_state")
        ),
        sa.CheckConstraint("(state = 'waiting') = (settled_at IS NULL)", name=op.f("ck_planned_reform_settled")),
        sa.CheckConstraint("(state = 'applied') = (reform_id IS NOT NULL)", name=op.f("ck_planned_reform_applied")),
        sa.CheckConstraint("(state = 'refused') = (refusal <> '')", name=op.f("ck_planned_reform_refused")),
        sa.ForeignKeyConstraint(["by_id"], ["user_account.id"], name=op.f("fk_planned_reform_by_id_user_account")),
        sa.ForeignKeyConstraint(["reform_id"], ["reform.id"], name=op.f("fk_planned_reform_reform_id_reform")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planned_reform")),
    )
    op.create_index("uq_planned_reform_reform", "planned_reform", ["reform_id"], unique=True)
    where = sa.text("state = 'waiting'")
    op.create_index(
        "ix_planned_reform_waiting",
        "planned_reform",
        ["from_day", "id"],
        sqlite_where=where,
        postgresql_where=where,
    )

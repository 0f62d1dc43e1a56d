"""Bulk lists of bureaus, and what became of each line"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.bulk_lists"
down_revision = "0.3.0.import_changes"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_CHECKS = {
    "outcome": "outcome IN ('check', 'candidate', 'asked', 'left_out')",
    "household": "(household_id IS NOT NULL) = (outcome = 'check')",
    "due": "(due_at IS NOT NULL) = (outcome = 'check')",
    "candidate": "(candidate_id IS NOT NULL) = (outcome = 'candidate')",
    "checked": "(checkup_id IS NOT NULL) = (outcome = 'check' AND settled_at IS NOT NULL)",
    "left_out": "(settled_at IS NOT NULL) OR outcome <> 'left_out'",
}
_REFERENCES = {
    "list_id": "bulk_list",
    "town_id": "unit",
    "household_id": "household",
    "candidate_id": "candidate",
    "checkup_id": "checkup",
}


def upgrade() -> None:
    op.create_table(
        "bulk_list",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False, comment="the bureau whose list it is"),
        sa.Column("kind", sa.String(length=64), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("brought_by_id", ROW_ID, nullable=False),
        sa.Column("brought_at", MOMENT, nullable=False),
        sa.Column("taken_at", MOMENT, nullable=True, comment="when its lines became checks and candidates"),
        sa.Column("have", sa.String(length=64), nullable=True, comment="the have its checks must look at, as of then"),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_bulk_list_unit_id_unit")),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["user_account.id"], name=op.f("fk_bulk_list_brought_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_list")),
        sa.UniqueConstraint("unit_id", "kind", "sha256", name=op.f("uq_bulk_list_unit_id_kind_sha256")),
    )
    op.create_table("bulk_line", *_columns(), *_constraints())
    for name, columns, where in (
        ("ix_bulk_line_open", ["household_id"], "outcome = 'check' AND settled_at IS NULL"),
        ("ix_bulk_line_sealed", ["settled_at"], "sealed IS NOT NULL"),
    ):
        said = sa.text(where)
        op.create_index(name, "bulk_line", columns, sqlite_where=said, postgresql_where=said)
    op.create_index("ix_bulk_line_household", "bulk_line", ["household_id"])
    op.create_index("ix_bulk_line_candidate", "bulk_line", ["candidate_id"])


def _columns() -> list[sa.Column[object]]:
    return [
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("list_id", ROW_ID, nullable=False),
        sa.Column(
            "row",
            sa.String(length=200),
            nullable=False,
            comment="its row in the file, behind the sheet's name where there are several",
        ),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("why", sa.String(length=32), nullable=False, comment="why it is asked about or left out: a code"),
        sa.Column("town_id", ROW_ID, nullable=True, comment="the town that answers for it, if known"),
        sa.Column("household_id", ROW_ID, nullable=True),
        sa.Column("candidate_id", ROW_ID, nullable=True),
        sa.Column("due_at", MOMENT, nullable=True, comment="until when the household is to be looked at"),
        sa.Column("checkup_id", ROW_ID, nullable=True, comment="the checkup that looked at it"),
        sa.Column("settled_at", MOMENT, nullable=True, comment="when it was checked or left out"),
        sa.Column(
            "sealed",
            sa.Text(),
            nullable=True,
            comment="what the line says, encrypted; of a check and a candidate only the list's own columns",
        ),
    ]


def _constraints() -> list[sa.Constraint]:
    return [
        *(sa.CheckConstraint(rule, name=op.f(f"ck_bulk_line_{name}")) for name, rule in _CHECKS.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_bulk_line_{column}_{table}"))
            for column, table in _REFERENCES.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_line")),
        sa.UniqueConstraint("list_id", "row", name=op.f("uq_bulk_line_list_id_row")),
    ]

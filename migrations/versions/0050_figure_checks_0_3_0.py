"""Checks of figures that rest on a unit's own word: what was found"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.figure_checks"
down_revision = "0.3.0.checkpoints"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
REFUSAL = "append-only: a history is never rewritten"
_TRUE = "(found_of = said_of AND found_to = said_to)"
_RULES = {
    "found": "found_of >= 0 AND found_of <= found_to",
    "not_own_word": "checker_unit_id <> reporter_unit_id",
    "not_own_town": "checker_unit_id <> town_id",
    "ticket": f"(ticket_id IS NULL) = {_TRUE}",
    "why": f"note <> '' OR {_TRUE}",
    "source": "source <> ''",
}
_KEYS = {
    "ranking_id": "ranking",
    "town_id": "unit",
    "reporter_unit_id": "unit",
    "checker_unit_id": "unit",
    "by_id": "user_account",
    "ticket_id": "ticket",
}


def upgrade() -> None:
    op.create_table(
        "figure_check",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("ranking_id", ROW_ID, nullable=False),
        sa.Column("measure", sa.String(length=64), nullable=False),
        sa.Column("town_id", ROW_ID, nullable=False),
        sa.Column("reporter_unit_id", ROW_ID, nullable=False, comment="on whose word the figure rests"),
        sa.Column("checker_unit_id", ROW_ID, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("said_of", sa.Integer(), nullable=False, comment="numerator of the snapshot"),
        sa.Column("said_to", sa.Integer(), nullable=False, comment="denominator of the snapshot"),
        sa.Column("found_of", sa.Integer(), nullable=False),
        sa.Column("found_to", sa.Integer(), nullable=False),
        sa.Column(
            "source",
            sa.String(length=200),
            nullable=False,
            comment="what was looked at: the list, the system, the paper",
        ),
        sa.Column("note", sa.String(), nullable=False, comment="what differs"),
        sa.Column("ticket_id", ROW_ID, nullable=True, comment="of item 18, where it is untrue"),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_figure_check_{name}")) for name, rule in _RULES.items()),
        *(
            sa.ForeignKeyConstraint([column], [f"{table}.id"], name=op.f(f"fk_figure_check_{column}_{table}"))
            for column, table in _KEYS.items()
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_check")),
        sa.UniqueConstraint(
            "ranking_id", "measure", "town_id", name=op.f("uq_figure_check_ranking_id_measure_town_id")
        ),
        sa.UniqueConstraint("ticket_id", name=op.f("uq_figure_check_ticket_id")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for deed in ("update", "delete") if sqlite else ("update", "delete", "truncate"):
        row = "STATEMENT" if deed == "truncate" else "ROW"
        end = (
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            if sqlite
            else f" FOR EACH {row} EXECUTE FUNCTION refuse_rewrite()"
        )
        op.execute(f"CREATE TRIGGER figure_check_refuse_{deed} BEFORE {deed.upper()} ON figure_check{end}")

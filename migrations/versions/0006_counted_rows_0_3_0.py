"""The quota of houses as a list of households, the incomes of villages, and tickets the system files about a unit"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.counted_rows"
down_revision = "0.3.0.random_checks"
branch_labels = None
depends_on = None

# Types as they were when this was written; what becomes of the models later does not touch them.
ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_FILED = "filed_unit_id IS NOT NULL AND (confirmer_unit_id <> filed_unit_id OR filed_as = 'leaders'))"
_FILED_NOW = "(filed_as = 'system' OR (filed_unit_id IS NOT NULL AND (confirmer_unit_id <> filed_unit_id OR filed_as = 'leaders'))))"
_SUBJECT = "subject_unit_id IS NULL OR (source <> '' AND state NOT IN ('reported', 'returned') AND "
_REFUSAL = "append-only: a history is never rewritten"


def upgrade() -> None:
    op.create_table(
        "quota_house",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("household_id", ROW_ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False, comment="assessment year of the quota"),
        sa.Column("paid_on", sa.Date(), nullable=True, comment="day the start-up money reached the household"),
        sa.Column("finished_on", sa.Date(), nullable=True, comment="day the house was accepted as finished"),
        sa.Column("dropped", sa.Boolean(), nullable=False, comment="taken off the list"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_quota_house_household_id_household")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quota_house")),
        sa.UniqueConstraint("household_id", "year", name=op.f("uq_quota_house_household_id_year")),
    )
    op.create_table(
        "village_survey",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("village_id", ROW_ID, nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("income_fen", sa.Integer(), nullable=False, comment="a head, in fen"),
        sa.Column("source", sa.String(length=200), nullable=False, comment="what proves it: the survey"),
        sa.Column("unit_id", ROW_ID, nullable=False),
        sa.Column("by_id", ROW_ID, nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("replaces_id", ROW_ID, nullable=True),
        sa.Column("reason", sa.String(), nullable=False, comment="why an earlier one was corrected"),
        sa.CheckConstraint("income_fen > 0", name=op.f("ck_village_survey_income")),
        sa.CheckConstraint("replaces_id <> id", name=op.f("ck_village_survey_replaces_another")),
        *(
            sa.ForeignKeyConstraint([name], [f"{other}.id"], name=op.f(f"fk_village_survey_{name}_{other}"))
            for name, other in (
                ("village_id", "village"),
                ("unit_id", "unit"),
                ("by_id", "user_account"),
                ("replaces_id", "village_survey"),
            )
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_village_survey")),
        sa.UniqueConstraint("replaces_id", name=op.f("uq_village_survey_replaces_id")),
    )
    first = sa.text("replaces_id IS NULL")
    op.create_index(
        "uq_village_survey_first",
        "village_survey",
        ["village_id", "year"],
        unique=True,
        sqlite_where=first,
        postgresql_where=first,
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for deed in ("update", "delete") if sqlite else ("update", "delete", "truncate"):
        row = "STATEMENT" if deed == "truncate" else "ROW"
        end = (
            f" BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            if sqlite
            else f" FOR EACH {row} EXECUTE FUNCTION refuse_rewrite()"
        )
        op.execute(f"CREATE TRIGGER village_survey_refuse_{deed} BEFORE {deed.upper()} ON village_survey{end}")
    _by_system()


def _by_system() -> None:
    """The system files in no unit's name, and about one thing once."""
    connection = op.get_bind()
    if connection.dialect.name == "sqlite":
        rebuild(connection, "ticket", lambda statement: statement.replace(_FILED, _FILED_NOW, 1))
    else:
        op.drop_constraint("ck_ticket_unit_subject", "ticket")
        op.create_check_constraint(op.f("ck_ticket_unit_subject"), "ticket", _SUBJECT + _FILED_NOW)
    where = sa.text("filed_as = 'system' AND subject_unit_id IS NOT NULL")
    op.create_index(
        "uq_ticket_by_system",
        "ticket",
        ["subject_unit_id", "kind", "source_reference"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )

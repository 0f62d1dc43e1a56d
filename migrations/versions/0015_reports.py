"""Written reports: issued, received, and the roll call of who was late"""

import sqlalchemy as sa
from alembic import op

from models.base import UTCDateTime

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

WHY = "append-only: a history is never rewritten"


def upgrade() -> None:
    def refers(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
        return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=op.f(f"fk_{table}_{column}_{other}"))

    def number(name: str) -> sa.Column[int]:
        return sa.Column(name, sa.Integer(), nullable=False)

    def words(name: str, length: int) -> sa.Column[str]:
        return sa.Column(name, sa.String(length=length), nullable=False)

    def moment(name: str) -> sa.Column[object]:
        return sa.Column(name, UTCDateTime(), nullable=False)

    def key(table: str) -> sa.PrimaryKeyConstraint:
        return sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}"))

    op.create_table(
        "report",
        number("id"),
        number("county_id"),
        number("ranking_id"),
        number("unit_id"),
        words("number", 64),
        moment("issued_at"),
        number("by_id"),
        sa.Column("content", sa.JSON(), nullable=False),
        words("hash", 64),
        refers("report", "county_id", "county"),
        refers("report", "ranking_id", "ranking"),
        refers("report", "unit_id", "unit"),
        refers("report", "by_id", "user_account"),
        key("report"),
        sa.UniqueConstraint("ranking_id", "unit_id", name=op.f("uq_report_ranking_id_unit_id")),
        sa.UniqueConstraint("county_id", "number", name=op.f("uq_report_county_id_number")),
    )
    op.create_table(
        "report_receipt",
        number("id"),
        number("county_id"),
        number("report_id"),
        number("by_id"),
        moment("at"),
        refers("report_receipt", "county_id", "county"),
        refers("report_receipt", "report_id", "report"),
        refers("report_receipt", "by_id", "user_account"),
        key("report_receipt"),
        sa.UniqueConstraint("report_id", name=op.f("uq_report_receipt_report_id")),
    )
    op.create_table(
        "report_roll",
        number("id"),
        number("county_id"),
        number("ranking_id"),
        moment("due_at"),
        moment("at"),
        sa.Column("late", sa.JSON(), nullable=False),
        refers("report_roll", "county_id", "county"),
        refers("report_roll", "ranking_id", "ranking"),
        key("report_roll"),
        sa.UniqueConstraint("ranking_id", name=op.f("uq_report_roll_ranking_id")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for table in ("report", "report_receipt", "report_roll"):
        for verb in ("UPDATE", "DELETE", "TRUNCATE")[: 2 if sqlite else 3]:
            each = "STATEMENT" if verb == "TRUNCATE" else "ROW"
            does = f"BEGIN SELECT RAISE(ABORT, '{WHY}'); END"
            refuses = does if sqlite else f"FOR EACH {each} EXECUTE FUNCTION refuse_rewrite()"
            op.execute(f"CREATE TRIGGER {table}_refuse_{verb.lower()} BEFORE {verb} ON {table} {refuses}")

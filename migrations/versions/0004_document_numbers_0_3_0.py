"""One series of document numbers per issuer"""

import sqlalchemy as sa
from alembic import op

revision = "0.3.0.document_numbers"
down_revision = "0.3.0.signing"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
REFUSAL = "append-only: a history is never rewritten"


def upgrade() -> None:
    op.create_table(
        "document_number",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("unit_id", ROW_ID, nullable=False, comment="the issuer"),
        sa.Column("year", sa.Integer(), nullable=False, comment="the year in China in which it was given"),
        sa.Column("running", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=32), nullable=False, comment="year, mark of the issuer, running number"),
        sa.CheckConstraint("running > 0", name=op.f("ck_document_number_running")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_document_number_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_document_number")),
        sa.UniqueConstraint("number", name=op.f("uq_document_number_number")),
        sa.UniqueConstraint("unit_id", "year", "running", name=op.f("uq_document_number_unit_id_year_running")),
    )
    sqlite = op.get_bind().dialect.name == "sqlite"
    for deed in ("update", "delete") if sqlite else ("update", "delete", "truncate"):
        row = "STATEMENT" if deed == "truncate" else "ROW"
        end = (
            f" BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
            if sqlite
            else f" FOR EACH {row} EXECUTE FUNCTION refuse_rewrite()"
        )
        op.execute(f"CREATE TRIGGER document_number_refuse_{deed} BEFORE {deed.upper()} ON document_number{end}")

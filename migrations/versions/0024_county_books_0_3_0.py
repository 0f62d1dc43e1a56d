"""County workbooks can be looked at and undone: what each changed, and units and villages entered by mistake"""

import sqlalchemy as sa
from alembic import op

from migrations.rebuild import rebuild

revision = "0.3.0.county_books"
down_revision = "0.3.0.recorded_rungs"
branch_labels = None
depends_on = None

ROW_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.String(32), "sqlite")
_COMMENT = "when it was taken back with the workbook that had entered it by mistake"
_SUCCEEDED = "ended_on IS NULL OR successor_id IS NOT NULL"
_SUCCEEDED_NOW = "ended_on IS NULL OR successor_id IS NOT NULL OR withdrawn_at IS NOT NULL"
_WITHDRAWN = "withdrawn_at IS NULL OR (ended_on IS NOT NULL AND successor_id IS NULL)"
_SHEET = "sheet IN ('units', 'villages', 'accounts', 'posts', 'cadres')"


def upgrade() -> None:
    for table in ("unit", "village"):
        _withdrawn(table)
    op.create_table(
        "county_book",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False, comment="of the file"),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("applied_at", MOMENT, nullable=False),
        sa.Column("applied_by_id", ROW_ID, nullable=True, comment="empty: the command line"),
        sa.Column("counts", sa.JSON(), nullable=False, comment="new, changed, unchanged and refused rows, by sheet"),
        sa.Column("salt", sa.String(length=32), nullable=False, comment="of the digest, since the changes name people"),
        sa.ForeignKeyConstraint(
            ["applied_by_id"], ["user_account.id"], name=op.f("fk_county_book_applied_by_id_user_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_county_book")),
    )
    op.create_table(
        "book_change",
        sa.Column("id", ROW_ID, nullable=False),
        sa.Column("book_id", ROW_ID, nullable=False),
        sa.Column("sheet", sa.String(length=16), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False, comment="as the spreadsheet shows it"),
        sa.Column(
            "subject_id",
            ROW_ID,
            nullable=False,
            comment="the unit, village, account, post or household, by the sheet",
        ),
        sa.Column(
            "name", sa.String(length=200), nullable=False, comment="what it was called when the workbook was applied"
        ),
        sa.Column("made", sa.Boolean(), nullable=False, comment="whether the row entered it"),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.CheckConstraint(_SHEET, name=op.f("ck_book_change_sheet")),
        sa.ForeignKeyConstraint(["book_id"], ["county_book.id"], name=op.f("fk_book_change_book_id_county_book")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_book_change")),
        sa.UniqueConstraint("book_id", "sheet", "row", name=op.f("uq_book_change_book_id_sheet_row")),
    )


def _withdrawn(table: str) -> None:
    connection = op.get_bind()

    def edited(statement: str) -> str:
        changed = statement.replace(f"({_SUCCEEDED})", f"({_SUCCEEDED_NOW})")
        first = changed.index("CONSTRAINT")
        column = "withdrawn_at VARCHAR(32), "
        check = f"CONSTRAINT ck_{table}_withdrawn CHECK ({_WITHDRAWN}), "
        return f"{changed[:first]}{column}{check}{changed[first:]}" if changed != statement else statement

    if connection.dialect.name == "sqlite":
        rebuild(connection, table, edited, added=("withdrawn_at",))
        return
    op.add_column(table, sa.Column("withdrawn_at", MOMENT, nullable=True, comment=_COMMENT))
    op.drop_constraint(f"ck_{table}_succeeded", table)
    op.create_check_constraint(op.f(f"ck_{table}_succeeded"), table, _SUCCEEDED_NOW)
    op.create_check_constraint(op.f(f"ck_{table}_withdrawn"), table, _WITHDRAWN)

"""County workbooks that were applied: what each changed, row by row, before and after."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Digest, Id, Name, RowId, one_of

BOOK_SHEETS = ("units", "villages", "accounts", "posts", "cadres")


class CountyBook(Base):
    """One application of a county workbook that changed something.  Its event has the digest of its changes."""

    __tablename__ = "county_book"
    id: Mapped[Id]
    sha256: Mapped[Digest] = mapped_column(comment="of the file")
    filename: Mapped[Name]
    applied_at: Mapped[datetime]
    applied_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"), comment="empty: the command line")
    counts: Mapped[dict[str, Any]] = mapped_column(comment="new, changed, unchanged and refused rows, by sheet")
    salt: Mapped[str] = mapped_column(String(32), comment="of the digest, since the changes name people")


class BookChange(Base):
    """What one row of a workbook did: what it entered (`made`) or changed, before and after, by column."""

    __tablename__ = "book_change"
    __table_args__ = (
        UniqueConstraint("book_id", "sheet", "row"),
        CheckConstraint(one_of("sheet", BOOK_SHEETS), name="sheet"),
    )
    id: Mapped[Id]
    book_id: Mapped[int] = mapped_column(ForeignKey("county_book.id"))
    sheet: Mapped[str] = mapped_column(String(16))
    row: Mapped[int] = mapped_column(comment="as the spreadsheet shows it")
    subject_id: Mapped[int] = mapped_column(
        RowId, comment="the unit, village, account, post or household, by the sheet"
    )
    name: Mapped[Name] = mapped_column(comment="what it was called when the workbook was applied")
    made: Mapped[bool] = mapped_column(comment="whether the row entered it")
    before: Mapped[dict[str, Any]]
    after: Mapped[dict[str, Any]]
    undone_at: Mapped[datetime | None]

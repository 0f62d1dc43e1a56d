"""Book views: the applied county workbooks, and what each changed, row by row, for those who apply them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import BookChange, CountyBook, User
from workflow.actors import Actor
from workflow.setup.books.book_undoing import find
from workflow.setup.county_import import may_import
from workflow.setup.county_workbook import SHEETS


@dataclass(frozen=True, slots=True)
class BookLine:
    """An applied workbook: who applied it (None: the command line), rows that entered and changed something, and how many
    of these are undone."""

    book: CountyBook
    by: str | None
    made: int
    changed: int
    undone: int

    @property
    def standing(self) -> int:
        return self.made + self.changed - self.undone


def latest(session: Session, actor: Actor, before: int | None = None, limit: int = 30) -> list[BookLine]:
    """The applied workbooks, the latest first, those before the number `before`.  Raises NotAllowed."""
    may_import(actor)
    query = _LINES.order_by(CountyBook.id.desc()).limit(limit)
    if before is not None:
        query = query.where(CountyBook.id < before)
    return [BookLine(*row) for row in session.execute(query)]


def one(session: Session, actor: Actor, book_id: int) -> BookLine:
    """An applied workbook.  Raises NotAllowed, NotFound."""
    find(session, actor, book_id)
    return BookLine(*session.execute(_LINES.where(CountyBook.id == book_id)).one())


def changes(session: Session, actor: Actor, book_id: int, skip: int = 0, limit: int = 50) -> Sequence[BookChange]:
    """The rows of a workbook that changed something, in the order of sheets and rows, without the first `skip`.

    Raises NotAllowed, NotFound.
    """
    find(session, actor, book_id)
    order = {form.code: place for place, form in enumerate(SHEETS)}
    rows = session.execute(
        select(BookChange.id, BookChange.sheet, BookChange.row).where(BookChange.book_id == book_id)
    ).all()
    ids = [row.id for row in sorted(rows, key=lambda row: (order[row.sheet], row.row))][skip : skip + limit]
    found = {row.id: row for row in session.scalars(select(BookChange).where(BookChange.id.in_(ids)))}
    return [found[number] for number in ids]


_LINES = (
    select(
        CountyBook,
        User.display_name,
        func.count().filter(BookChange.made),
        func.count().filter(~BookChange.made),
        func.count(BookChange.undone_at),
    )
    .join(BookChange, BookChange.book_id == CountyBook.id)
    .outerjoin(User, User.id == CountyBook.applied_by_id)
    .group_by(CountyBook.id, User.display_name)
)

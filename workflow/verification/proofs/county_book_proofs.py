"""County book proofs: every applied county workbook and each of its changes equal their events."""

from collections.abc import Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import BookChange, CountyBook, Event
from workflow.history.book_record import digest_of
from workflow.verification.proofs.findings import Finding, RowComparison

_BOOKS = RowComparison[CountyBook, int](
    key=lambda row: row.id,
    actual=lambda row: ({"sha256": row.sha256, "counts": row.counts}, row.applied_at, row.applied_by_id),
    subject=lambda row: f"workbook {row.id}",
    differs="county_book_differs",
    missing="row_missing",
    missing_subject=lambda key: f"workbook {key}",
)


def county_books(session: Session) -> Iterator[Finding]:
    """Check every applied workbook against its event, its changes against the digest that the event has, and that those
    and no others are undone which an undoing names."""
    events = list(session.scalars(select(Event).where(Event.subject_type == "county_book").order_by(Event.id)))
    applied = {event.subject_id: event for event in events if event.action == "apply_county_book"}
    undone = {
        number: event.at for event in events if event.action == "undo_county_book" for number in event.effect["changes"]
    }
    books = session.scalars(select(CountyBook).order_by(CountyBook.id)).all()
    recorded = {number: (event.given, event.at, event.actor_id) for number, event in applied.items()}
    yield from _BOOKS.findings(books, recorded)
    for book in books:
        changes = session.scalars(select(BookChange).where(BookChange.book_id == book.id)).all()
        event = applied.get(book.id)
        if event is not None and digest_of(book.salt, changes) != event.effect["digest"]:
            yield Finding("county_book_differs", f"changes of workbook {book.id}")
        for change in changes:
            if change.undone_at != undone.get(change.id):
                yield Finding("county_book_differs", f"row {change.row} of sheet {change.sheet}, workbook {book.id}")

"""Checks of `verify` on addresses in use, first sign-in codes, applied county workbooks, and daily counts."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Address, BookChange, CountyBook, DayCount, Event, FirstSignIn
from workflow.boards.day_counts import moved
from workflow.history.book_record import digest_of
from workflow.verification.findings import Finding, RowComparison, is_intact

_ADDRESSES = RowComparison[Address, tuple[int, str]](
    key=lambda row: (row.user_id, row.channel),
    actual=lambda row: row.id,
    subject=lambda row: f"user {row.user_id} {row.channel}",
    differs="address_differs",
    missing="address_differs",
    missing_subject=lambda key: f"user {key[0]} {key[1]}",
)
_FIRST_SIGN_INS = RowComparison[FirstSignIn, int](
    key=lambda row: row.id,
    actual=lambda row: (row.user_id, "used" if row.used_at else "ended" if row.ended_at else "open"),
    subject=lambda row: f"first sign-in {row.id} of user {row.user_id}",
    differs="row_differs",
    missing="row_missing",
    missing_subject=lambda key: f"first sign-in {key}",
)
_BOOKS = RowComparison[CountyBook, int](
    key=lambda row: row.id,
    actual=lambda row: ({"sha256": row.sha256, "counts": row.counts}, row.applied_at, row.applied_by_id),
    subject=lambda row: f"workbook {row.id}",
    differs="county_book_differs",
    missing="row_missing",
    missing_subject=lambda key: f"workbook {key}",
)
_DAY_COUNTS = RowComparison[DayCount, str](
    key=lambda row: row.day.isoformat(),
    actual=lambda row: row.hash,
    intact=is_intact,
    subject=lambda row: f"day {row.day}",
    differs="day_count_differs",
    missing="row_missing",
    missing_subject=lambda key: f"day count {key}",
)


def addresses(session: Session) -> Iterator[Finding]:
    """Check that every address in use is the one its owner last entered, so that no stray row redirects messages.

    Addresses older than such events are skipped.
    """
    events = session.execute(
        select(Event.subject_id, Event.action, Event.given)
        .where(Event.subject_type == "user", Event.action.in_(("address_entered", "address_used", "address_dropped")))
        .order_by(Event.id)
    ).all()
    first = min((given["address"] for _, _, given in events), default=None)
    if first is None:
        return
    recorded: dict[tuple[int, str], int] = {}
    for user, action, given in events:
        key = (user, given["channel"])
        if action == "address_used":
            recorded[key] = given["address"]
        elif action == "address_dropped" and recorded.get(key) == given["address"]:
            del recorded[key]
    rows = (
        select(Address)
        .where(Address.id >= first, Address.ended_at.is_(None), Address.verified_at.is_not(None))
        .order_by(Address.user_id, Address.channel)
    )
    yield from _ADDRESSES.findings(session.scalars(rows), recorded)


def first_sign_ins(session: Session) -> Iterator[Finding]:
    """Check that every first sign-in code was made by an event, and is used or replaced by one."""
    kinds = ("first_sign_in_made", "first_sign_in_used")
    query = select(Event.subject_id, Event.action, Event.effect).where(Event.subject_type == "user")
    recorded: dict[int, tuple[int, str]] = {}
    last: dict[int, int] = {}
    for user, action, effect in session.execute(query.where(Event.action.in_(kinds)).order_by(Event.id)):
        code = effect["first_sign_in"]
        if action == "first_sign_in_used":
            recorded[code] = user, "used"
            continue
        before = last.get(user)
        if before is not None and recorded[before][1] == "open":
            recorded[before] = user, "ended"
        recorded[code], last[user] = (user, "open"), code
    yield from _FIRST_SIGN_INS.findings(session.scalars(select(FirstSignIn).order_by(FirstSignIn.id)), recorded)


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


def day_counts(session: Session) -> Iterator[Finding]:
    """Check every daily count against its event, and count filed and closed again from the tickets' own events.

    Overdue at midnight cannot be recounted, since a later change of working days moves deadlines.
    """
    recorded: dict[str, str] = {}
    events = select(Event).where(Event.subject_type == "county", Event.action == "count_days").order_by(Event.id)
    for event in session.scalars(events):
        recorded |= event.effect["days"]
    rows = session.scalars(select(DayCount).order_by(DayCount.day)).all()
    yield from _DAY_COUNTS.findings(rows, recorded)
    if not rows:
        return
    filed, closed = moved(session, rows[0].day, rows[-1].day)
    for row in rows:
        units = {unit for figures in (filed, closed) for on, unit in figures if on == row.day}
        for unit in sorted(units | {int(key) for key in row.content if key.isdecimal()}):
            counted: list[Any] = row.content.get(str(unit), [0, 0, 0])
            if counted[:2] != [filed[row.day, unit], closed[row.day, unit]]:
                yield Finding("day_miscounted", f"day {row.day}")
                break

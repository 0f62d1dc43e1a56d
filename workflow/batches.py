"""Batch jobs: their transactions, the fallback of a failing batch to one by one, and the result of one sweep."""

from collections.abc import Callable, Collection, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Ticket
from models.failures import DISK_FAULTS, OutcomeUnknown, trouble
from models.sealing import WrongKey
from workflow.errors import ClockInDoubt

T = TypeVar("T")
K = TypeVar("K")
Transactions = Callable[[], AbstractContextManager[Session]]


@dataclass(slots=True)
class Swept:
    """Result of one sweep: rungs by number, lapses by action, failures, and the lag of the oldest."""

    rungs: dict[int, int] = field(default_factory=dict)
    missed: int = 0
    lapsed: dict[str, int] = field(default_factory=dict)
    failed: dict[int, str] = field(default_factory=dict)
    lag_seconds: int = 0
    #: Tickets that were due but needed nothing; the second time they count as failed.
    idle: set[int] = field(default_factory=set)

    @property
    def done(self) -> int:
        return sum(self.rungs.values()) + sum(self.lapsed.values())


def lies_elsewhere(error: Exception) -> bool:
    """Whether an error says nothing about the item it met: the database is busy, full or away, a commit was lost, a disk is full
    or away, the key is not the database's, or the clock is in doubt.  The run ends there and is repeated; no item has failed."""
    if isinstance(error, DBAPIError):
        return trouble(error) is not None
    if isinstance(error, OSError):
        return error.errno in DISK_FAULTS
    return isinstance(error, OutcomeUnknown | PoolTimeout | WrongKey | ClockInDoubt)


def run(
    reading: Transactions,
    writing: Transactions,
    failed: dict[T, str],
    *,
    batch: Callable[[Session], int],
    find: Callable[[Session], Iterable[T]],
    single: Callable[[Session, T], int],
) -> int:
    """Batches: done each in a transaction until one does nothing; returns how many items were done.

    A failing batch is rolled back; what `find` reads is then done item by item, and items that fail are added to
    `failed`; an error that `lies_elsewhere` is raised.  `batch` and `find` leave out the items in `failed`, or the run does
    not end.
    """
    count = 0
    while True:
        known = len(failed)
        try:
            with writing() as session:
                done = batch(session)
        except Exception as error:
            if lies_elsewhere(error):
                raise
            with reading() as session:
                items = find(session)
            done = one_by_one(writing, items, single, failed, key=lambda item: item)
        count += done
        if not done and len(failed) == known:
            return count


def one_by_one(
    writing: Transactions,
    items: Iterable[T],
    single: Callable[[Session, T], int],
    failed: dict[K, str],
    *,
    key: Callable[[T], K],
) -> int:
    """Items: done each in a transaction of its own; returns how many were done.  A failing item stops no other and is
    added to `failed` with its reason."""
    count = 0
    for item in items:
        try:
            with writing() as session:
                done = single(session, item)
        except Exception as error:
            if lies_elsewhere(error):
                raise
            failed[key(item)] = f"{type(error).__name__}: {error}"[:200]
        else:
            count += done
    return count


@dataclass(frozen=True, slots=True)
class DueTickets:
    """Waiting rows that fall due at a moment of their own: the columns of their ticket, of that moment (UTC; None: never by
    itself) and of their key.  Workers share them: a batch locks its tickets and passes over those another holds."""

    ticket: InstrumentedAttribute[int]
    at: InstrumentedAttribute[Any]
    key: InstrumentedAttribute[int]

    def next_due(self, session: Session, now: datetime) -> datetime | None:
        """The earliest moment at which a row was due and that has passed by `now`, or None; constant cost."""
        due = select(self.at).where(self.at.is_not(None), self.at <= now).order_by(self.at).limit(1)
        return session.scalar(due)

    def tickets(
        self,
        session: Session,
        now: datetime,
        limit: int | None = None,
        without: Collection[int] = (),
        only: int | None = None,
        lock: bool = False,
    ) -> list[int]:
        """Ids of the tickets with a row due by `now`, those of the `limit` rows longest due; locked, they leave out what
        another transaction has locked."""
        due = select(self.ticket).where(self.at.is_not(None), self.at <= now).order_by(self.at, self.key).limit(limit)
        if only is not None:
            due = due.where(self.ticket == only)
        if without:
            due = due.where(self.ticket.not_in(list(without)))
        query = select(Ticket.id).where(Ticket.id.in_(select(due.subquery().c[0]))).order_by(Ticket.id)
        return list(session.scalars(query.with_for_update(skip_locked=True) if lock else query))

    def run(
        self,
        reading: Transactions,
        writing: Transactions,
        now: datetime,
        failed: dict[int, str],
        batch: int,
        handle: Callable[[Session, list[int]], int],
    ) -> int:
        """`handle` called with the locked tickets of a batch in a transaction, until nothing is due; returns the sum of
        what it returned.  A failing ticket stops no other and is added to `failed`."""
        return run(
            reading,
            writing,
            failed,
            batch=lambda session: handle(session, self.tickets(session, now, batch, failed, lock=True)),
            find=lambda session: self.tickets(session, now, batch, failed),
            single=lambda session, ticket: handle(session, self.tickets(session, now, 1, failed, ticket, lock=True)),
        )

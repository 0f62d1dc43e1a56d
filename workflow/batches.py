"""Batch jobs: their transactions, the fallback of a failing batch to one by one, and the result of one sweep."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TypeVar

from sqlalchemy.orm import Session

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
    `failed`.  `batch` and `find` leave out the items in `failed`, or the run does not end.
    """
    count = 0
    while True:
        known = len(failed)
        try:
            with writing() as session:
                done = batch(session)
        except Exception:
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
            failed[key(item)] = f"{type(error).__name__}: {error}"[:200]
        else:
            count += done
    return count

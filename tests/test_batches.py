"""Batches: a failing batch is repeated one item at a time, and a failing item does not stop the others."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from models.failures import OutcomeUnknown
from workflow import batches
from workflow.errors import ClockInDoubt


class Work:
    """Numbers to process, some of which fail; a transaction's work counts only if it commits."""

    def __init__(self, due: list[int], bad: set[int]) -> None:
        self.due, self.bad = due, bad
        self.failed: dict[int, str] = {}
        self.kept: list[list[int]] = []
        self._doing: list[int] = []

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        self._doing = []
        yield Session()
        if self._doing:
            self.kept.append(self._doing)

    def find(self, _: Session) -> list[int]:
        done = {one for lot in self.kept for one in lot}
        return [one for one in self.due if one not in done and one not in self.failed][:3]

    def do(self, lot: list[int]) -> int:
        for one in lot:
            if one in self.bad:
                raise ValueError(f"{one} is bad")
            self._doing.append(one)
        return len(lot)

    def run(self) -> int:
        return batches.run(
            self.transaction,
            self.transaction,
            self.failed,
            batch=lambda session: self.do(self.find(session)),
            find=self.find,
            single=lambda _, one: self.do([one]),
        )


def test_a_batch_is_one_transaction_and_a_failing_one_is_done_one_by_one() -> None:
    work = Work([1, 2, 3, 4, 5, 6, 7], bad={5})
    assert work.run() == 6
    assert work.kept == [[1, 2, 3], [4], [6], [7]]
    assert work.failed == {5: "ValueError: 5 is bad"}


def test_a_batch_of_which_everything_fails_does_not_hide_the_next() -> None:
    work = Work([1, 2, 3, 4], bad={1, 2, 3})
    assert work.run() == 1
    assert work.kept == [[4]]
    assert sorted(work.failed) == [1, 2, 3]


def test_what_single_items_find_done_already_ends_the_run() -> None:
    """The batch fails, and another worker has done each of its items: no progress, so no further round."""
    work = Work([1, 2], bad={1})
    work.do = lambda lot: 0 if len(lot) == 1 else Work.do(work, lot)  # type: ignore[method-assign]
    assert work.run() == 0
    assert work.failed == {}


def test_an_item_whose_transaction_fails_at_its_end_is_not_counted() -> None:
    @contextmanager
    def refused() -> Iterator[Session]:
        yield Session()
        raise RuntimeError("x" * 300)

    failed: dict[str, str] = {}
    assert batches.one_by_one(refused, [7], lambda *_: 1, failed, key=str) == 0
    assert failed["7"] == ("RuntimeError: " + "x" * 300)[:200]


@pytest.mark.parametrize("due", [[], [1, 2]])
def test_a_run_counts_what_was_done(due: list[int]) -> None:
    assert Work(due, bad=set()).run() == len(due)


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT 1", None, sqlite3.OperationalError("database is locked")),
        OperationalError("SELECT 1", None, sqlite3.OperationalError("database or disk is full")),
        OutcomeUnknown("the line broke"),
        ClockInDoubt("clock_behind"),
    ],
)
def test_a_busy_database_is_no_failed_item(error: Exception) -> None:
    """The run ends and is repeated; what is bad by itself fails alone."""

    class Busy(Work):
        def do(self, lot: list[int]) -> int:
            if 4 in lot:
                raise error
            return super().do(lot)

    work = Busy([1, 2, 3, 4, 5], bad={2})
    with pytest.raises(type(error)):
        work.run()
    assert work.kept == [[1], [3]]
    assert work.failed == {2: "ValueError: 2 is bad"}

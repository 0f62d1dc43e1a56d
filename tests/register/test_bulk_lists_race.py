"""Bulk lists by two workers at once: each line is worked once, and a family of two lists is one candidate."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import BulkLine, Candidate, Event
from models.engine import make_engine, reading, writing
from settings import DEVELOPMENT_SECRET
from tests.support.bulk_lists import line, list_scheme, stored, worked
from tests.support.factories import START, County
from tests.support.households import change, settle_register
from tests.support.persons import id_number
from tests.support.racing import second_of
from tests.support.spreadsheets import VAULT
from workflow.county.vault import Vault
from workflow.register.bulk_lists import list_work
from workflow.register.bulk_lists.list_matching import Matched, match_lines
from workflow.register.bulk_lists.list_sheet import ListLine
from workflow.verification.full_check import verify

pytestmark = pytest.mark.both_databases

#: SQLite has one writer at a time; what hangs on locks of rows is seen on PostgreSQL.
locks_of_rows = pytest.mark.one_database("postgresql")


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_register(engine, list_scheme())
    # A head whose name no other has.
    change(made, "A1", head_name="司马秋")
    return made


def counted(county: County) -> tuple[int, int, int]:
    """The candidates, the lines that are one, and those that wait."""
    with county.read() as session:
        lines = [
            session.scalar(select(func.count()).where(BulkLine.outcome == outcome))
            for outcome in ("candidate", "waiting")
        ]
        return (session.scalar(select(func.count()).select_from(Candidate)) or 0, lines[0] or 0, lines[1] or 0)


def test_many_workers_work_each_line_once(county: County, tmp_path: object) -> None:
    stored(county, *(line(f"欧阳{name}", id_number(at + 1)) for at, name in enumerate("甲乙丙丁戊己庚辛壬癸")))
    done: list[int] = []

    def works() -> None:
        while True:
            with county.write() as session:
                lines = list_work.work_batch(session, START, VAULT, size=2)
            done.append(lines)
            if not lines and counted(county)[2] == 0:
                return

    threads = [threading.Thread(target=works, daemon=True) for _ in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(120)
    assert sum(done) == 10
    assert counted(county) == (10, 10, 0)
    with county.read() as session:
        events = session.scalars(select(Event).where(Event.action == "work_lines"))
        told = [row["id"] for event in events for row in event.effect["lines"]]
        assert sorted(told) == sorted(set(told))
        assert [finding.code for finding in verify(session, str(tmp_path))] == []


def _works_and_hangs(url: str, begun: Any) -> None:
    with writing(make_engine(url, DEVELOPMENT_SECRET)) as session:
        list_work.work_batch(session, START, VAULT, size=4)
        begun.set()
        time.sleep(600)


def _works_to_the_end(url: str, begun: Any) -> None:
    engine = make_engine(url, DEVELOPMENT_SECRET)
    transactions = partial(reading, engine), partial(writing, engine)
    with reading(engine) as session:
        assert session.scalar(select(func.count()).where(BulkLine.outcome == "waiting")) == 10
    begun.set()
    while True:
        list_work.run(*transactions, VAULT, START)
        with reading(engine) as session:
            if not session.scalar(select(func.count()).where(BulkLine.outcome == "waiting")):
                return
        time.sleep(0.05)


def test_a_worker_killed_in_the_middle_leaves_its_lines_to_the_other(
    county: County, database_url: str, tmp_path: object
) -> None:
    """Two processes: one is killed (SIGKILL) with four lines worked and not committed, while the other wants the same list."""
    stored(county, *(line(f"欧阳{name}", id_number(at + 1)) for at, name in enumerate("甲乙丙丁戊己庚辛壬癸")))
    county.engine.dispose()
    context = multiprocessing.get_context("fork")
    begun, wanting = context.Event(), context.Event()
    first = context.Process(target=_works_and_hangs, args=(database_url, begun), daemon=True)
    second = context.Process(target=_works_to_the_end, args=(database_url, wanting), daemon=True)
    first.start()
    assert begun.wait(60)
    second.start()
    assert wanting.wait(60)
    os.kill(first.pid or 0, signal.SIGKILL)
    first.join()
    second.join(120)
    assert (first.exitcode, second.exitcode) == (-signal.SIGKILL, 0)
    assert counted(county) == (10, 10, 0)
    with county.read() as session:
        events = session.scalars(select(Event).where(Event.action == "work_lines"))
        told = [row["id"] for event in events for row in event.effect["lines"]]
        assert (len(told), len(set(told))) == (10, 10)
        assert [finding.code for finding in verify(session, str(tmp_path))] == []


@locks_of_rows
@pytest.mark.parametrize(
    ("first", "second", "outcome"),
    [
        # By name in one village the second waits and sees it; by number from two it is refused, and done again line by line.
        (line("欧阳秋菊"), line("欧阳秋菊", paid="900元"), "done"),
        (line("欧阳秋菊", id_number(7)), line("欧阳秋菊", id_number(7), "town-b-v1", "乙镇"), "candidate_known"),
    ],
)
def test_a_family_that_two_lists_name_at_once_is_one_candidate(
    county: County, first: list[str], second: list[str], outcome: str
) -> None:
    numbers = stored(county, first), stored(county, second)
    ended = second_of(
        county,
        lambda session: list_work.work_batch(session, START, VAULT, only=numbers[0]),
        lambda session: list_work.work_batch(session, START, VAULT, only=numbers[1]),
    )
    assert ended == outcome
    worked(county)
    assert counted(county) == (1, 2, 0)


@locks_of_rows
def test_a_second_worker_goes_on_with_the_next_list(county: County) -> None:
    """Seen: while one worker held the first list, the others stopped, and the later lists waited for it."""
    first = stored(county, line("欧阳秋菊", id_number(7)), line("欧阳冬梅", id_number(8)))
    second = stored(county, line("司马秋", paid="900元"))
    with county.write() as session:
        assert list_work.work_batch(session, START, VAULT, size=1) == 1
        # A whole run of another worker, in transactions of its own, while the first has not committed.
        assert list_work.run(county.read, county.write, VAULT, START) == 1
    assert outcomes(county) == [(first, "candidate", ""), (first, "waiting", ""), (second, "check", "")]


@locks_of_rows
def test_a_line_that_fails_is_looked_for_in_its_own_list(county: County, monkeypatch: pytest.MonkeyPatch) -> None:
    first = stored(county, line("欧阳秋菊", id_number(7)), line("欧阳冬梅", id_number(8)))
    second = stored(county, line("司马秋", paid="900元"), line("司马秋", paid="800元"))

    def fails(session: Session, vault: Vault, lines: Sequence[ListLine]) -> list[Matched]:
        if any(each.said["paid"] == "900元" for each in lines):
            raise ValueError("a line that nobody thought of")
        return match_lines(session, vault, lines)

    with county.write() as session:
        assert list_work.work_batch(session, START, VAULT, size=1) == 1
        monkeypatch.setattr(list_work, "match_lines", fails)
        assert list_work.run(county.read, county.write, VAULT, START) == 2
    assert outcomes(county) == [
        (first, "candidate", ""),
        (first, "waiting", ""),
        (second, "asked", "list_failed"),
        (second, "check", ""),
    ]


def outcomes(county: County) -> list[tuple[int, str, str]]:
    """List, outcome and reason of every line, in their order."""
    with county.read() as session:
        rows = session.execute(select(BulkLine.list_id, BulkLine.outcome, BulkLine.why).order_by(BulkLine.id))
        return [(row[0], row[1], row[2]) for row in rows]

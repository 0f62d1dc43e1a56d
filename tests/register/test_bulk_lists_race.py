"""Bulk lists by two workers at once: each line is worked once, and a family of two lists is one candidate."""

import threading

import pytest
from sqlalchemy import Engine, func, select

from models import BulkLine, Candidate, Event
from tests.support.bulk_lists import line, list_scheme, stored, worked
from tests.support.factories import START, County
from tests.support.households import settle_register
from tests.support.persons import id_number
from tests.support.racing import second_of
from tests.support.spreadsheets import VAULT
from workflow.register.bulk_lists import list_work
from workflow.verification.full_check import verify

pytestmark = pytest.mark.one_database("postgresql")


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_register(engine, list_scheme())


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

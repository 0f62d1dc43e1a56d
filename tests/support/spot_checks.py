"""Spot checks in tests: closing tickets, drawing from them, recording a result."""

from datetime import datetime, timedelta

from sqlalchemy import select

from models import SpotCheck, SpotResult
from tests.support.factories import START, County, day
from workflow.accountability.oversight import check_results, monthly_draw
from workflow.accountability.oversight.check_results import ResultInput
from workflow.policy.worktime import SHANGHAI
from workflow.tickets import attachments

FIRST = datetime(2018, 12, 1, 0, 10, tzinfo=SHANGHAI)
LOOKED = day(14)
DUE = datetime(2018, 12, 14, 17, 30, tzinfo=SHANGHAI)


def close(county: County, household: str = "A1", at: datetime = START, kind: str = "water") -> int:
    """A ticket filed, resolved and confirmed by `at`."""
    town = "town" if household.startswith("A") else "other_town"
    begins = at - timedelta(hours=3)
    ticket = county.file(town, household, kind, begins, description="欧阳修文家断水")
    county.do(kind, "accept", ticket, begins)
    county.resolve(ticket, at - timedelta(hours=1), kind)
    county.confirm(ticket, at, town)
    return ticket


def draw(county: County, at: datetime = FIRST) -> list[str]:
    return monthly_draw.run(county.read, county.write, at)


def look(
    county: County,
    result: str = "holds",
    who: str = "other_town",
    at: datetime = LOOKED,
    check: int = 1,
    note: str = "没有水",
) -> SpotResult:
    with county.write() as session:
        row = session.get_one(SpotCheck, check)
        piece = attachments.add(
            session,
            county.people[who],
            row.ticket_id,
            at,
            filename="a.jpg",
            sha256=f"{check:064d}",
            size=1,
            media_type="image/jpeg",
        )
        return check_results.record(
            session,
            county.people[who],
            at,
            check,
            ResultInput(result=result, visited_on=at.date().isoformat(), note=note, evidence=[piece.id]),
        )


def checks(county: County) -> list[SpotCheck]:
    with county.read() as session:
        return list(session.scalars(select(SpotCheck).order_by(SpotCheck.id)))

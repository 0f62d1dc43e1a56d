"""Erasure of households in tests: proposed, decided and carried out eleven years after everything else."""

from datetime import datetime, timedelta

from sqlalchemy import select

from models import Base
from tests.support.factories import START, County
from workflow.history import sealing
from workflow.register.erasing import erasure_requests, household_erasure

YEARS, DOCUMENT = 10, "五扶〔2029〕9号"
#: Eleven years after everything in the test, and the number of the document of then.
LATER = START + timedelta(days=4100)


def propose(county: County, who: str = "watcher", at: datetime = LATER, years: int = YEARS, code: str = "A1") -> int:
    with county.write() as session:
        return erasure_requests.propose(session, county.people[who], at, code, DOCUMENT, years).id


def decide(county: County, who: str, number: int, agrees: bool = True, at: datetime = LATER) -> None:
    with county.write() as session:
        erasure_requests.decide(session, county.people[who], at, number, agrees)


def carry_out(county: County, at: datetime = LATER) -> bool:
    with county.write() as session:
        return household_erasure.erase_due(session, at)


def erase(county: County, code: str = "A1") -> None:
    """Proposed by the colleague `watcher` of the inspectorate, agreed to, carried out, and sealed."""
    decide(county, "inspectorate", propose(county, code=code))
    assert carry_out(county)
    with county.write() as session:
        sealing.seal_all(session, LATER)


def everything(county: County) -> str:
    """All rows of all tables as the product reads them."""
    with county.read() as session:
        return "\n".join(
            repr(tuple(row)) for table in Base.metadata.sorted_tables for row in session.execute(select(table))
        )

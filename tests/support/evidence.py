"""Checkups for tests of evidence."""

from datetime import date, datetime

from sqlalchemy import select

from models import Checkup, Household
from tests.support.factories import START, County


def visit(county: County, who: str = "village", household: str = "A1", at: datetime = START) -> Checkup:
    """Inserts a checkup's row; how checkups are made is tested elsewhere."""
    actor = county.people[who]
    with county.write() as session:
        home = session.scalars(select(Household).where(Household.code == household)).one()
        checkup = Checkup(
            household_id=home.id,
            source="visit",
            seen_on=date(2018, 11, 20),
            recorded_at=at,
            by_id=actor.user_id,
            unit_id=actor.unit_id,
        )
        session.add(checkup)
        return checkup

"""Exits in doubt: who has left the register and lacks something again, for those whose area it is."""

import pytest
from sqlalchemy import Engine, update

from models import Household
from tests.support.factories import County, day, settle_county
from tests.support.rankings import ranked_scheme
from workflow.county.context import county_context
from workflow.register import exits_in_doubt

pytestmark = pytest.mark.one_database("sqlite")


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, ranked_scheme())
    with made.write() as session:
        session.execute(update(Household).where(Household.code.in_(("A1", "A2", "B1"))).values(status="exited"))
    return made


def doubted(county: County, who: str) -> list[tuple[str, str, list[str]]]:
    with county.read() as session:
        found = exits_in_doubt.doubted(session, county.people[who], county_context(session))
        return [(line.code, line.name, line.numbers) for line in found]


def test_the_longest_in_doubt_comes_first_with_all_its_tickets_and_those_on_the_register_never(county: County) -> None:
    second = county.file(household="A2", at=day(1))
    first = county.file("other_town", household="B1", at=day(0))
    county.file(household="A3", at=day(0))
    number = {ticket: county.ticket(ticket).number for ticket in (first, second)}
    everything = [("B1", "张三", [number[first]]), ("A2", "张三", [number[second]])]
    assert doubted(county, "office") == everything
    masked = [(code, "张*", numbers) for code, _, numbers in everything]
    assert doubted(county, "leaders") == doubted(county, "inspectorate") == masked
    assert doubted(county, "town") == doubted(county, "village") == everything[1:]
    assert doubted(county, "other_town") == doubted(county, "far_village") == everything[:1]
    assert doubted(county, "water") == everything
    for who in ("other_village", "power", "admin"):
        assert doubted(county, who) == [], who
    # What ends takes the doubt away.
    county.do("office", "cancel", second, day(2), reason="误报")
    assert doubted(county, "office") == everything[:1]

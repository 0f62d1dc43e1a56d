"""What a ranking reads of the haves from the history equals what the register said at that moment."""

from datetime import datetime

from sqlalchemy import Engine, select

from models import Household
from tests.support.factories import County, day
from tests.support.households import mend, settle_register, states, visit
from workflow.assessment.facts import facts_as_of
from workflow.assessment.facts.haves_as_of import haves_as_of
from workflow.county.context import county_context
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency

HOMES = ("A1", "A2", "B1")


def now(county: County) -> dict[str, list[tuple[str, str]]]:
    return {home: [(one.have.code, one.result) for one in states(county, home)] for home in HOMES}


def then(county: County, at: datetime) -> dict[str, list[tuple[str, str]]]:
    with county.read() as session:
        setting = county_context(session)
        ids = {row.id: row.code for row in session.scalars(select(Household).where(Household.code.in_(HOMES)))}
        homes = [home for home in facts_as_of.households(session, setting, at) if home.id in ids]
        found = haves_as_of(session, setting, homes, facts_as_of.tickets(session, setting, at), at)
        return {ids[home]: [(code, have.result) for code, have in haves.items()] for home, haves in found.items()}


def test_the_haves_of_a_moment_are_those_the_register_had_then(engine: Engine) -> None:
    county = settle_register(engine)
    seen: dict[datetime, dict[str, list[tuple[str, str]]]] = {}

    def note(at: datetime) -> None:
        seen[at] = now(county)

    note(day(0, 9))
    visit(county, at=day(0), findings={"water": "unmet", "school": "not_applicable"}, file=["water"])
    note(day(0, 11))
    visit(county, at=day(1), who="far_village", household="B1")
    note(day(1, 11))
    mend(county, 1, day(3))
    note(day(3, 11))
    with county.write() as session:
        reported = Deficiency(village="town-a-v1", kind="water", cause="dry")
        of_village = filing.file_ticket(session, county.people["town"], day(4), reported).ticket.id
    note(day(4, 11))
    county.do("water", "accept", of_village, day(5))
    county.resolve(of_village, day(6))
    county.confirm(of_village, day(7))
    # What was put right for the village is no evidence about a household.
    note(day(7, 11))
    wrong = county.file(household="A2", kind="power", at=day(8))
    note(day(8, 11))
    county.do("office", "cancel", wrong, day(9), reason="误报")
    note(day(9, 11))
    county.do("town", "reopen", 1, day(10), reason="又停水")
    note(day(10, 11))
    assert len({str(sorted(haves.items())) for haves in seen.values()}) >= 6
    for at, haves in seen.items():
        assert then(county, at) == haves, at

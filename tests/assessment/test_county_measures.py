"""Measures of the county itself count what its bureaus and offices owe, and nothing of the towns."""

from sqlalchemy import Engine

from tests.support.duties import at, duty_county, hand_in, open_by, tickets
from tests.support.factories import words
from workflow.assessment.facts import known_facts
from workflow.assessment.ranking import county_measures
from workflow.county.context import county_context
from workflow.policy.scheme.measures import CountyMeasure

MEETING = {"form": {"held_on": "2018-11-05", "opinions": "先通村再通户"}}


def test_of_a_duty_that_towns_owe_as_well_only_the_countys_own_counts(engine: Engine) -> None:
    county = duty_county(engine)
    open_by(county, at("2018-11-01"))
    made = tickets(county)
    for who, unit in (("office", "office"), ("town", "town-a")):
        ticket = hand_in(county, who, made[unit, "meeting", "2018-Q4"], at("2018-11-06"), **MEETING)
        county.confirm(ticket.id, at("2018-11-07"), "leaders" if who == "office" else "office")
    measure = CountyMeasure.model_validate(
        {
            "code": "held",
            "name": words("会议"),
            "item": 1,
            "of": ["duties.closed"],
            "to": ["duties.closed", "duties.open_overdue"],
            "duties": ["meeting"],
        }
    )
    moment = at("2018-12-03")
    with county.read() as session:
        setting = county_context(session)
        known = known_facts.Known(session, setting, moment)
        found = {
            term: county_measures.counted(session, setting, known, measure, term, moment.date(), moment)
            for term in ("duties.closed", "duties.closed_on_time")
        }
    number = county.ticket(made["office", "meeting", "2018-Q4"].id).number
    assert found == {"duties.closed": (1, (number,)), "duties.closed_on_time": (1, (number,))}

"""Written reports as duties: opened with the ranking, subject to the ladder, closed only by handing in."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from models import Escalation, Event, Ranking, Ticket
from tests.support.duties import NOWHERE, lawful
from tests.support.factories import START, County, settle_county, words
from tests.support.rankings import HOUR, ON, make_ranking, ranked_scheme, report
from tests.support.reforms import reform
from tests.support.signing import lead
from workflow.accountability import sweep
from workflow.adoption import calendar_change, holiday_notice
from workflow.assessment import duty_calendar, duty_status
from workflow.assessment.ranking import rankings, responses, written_reports
from workflow.county.context import county_context
from workflow.errors import WrongState
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI
from workflow.tickets.actions import lifecycle
from workflow.verification.full_check import verify

#: The working day after Friday 30 November is Monday 3 December, at noon.
NOON = datetime(2018, 12, 3, 12, 0, tzinfo=SHANGHAI)


@pytest.fixture
def county(engine: Engine) -> County:
    content = ranked_scheme().model_dump(mode="json")
    content["duties"] = {
        "list": [
            {
                "code": "report",
                "name": words("书面汇报"),
                "item": None,
                "units": ["water", "power", "housing", "office"],
                "period": "ranking",
                "due": {"by": "report"},
                "evidence": words("书面汇报"),
            },
        ]
    }
    made = settle_county(engine, Scheme.model_validate(content))
    lead(made, "water", "power", "housing", "office")
    return made


def owed(county: County) -> dict[tuple[str, str], Ticket]:
    names = {unit: code for code, unit in county.units.items()}
    with county.read() as session:
        rows = session.scalars(select(Ticket).where(Ticket.type == "duty"))
        return {(names[row.duty_unit_id], str(row.period)): row for row in rows}  # type: ignore[index]


def hand_in(county: County, who: str, row: Ranking, at: datetime) -> None:
    with county.write() as session:
        ranking = session.get_one(Ranking, row.id)
        if responses.may_sign(county.people[who], ranking, who):
            responses.sign(session, county.people[who], at, ranking)
        written_reports.issue(session, county.people[who], at, ranking)


def test_who_has_not_handed_in_by_the_hour_is_a_duty_gone_overdue(county: County) -> None:
    row = make_ranking(county)
    duties = owed(county)
    # Of those the scheme names, who report: the poverty bureau reports and is not named here.
    assert {unit for unit, _ in duties} == {"water", "power", "housing", "office"}
    for ticket in duties.values():
        assert (ticket.state, ticket.due_at) == ("in_progress", NOON)
        assert ticket.confirmer_unit_id == county.units["leaders"]
    water, power = (duties[unit, "2018-11-30"] for unit in ("water", "power"))
    # No button does it but the report itself.
    with county.read() as session:
        setting = county_context(session)
        assert "resolve" not in lifecycle.available_actions(county.people["water"], water, setting, HOUR)
    with pytest.raises(WrongState, match="done_by_reporting"):
        county.do("water", "resolve", water.id, HOUR)
    hand_in(county, "water", row, HOUR + timedelta(hours=1))
    late = NOON + timedelta(hours=5)
    sweep.run(county.read, county.write, late)
    hand_in(county, "power", row, late)
    with county.read() as session:
        setting = county_context(session)
        lines = {line.number: line for line in duty_status.lines(session, setting, late)}
        pressed = set(session.scalars(select(Escalation.ticket_id).where(Escalation.rung > 1)))
        assert (lines[water.number].state, lines[water.number].late) == ("closed", False)
        assert (lines[power.number].state, lines[power.number].late) == ("closed", True)
        housing = lines[duties["housing", "2018-11-30"].number]
        assert (housing.state, housing.late, housing.item) == ("in_progress", True, None)
        assert pressed == {power.id, duties["housing", "2018-11-30"].id, duties["office", "2018-11-30"].id}
        # The calendar of a unit shows it as handed in.
        assert [
            line.number for line in duty_calendar.calendar(session, setting, setting.by_code["water"], late).ended
        ] == [water.number]
        events = session.scalars(select(Event).where(Event.action == "hand_in").order_by(Event.id)).all()
        assert [event.actor_id for event in events] == [county.people[who].user_id for who in ("water", "power")]
        assert verify(session, NOWHERE) == []
    with pytest.raises(WrongState, match="done_by_reporting"):
        county.do("office", "reopen", water.id, late, reason="材料不全")
    assert lawful(county, late) == []


@pytest.mark.parametrize("new", [{"into": "power"}, {"name": "县水电局"}], ids=["into another", "a new one"])
def test_the_report_of_a_bureau_that_ends_is_owed_by_nobody(county: County, new: dict[str, str]) -> None:
    row = make_ranking(county)
    reform(county, HOUR + timedelta(hours=1), sources=["water"], from_day="2018-11-30", **new)
    after = owed(county)
    # The ranking bears the name of the bureau that made it, and its successor cannot draft under that name.
    assert after["water", "2018-11-30"].state == "withdrawn"
    assert after["power", "2018-11-30"].state == "in_progress"
    hand_in(county, "power", row, HOUR + timedelta(hours=2))
    assert lawful(county, NOON + timedelta(days=1)) == []


def test_it_moves_with_the_working_days_as_the_hour_of_the_roll_does(county: County) -> None:
    row = make_ranking(county)
    with county.write() as session:
        flood = holiday_notice.change("county", "五防汛〔2018〕3号", "2018-12-03,no,抗洪")
        calendar_change.apply(session, county.people["office"], HOUR + timedelta(hours=1), flood)
    assert {ticket.due_at for ticket in owed(county).values()} == {NOON + timedelta(days=1)}
    with county.read() as session:
        ranking = session.get_one(Ranking, row.id)
        setting = county_context(session, ranking.scheme_version_id)
        assert written_reports.due_at(setting, ranking) == NOON + timedelta(days=1)
        assert verify(session, NOWHERE) == []


def test_a_new_edition_asks_anew_and_lets_go_of_what_the_old_one_still_asked(county: County) -> None:
    report(county, START + timedelta(days=8), 50)
    row = make_ranking(county)
    hand_in(county, "water", row, HOUR)
    later = HOUR + timedelta(hours=2)
    report(county, later, 96, "漏计")
    with county.write() as session:
        rankings.correct(session, county.people["office"], later, ON, "更正")
    codes = owed(county)
    states = {(unit, period): ticket.state for (unit, period), ticket in codes.items()}
    assert states["water", "2018-11-30"] == "closed"
    assert states["power", "2018-11-30"] == states["office", "2018-11-30"] == "withdrawn"
    assert {unit for unit, period in states if period == "2018-11-30#2"} == {"water", "power", "housing", "office"}
    assert codes["water", "2018-11-30#2"].state == "in_progress"
    with county.read() as session:
        assert verify(session, NOWHERE) == []
    assert lawful(county, later + timedelta(minutes=1)) == []

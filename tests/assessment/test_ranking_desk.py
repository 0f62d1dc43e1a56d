"""The ranking desk: which day is at hand, who has reported, what is conspicuous, and reminders sent once a day."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from models import Ranking, RankingReminder
from tests.support.duties import NOWHERE
from tests.support.factories import County, settle_county
from tests.support.messages import notified
from tests.support.racing import second_of
from tests.support.rankings import HOUR, ON, make_ranking, ranked_scheme
from tests.support.signing import lead
from workflow.assessment import reported_figures
from workflow.assessment.desk import ranking_desk, unit_reminders
from workflow.assessment.desk.ranking_desk import RankingDay
from workflow.assessment.desk.unit_reminders import What
from workflow.assessment.figure_bounds import Assent, Line
from workflow.assessment.ranking import responses, written_reports
from workflow.county.context import county_context
from workflow.errors import NotAllowed, NotFound, WrongState
from workflow.policy.worktime import SHANGHAI
from workflow.verification.full_check import verify

NEXT = date(2018, 12, 10)


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, ranked_scheme())
    lead(made, "water", "power", "office")
    return made


def china(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def desk(county: County, now: datetime, on: date | None = None) -> RankingDay:
    with county.read() as session:
        found = ranking_desk.at_desk(session, county_context(session), now, on)
        assert found is not None
        return found


def report(county: County, up_to: str, at: datetime, *lines: Line, sure: bool = True) -> None:
    with county.write() as session:
        setting, day = county_context(session), date.fromisoformat(up_to)
        assent = Assent("上期漏计一个村", sure)
        reported_figures.report(
            session, county.people["power"], setting, at, "told", day, lines, "参保系统", {}, assent
        )


def states(county: County, now: datetime, on: date) -> list[tuple[str, int, int, int]]:
    """Of every reporting unit: new, older and missing figures."""
    with county.read() as session:
        day = ranking_desk.at_desk(session, county_context(session), now, on)
        assert day is not None
        return [
            (state.unit.code, one.new, one.older, one.missing)
            for state in ranking_desk.figures_in(session, day, now)
            for one in state.measures
        ]


def remind(county: County, who: str, now: datetime, on: date, what: What) -> set[str]:
    with county.write() as session:
        day = ranking_desk.at_desk(session, county_context(session), now, on)
        assert day is not None
        made = unit_reminders.remind(session, county.people[who], now, day, what)
        return {name for name, unit in county.units.items() if unit in made}


def test_the_day_at_hand_is_the_last_one_until_it_is_settled_or_the_eve_of_the_next(county: County) -> None:
    # Before its hour the day itself, with its hour in UTC.
    day = desk(county, china("2018-11-29T09:00"))
    assert (day.on, day.hour, day.before) == (ON, datetime(2018, 11, 30, 9, 0, tzinfo=UTC), date(2018, 11, 20))
    make_ranking(county)
    assert desk(county, china("2018-12-08T23:59")).on == ON
    assert desk(county, china("2018-12-09T00:00")).on == NEXT
    # Both days can be asked for; a day that is neither cannot.
    assert [desk(county, china("2018-12-05T09:00"), on).on for on in (ON, NEXT)] == [ON, NEXT]
    with pytest.raises(NotFound):
        desk(county, china("2018-12-05T09:00"), date(2018, 12, 20))


def test_the_board_speaks_of_a_ranking_from_the_day_before_until_its_hour(county: County) -> None:
    with county.read() as session:
        setting = county_context(session)
    told = [
        ranking_desk.on_eve(setting, china(f"2018-11-{at}")) for at in ("28T23:59", "29T00:00", "30T16:59", "30T17:00")
    ]
    assert told == [None, HOUR, HOUR, None]


def test_the_next_day_is_at_hand_once_every_report_is_received(county: County) -> None:
    row, morning = make_ranking(county), china("2018-12-03T09:00")
    with county.write() as session:
        found = session.get_one(Ranking, row.id)
        for name in ("water", "power", "housing", "poverty", "office"):
            if responses.may_sign(county.people[name], found, name):
                responses.sign(session, county.people[name], morning, found, "本期重点是饮水工程")
    lead(county, "housing", "poverty")
    with county.write() as session:
        found, setting = session.get_one(Ranking, row.id), county_context(session)
        lines = written_reports.standing(session, setting, found, morning)
        reports = [written_reports.issue(session, county.people[line.unit.code], morning, found).id for line in lines]
        for each in reports[:-1]:
            written_reports.receive(session, county.people["leaders"], morning, each)
    assert desk(county, morning).on == ON
    with county.write() as session:
        written_reports.receive(session, county.people["leaders"], morning, reports[-1])
    assert desk(county, morning).on == NEXT


def test_a_figure_is_new_only_if_it_speaks_of_a_day_after_the_ranking_before(county: County) -> None:
    now = china("2018-11-30T10:00")
    assert states(county, now, ON) == [("power", 0, 0, 2)]
    report(county, "2018-11-20", now, Line("甲镇", 90, 100))
    assert states(county, now, ON) == [("power", 0, 1, 1)]
    report(county, "2018-11-21", now, Line("甲镇", 90, 100), Line("乙镇", 95, 100))
    assert states(county, now, ON) == [("power", 2, 0, 0)]
    # What comes in after the hour counts for the next day alone.
    assert states(county, now - timedelta(minutes=1), ON) == [("power", 0, 0, 2)]


def test_a_trial_run_is_the_ranking_that_the_hour_would_make_and_keeps_nothing(county: County) -> None:
    now = china("2018-11-30T10:00")
    report(county, "2018-11-28", now, Line("甲镇", 90, 100), Line("乙镇", 50, 100))
    with county.read() as session:
        day = ranking_desk.at_desk(session, county_context(session), now)
        assert day is not None
        tried = ranking_desk.trial(session, day, now)
        assert session.scalar(select(func.count()).select_from(Ranking)) == 0
    made = make_ranking(county)
    assert tried["county"] == made.content["county"]
    assert tried["measures"] == made.content["measures"]


def test_figures_that_jump_against_the_last_ranking_are_conspicuous(county: County) -> None:
    report(county, "2018-11-28", china("2018-11-28T10:00"), Line("甲镇", 90, 100), Line("乙镇", 95, 100))
    make_ranking(county)
    report(county, "2018-12-05", china("2018-12-05T10:00"), Line("甲镇", 20, 100), Line("乙镇", 95, 100))
    with county.read() as session:
        now = china("2018-12-09T10:00")
        day = ranking_desk.at_desk(session, county_context(session), now)
        assert day is not None
        found = ranking_desk.conspicuous(session, day, ranking_desk.trial(session, day, now))
    assert [(one.town.name, one.figure, one.before, one.own) for one in found] == [("甲镇", (20, 100), (90, 100), None)]


def test_the_office_reminds_whoever_owes_figures_once_a_day(county: County) -> None:
    eve, hour = china("2018-11-29T09:00"), timedelta(hours=1)
    notified(county)
    with pytest.raises(NotAllowed, match="reminder_not_yours"):
        remind(county, "leaders", eve, ON, "figures")
    assert remind(county, "office", eve, ON, "figures") == {"power"}
    assert notified(county, "remind_figures") == {"power"}
    with pytest.raises(WrongState, match="nobody_to_remind"):
        remind(county, "office", eve + hour, ON, "figures")
    assert remind(county, "office", eve + 24 * hour, ON, "figures") == {"power"}
    report(county, "2018-11-28", eve + 25 * hour, Line("甲镇", 90, 100), Line("乙镇", 95, 100))
    with pytest.raises(WrongState, match="nobody_to_remind"):
        remind(county, "office", eve + 48 * hour, ON, "figures")
    with county.read() as session:
        assert verify(session, NOWHERE) == []


def test_reports_are_called_for_once_the_ranking_is_made_and_never_of_the_office_itself(county: County) -> None:
    with pytest.raises(WrongState, match="nobody_to_remind"):
        remind(county, "office", HOUR - timedelta(hours=1), ON, "report")
    row = make_ranking(county)
    with county.write() as session:
        found = session.get_one(Ranking, row.id)
        responses.sign(session, county.people["water"], HOUR, found, "本期重点是饮水工程")
        written_reports.issue(session, county.people["water"], HOUR, found)
    asked = remind(county, "office", HOUR + timedelta(hours=1), ON, "report")
    assert "power" in asked
    assert not asked & {"water", "office"}


def test_two_who_remind_at_once_remind_each_unit_once(county: County) -> None:
    eve = china("2018-11-29T09:00")

    def act(session: Session) -> None:
        day = ranking_desk.at_desk(session, county_context(session), eve)
        assert day is not None
        unit_reminders.remind(session, county.people["office"], eve, day, "figures")

    assert second_of(county, act, act) == "nobody_to_remind"
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(RankingReminder)) == 1

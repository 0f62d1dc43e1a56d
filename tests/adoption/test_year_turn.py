"""Turn of the year: previewed, done once, reminded of; day by day from 20 December to 15 January nothing is lost."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from models import SchemeAdoption, SchemeVersion
from tests.support.duties import at, duty_scheme, finish, lawful, open_by, tickets
from tests.support.factories import County, settle_county
from worker import begin_duties, sweep_once
from workflow.adoption import scheme_adoption, year_turn
from workflow.adoption.scheme_storing import install, year_to_install
from workflow.assessment import duty_calendar, duty_opening
from workflow.county import document_numbers, in_force
from workflow.county.context import county_context
from workflow.errors import Conflict, NotAllowed, Stale

NEW_YEAR = date(2019, 1, 1)


@pytest.fixture
def county(engine: Engine) -> County:
    """A county whose leading group's numbers went on from 17 in 2018, with everything open that a year has."""
    content = duty_scheme().model_dump(mode="json")
    for unit in content["units"]:
        if unit["code"] == "leaders":
            unit["first_number"] = 17
    made = settle_county(engine, type(duty_scheme()).model_validate(content))
    open_by(made, at("2018-12-03"))
    made.file(at=at("2018-12-19"))
    return made


def wanted(county: County, now: datetime, fixed: int | None = None, who: str = "office") -> year_turn.YearTurn:
    with county.read() as session:
        return year_turn.preview(session, county.people[who], now, fixed)


def turn(county: County, now: datetime, seen: str | None = None) -> SchemeAdoption:
    with county.write() as session:
        seen = seen or year_turn.preview(session, county.people["office"], now, None).seen
        return year_turn.turn(session, county.people["office"], now, None, seen)


def reminder(county: County, now: datetime, fixed: int | None = None) -> tuple[str, int] | None:
    with county.read() as session:
        return year_turn.reminder(session, county_context(session, at=now), now, fixed)


def refusal(county: County, now: datetime, fixed: int | None = None) -> str:
    with pytest.raises(Conflict) as refused:
        wanted(county, now, fixed)
    return refused.value.code


@pytest.mark.both_databases
def test_day_by_day_over_new_year_duties_open_once_and_what_is_open_crosses_over(county: County) -> None:
    before = {key: row for key, row in tickets(county).items() if row.ended_at is None}
    turned: list[date] = []
    for day in _days(date(2018, 12, 20), date(2019, 1, 15)):
        now = at(day.isoformat())
        if day == date(2018, 12, 24):
            turn(county, now)
        assert sweep_once(county.engine, lambda now=now: now) is not None
        with county.read() as session:
            setting = county_context(session, at=now)
            assert setting.year == day.year, day
            owed = {
                line.number
                for cell in duty_calendar.matrix(session, setting, now).cells.values()
                for line in cell.lines
            }
            assert {row.number for row in before.values()} <= owed, day
            for name in ("town-a", "water", "office"):
                unit = setting.by_code[name]
                shown = duty_calendar.calendar(session, setting, unit, now)
                mine = {row.number for row in before.values() if row.duty_unit_id == unit.id}
                assert mine <= {line.number for line, _ in shown.owed}, (day, name)
        if day >= NEW_YEAR and not turned:
            turned.append(day)
            assert begin_duties(county.engine, now).count == 0, "the sweep has opened them"
    made = Counter(period for _, _, period in tickets(county))
    assert turned == [NEW_YEAR]
    assert {"2019-01", "2019-Q1", "2019-H1"} <= made.keys()
    # What was handed in late still belongs to its year.
    report = before["water", "report", "2018-12"]
    finish(county, "water", report, at("2019-01-15"), form={"cases": "0"})
    assert lawful(county, at("2019-01-15", 12)) == []


@pytest.mark.one_database("sqlite")
def test_the_preview_says_what_the_act_does_and_two_runs_do_it_once(county: County) -> None:
    now = at("2018-12-24")
    seen = wanted(county, now)
    assert (seen.before, seen.year, seen.from_day, seen.renumbered) == (2018, 2019, NEW_YEAR, ("县扶贫开发领导小组",))
    assert (seen.crossing["tickets"], seen.crossing["duties"]) == (1, len(tickets(county)))
    with county.read() as session:
        begun, later = duty_opening.of_year(county_context(session), seen.scheme, seen.year, seen.from_day)
    with pytest.raises(NotAllowed):
        wanted(county, now, who="water")
    with pytest.raises(Stale):
        turn(county, now, "something else")
    turn(county, now)
    assert (refusal(county, now), reminder(county, now)) == ("year_prepared", None)
    with pytest.raises(Conflict):
        turn(county, now, seen.seen)
    open_by(county, at("2019-01-01"))
    assert len([period for _, _, period in tickets(county) if period.startswith("2019")]) == len(begun)
    open_by(county, at("2019-12-31"))
    of_year = [key for key in tickets(county) if key[2].startswith("2019")]
    assert len(of_year) == len(begun) + len(later)
    with county.read() as session:
        assert session.scalars(select(SchemeVersion.year).order_by(SchemeVersion.id)).all() == [2018, 2019]


@pytest.mark.one_database("sqlite")
def test_numbers_begin_with_one_in_the_new_year(county: County) -> None:
    def number(now: datetime) -> str:
        with county.write() as session:
            setting = county_context(session, at=now)
            return document_numbers.take_documents(session, setting, setting.by_code["leaders"], now.year)[0]

    assert number(at("2018-12-24")).endswith(":17")
    turn(county, at("2018-12-24"))
    with county.write() as session:
        in_force.settle(session, at("2019-01-02"))
    assert number(at("2019-01-02")).endswith(":1")


@pytest.mark.one_database("sqlite")
def test_the_office_is_reminded_from_december_on_and_a_missed_turn_is_made_up_for(county: County) -> None:
    assert (refusal(county, at("2018-09-30")), reminder(county, at("2018-11-30"))) == ("year_too_early", None)
    assert reminder(county, at("2018-12-01")) == ("missing", 2019)
    assert reminder(county, at("2019-01-05")) == ("late", 2019)
    assert (reminder(county, at("2019-01-05"), 2018), refusal(county, at("2019-01-05"), 2018)) == (None, "year_fixed")
    # An update in January turns no year by itself.
    with county.write() as session:
        setting = county_context(session)
        year = year_to_install(session, None, date(2019, 1, 5))
        install(session, setting.scheme, year, at("2019-01-05"))
    assert (year, reminder(county, at("2019-01-05"))) == (2018, ("late", 2019))
    assert turn(county, at("2019-01-05")).from_day == date(2019, 1, 5)
    open_by(county, at("2019-01-05"))
    assert ("water", "report", "2019-01") in tickets(county)
    assert reminder(county, at("2019-01-05")) is None


@pytest.mark.one_database("sqlite")
def test_a_scheme_adopted_after_the_preparation_is_not_lost_silently(county: County) -> None:
    turn(county, at("2018-12-10"))
    content = duty_scheme().model_dump(mode="json")
    content["duties"]["grace"] = 7
    with county.write() as session:
        scheme = type(duty_scheme()).model_validate(content)
        scheme_adoption.adopt(session, county.people["office"], at("2018-12-12"), scheme, 2018, date(2018, 12, 20))
    assert reminder(county, at("2018-12-12")) == ("outdated", 2019)
    with county.write() as session:
        row = year_turn.planned(session, 2019)
        assert row is not None
        scheme_adoption.revoke(session, county.people["office"], at("2018-12-12"), row.id)
    assert wanted(county, at("2018-12-12")).scheme.duties.grace == 7


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += timedelta(days=1)

"""Entered days of the quota's houses count once another unit has confirmed them."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from models import QuotaHouse
from tests.assessment.test_counted_rows import DAY, add, found, proved, rows_scheme
from tests.support.duties import at, open_by, tickets
from tests.support.factories import County, settle_county
from tests.support.rankings import HOUR, ON, figures, make_ranking
from workflow.assessment.ranking import snapshot
from workflow.county.context import county_context
from workflow.errors import BadInput, NotAllowed
from workflow.register.counted import quota, quota_history, quota_verdicts
from workflow.register.counted.quota_verdicts import Judged
from workflow.tickets.actions import duty_progress

PAID, FINISHED = date(2018, 11, 20), date(2018, 11, 25)


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, rows_scheme())
    open_by(county, at("2018-11-01"))
    add(county, "A1")
    return county


def enter(county: County, who: str = "town", reason: str = "", **days: date | None) -> None:
    given = {"A1": {"paid_on": PAID, "finished_on": FINISHED} | days}
    with county.write() as session:
        quota.settle(session, county.people[who], county_context(session), DAY, given, reason)


def judge(
    county: County, who: str, verdict: str = "confirmed", reason: str = "", moment: Any = DAY, *days: Judged
) -> int:
    every = days or (Judged("A1", "paid", PAID), Judged("A1", "finished", FINISHED))
    with county.write() as session:
        setting = county_context(session)
        return quota_verdicts.judge(session, county.people[who], setting, moment, every, verdict, reason)


def progress(county: County) -> int:
    with county.read() as session:
        ticket = tickets(county)["town-a", "houses", "2018"]
        counted = duty_progress.counted(session, county_context(session), ticket)
    assert counted is not None
    return counted.done


def test_what_a_town_enters_counts_once_the_guiding_bureau_has_confirmed_it(county: County) -> None:
    """Seen: a town's own word that 45 houses were paid and finished stood in the ranking at 100 %."""
    enter(county)
    before = make_ranking(county)
    assert (figures(before, "paid")["town-a"], figures(before, "built")["town-a"]) == ((0, 2), (0, 2))
    assert progress(county) == 0
    assert judge(county, "housing", "confirmed", "", HOUR + timedelta(hours=1)) == 1
    assert progress(county) == 1
    after = make_ranking(county, HOUR + timedelta(days=10), ON + timedelta(days=10))
    assert (figures(after, "paid")["town-a"], figures(after, "built")["town-a"]) == ((1, 2), (1, 2))
    assert proved(county, before)
    assert proved(county, after)
    assert found(county) == []


def test_a_ranking_of_version_4_counts_unconfirmed_days_and_stays_proved(county: County) -> None:
    enter(county)
    with county.read() as session:
        setting = county_context(session)
        old = snapshot.figures_of(session, setting, ON, HOUR, HOUR, formula=4)
        new = snapshot.figures_of(session, setting, ON, HOUR, HOUR)
    built = {4: {"of": 1, "to": 2}, 7: {"of": 0, "to": 2}}
    for content in (old, new):
        line = next(entry for entry in content["measures"] if entry["code"] == "built")["towns"][0]
        assert {name: line[name] for name in ("of", "to")} == built[content["formula_version"]]


@pytest.mark.parametrize(
    ("by", "judges", "others"),
    [
        ("town", "housing", ("town", "office", "poverty", "leaders")),
        ("office", "housing", ("town", "office")),
        ("housing", "town", ("housing", "office", "village")),
    ],
)
def test_no_unit_confirms_what_it_entered(county: County, by: str, judges: str, others: tuple[str, ...]) -> None:
    enter(county, by)
    for who in others:
        with pytest.raises((NotAllowed, BadInput)):
            judge(county, who)
    assert judge(county, judges) == 1
    assert found(county) == []


def test_the_database_refuses_a_verdict_of_the_unit_that_entered(county: County) -> None:
    enter(county)
    assert judge(county, "housing") == 1
    with pytest.raises(IntegrityError, match="by_another"), county.engine.begin() as connection:
        connection.execute(text("UPDATE quota_house SET paid_verdict_unit_id = paid_unit_id"))
    with pytest.raises(IntegrityError, match="judged"), county.engine.begin() as connection:
        connection.execute(text("UPDATE quota_house SET finished_verdict_at = NULL"))


def test_a_returned_day_counts_nothing_and_may_be_confirmed_later(county: County) -> None:
    enter(county)
    for nothing in ("", "无"):
        with pytest.raises(BadInput) as refusal:
            judge(county, "housing", "returned", nothing)
        assert refusal.value.field == "reason"
    assert judge(county, "housing") == 1
    assert judge(county, "housing", "returned", "银行流水与名单不符") == 1
    assert progress(county) == 0
    with county.read() as session:
        row = session.scalars(select(QuotaHouse)).one()
        last = quota_history.changes(session, row.household_id, False)[0]
    assert (last.reason, last.verdicts) == ("银行流水与名单不符", {"paid": "returned", "finished": "returned"})
    assert judge(county, "housing") == 1
    assert progress(county) == 1
    assert found(county) == []


def test_a_changed_day_needs_a_new_verdict_and_the_other_keeps_its_own(county: County) -> None:
    enter(county)
    judge(county, "housing")
    enter(county, reason="录入错误", finished_on=FINISHED - timedelta(days=1))
    with county.read() as session:
        row = session.scalars(select(QuotaHouse)).one()
        assert (row.paid_verdict, row.finished_verdict) == ("confirmed", None)
    with pytest.raises(BadInput) as refusal:
        judge(county, "housing")
    assert (refusal.value.code, refusal.value.params["code"]) == ("quota_day_moved", "A1")
    assert found(county) == []


def test_nothing_ticked_is_said_and_a_repeat_changes_nothing(county: County) -> None:
    enter(county)
    with county.write() as session, pytest.raises(BadInput) as refusal:
        quota_verdicts.judge(session, county.people["housing"], county_context(session), DAY, [], "confirmed")
    assert refusal.value.code == "quota_none_chosen"
    assert (judge(county, "housing"), judge(county, "housing")) == (1, 0)


def test_a_verdict_written_beside_its_door_is_found(county: County) -> None:
    enter(county)
    judge(county, "housing", "returned", "尚未验收")
    with county.engine.begin() as connection:
        connection.execute(text("UPDATE quota_house SET paid_verdict = 'confirmed'"))
    assert found(county) == ["quota_house_differs"]

"""A duty handed in short of its item counts as not reached in measures, today and when the past is folded back."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from models import Ranking
from tests.support.duties import LAST, at, duty, enter, finish, number, open_by, tickets
from tests.support.factories import County, settle_county, words
from tests.support.rankings import figures, make_ranking, ranked_scheme
from workflow.assessment.ranking import rankings
from workflow.policy.scheme.model import Scheme
from workflow.policy.worktime import SHANGHAI

DAY = date(2018, 12, 10)
HOUR = datetime(2018, 12, 10, 17, 0, tzinfo=SHANGHAI)
ALL = {
    "code": "all",
    "text": words("全部纳入"),
    "demand": "reached",
    "of": [{"field": "covered"}],
    "relation": "at_least",
    "to": [{"field": "entitled"}],
}
LED = {
    "code": "led",
    "text": words("一把手主持"),
    "demand": "reached",
    "of": [{"field": "heads"}],
    "relation": "at_least",
    "value": 1,
}


def measure(code: str, of: str, to: list[str], *duties: str) -> dict[str, Any]:
    return {"code": code, "name": words(code), "item": 1, "of": [of], "to": to, "duties": list(duties)}


def short_scheme() -> Scheme:
    form = [number("covered"), number("entitled")]
    meetings = {"target": 2, "unit": words("次"), "fields": [number("heads")], "rules": [LED]}
    duties = [
        duty("cover", ["towns"], "yearly", LAST, item=1, fields=form, rules=[ALL]),
        duty("meet", ["towns"], "yearly", LAST, item=1, count=meetings),
        duty("county_meet", ["water"], "yearly", LAST, item=1, count=meetings),
    ]
    content = ranked_scheme().model_dump(mode="json")
    content["duties"] = {"list": duties}
    content["measures"] = [
        measure("on_time", "duties.closed_on_time", ["duties.closed", "duties.open_overdue"], "cover", "meet"),
        measure("pace", "entries.in_pace", ["entries.expected"], "cover"),
        measure("met", "entries.done", ["entries.target"], "meet"),
    ]
    content["county_measures"] = [measure("county_met", "entries.done", ["entries.target"], "county_meet")]
    return Scheme.model_validate(content)


@pytest.fixture
def county(engine: Engine) -> County:
    county = settle_county(engine, short_scheme())
    open_by(county, at("2018-11-01"))
    return county


def finished(county: County, unit: str, who: str, code: str, day: str = "2018-12-03", **given: Any) -> None:
    finish(county, who, tickets(county)[unit, code, "2018"], at(day), **given)


def proved(county: County, row: Ranking) -> bool:
    with county.read() as session:
        return rankings.recompute(session, row).holds


def test_a_form_that_falls_short_is_closed_and_counts_as_not_reached(county: County) -> None:
    finished(county, "town-a", "town", "cover", form={"covered": "99", "entitled": "100"}, missing="一人外出")
    finished(county, "town-b", "other_town", "cover", form={"covered": "100", "entitled": "100"})
    row = make_ranking(county, HOUR, DAY)
    assert figures(row, "on_time") == {"town-a": (0, 1), "town-b": (1, 1)}
    assert figures(row, "pace") == {"town-a": (0, 1), "town-b": (1, 1)}
    assert proved(county, row)


def test_a_report_sent_back_counts_by_its_last_form_as_known_at_the_hour(county: County) -> None:
    ticket = tickets(county)["town-a", "cover", "2018"]
    finished(county, "town-a", "town", "cover", form={"covered": "99", "entitled": "100"}, missing="一人外出")
    row = make_ranking(county, HOUR, DAY)
    later = HOUR + timedelta(days=2)
    county.do("office", "reopen", ticket.id, later, reason="请补齐")
    finish(county, "town", ticket, later, form={"covered": "100", "entitled": "100"})
    assert figures(make_ranking(county, later + timedelta(days=8), date(2018, 12, 20)), "on_time")["town-a"] == (1, 1)
    assert proved(county, row)


def test_a_count_below_its_target_is_not_reached_either(county: County) -> None:
    enter(county, "town", tickets(county)["town-a", "meet", "2018"], "2018-12-02", fields={"heads": "1"})
    finished(county, "town-a", "town", "meet", missing="尚缺1次")
    assert figures(make_ranking(county, HOUR, DAY), "on_time")["town-a"] == (0, 1)


def test_entries_that_fall_short_count_in_no_measure(county: County) -> None:
    for unit, who, code in (("town-a", "town", "meet"), ("water", "water", "county_meet")):
        ticket = tickets(county)[unit, code, "2018"]
        enter(county, who, ticket, "2018-12-02", fields={"heads": "1"})
        enter(county, who, ticket, "2018-12-03", fields={"heads": "0"}, reason="书记外出")
    row = make_ranking(county, HOUR, DAY)
    assert figures(row, "met")["town-a"] == (1, 2)
    assert [(line["of"], line["to"]) for line in row.content["of_county"]] == [(1, 2)]

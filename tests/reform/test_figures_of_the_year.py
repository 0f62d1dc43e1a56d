"""Year figures across a reform: rankings made before it are proved with the units of their hour; from it on what its
predecessors had in the year counts for the successor."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from models import Ranking
from tests.support.factories import County, day, settle_county
from tests.support.rankings import HOUR, ON, figures, live_a_month, make_ranking, ranked_scheme
from tests.support.reforms import reform, sound, unit
from workflow.accountability.oversight import unit_accounts
from workflow.assessment.facts import facts_as_of
from workflow.assessment.ranking import rankings
from workflow.county.context import county_context
from workflow.policy.worktime import SHANGHAI

AFTER = HOUR + timedelta(hours=20)
NEXT = date(2018, 12, 10)
NEXT_HOUR = datetime(2018, 12, 10, 18, tzinfo=SHANGHAI)
PAPER = {"from_day": "2018-11-25"}
REFORMS: dict[str, dict[str, Any]] = {
    "towns merge": {"sources": ["town-a"], "into": "town-b"},
    "towns become a new one": {"sources": ["town-a", "town-b"], "name": "新城镇"},
    "a town is divided": {
        "kind": "split",
        "sources": ["town-a"],
        "parts": [{"name": "新城镇"}, {"into": "town-b", "villages": ["town-a-v1"]}],
    },
    "a village goes to another town": {
        "kind": "move",
        "subject": "village",
        "sources": ["town-a-v1"],
        "into": "town-b",
    },
    "villages merge": {"subject": "village", "sources": ["town-a-v1"], "into": "town-a-v2"},
    "a town is renamed": {"kind": "rename", "sources": ["town-a"], "name": "新城镇"},
    "bureaus merge": {"sources": ["water"], "into": "power"},
    "a bureau is divided": {
        "kind": "split",
        "sources": ["water"],
        "parts": [{"name": "县供水局"}, {"name": "县用能局", "kinds": ["water"]}],
    },
}


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, ranked_scheme(), households=6)
    live_a_month(made)
    return made


def holds(county: County, on: date) -> tuple[str, ...]:
    with county.read() as session:
        row = rankings.latest(session, on)
        assert row is not None
        return rankings.recompute(session, row).differs


def each_town_has_its_own(county: County, row: Ranking) -> None:
    """What is read of one town alone is what the whole county's facts have of it."""
    with county.read() as session:
        setting = rankings.setting_of(session, row)
        whole = facts_as_of.tickets(session, setting, row.as_of)
        assert whole
        for town in (one.id for one in setting.units.values() if one.type == "town"):
            own = [fact for fact in whole if town in (fact.town_id, fact.duty_unit_id)]
            assert facts_as_of.tickets(session, setting, row.as_of, town) == own


@pytest.mark.parametrize("name", REFORMS)
def test_a_ranking_of_a_day_before_is_proved_after_the_reform(county: County, name: str) -> None:
    before = make_ranking(county)
    assert holds(county, ON) == ()
    reform(county, AFTER, **{**REFORMS[name], **PAPER})
    assert holds(county, ON) == ()
    each_town_has_its_own(county, before)
    with county.read() as session:
        names = [line["town"] for line in before.content["county"]]
        setting = rankings.setting_of(session, before)
        assert {county.code("town-a"), county.code("town-b")} == set(names) == set(setting.scheme.towns)
    after = make_ranking(county, NEXT_HOUR, NEXT)
    assert holds(county, NEXT) == ()
    each_town_has_its_own(county, after)
    assert after.content["county"]
    assert sound(county, NEXT_HOUR + timedelta(hours=1)) == []


@pytest.mark.parametrize("name", REFORMS)
def test_a_ranking_made_late_has_the_units_of_its_hour(county: County, name: str) -> None:
    reform(county, AFTER, **{**REFORMS[name], **PAPER})
    late = make_ranking(county, AFTER + timedelta(days=1))
    towns = {line["town"] for line in late.content["county"]}
    assert towns == {county.code("town-a"), county.code("town-b")}
    assert figures(late, "time")[county.code("town-a")] == (0, 1)
    assert holds(county, ON) == ()


@pytest.mark.parametrize(
    ("name", "heir"),
    [("towns merge", "town-b"), ("towns become a new one", None), ("a town is divided", "town-b")],
)
def test_what_a_town_had_in_the_year_counts_for_its_successor(county: County, name: str, heir: str | None) -> None:
    reform(county, AFTER, **{**REFORMS[name], **PAPER})
    row = make_ranking(county, NEXT_HOUR, NEXT)
    with county.read() as session:
        setting = county_context(session)
        successor = county.code(heir) if heir else setting.present(unit(county, "town-a").id).code
    assert figures(row, "time")[successor] == (0, 1)
    assert county.code("town-a") not in figures(row, "time")


def test_what_was_closed_before_a_village_went_counts_for_its_old_town(county: County) -> None:
    reform(county, AFTER, **{**REFORMS["a village goes to another town"], **PAPER})
    row = make_ranking(county, NEXT_HOUR, NEXT)
    assert figures(row, "time")[county.code("town-a")] == (0, 1)


def test_the_account_of_the_year_is_read_under_both_names(county: County) -> None:
    with county.read() as session:
        office, ended = county.people["office"], unit(county, "water").id
        before = unit_accounts.reckoning(session, office, county_context(session), ended)
    reform(county, AFTER, sources=["water"], into="power", **PAPER)
    with county.read() as session:
        setting = county_context(session)
        after = unit_accounts.reckoning(session, office, setting, ended)
        assert (after.held, after.on_time, after.late) == (before.held, before.on_time, before.late)
        assert before.on_time > 0
        assert setting.predecessors[unit(county, "power").id] == (ended,)
    assert sound(county, day(14)) == []

"""Reforms for a day to come: recorded now, applied once at the beginning of their day, or withdrawn until then."""

from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

import worker
from models import Custody, PlannedReform, Reform
from models.engine import in_transaction
from tests.support.factories import START, County, day, settle_county
from tests.support.racing import second_of
from tests.support.reforms import PAPER, in_every_state, reform, sound, unit
from tests.support.verify import findings_after
from workflow.errors import BadInput, NotAllowed, NotFound, Stale, WrongState
from workflow.policy.worktime import SHANGHAI
from workflow.reform import planned_reforms

DAY = {"from_day": "2018-12-01"}
EVE = datetime(2018, 11, 30, 23, 59, tzinfo=SHANGHAI)
OPENING = datetime(2018, 12, 1, 0, 0, 30, tzinfo=SHANGHAI)
KINDS: dict[str, dict[str, Any]] = {
    "rename": {"kind": "rename", "sources": ["water"], "name": "县水利局"},
    "merge": {"sources": ["water"], "into": "power"},
    "new": {"sources": ["water", "power"], "name": "县水电局"},
    "split": {
        "kind": "split",
        "sources": ["water"],
        "parts": [{"name": "县供水局"}, {"into": "power", "items": ["1"]}],
    },
    "move": {"kind": "move", "subject": "village", "sources": ["town-a-v1"], "into": "town-b"},
}


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=9)


def plan(county: County, at: datetime = START, who: str = "office", **given: Any) -> PlannedReform:
    asked = {"kind": "merge", "subject": "unit", **PAPER, **DAY, **given}
    asked["sources"] = [county.code(source) for source in asked["sources"]]
    if asked.get("into"):
        asked["into"] = county.code(asked["into"])
    for part in asked.get("parts", ()):
        if "into" in part:
            part["into"] = county.code(part["into"])
    with county.write() as session:
        made = planned_reforms.enter(session, county.people[who], at, asked)
    assert isinstance(made, PlannedReform)
    return made


def planned(county: County) -> PlannedReform:
    with county.read() as session:
        return session.scalars(select(PlannedReform)).one()


def applied(county: County) -> list[Reform]:
    with county.read() as session:
        return list(session.scalars(select(Reform)))


@pytest.mark.parametrize("kind", KINDS)
def test_it_takes_effect_at_the_beginning_of_its_day_and_once(county: County, kind: str) -> None:
    in_every_state(county)
    plan(county, **KINDS[kind])
    assert worker.begin_reforms(county.engine, EVE) == 0
    assert applied(county) == []
    assert sound(county, EVE) == []
    assert worker.begin_reforms(county.engine, OPENING) == 1
    assert worker.begin_reforms(county.engine, OPENING) == 0
    (made,) = applied(county)
    assert (made.at, made.from_day.isoformat(), made.by_id) == (OPENING, "2018-12-01", county.people["office"].user_id)
    assert (planned(county).state, planned(county).reform_id) == ("applied", made.id)
    assert sound(county, day(20)) == []


def test_two_workers_apply_it_once(county: County) -> None:
    number = plan(county, **KINDS["merge"]).id
    act = partial(planned_reforms.apply_planned, planned_id=number, now=OPENING)
    assert second_of(county, act, act) == "done"
    assert len(applied(county)) == 1


def test_a_crash_leaves_nothing_done_and_it_is_applied_at_the_next_run(county: County) -> None:
    in_every_state(county)
    number = plan(county, **KINDS["merge"]).id
    with pytest.raises(RuntimeError), county.write() as session:
        planned_reforms.apply_planned(session, number, OPENING)
        raise RuntimeError("the power fails before the commit")
    assert (applied(county), planned(county).state) == ([], "waiting")
    assert worker.begin_reforms(county.engine, OPENING) == 1
    assert sound(county, day(20)) == []


def test_it_is_withdrawn_before_its_day_and_not_afterwards(county: County) -> None:
    number = plan(county, **KINDS["merge"]).id
    for who in ("town", "water", "leaders", "inspectorate", "admin"):
        with pytest.raises(NotAllowed), county.write() as session:
            planned_reforms.withdraw(session, county.people[who], day(1), number)
    with pytest.raises(NotFound), county.write() as session:
        planned_reforms.withdraw(session, county.people["office"], day(1), 99)
    in_transaction(county.engine, lambda s: planned_reforms.withdraw(s, county.people["office"], day(1), number))
    assert worker.begin_reforms(county.engine, OPENING) == 0
    assert (applied(county), planned(county).state) == ([], "withdrawn")
    with pytest.raises(WrongState), county.write() as session:
        planned_reforms.withdraw(session, county.people["office"], day(2), number)


def test_what_no_longer_fits_is_refused_with_its_reason_and_stops_nothing(county: County) -> None:
    plan(county, **KINDS["merge"])
    reform(county, day(1), sources=["water"], into="housing")
    assert worker.begin_reforms(county.engine, OPENING) == 1
    assert (planned(county).state, planned(county).refusal) == ("refused", "ended_already")
    assert len(applied(county)) == 1
    assert sound(county, day(20)) == []


@pytest.mark.parametrize(
    ("given", "meanwhile"),
    [
        # Another unit's name by then, of which it is said that it is another's; and one that looks like the unit's own,
        # which is seen by the database alone, since the new unit begins before its sources end.
        (
            {"kind": "rename", "name": "县水利局Ⅱ", "another": True},
            {"kind": "rename", "name": "县水利局II", "another": True},
        ),
        ({"sources": ["water", "power"], "name": "县⽔务局", "another": True}, None),
    ],
)
def test_a_name_that_looks_like_another_by_then_is_refused_with_its_reason(
    county: County, given: dict[str, Any], meanwhile: dict[str, Any] | None
) -> None:
    plan(county, **{"sources": ["water"], **given})
    if meanwhile:
        reform(county, day(1), sources=["housing"], **meanwhile)
        with pytest.raises(BadInput, match="name_looks_alike"):
            plan(county, at=day(1), **{"sources": ["power"], **given})
    assert worker.begin_reforms(county.engine, OPENING) == 1
    assert (planned(county).state, planned(county).refusal) == ("refused", "name_looks_alike")
    assert worker.begin_reforms(county.engine, OPENING) == 0
    assert sound(county, day(20)) == []


def test_what_is_wrong_is_refused_when_it_is_entered(county: County) -> None:
    with pytest.raises(BadInput) as error:
        plan(county, sources=["water"], into="water")
    assert error.value.code == "into_itself"
    with pytest.raises(BadInput) as error:
        plan(county, sources=["water"], into="power", from_day="2020-02-01")
    assert error.value.code == "reform_day"
    with pytest.raises(Stale), county.write() as session:
        asked = {"kind": "merge", "subject": "unit", "sources": ["water"], "into": "power", **PAPER, **DAY}
        planned_reforms.enter(session, county.people["office"], START, asked, seen="of another preview")


def test_one_entered_late_rewrites_nothing_that_was_issued(county: County) -> None:
    ticket = county.file()
    county.do("water", "accept", ticket)
    with county.read() as session:
        before = session.scalars(
            select(Custody).where(Custody.ticket_id == ticket, Custody.ended_at.is_not(None))
        ).all()
    reform(county, day(10), sources=["water"], into="power", from_day="2018-11-21")
    with county.read() as session:
        after = {row.id: row for row in session.scalars(select(Custody).where(Custody.ticket_id == ticket))}
    for row in before:
        assert (after[row.id].unit_id, after[row.id].verdict) == (row.unit_id, row.verdict)
    assert max(after.values(), key=lambda row: row.seq).began_at == day(10)
    assert unit(county, "water").ended_on is not None
    assert sound(county, day(11)) == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE planned_reform SET document = 'x'",
        "UPDATE planned_reform SET reason = 'x'",
        "UPDATE planned_reform SET from_day = '2018-12-02'",
        "UPDATE planned_reform SET state = 'withdrawn', settled_at = entered_at",
        "DELETE FROM planned_reform",
    ],
)
def test_an_altered_row_is_found(county: County, tmp_path: Path, statement: str) -> None:
    plan(county, **KINDS["merge"])
    assert findings_after(county.engine, tmp_path, []) == set()
    assert "planned_reform_differs" in findings_after(county.engine, tmp_path, [statement])

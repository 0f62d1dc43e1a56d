"""No rung, paper or case is issued to a unit that has ended, whatever the kind of ticket and of reform."""

from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from models import AccountabilityCase, Escalation, Paper, Unit
from tests.support.cases import case_county
from tests.support.factories import START, County, day, small_scheme
from tests.support.reforms import reform, sound
from workflow.accountability import sweep

KINDS = [(kind.code, kind.causes[0].code if kind.causes else None) for kind in small_scheme().kinds]
REFORMS: dict[str, list[dict[str, Any]]] = {
    "merged": [
        {"sources": ["water", "power", "poverty"], "into": "housing"},
        {"sources": ["town-a"], "into": "town-b"},
    ],
    "new": [{"sources": ["water", "power", "poverty"], "name": "县民生局"}, {"sources": ["town-a"], "name": "新城镇"}],
    "divided": [
        {"kind": "split", "sources": [code], "parts": [{"name": f"县{n}一局"}, {"name": f"县{n}二局"}], "another": True}
        for code, n in (("water", "甲"), ("power", "丙"), ("poverty", "戊"))
    ]
    + [
        {
            "kind": "split",
            "sources": ["town-a"],
            "parts": [{"name": "新城镇"}, {"into": "town-b", "villages": ["town-a-v1"]}],
        }
    ],
}


@pytest.fixture
def county(engine: Engine) -> County:
    return case_county(engine)


@pytest.mark.parametrize("name", REFORMS)
@pytest.mark.parametrize("days", [0.5, 12, 21, 31])
def test_every_kind_of_ticket_climbs_on_at_a_living_unit(county: County, name: str, days: float) -> None:
    tickets = [county.file("town", "A1", kind, START, cause=cause) for kind, cause in KINDS]
    assert sweep.run(county.read, county.write, day(days, 8.5)).failed == {}
    for number, asked in enumerate(REFORMS[name]):
        paper = {"from_day": day(days).date().isoformat()}
        reform(county, day(days, 9 + number / 10), **paper, **asked)
    before = _last(county)
    for later in (days + 20, days + 60, days + 140):
        assert sweep.run(county.read, county.write, day(later, 9)).failed == {}
    with county.read() as session:
        ended = set(session.scalars(select(Unit.id).where(Unit.ended_on.is_not(None))))
        assert len(ended) == 4
        for model in (Escalation, Paper, AccountabilityCase):
            issued = set(session.scalars(select(model.unit_id).where(model.id > before[model.__name__])))
            assert not issued & ended
        climbed = session.scalar(
            select(func.count()).select_from(Escalation).where(Escalation.id > before["Escalation"])
        )
        assert climbed
    assert len(tickets) == len(KINDS)
    assert sound(county, day(days + 140, 9.5)) == []


def _last(county: County) -> dict[str, int]:
    with county.read() as session:
        return {
            model.__name__: session.scalar(select(func.max(model.id))) or 0
            for model in (Escalation, Paper, AccountabilityCase)
        }

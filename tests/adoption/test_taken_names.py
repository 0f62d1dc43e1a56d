"""Names that a reform gave away while an adopted scheme waited for its day: the reform stands, and the scheme comes into force."""

from datetime import date

import pytest
from sqlalchemy import Engine, select

from models import Unit, UnitAlias
from tests.support.factories import County, day, settle_county, small_scheme
from tests.support.reforms import reform
from tests.support.reforms import sound as reformed_soundly
from tests.support.schemes import adopt, with_part
from workflow.county import in_force


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, small_scheme())


def names(county: County) -> dict[str, str]:
    with county.read() as session:
        return dict(session.execute(select(Unit.code, Unit.name)).all())


@pytest.mark.parametrize("taken", ["县应急A局", "县应急Ａ局"])
def test_a_name_that_a_reform_has_given_away_is_not_taken_from_its_unit(county: County, taken: str) -> None:
    waiting = small_scheme()
    position = next(at for at, unit in enumerate(waiting.units) if unit.code == "power")
    waiting = with_part(waiting, f"units.{position}.name", "县应急A局")
    adopt(county, waiting, date(2018, 12, 1))
    before = names(county)
    reform(county, kind="rename", sources=["water"], name=taken, sure=True)
    with county.write() as session:
        assert in_force.settle(session, day(30)) == 1
    after = names(county)
    assert (after["power"], after["water"]) == (before["power"], taken)
    assert reformed_soundly(county, day(30)) == []


def test_another_name_that_looks_like_one_in_use_is_entered_once(county: County) -> None:
    waiting = small_scheme()
    position = next(at for at, unit in enumerate(waiting.units) if unit.code == "power")
    adopt(county, with_part(waiting, f"units.{position}.aliases", ["县电力A局", "县电力Ａ局"]), date(2018, 12, 1))
    with county.write() as session:
        in_force.settle(session, day(30))
        aliases = select(UnitAlias.alias).join(Unit, Unit.id == UnitAlias.unit_id).where(Unit.code == "power")
        assert session.scalars(aliases).all() == ["县电力A局"]

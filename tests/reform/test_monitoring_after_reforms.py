"""The second scheme after the reforms of 2023–2025: 县农业农村局 with the plate 县乡村振兴局 is one unit, also when the office is
set up at it, or the bureau is renamed."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from tests.support.factories import County, day, settle_county
from tests.support.reforms import actor, reform, sound, unit
from workflow.county.context import county_context
from workflow.county.unit_names import find_unit

SCHEME = Path("schemes/fanpin-monitoring.yaml")
PLATED = "poverty"  # the cast's word for the bureau whose house the office shares


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, stage=SCHEME)


@pytest.mark.parametrize("name", ["", "县委农村工作委员会办公室"])
def test_the_bureau_with_the_plate_stays_one_unit_when_the_office_comes_to_it(county: County, name: str) -> None:
    reform(county, day(1), sources=["office"], into=PLATED, name=name, another=True)
    actor(county, "office")
    farming = unit(county, PLATED)
    with county.read() as session:
        setting = county_context(session)
        for text in ("县乡村振兴局", "五华县乡村振兴局", "县农业农村局", "乡村振兴局"):
            assert find_unit(session, text).id == farming.id, text
        assert [plate.name for plate in setting.plates(setting.unit(farming.id))] == ["县乡村振兴局"]
        assert setting.office.name == (name or unit(county, "office").name)
        assert setting.ruler(farming.id).id == setting.leaders.id
    assert sound(county, day(2)) == []

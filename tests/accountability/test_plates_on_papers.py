"""A bureau with two plates is one unit: a paper bears the name by which the rule calls it."""

from pathlib import Path

from sqlalchemy import Engine, select

from models import Paper, Unit
from tests.support.factories import County, day, settle_county
from tests.support.scheme_cast import SCHEMES
from workflow.accountability import sweep
from workflow.county.unit_names import find_unit
from workflow.verification import full_check

MONITORING = next(path for path in SCHEMES if path.stem == "fanpin-monitoring")


def full_names(county: County) -> dict[str, str]:
    with county.read() as session:
        papers = session.scalars(select(Paper).order_by(Paper.id)).all()
        return {paper.content["kind"]["zh"]: paper.content["unit"]["full"] for paper in papers}


def test_a_paper_bears_the_plate_that_the_policy_names(engine: Engine, tmp_path: Path) -> None:
    county = settle_county(engine, stage=MONITORING)
    county.file(household="A1", kind="record_differs", at=day(1))
    county.file(household="A2", kind="income_drop", cause="farm_failed", at=day(1))
    for number in range(2, 15):
        sweep.run(county.read, county.write, day(number))
    with county.read() as session:
        farming = session.scalars(select(Unit).where(Unit.code == "farming")).one()
        assert {find_unit(session, name).id for name in ("县农业农村局", "县乡村振兴局", "乡村振兴局")} == {farming.id}
        assert set(session.scalars(select(Paper.unit_id))) == {farming.id}
    # Both are of one unit, and each by its name.
    assert full_names(county) == {
        "监测信息与实际不符": "五华县乡村振兴局",
        "收入低于监测范围或支出骤增": "五华县农业农村局",
    }
    with county.read() as session:
        assert full_check.verify(session, tmp_path) == []

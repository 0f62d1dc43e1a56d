"""Names on documents of a unit that a reform renamed or made: made of its name until the office defines them."""

import pytest
from sqlalchemy import Engine

from tests.support.factories import County, day, settle_county
from tests.support.notice import SCHEME
from tests.support.reforms import reform
from tests.support.schemes import with_part
from workflow.county.context import county_context
from workflow.setup.unit_definitions import Definitions


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine)


@pytest.mark.parametrize("kind", ["rename", "merge"])
def test_the_office_gives_a_renamed_or_new_unit_its_full_name_and_mark(county: County, kind: str) -> None:
    sources = ["water"] if kind == "rename" else ["water", "power"]
    reform(county, day(1), kind=kind, sources=sources, name="县水利局")

    def names() -> tuple[str, str, str]:
        with county.read() as session:
            setting = county_context(session, at=day(3))
            unit = next(each for each in setting.living if each.name == "县水利局")
            return setting.full_name(unit), setting.scheme.mark(unit.code), unit.code

    full, _mark, code = names()
    assert full.endswith("县水利局")
    with county.write() as session:
        definitions = Definitions.now(session, county.people["office"], day(2))
        assert definitions.change(code, {"full_name": "五华县水利和供电局", "mark": "华水电"}) == ["full_name", "mark"]
        definitions.adopt(session, county.people["office"], day(2))
    assert names() == ("五华县水利和供电局", "华水电", code)
    with county.write() as session:
        again = Definitions.now(session, county.people["office"], day(4))
        assert again.change(code, {"full_name": "五华县水利和供电局", "mark": "华水电"}) == []
    reform(county, day(5), kind="rename", sources=[code], name="县水务管理局")
    with county.read() as session:
        setting = county_context(session)
        assert setting.full_name(setting.by_code[code]).endswith("县水务管理局")


@pytest.mark.parametrize(
    ("name", "mark"),
    [
        ("县委农村工作领导小组办公室", "华委农村办"),
        ("县委农村工作领导小组", "华委农村组"),
        ("县某某工作局", "华某某"),
        ("县农业发展委员会", "华农业发展委"),
        ("某镇", "华某镇"),
    ],
)
def test_a_mark_that_nobody_gave_is_short_and_begins_as_the_countys_do(name: str, mark: str) -> None:
    """Seen: a compilation numbered 五委农村工作领导小组办公〔2026〕45号."""
    unit = {"code": "new", "name": name, "name_en": "New", "type": "bureau"}
    assert with_part(SCHEME, "units.+", unit).mark("new") == mark

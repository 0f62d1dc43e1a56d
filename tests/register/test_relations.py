"""Relations to the head follow the head where the words say so, and are left empty where they do not."""

import pytest
from sqlalchemy import Engine, select

from models import Member
from tests.support.factories import County
from tests.support.households import change, people, settle_register
from tests.support.lives import happen
from workflow.register.lives.relations import seen_from


@pytest.mark.parametrize(
    ("head", "head_sex", "relation", "sex", "expected"),
    [
        ("配偶", "f", "户主", "m", "配偶"),
        ("妻", "f", "之子", "m", "之子"),
        ("配偶", "f", "父亲", "m", "之公公"),
        ("配偶", "m", "之母", "f", "之岳母"),
        ("配偶", None, "之母", "f", ""),
        ("配偶", "f", "岳父", "m", "之父"),
        ("配偶", "f", "之孙女", "f", "之孙女"),
        ("长子", "m", "户主", "m", "之父"),
        ("之子", "m", "配偶", "f", "之母"),
        ("之女", "f", "次子", "m", "之兄弟姐妹"),
        ("之子", "m", "之儿媳", "f", ""),
        ("之子", "m", "之孙子", "m", ""),
        ("之父", "m", "户主", "m", "之子"),
        ("之父", "m", "配偶", "f", "之儿媳"),
        ("之母", "f", "之父", "m", "配偶"),
        ("之父", "m", "之女", "f", "之孙女"),
        ("", "m", "之女", "f", ""),
        ("其他", "m", "之女", "f", ""),
    ],
)
def test_what_follows_is_derived_and_what_does_not_is_left_to_be_asked(
    head: str, head_sex: str | None, relation: str, sex: str | None, expected: str
) -> None:
    assert seen_from(head, head_sex, relation, sex) == expected


def test_when_the_head_dies_the_widow_is_head_and_the_others_are_hers(engine: Engine) -> None:
    county: County = settle_register(engine)
    people(
        county,
        {"relation": "户主", "sex": "m"},
        {"relation": "配偶", "sex": "f"},
        {"relation": "之子", "sex": "m"},
        {"relation": "之父", "sex": "m"},
        {"relation": "之弟", "sex": "m"},
    )
    change(county, head_name="人1", people=5)
    happen(county, "died", "人1", head="人2")
    with county.read() as session:
        now_are = {row.name: row.relation for row in session.scalars(select(Member).where(Member.ends_on.is_(None)))}
    assert now_are == {"人2": "户主", "人3": "之子", "人4": "之公公", "人5": ""}

"""A number of 0 and a text that speaks of what it counts contradict each other, in every form of both schemes."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask_babel import Babel

from tests.support.scheme_cast import SCHEMES, shipped_scheme
from tests.support.shipped_county import ShippedCounty, shipped_in
from web.words.errors import sentence
from workflow.errors import BadInput
from workflow.policy.scheme.duties import Duty, FormField
from workflow.policy.scheme.reader import SchemeRefused, parse_scheme

READ = {path.stem: shipped_scheme(path) for path in SCHEMES}
NOTICE = READ["wuhua-2018"]
#: Texts beside numbers that speak of no count, and why.
OF_NO_NUMBER = {
    "joint_archive.volume": "the number of the file",
    "industry_join.exempt": "villages without the conditions, whatever the households",
    "cadres_sent.towns": "the towns are a base of the rule; none with cadres is impossible",
    "performance.results": "what the funds brought about, idle or not",
    "people_sent.places": "at least one person is sent",
}
SAID = "已追回多领补助1200元，退回镇财政所"


def texts_beside_numbers() -> list[tuple[str, Duty, FormField]]:
    """The texts of forms that also hold numbers, but for those that state that there is none."""
    return [
        (name, duty, field)
        for name, scheme in READ.items()
        for duty in scheme.duties.list
        if any(field.type == "number" for field in duty.fields)
        for field in duty.fields
        if field.type in ("text", "towns") and field.code not in {each.none for each in duty.fields}
    ]


ABOUT = [(duty, field) for _, duty, field in texts_beside_numbers() if field.about]


@pytest.fixture(scope="module")
def notice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ShippedCounty]:
    yield from shipped_in(tmp_path_factory.mktemp("texts"), NOTICE)


def test_every_text_beside_a_number_says_which_it_speaks_of() -> None:
    unbound = {f"{duty.code}.{field.code}" for _, duty, field in texts_beside_numbers() if not field.about}
    assert unbound == OF_NO_NUMBER.keys()


@pytest.mark.parametrize(("duty", "field"), ABOUT, ids=lambda part: part.code)
def test_a_text_about_what_is_0_is_refused_at_its_box(notice: ShippedCounty, duty: Duty, field: FormField) -> None:
    ticket = notice.owed(duty.code)
    zero = {share.field: "0" for share in field.about}
    zero |= {each.none: "已逐户核对名册" for each in duty.fields if each.none and each.code in zero}
    form = notice.plausible(duty, notice.period(ticket), **zero, **{field.code: SAID})
    with pytest.raises(BadInput) as error:
        notice.hand_in(ticket, form, missing="其余部分12月25日前补齐")
    assert (error.value.code, error.value.field) == ("text_of_none", f"form.{field.code}")
    app = Flask(__name__)
    Babel(app, default_locale="en")
    with app.test_request_context():
        assert field.name.en in sentence(error.value)
        assert "leave this empty" in sentence(error.value)


def test_who_reports_cases_says_what_was_done_and_who_has_none_says_nothing(notice: ShippedCounty) -> None:
    """Item 15 (seen: 0 cases with a text under 处理情况 was taken)."""
    ticket, why = notice.owed("incidents"), {"missing": "1件挪用案已于12月10日移送县纪委"}
    with pytest.raises(BadInput) as error:
        notice.hand_in(ticket, {"cases": "1"}, **why)
    assert (error.value.code, error.value.field) == ("missing", "form.dealt_with")
    with pytest.raises(BadInput) as error:
        notice.hand_in(ticket, {"cases": "0", "dealt_with": SAID})
    assert error.value.code == "text_of_none"
    notice.hand_in(ticket, {"cases": "1", "dealt_with": SAID}, **why)
    for silence in ({}, {"dealt_with": "无"}):
        ticket = notice.owed("incidents")
        notice.hand_in(ticket, {"cases": "0", **silence})
        assert "short" not in notice.recorded(ticket)


def test_a_scheme_names_numbers_that_a_text_speaks_of() -> None:
    content = NOTICE.model_dump(mode="json")
    duty = next(each for each in content["duties"]["list"] if each["code"] == "incidents")
    field = next(each for each in duty["fields"] if each["code"] == "dealt_with")
    field["about"] = [{"field": "dealt_with"}]
    with pytest.raises(SchemeRefused, match="about"):
        parse_scheme(NOTICE.model_validate(content).model_dump_json())

"""What a form of a duty may say: the impossible is refused, what falls short of the item needs its reason and counts not."""

from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import DutyEntry, Event, Ticket
from tests.support.duties import LAST, NOWHERE, at, duty, duty_county, enter, finish, hand_in, number, open_by, tickets
from tests.support.factories import County, words
from workflow.assessment import duty_view
from workflow.errors import BadInput
from workflow.tickets.actions import duty_progress
from workflow.tickets.views import detail
from workflow.verification.full_check import verify

COVERED = {"code": "covered", "of": [{"field": "covered"}], "to": [{"field": "entitled"}]}
WHO = {
    "code": "who",
    "name": words("who"),
    "type": "choice",
    "choices": [{"code": "secretary", "name": words("书记")}, {"code": "deputy", "name": words("副职")}],
}
DUTIES = [
    duty(
        "cover",
        ["water"],
        "yearly",
        LAST,
        fields=[
            number("entitled"),
            number("covered", min=1, max=500),
            {"code": "held_on", "name": words("held on"), "type": "date", "within_period": True},
            {"code": "causes", "name": words("causes"), "min_chars": 10},
        ],
        rules=[
            {**COVERED, "text": words("不多于"), "demand": "possible", "relation": "at_most"},
            {**COVERED, "code": "all", "text": words("全部纳入"), "demand": "reached", "relation": "at_least"},
        ],
    ),
    duty(
        "chaired",
        ["water"],
        "yearly",
        LAST,
        count={
            "target": 2,
            "unit": words("meetings"),
            "fields": [WHO],
            "rules": [
                {
                    "code": "heads",
                    "text": words("一把手主持"),
                    "demand": "reached",
                    "choice": "who",
                    "one_of": ["secretary"],
                }
            ],
        },
    ),
]
FORM = {"entitled": "100", "covered": "100", "held_on": "2018-11-05", "causes": "两户外出务工人员未缴费"}
MOMENT = at("2018-12-03")


@pytest.fixture
def county(engine: Engine) -> County:
    county = duty_county(engine, DUTIES)
    open_by(county, at("2018-11-01"))
    return county


def owed(county: County, code: str) -> Ticket:
    return next(row for (_, what, _), row in tickets(county).items() if what == code)


def refused(county: County, **form: Any) -> BadInput:
    with pytest.raises(BadInput) as error:
        hand_in(county, "water", owed(county, "cover"), MOMENT, form=FORM | form)
    return error.value


@pytest.mark.parametrize(
    ("form", "code", "field"),
    [
        ({"covered": "500", "entitled": "100"}, "form_impossible", "form.covered"),
        ({"covered": "501", "entitled": "600"}, "above_most", "form.covered"),
        ({"covered": "0"}, "below_least", "form.covered"),
        ({"held_on": "2017-12-31"}, "outside_period", "form.held_on"),
        ({"held_on": "2018-12-04"}, "date_in_future", "form.held_on"),
        ({"causes": "无"}, "says_nothing", "form.causes"),
        ({"causes": "无 无 无 无 无 无"}, "says_nothing", "form.causes"),
        ({"covered": "99"}, "form_not_reached", "missing"),
        ({"causes": "无" * 20}, "says_nothing", "form.causes"),
        ({"causes": "加强领导。" * 5}, "sentence_repeated", "form.causes"),
        ({"causes": "高度重视，水源不足，加强领导。"}, "too_short", "form.causes"),
        ({"covered": "99.5"}, "not_a_count", "form.covered"),
    ],
)
def test_each_refusal_stands_at_its_field(county: County, form: dict[str, str], code: str, field: str) -> None:
    error = refused(county, **form)
    assert (error.code, error.field) == (code, field)
    # The sentence calls the field as the form does, not by its code.
    assert field == "missing" or error.params["field_zh"]


@pytest.mark.parametrize(("covered", "held_on"), [("1", "2018-01-01"), ("500", "2018-12-03")])
def test_the_bounds_themselves_are_possible(county: County, covered: str, held_on: str) -> None:
    form = FORM | {"covered": covered, "entitled": covered, "held_on": held_on}
    assert hand_in(county, "water", owed(county, "cover"), MOMENT, form=form).state == "resolved"


def test_what_falls_short_is_sent_with_its_reason_and_shown_to_the_confirmer(county: County) -> None:
    ticket = owed(county, "cover")
    hand_in(county, "water", ticket, MOMENT, form=FORM | {"covered": "99"}, missing="一人外出")
    with county.read() as session:
        view = detail.ticket_view(session, county.people["office"], ticket.number, MOMENT)
        shown = duty_view.duty_view(session, county.people["office"], view, MOMENT)
        assert shown is not None
        assert shown.report is not None
        assert [rule.code for rule in shown.report.short] == ["all"]
        assert shown.report.missing == "一人外出"
        event = session.scalars(select(Event).where(Event.subject_id == ticket.id, Event.action == "resolve")).one()
        assert event.given["short"] == ["all"]


def test_what_reaches_the_item_says_nothing_of_a_shortfall(county: County) -> None:
    ticket = owed(county, "cover")
    finish(county, "water", ticket, MOMENT, form=FORM)
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.subject_id == ticket.id, Event.action == "resolve")).one()
        assert "short" not in event.given
        assert {each.code for each in verify(session, NOWHERE)} <= {"bytes_missing"}


def test_an_entry_that_falls_short_counts_nothing(county: County) -> None:
    ticket = owed(county, "chaired")
    enter(county, "water", ticket, "2018-11-20", fields={"who": "secretary"})
    with pytest.raises(BadInput) as error:
        enter(county, "water", ticket, "2018-11-21", fields={"who": "deputy"})
    assert (error.value.code, error.value.field) == ("form_not_reached", "reason")
    enter(county, "water", ticket, "2018-11-21", fields={"who": "deputy"}, reason="书记出差")
    with county.read() as session:
        setting = detail.ticket_view(session, county.people["office"], ticket.number, MOMENT).setting
        counted = duty_progress.counted(session, setting, session.get_one(Ticket, ticket.id))
        assert counted is not None
        assert (counted.done, counted.missing) == (1, 1)
        assert session.scalars(select(DutyEntry.reason).order_by(DutyEntry.id)).all() == ["", "书记出差"]
        assert {each.code for each in verify(session, NOWHERE)} <= {"bytes_missing"}

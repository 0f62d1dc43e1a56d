"""Numbers of a duty's form are held against own rows: explained, shown to the confirmer, and not reached until confirmed."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from models import Member, Ticket
from tests.assessment.test_short_forms_in_measures import DAY, HOUR, measure, proved
from tests.support.duties import LAST, NOWHERE, at, duty, hand_in, number, open_by, tickets
from tests.support.factories import County, settle_county, words
from tests.support.households import people
from tests.support.http_clients import Api
from tests.support.pages import Pages
from tests.support.rankings import figures, make_ranking, ranked_scheme
from workflow.assessment import duty_view
from workflow.assessment.duty_view import DutyView
from workflow.assessment.facts import known_facts
from workflow.assessment.facts.facts_as_of import TicketFact
from workflow.county.context import county_context
from workflow.errors import BadInput
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.reader import SchemeRefused, parse_scheme
from workflow.tickets.views import detail
from workflow.verification.full_check import verify

WHY = {"code": "why", "name": words("why none"), "required": False}
FORM = [
    number("insured", own="people.insured", most="people.registered"),
    number("able", own="people.labourers", none="why"),
    number("aided", none="why_ill", some="people.ill"),
    WHY,
    {**WHY, "code": "why_ill"},
]
#: What the rows of town A say: six people, five of them insured, four able to work, two gravely ill.
PEOPLE = [
    {"labour": "with" if place < 4 else "none", "insured": place < 5, "illness": "患有大病" if place < 2 else ""}
    for place in range(6)
]
FITS = {"insured": "5", "able": "4", "aided": "2"}
MOMENT = at("2018-12-03")
REASON = "名册比台账晚一周录入"


def own_scheme() -> Scheme:
    content = ranked_scheme().model_dump(mode="json")
    content["duties"] = {"list": [duty("cover", ["towns"], "yearly", LAST, item=1, fields=FORM)]}
    content["figures"] = {"magnitude": 50, "least": 2}
    content["measures"] = [
        measure("on_time", "duties.closed_on_time", ["duties.closed", "duties.open_overdue"], "cover"),
        measure("pace", "entries.in_pace", ["entries.expected"], "cover"),
    ]
    return parse_scheme(Scheme.model_validate(content).model_dump_json())


def settled(engine: Engine) -> County:
    county = settle_county(engine, own_scheme())
    people(county, *PEOPLE)
    open_by(county, at("2018-11-01"))
    return county


@pytest.fixture
def county(engine: Engine) -> County:
    return settled(engine)


def owed(county: County) -> Ticket:
    return tickets(county)["town-a", "cover", "2018"]


def send(county: County, reason: str = "", **form: str) -> Ticket:
    filled = {name: value for name, value in {**FITS, **form}.items() if value}
    return hand_in(county, "town", owed(county), MOMENT, form=filled, **({"missing": reason} if reason else {}))


def fact(county: County) -> TicketFact:
    with county.read() as session:
        known = known_facts.Known(session, county_context(session), HOUR).tickets
    return next(each for facts in known.values() for each in facts if each.id == owed(county).id)


def shown(county: County, who: str = "office") -> DutyView:
    with county.read() as session:
        view = detail.ticket_view(session, county.people[who], owed(county).number, MOMENT)
        seen = duty_view.duty_view(session, county.people[who], view, MOMENT)
    assert seen is not None
    return seen


def test_what_the_rows_hold_is_sent_without_a_word(county: County) -> None:
    send(county)
    assert not fact(county).short
    report = shown(county).report
    assert report is not None
    assert report.gaps == []


@pytest.mark.parametrize(
    ("form", "code", "gap"),
    [
        ({"insured": "6"}, "form_above_rows", ("own.insured", 6, 5, "above")),
        # Half of the rows is not far below them; less is.
        ({"insured": "2"}, "form_below_rows", ("own.insured", 2, 5, "below")),
        ({"insured": "0"}, "form_below_rows", ("own.insured", 0, 5, "below")),
        ({"able": "5"}, "form_above_rows", ("own.able", 5, 4, "above")),
        ({"able": "0", "why": "本镇没有劳动力"}, "form_none_rows", ("none.able", 0, 4, "none")),
        ({"aided": "0", "why_ill": "本镇没有大病户"}, "form_none_rows", ("none.aided", 0, 2, "none")),
    ],
)
def test_a_number_that_the_rows_do_not_hold_needs_a_reason_and_is_shown_with_its_gap(
    county: County, form: dict[str, str], code: str, gap: tuple[str, int, int, str]
) -> None:
    with pytest.raises(BadInput) as error:
        send(county, **form)
    assert (error.value.code, error.value.params["figure"], error.value.params["rows"]) == (code, *gap[1:3])
    # Words that say nothing explain nothing.
    for said, why in (("", code), ("无", "says_nothing")):
        with pytest.raises(BadInput) as error:
            send(county, said, **form)
        assert (error.value.code, error.value.field) == (why, "missing")
    send(county, REASON, **form)
    report = shown(county).report
    assert report is not None
    assert [(each.code, each.number, each.rows, each.sort) for each in report.gaps] == [gap]
    assert report.missing == REASON
    assert fact(county).short
    with county.read() as session:
        assert {each.code for each in verify(session, NOWHERE)} <= {"bytes_missing"}


@pytest.mark.parametrize("form", [{"insured": "3"}, {"able": "2"}, {"aided": "9"}])
def test_what_is_near_the_rows_or_held_against_none_needs_no_reason(county: County, form: dict[str, str]) -> None:
    send(county, **form)
    assert not fact(county).short


def test_more_than_the_register_has_people_is_refused_whatever_the_reason(county: County) -> None:
    with pytest.raises(BadInput) as error:
        send(county, REASON, insured="7")
    assert (error.value.code, error.value.field, error.value.params["most"]) == ("above_rows", "form.insured", 6)


def test_a_number_above_own_rows_is_not_reached_until_it_is_confirmed(county: County) -> None:
    send(county, REASON, insured="6")
    waiting = make_ranking(county, HOUR, DAY)
    assert figures(waiting, "pace")["town-a"] == (0, 1)
    county.do("office", "confirm", owed(county).id, HOUR + timedelta(days=1))
    later = make_ranking(county, at("2018-12-20", 17), date(2018, 12, 20))
    assert figures(later, "pace")["town-a"] == (1, 1)
    assert figures(later, "on_time")["town-a"] == (1, 1)
    # What was known at the hour stays as it was.
    assert proved(county, waiting)


def test_a_statement_of_none_against_the_rows_is_not_reached_even_when_confirmed(county: County) -> None:
    send(county, REASON, able="0", why="本镇没有劳动力")
    county.do("office", "confirm", owed(county).id, MOMENT)
    row = make_ranking(county, HOUR, DAY)
    assert (fact(county).short, fact(county).none) == (True, False)
    assert figures(row, "on_time")["town-a"] == (0, 1)


def test_the_gap_is_that_of_the_moment_of_sending(county: County) -> None:
    send(county, REASON, insured="6")
    with county.write() as session:
        for row in session.scalars(select(Member)):
            row.insured = True
    report = shown(county).report
    assert report is not None
    assert [(each.number, each.rows) for each in report.gaps] == [(6, 5)]
    # And a form that is sent anew is held against the rows of today.
    county.do("office", "reject", owed(county).id, MOMENT, reason="材料不齐，请补充后再报")
    assert shown(county, "town").held["insured"].own == 6
    send(county, insured="6")
    assert not fact(county).short


def test_an_empty_column_holds_nothing(county: County) -> None:
    with county.write() as session:
        for row in session.scalars(select(Member)):
            row.insured, row.illness = None, ""
    held = shown(county, "town").held
    assert (held["insured"].own, held["aided"].some, held["able"].own) == (None, None, 4)
    send(county, insured="0", aided="0", why_ill="本镇没有大病户")
    assert (fact(county).short, fact(county).none) == (False, True)


@pytest.mark.parametrize(
    ("field", "code", "path"),
    [
        ({"code": "x", "name": words("x"), "own": "people.insured"}, "known_for_number", "own"),
        (number("x", fractions=True, own="people.insured"), "known_for_number", "own"),
        (number("x", some="people.insured"), "some_without_none", "some"),
        (number("x", own="people.happy"), "invalid", "own"),
    ],
)
def test_scheme_check_names_what_cannot_be_held(field: dict[str, Any], code: str, path: str) -> None:
    content = own_scheme().model_dump(mode="json")
    content["duties"] = {"list": [duty("cover", ["towns"], "yearly", LAST, item=1, fields=[field])]}
    with pytest.raises(SchemeRefused) as refused:
        parse_scheme(json.dumps(content))
    found = [(problem.code, problem.where.rpartition(".")[2]) for problem in refused.value.problems]
    assert (code, path) in found, found


@pytest.mark.one_database("sqlite")
def test_the_own_count_the_gap_and_the_limit_stand_on_the_page_before_and_after(
    engine: Engine, database_url: str, tmp_path: Path
) -> None:
    county = settled(engine)
    pages = Pages(county, database_url, tmp_path / "files")
    pages.now = MOMENT
    path = f"/tickets/{owed(county).number}"
    before = pages.get("town", path).text
    assert "台账5人（台账登记已参加基本医疗和大病保险的在档人口数）；不得多于6人（在档人口数）" in before
    assert "与台账数不一致的，也在此说明原因" in before
    form = {"form.insured": "6", "form.able": "4", "form.aided": "2"}
    # Pressed to be compared only: nothing is sent, the gap stands at its box.
    looked = pages.post("town", f"{path}/resolve", act="look", **form)
    assert looked.status_code == 200
    assert "台账5人（台账登记已参加基本医疗和大病保险的在档人口数），多报1人" in looked.text
    assert owed(county).state == "in_progress"
    send(county, REASON, insured="6")
    seen = pages.get("office", path).text
    assert (
        "“insured”填报6：台账5人（台账登记已参加基本医疗和大病保险的在档人口数），多报1人。核验通过前按未达到要求计。"
        in seen
    )
    assert REASON in seen


@pytest.mark.one_database("postgresql")
def test_the_api_returns_rows_before_and_gaps_after(engine: Engine, database_url: str, tmp_path: Path) -> None:
    county = settled(engine)
    api = Api(county, database_url, tmp_path / "files")
    api.now = MOMENT
    number_of = owed(county).number
    duty_of = api.call("town", "GET", f"/tickets/{number_of}").json["duty"]
    assert {row["field"]: (row["own"], row["some"], row["most"]) for row in duty_of["rows"]} == {
        "insured": (5, None, 6),
        "able": (4, 4, None),
        "aided": (None, 2, None),
    }
    body = {
        "form": {**FITS, "insured": "6"},
        "evidence": [api.bring("town", number_of)],
        "version": owed(county).version,
    }
    answer = api.post("town", f"/tickets/{number_of}/resolve", body)
    assert answer.status_code == 422, answer.json
    answer = api.post("town", f"/tickets/{number_of}/resolve", {**body, "missing": REASON})
    assert answer.status_code == 200, answer.json
    duty_of = api.call("office", "GET", f"/tickets/{number_of}").json["duty"]
    assert duty_of["short"] == ["own.insured"]
    assert duty_of["gaps"] == [{"code": "own.insured", "field": "insured", "number": 6, "own": 5, "sort": "above"}]

"""What the system counts is filled in by it: the unit confirms, and cannot say otherwise."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine, select

from models import Checkup, DutyForm, Household
from tests.support.duties import LAST, at, duty, duty_county, duty_scheme, hand_in, number, open_by, tickets
from tests.support.factories import START, day
from workflow.county.context import county_context
from workflow.policy.scheme.duties import FormField
from workflow.policy.scheme.model import Scheme
from workflow.policy.scheme.reader import SchemeRefused, parse_scheme
from workflow.tickets.actions.known_answers import known_answers

KNOWN = ("households.on_register", "households.new", "households.visited", "checkups.matching", "tickets.filed")
FORM = [number(code.replace(".", "_"), known=code) for code in (*KNOWN, "tickets.closed")] + [number("own")]


def test_the_system_fills_in_what_it_counts_and_nobody_overwrites_it(engine: Engine) -> None:
    county = duty_county(engine, [duty("sweep", ["towns", "water", "office"], "quarterly", LAST, fields=FORM)])
    open_by(county, at("2018-11-01"))
    closed = county.file("town", "A1", "water", START)
    county.do("water", "accept", closed, START)
    county.resolve(closed, START + timedelta(hours=1))
    county.confirm(closed, day(1))
    county.file("other_town", "B1", "power", START)
    with county.write() as session:
        home = session.scalars(select(Household).where(Household.code == "A2")).one()
        home.status, home.visited_on = "new", date(2018, 11, 20)
        # A visit of the quarter before is none of this one.
        session.scalars(select(Household).where(Household.code == "A3")).one().visited_on = date(2018, 9, 30)
        homes = dict(session.execute(select(Household.code, Household.id)).all())
        # By data matching of the unit in the quarter, each household once: A1, A2 on its first and B1 on its last day.
        session.add_all(
            Checkup(
                household_id=homes[code],
                source=source,
                seen_on=on,
                recorded_at=START,
                by_id=county.people[who].user_id,
                unit_id=county.units[who],
            )
            for code, source, on, who in (
                ("A1", "matching", date(2018, 11, 20), "water"),
                ("A1", "matching", date(2018, 11, 21), "water"),
                ("A2", "matching", date(2018, 10, 1), "water"),
                ("B1", "matching", date(2018, 12, 31), "water"),
                ("B2", "matching", date(2018, 9, 30), "water"),
                ("B2", "matching", date(2019, 1, 1), "water"),
                ("A3", "visit", date(2018, 11, 20), "water"),
                ("B3", "matching", date(2018, 11, 20), "power"),
            )
        )
    owed = tickets(county)
    found = {}
    with county.read() as session:
        for unit in ("town-a", "water", "office"):
            setting = county_context(session)
            fields = setting.scheme.duty("sweep").fields
            found[unit] = list(known_answers(session, setting, owed[unit, "sweep", "2018-Q4"], fields).values())
    assert found == {
        "town-a": ["3", "1", "1", "0", "1", "1"],
        "water": ["6", "1", "1", "3", "1", "1"],
        "office": ["6", "1", "1", "0", "2", "1"],
    }
    ticket = owed["town-a", "sweep", "2018-Q4"]
    hand_in(county, "town", ticket, day(2), form={"households_on_register": "999", "own": "7"})
    with county.read() as session:
        told = session.scalars(select(DutyForm.fields).where(DutyForm.ticket_id == ticket.id)).one()
    assert (told["households_on_register"], told["tickets_closed"], told["own"]) == ("3", "1", "7")


def test_only_a_number_of_the_form_can_be_known() -> None:
    wrong = FormField.model_validate({"code": "x", "name": {"zh": "x", "en": "x"}, "known": "tickets.filed"})
    scheme = duty_scheme([duty("sweep", ["towns"], "quarterly", LAST, fields=[wrong.model_dump()])])
    with pytest.raises(SchemeRefused) as refused:
        parse_scheme(Scheme.model_validate(scheme).model_dump_json())
    assert [problem.code for problem in refused.value.problems if problem.code.startswith("known")] == [
        "known_for_number"
    ]

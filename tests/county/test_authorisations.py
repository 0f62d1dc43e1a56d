"""Authorisations: what is put on record, by whom, for which days, and who reads which of them."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from models import Authorisation
from tests.support.factories import START, County, day, settle_county
from tests.support.outcomes import refusal
from tests.support.signing import APPOINTED, authorise, colleague, lead
from workflow.county import authorisations

pytestmark = pytest.mark.one_database("sqlite")

TODAY = START.date().isoformat()
GIVEN = {"kind": "sign", "user": "second", "from_day": TODAY, "until_day": TODAY, "document": "水授〔2018〕1号"}


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine)
    lead(made, "water")
    colleague(made, "second", "water")
    return made


def test_a_record_names_what_for_whom_from_when_until_when_and_by_what(county: County) -> None:
    def tried(who: str = "water", **given: Any) -> str:
        person = county.people[who]
        return refusal(county.engine, lambda s: authorisations.record(s, person, START, GIVEN | given))

    yesterday = (START - timedelta(days=1)).date().isoformat()
    for given, outcome in (
        ({}, "done"),
        ({"from_day": yesterday}, "done"),
        ({"kind": ""}, "BadInput missing kind"),
        ({"kind": "decide"}, "BadInput authority_unknown kind"),
        ({"kind": "supervise"}, "NotAllowed unit_issues_no_papers"),
        ({"user": ""}, "BadInput missing user"),
        ({"user": 7}, "BadInput missing user"),
        ({"user": "water"}, "BadInput nobody_to_authorise user"),
        ({"user": "power"}, "BadInput nobody_to_authorise user"),
        ({"from_day": ""}, "BadInput missing from_day"),
        ({"until_day": ""}, "BadInput missing until_day"),
        ({"until_day": "x"}, "BadInput not_a_date until_day"),
        # The last day may be the first, and today; it is neither before the first nor past.
        ({"until_day": yesterday}, "BadInput days_reversed until_day"),
        ({"from_day": yesterday, "until_day": yesterday}, "BadInput day_is_past until_day"),
        ({"from_day": day(-367).date().isoformat()}, "BadInput authorised_too_long_ago from_day"),
        ({"until_day": day(5 * 366 + 1).date().isoformat()}, "BadInput authorised_too_far until_day"),
        ({"document": " "}, "BadInput missing document"),
        ({"document": "。"}, "BadInput not_a_document document"),
        ({"document": "好"}, "BadInput not_a_document document"),
    ):
        assert tried(**given) == outcome, given
    for who in ("second", "power", "office2", "inspectorate"):
        if who in county.people:
            assert tried(who) == "NotAllowed only_the_leader_authorises", who


def test_each_reads_those_of_the_own_unit_and_the_county_all_with_the_names_of_who_gave_them(county: County) -> None:
    authorise(county, "water", START, user="second")
    authorise(county, "water", START, user="second", document="水授〔2018〕2号")

    def read(who: str) -> list[tuple[str, str | None, bool]]:
        with county.read() as session:
            lines = authorisations.listed(session, county.people[who], START)
            return [(line.by, line.whom, line.holds) for line in lines]

    with county.read() as session:
        (whom,) = authorisations.people_of(session, county.people["water"])
    giver = read("water")[0][0]
    assert read("water") == [(giver, whom.display_name, True)] * 2
    assert giver != whom.display_name
    assert read("power") == []
    # Those of the office and of the leading group name nobody: the system issues their papers.
    everything = [(giver, whom.display_name, True)] * 2 + [(line[0], None, True) for line in read("office")[2:]]
    assert len(everything) == 4
    for who in ("office", "leaders", "inspectorate"):
        assert read(who) == everything, who
    for who in ("village", "admin"):
        person = county.people[who]
        assert refusal(county.engine, lambda s, p=person: authorisations.listed(s, p, START)) == (
            "NotAllowed authorisations_not_yours"
        )


def test_an_authorisation_holds_on_its_days_until_it_is_ended_and_while_its_giver_leads(county: County) -> None:
    row = authorise(county, "water", APPOINTED, user="second", from_day="2018-11-20", until_day="2018-11-21")

    def ended(at: Any, who: str = "water", number: int = row.id) -> str:
        return refusal(county.engine, lambda s: authorisations.end(s, county.people[who], at, number))

    with county.read() as session:
        second = county.people["second"].user_id
        unit = county.units["water"]
        held = [
            n for n in range(-2, 4) if authorisations.in_force(session, unit, "sign", day(n, 23.9), second) is not None
        ]
    assert held == [0, 1]
    assert ended(day(1, 23.9)) == "done"
    assert ended(day(2, 0)) == "WrongState authorisation_over"
    assert ended(day(0), "second") == "NotAllowed only_the_leader_authorises"
    assert ended(day(0), "power") == "NotFound no_such_authorisation"
    for number in (0, -1, row.id + 1, 10**20):
        assert ended(day(0), number=number) == "NotFound no_such_authorisation", number
    with county.write() as session:
        authorisations.end(session, county.people["water"], day(0), row.id)
    assert ended(day(0)) == "WrongState authorisation_over"


def test_a_form_sent_twice_records_one_authorisation(county: County) -> None:
    lead(county, "office")
    for who, given in (("water", GIVEN), ("office", GIVEN | {"kind": "supervise"})):
        rows = []
        for _ in range(2):
            with county.write() as session:
                rows.append(authorisations.record(session, county.people[who], START, given).id)
        assert rows[0] == rows[1], who
        # A second line is refused by the database, too.
        with pytest.raises(IntegrityError, match=r"uq_authorisation|UNIQUE"), county.write() as session:
            row = session.get_one(Authorisation, rows[0])
            same = {name: getattr(row, name) for name in authorisations.FOLDED}
            session.add(Authorisation(**same))
        # Another document, other days, or one after the first was ended are lines of their own.
        with county.write() as session:
            other = authorisations.record(session, county.people[who], START, given | {"document": "另一号"}).id
            authorisations.end(session, county.people[who], START, rows[0])
            again = authorisations.record(session, county.people[who], START, given).id
        assert len({rows[0], other, again}) == 3

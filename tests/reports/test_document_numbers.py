"""Whatever a unit issues in a year has one series of numbers: no gap, none twice, also for two at the same moment."""

from itertools import groupby
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from models import DocumentNumber, Paper, Ranking, Report
from tests.reports.test_written import drop_guard, graded_scheme, ranked
from tests.support.factories import County, day, settle_county
from tests.support.racing import second_of
from tests.support.rankings import HOUR
from workflow.accountability import sweep
from workflow.assessment.ranking import written_reports
from workflow.county.context import county_context
from workflow.county.document_numbers import take_documents
from workflow.policy.scheme.model import Scheme
from workflow.setup.unit_definitions import Definitions
from workflow.verification.full_check import verify


def numbers(county: County) -> list[str]:
    with county.read() as session:
        return list(session.scalars(select(DocumentNumber.number).order_by(DocumentNumber.id)))


def findings(county: County) -> set[str]:
    with county.read() as session:
        return {finding.code for finding in verify(session, Path("nowhere"))}


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, graded_scheme())


def test_papers_and_reports_of_one_issuer_share_one_series(county: County) -> None:
    county.do("water", "accept", county.file(), day(1))
    sweep.run(county.read, county.write, day(21, 8.5))
    row = ranked(county)
    with county.write() as session:
        written_reports.issue(session, county.people["office"], HOUR, session.get_one(Ranking, row))
    with county.read() as session:
        paper, report = session.scalars(select(Paper.number)).one(), session.scalars(select(Report.number)).one()
    assert (paper, report) == ("2018:华扶办:1", "2018:华扶办:2")
    assert numbers(county) == [paper, report]
    assert findings(county) == set()


def test_two_at_once_take_two_numbers(county: County) -> None:
    with county.read() as session:
        setting = county_context(session)

    def take(count: int) -> list[str]:
        taken: list[str] = []
        with county.write() as session:
            taken += take_documents(session, setting, setting.office, 2018, count)
        return taken

    assert take(1) == ["2018:华扶办:1"]
    told = second_of(
        county,
        lambda session: take_documents(session, setting, setting.office, 2018, 2),
        lambda session: take_documents(session, setting, setting.office, 2018, 1),
    )
    assert told == "done"
    assert numbers(county) == [f"2018:华扶办:{running}" for running in range(1, 5)]
    # Another issuer and another year begin with one again.
    with county.write() as session:
        assert take_documents(session, setting, setting.leaders, 2018) == ["2018:华扶组:1"]
        assert take_documents(session, setting, setting.office, 2019) == ["2019:华扶办:1"]


def test_an_issuer_that_takes_an_earlier_mark_again_counts_on(county: County) -> None:
    """Seen: the series of the earlier mark went on at its own last number, which the issuer had given under the other."""
    marks = {28: "华贫办", 38: "华扶办"}
    for number in range(50):
        if number in (0, 10, 20):
            ticket = county.file(household=f"A{1 + number // 10}", at=day(number))
            county.do("water", "accept", ticket, day(number, 12))
        if number in marks:
            with county.write() as session:
                definitions = Definitions.now(session, county.people["office"], day(number))
                definitions.change("office", {"mark": marks[number]})
                definitions.adopt(session, county.people["office"], day(number))
        sweep.run(county.read, county.write, day(number, 8.5))
    given = numbers(county)
    assert [int(number.rpartition(":")[2]) for number in given] == list(range(1, len(given) + 1))
    assert [mark for mark, _ in groupby(number.split(":")[1] for number in given)] == ["华扶办", "华贫办", "华扶办"]
    assert findings(county) == set()
    with county.engine.begin() as connection:
        connection.execute(text(drop_guard(connection.dialect.name, "document_number").replace("_update", "_delete")))
        connection.execute(text("DELETE FROM document_number WHERE running = 2"))
    assert "paper_gap" in findings(county)


def test_the_database_refuses_a_number_given_twice(county: County) -> None:
    with county.read() as session:
        office = county_context(session).office.id
    row = {"unit_id": office, "year": 2018, "running": 1, "number": "2018:华扶办:1"}
    with county.write() as session:
        session.add(DocumentNumber(**row))
    for other in ({"number": "2018:别:1"}, {"running": 2}, {"running": 0, "number": "2018:华扶办:0"}):
        with pytest.raises(IntegrityError), county.write() as session:
            session.add(DocumentNumber(**{**row, **other}))


def test_a_number_on_no_document_and_a_document_without_its_number_are_found(county: County) -> None:
    row = ranked(county)
    with county.write() as session:
        written_reports.issue(session, county.people["office"], HOUR, session.get_one(Ranking, row))
    assert findings(county) == set()
    with county.engine.begin() as connection:
        connection.execute(text(drop_guard(connection.dialect.name, "document_number")))
        connection.execute(text("UPDATE document_number SET number = '2018:华扶办:9'"))
    assert "document_number_differs" in findings(county)


def test_a_series_begins_where_the_numbers_given_by_hand_had_ended(engine: Engine) -> None:
    told = graded_scheme().model_dump(mode="json")
    (office,) = (unit for unit in told["units"] if unit["type"] == "office")
    office["first_number"] = 17
    county = settle_county(engine, Scheme.model_validate(told))
    row = ranked(county)
    with county.write() as session:
        written_reports.issue(session, county.people["office"], HOUR, session.get_one(Ranking, row))
    assert numbers(county) == ["2018:华扶办:17"]
    assert findings(county) == set()

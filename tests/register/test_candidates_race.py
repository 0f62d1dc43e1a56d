"""Candidates by two people at once: the second waits and sees what the first has done."""

import pytest
from sqlalchemy import Engine, func, select

from models import Candidate, Event
from tests.support.candidates import FAMILY, candidate_scheme, judged, report, seen
from tests.support.factories import County, day, settle_county
from tests.support.racing import Act, second_of
from tests.support.spreadsheets import VAULT
from workflow.register.candidates import erasure
from workflow.register.candidates.report_input import CandidatePerson, CandidateReport
from workflow.register.candidates.reporting import report_candidate
from workflow.tickets import desk

pytestmark = pytest.mark.both_databases


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, candidate_scheme())


def reports(county: County, who: str, village: str) -> Act:
    given = CandidateReport(
        village=village,
        people=[CandidatePerson(name="吴三", id_number=str(FAMILY[0]["id_number"]))],
        seen="房屋漏雨，靠打零工度日",
        consent_by="吴三",
        consent_on=day(0).date(),
        consent_how="written",
    )
    return lambda session: report_candidate(session, county.people[who], day(1), VAULT, given)


def test_one_person_is_reported_once(county: County) -> None:
    second = second_of(county, reports(county, "town", "town-a-v1"), reports(county, "other_town", "town-b-v1"))
    assert second == "candidate_known"
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(Candidate)) == 1


def test_two_sweeps_erase_a_family_once(county: County) -> None:
    judged(county, "refuse")
    erases: Act = lambda session: erasure.erase_due(session, day(40))  # noqa: E731
    assert second_of(county, erases, erases) == "done"
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(Event).where(Event.action == "erase")) == 1


def test_two_families_do_not_become_one_household(county: County) -> None:
    tickets = [report(county).ticket.id, report(county, people=[{"name": "吴三"}]).ticket.id]
    for ticket in tickets:
        seen(county, ticket)

    def registers(ticket: int) -> Act:
        return lambda session: desk.perform(session, county.people["office"], ticket, "register", day(1), code="N-1")

    assert second_of(county, registers(tickets[0]), registers(tickets[1])) == "code_taken"

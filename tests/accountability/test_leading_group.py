"""Nobody in the county acts upon the leading group: the rungs it reaches are recorded and notified, no paper is issued to it
and no case is opened against it."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError

from models import AccountabilityCase, Custody, Escalation, Event, Paper, PaperPending, RungAnswer, RungWaiting, Ticket
from tests.support.cases import EARLY, GIVEN, add_seconds, proposed
from tests.support.factories import START, County, day, settle_county
from tests.support.messages import notified
from tests.support.unit_findings import AUDIT, scheme_with_unit_findings
from tests.support.verify import findings, findings_after
from workflow.accountability import paper_audit, proposals, sweep
from workflow.accountability.cases import case_desk, case_views
from workflow.county.context import county_context
from workflow.errors import NotAllowed, WrongState
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency

NOWHERE = Path("nowhere")
WHOSE = ("ruling", "confirming")
NO_PAPER = (Paper, PaperPending, RungWaiting, RungAnswer, AccountabilityCase)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, scheme_with_unit_findings(), households=6)


def held_by_leaders(county: County, whose: str = "ruling") -> int:
    """A ticket that the leading group holds since START: to rule on the office's own dispute, or to confirm what the
    office resolved about itself."""
    if whose == "ruling":
        ticket = county.file()
        county.do("water", "decline", ticket, START, ground="not_ours", cited_duty="三定方案")
        county.do("office", "reassign", ticket, START, unit="office", reason="水管属本办，由办公室承办")
        county.do("office", "decline", ticket, START, ground="not_ours", cited_duty="三定方案")
    else:
        found = Deficiency(**county.cast.given({"kind": "funds", "unit": "office", **AUDIT}))
        with county.write() as session:
            ticket = filing.file_ticket(session, county.people["housing"], START, found).ticket.id
        county.do("office", "accept", ticket, START)
        county.resolve(ticket, START, who="office", note="已盘活")
    with county.read() as session:
        assert session.get_one(Ticket, ticket).holder_unit_id == county.units["leaders"]
    return ticket


def swept_daily(county: County, days: int) -> None:
    """A sweep each morning after the office has opened."""
    for n in range(1, days):
        sweep.run(county.read, county.write, day(n, 9))


def statuses(county: County) -> list[tuple[int, str]]:
    with county.read() as session:
        rows = session.scalars(select(Escalation).order_by(Escalation.id))
        return [(row.rung, row.status) for row in rows if row.unit_id == county.units["leaders"]]


def count(county: County, *tables: type) -> list[int]:
    with county.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


@pytest.mark.parametrize("whose", WHOSE)
def test_every_rung_is_recorded_and_none_becomes_a_paper_or_waits_for_one(county: County, whose: str) -> None:
    ticket = held_by_leaders(county, whose)
    swept_daily(county, 40)
    assert statuses(county) == [(1, "issued"), (2, "issued"), (3, "recorded"), (4, "recorded"), (5, "recorded")]
    assert count(county, *NO_PAPER) == [0] * len(NO_PAPER)
    with county.read() as session:
        rows = session.scalars(select(Escalation).where(Escalation.ticket_id == ticket, Escalation.rung > 2)).all()
        assert all((row.detected_at - row.due_at).days < 4 for row in rows)
        assert paper_audit.audit(session, day(40), {})["beside"] == []
        assert session.scalar(select(Event.id).where(Event.action == "papers_waiting")) is None
    assert findings(county, NOWHERE) <= {"bytes_missing"}


def test_one_sweep_after_long_downtime_records_the_highest_rung(county: County) -> None:
    held_by_leaders(county)
    sweep.run(county.read, county.write, day(40))
    assert statuses(county) == [(1, "missed"), (2, "missed"), (3, "missed"), (4, "missed"), (5, "recorded")]
    assert findings(county, NOWHERE) <= {"bytes_missing"}


def test_a_recorded_rung_is_notified_to_the_leading_group_the_office_and_the_inspectorate(county: County) -> None:
    held_by_leaders(county)
    notified(county)
    sweep.run(county.read, county.write, day(40))
    assert statuses(county)[-1] == (5, "recorded")
    told = notified(county, "escalate")
    assert {"leaders", "office", "inspectorate"} <= told
    assert not told & {"water", "town", "village", "power"}


@pytest.mark.parametrize("who", ["office", "office2", "leaders", "leaders2"])
def test_nobody_issues_a_paper_to_the_leading_group_or_opens_a_case_against_it(county: County, who: str) -> None:
    add_seconds(county)
    ticket = held_by_leaders(county)
    swept_daily(county, 30)
    with county.read() as session:
        rung = session.scalars(select(Escalation.id).where(Escalation.status == "recorded")).first()
        last = session.scalars(select(Ticket).where(Ticket.id == ticket)).one()
        actor, setting = county.people[who], county_context(session)
        offered = case_views.case_offer(session, actor, setting, last, day(30))
        assert all(held.unit_id != county.units["leaders"] for held in (offered.custodies if offered else ()))
    assert rung is not None
    for issue in (True, False):
        with pytest.raises((WrongState, NotAllowed)), county.write() as session:
            proposals.answer(session, actor, day(30), ticket, rung, issue, "逾期未裁定")
    with pytest.raises(NotAllowed, match="leaders_above_cases"), county.write() as session:
        seq = max(held.seq for held in case_custodies(county, ticket))
        case_desk.raise_case(session, actor, day(30), ticket, seq, **county.cast.given(GIVEN["open"]))
    assert count(county, *NO_PAPER) == [0] * len(NO_PAPER)


def case_custodies(county: County, ticket: int) -> list[Custody]:
    with county.read() as session:
        return list(session.scalars(select(Custody).where(Custody.ticket_id == ticket)))


def rung_of_leaders(county: County, rung: int, status: str, paper: str | None = None) -> int:
    """A rung of the leading group as an earlier version, or nobody, would have written it."""
    ticket = held_by_leaders(county)
    with county.write() as session:
        held = session.scalars(select(Custody).where(Custody.ticket_id == ticket, Custody.ended_at.is_(None))).one()
        row = Escalation(
            ticket_id=ticket,
            tenure_id=held.tenure_id,
            custody_id=held.id,
            unit_id=held.unit_id,
            stage=held.stage,
            rung=rung,
            due_at=held.due_at,
            detected_at=day(12),
            status=status,
            paper=paper,
        )
        session.add(row)
        session.flush()
        session.add(RungWaiting(escalation_id=row.id, ticket_id=ticket, issue_at=None))
        return row.id


def test_a_rung_that_waited_since_before_is_declined_and_not_issued(county: County) -> None:
    rung = rung_of_leaders(county, 3, "proposed")
    with county.read() as session:
        ticket = session.get_one(Escalation, rung).ticket_id
    with pytest.raises(WrongState, match="leaders_get_no_paper"), county.write() as session:
        proposals.answer(session, county.people["office"], day(12), ticket, rung, True, "逾期")
    with county.write() as session:
        assert not proposals.answer(session, county.people["office"], day(12), ticket, rung, False, "领导小组").issued


def test_a_case_proposed_before_against_the_leading_group_is_not_opened(county: County) -> None:
    add_seconds(county)
    case = proposed(county)
    with county.write() as session:
        session.execute(
            text("UPDATE accountability_case SET unit_id = :unit, decider_unit_id = NULL"),
            {"unit": county.units["leaders"]},
        )
    given = county.cast.given(GIVEN["open"])
    with pytest.raises(WrongState, match="leaders_above_cases"), county.write() as session:
        case_desk.perform(session, county.people["office2"], case, "open", day(32), **given)
    with county.write() as session:
        case_desk.perform(session, county.people["office"], case, "seek_withdrawal", day(32), reason="对上级不立案")
        case_desk.perform(session, county.people["office2"], case, "agree_withdrawal", day(32))


def test_verify_finds_a_rung_of_another_unit_that_was_only_recorded(county: County, engine: Engine) -> None:
    ticket = county.file(at=EARLY)
    county.do("water", "accept", ticket, EARLY)
    sweep.run(county.read, county.write, day(7, 9))
    assert findings(county, NOWHERE) == set()
    recorded = "UPDATE escalation SET status = 'recorded', paper = NULL WHERE rung >= 3"
    assert "rung_without_paper" in findings_after(engine, NOWHERE, [recorded])
    unissued = "UPDATE escalation SET status = 'issued', paper = NULL WHERE rung >= 3"
    assert "rung_without_paper" in findings_after(engine, NOWHERE, [unissued])


@pytest.mark.parametrize(("rung", "paper"), [(2, None), (3, "2018:华扶办:1")])
def test_the_database_refuses_a_recorded_rung_with_a_paper_or_below_the_papers(
    county: County, rung: int, paper: str | None
) -> None:
    with pytest.raises(IntegrityError, match=r"recorded|missed_has_no_paper"):
        rung_of_leaders(county, rung, "recorded", paper)

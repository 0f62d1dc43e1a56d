"""Proposed rungs: a person issues or declines each once, with a reason; issued ones are numbered without a gap."""

import multiprocessing
from collections import Counter
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from models import Escalation, Event, EventSecret, RungAnswer
from models.engine import make_engine, writing
from settings import DEVELOPMENT_SECRET
from tests.support.factories import START, County, day, settle_county
from tests.support.signing import TALK
from tests.support.texts import SENTENCE
from workflow.accountability import proposals, sweep
from workflow.errors import BadInput, NotAllowed, NotFound, WorkflowError, WrongState
from workflow.tickets import lookup
from workflow.tickets.views import detail
from workflow.verification.full_check import verify

LATE = day(24)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=20)


def proposed(county: County, tickets: int = 1) -> list[tuple[int, int]]:
    """Tickets of the water bureau that are so late that a summons (约谈) is proposed, each with its rung."""
    for number in range(1, tickets + 1):
        county.do("water", "accept", county.file(household=f"A{number}"), START)
    sweep.run(county.read, county.write, day(24, 8.5))
    with county.read() as session:
        rows = session.execute(
            select(Escalation.ticket_id, Escalation.id).where(Escalation.status == "proposed").order_by(Escalation.id)
        )
        return [(row[0], row[1]) for row in rows]


def answer(
    county: County,
    rung: tuple[int, int],
    issue: bool,
    who: str = "office",
    at: datetime = LATE,
    why: Any = "屡催不办",
) -> str | None:
    with county.write() as session:
        return proposals.answer(session, county.people[who], at, *rung, issue, why, **TALK).paper


def sound(county: County) -> list[str]:
    with county.read() as session:
        return [finding.code for finding in verify(session, Path("nowhere"))]


def test_an_issued_proposal_gets_the_next_number_of_its_issuer_and_a_declined_one_none(county: County) -> None:
    first, second, third = proposed(county, 3)
    assert answer(county, first, True) == "2018:华扶办:1"
    assert answer(county, second, False) is None
    assert answer(county, third, True) == "2018:华扶办:2"
    with county.read() as session:
        recorded = session.execute(
            select(Event.action, Event.actor_id, EventSecret.body)
            .join(EventSecret, EventSecret.event_id == Event.id)
            .where(Event.action.in_(("issue_rung", "decline_rung")))
            .order_by(Event.id)
        ).all()
    office = county.people["office"].user_id
    assert [(action, who, body["reason"]) for action, who, body in recorded] == [
        ("issue_rung", office, "屡催不办"),
        ("decline_rung", office, "屡催不办"),
        ("issue_rung", office, "屡催不办"),
    ]
    assert sound(county) == []


def test_a_number_begins_anew_with_the_year_it_is_issued_in(county: County) -> None:
    first, second, third = proposed(county, 3)
    assert answer(county, first, True) == "2018:华扶办:1"
    # The first opening of the year, and a later hour of that day.
    assert answer(county, second, True, at=day(43, 8.5)) == "2019:华扶办:1"
    assert answer(county, third, True, at=day(43)) == "2019:华扶办:2"
    assert sound(county) == []


def test_either_answer_needs_a_reason_and_a_refused_one_takes_no_number(county: County) -> None:
    (rung,) = proposed(county)
    for issue in (True, False):
        for why in (None, "", "   ", "电话13812345678"):
            with pytest.raises(BadInput) as refusal:
                answer(county, rung, issue, why=why)
            assert refusal.value.field == "reason"
    assert answer(county, rung, True) == "2018:华扶办:1"
    assert sound(county) == []


def test_a_proposal_is_answered_once(county: County) -> None:
    (rung,) = proposed(county)
    answer(county, rung, False)
    for issue in (True, False):
        with pytest.raises(WrongState):
            answer(county, rung, issue)
    assert sound(county) == []


def test_what_the_system_issued_by_itself_is_nobodys_to_answer(county: County) -> None:
    ((ticket, _),) = proposed(county)
    with county.read() as session:
        others = session.scalars(select(Escalation.id).where(Escalation.status != "proposed")).all()
    assert others
    for other in others:
        with pytest.raises(WrongState):
            answer(county, (ticket, other), True)


def test_only_the_office_answers_and_a_rung_only_under_its_own_ticket(county: County) -> None:
    first, second = proposed(county, 2)
    for who in ("leaders", "inspectorate", "water", "town"):
        with pytest.raises(NotAllowed):
            answer(county, first, True, who=who)
    for who in ("power", "admin", "other_town"):
        with pytest.raises(NotFound):
            answer(county, first, True, who=who)
    for rung in ((first[0], second[1]), (first[0], 10**6), (first[0], 2**70)):
        with pytest.raises(NotFound):
            answer(county, rung, True)
    with county.read() as session:
        assert session.scalar(select(func.count()).select_from(RungAnswer)) == 0


def test_against_the_office_itself_the_leading_group_answers(county: County) -> None:
    ticket = county.file()
    county.do("water", "decline", ticket, START, ground="not_ours", cited_duty="三定方案")
    # The office has three working days to rule, until Friday the 23rd; five later a summons is proposed.
    sweep.run(county.read, county.write, day(10, 18))
    with county.read() as session:
        rung = session.execute(select(Escalation.ticket_id, Escalation.id).where(Escalation.status == "proposed")).one()
    with pytest.raises(NotAllowed):
        answer(county, (rung[0], rung[1]), False, at=day(13))
    assert answer(county, (rung[0], rung[1]), True, who="leaders", at=day(13)) == "2018:华扶组:1"
    assert sound(county) == []


def test_an_answer_moves_no_ticket_and_touches_no_clock(county: County) -> None:
    ((ticket, rung),) = proposed(county)
    before = county.ticket(ticket)
    answer(county, (ticket, rung), True)
    after = county.ticket(ticket)
    for name in ("state", "version", "due_at", "holder_unit_id"):
        assert getattr(after, name) == getattr(before, name), name


def test_a_former_holder_reads_no_answer_given_after_its_exit(county: County) -> None:
    ((ticket, rung),) = proposed(county)
    county.do("water", "reclassify", ticket, day(24), kind="power", reason="实为用电问题")
    county.do("office", "reassign", ticket, day(25), unit="power", reason="电力故障，转供电局")
    answer(county, (ticket, rung), True, at=day(27))
    number = county.ticket(ticket).number
    for who, seen in (("water", ("proposed", None, None)), ("town", ("issued", "2018:华扶办:1", "屡催不办"))):
        with county.read() as session:
            actor = county.people[who]
            assert lookup.find_ticket(session, actor, number)
            lines = detail.ticket_view(session, actor, number, day(28)).escalations
        assert [(line.status, line.paper, line.answer) for line in lines if line.id == rung] == [seen], who


def test_the_database_refuses_a_second_answer_a_second_number_and_an_unnumbered_issue(county: County) -> None:
    first, second = proposed(county, 2)
    answer(county, first, True)
    common = {"reason": SENTENCE, "at": day(24), "by_id": county.people["office"].user_id}
    refused: list[dict[str, Any]] = [
        {"ticket_id": first[0], "escalation_id": first[1], "issued": False, "paper": None},
        {"ticket_id": second[0], "escalation_id": second[1], "issued": True, "paper": "2018:华扶办:1"},
        {"ticket_id": second[0], "escalation_id": second[1], "issued": True, "paper": None},
        {"ticket_id": second[0], "escalation_id": second[1], "issued": False, "paper": "2018:华扶办:2"},
    ]
    for row in refused:
        with pytest.raises(IntegrityError), county.write() as session:
            session.execute(insert(RungAnswer).values(**common, **row))
    for rewrite in (update(RungAnswer).values(reason=SENTENCE), delete(RungAnswer)):
        with pytest.raises(DBAPIError), county.write() as session:
            session.execute(rewrite)


def _answerer(url: str, who: Any, rung: tuple[int, int], issue: bool, barrier: Any, results: Any) -> None:
    engine = make_engine(url, DEVELOPMENT_SECRET)
    barrier.wait(600)
    try:
        with writing(engine) as session:
            said = (
                proposals.answer(session, who, day(24), *rung, issue, "经入户核实，情况属实", **TALK).paper
                or "declined"
            )
        results.put(said)
    except WorkflowError as error:
        results.put(error.code)
    engine.dispose()


def test_several_at_once_answer_each_proposal_once_and_leave_no_gap(county: County, database_url: str) -> None:
    rungs = proposed(county, 6)
    county.engine.dispose()
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(18), context.Queue()
    start = partial(context.Process, target=_answerer)
    processes = [
        start(args=(database_url, county.people["office"], rung, how != 1, barrier, results))
        for rung in rungs
        for how in range(3)
    ]
    for process in processes:
        process.start()
    outcomes = Counter(results.get(timeout=600) for _ in processes)
    for process in processes:
        process.join()
    assert outcomes.pop("proposal_answered") == 12
    declined = outcomes.pop("declined", 0)
    assert outcomes == {f"2018:华扶办:{number}": 1 for number in range(1, 7 - declined)}
    assert sound(county) == []

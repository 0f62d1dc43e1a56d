"""督办 by the system rests on a recorded authorisation, papers bear office hours, and what waits is never silent."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from models import Authorisation, Escalation, Event, Message, Paper, RungAnswer, RungWaiting, User, WaitingReminder
from notifications.dispatch import dispatch
from tests.support.factories import START, County, day, settle_county
from tests.support.signing import TALK
from tests.support.texts import SENTENCE
from workflow import batches
from workflow.accountability import paper_audit, pending_decisions, proposals, sweep
from workflow.county import authorisations
from workflow.errors import WrongState
from workflow.policy.worktime import SHANGHAI
from workflow.verification.full_check import verify

#: 督办 is reached at the close of Monday 10 December, 约谈 at that of Thursday 13 December.
REACHED, OPENING = day(20, 17.5), day(21, 8.5)


@pytest.fixture
def county(engine: Engine) -> County:
    return settle_county(engine, households=6)


def swept(county: County, at: datetime) -> batches.Swept:
    return sweep.run(county.read, county.write, at)


def late(county: County, household: str = "A1") -> int:
    ticket = county.file(household=household)
    county.do("water", "accept", ticket, START)
    return ticket


def withdraw_authority(county: County, at: datetime = START) -> None:
    """The office's leader ends the standing authorisation."""
    with county.write() as session:
        row = session.scalars(select(Authorisation).where(Authorisation.unit_id == county.units["office"])).one()
        authorisations.end(session, county.people["office"], at, row.id)


def rungs(county: County, ticket: int) -> list[tuple[int, str, datetime]]:
    with county.read() as session:
        rows = session.scalars(select(Escalation).where(Escalation.ticket_id == ticket).order_by(Escalation.id))
        return [(row.rung, row.status, row.due_at) for row in rows if row.rung >= 3]


def papers(county: County) -> list[Paper]:
    with county.read() as session:
        return list(session.scalars(select(Paper).order_by(Paper.id)))


def sound(county: County) -> list[str]:
    with county.read() as session:
        return [finding.code for finding in verify(session, Path("nowhere")) if finding.code != "bytes_missing"]


def test_a_rung_reached_after_hours_is_recorded_then_and_its_paper_is_issued_at_the_next_opening(
    county: County,
) -> None:
    ticket = late(county)
    swept(county, day(20, 18))
    assert rungs(county, ticket) == [(3, "deferred", REACHED)]
    assert papers(county) == []
    for closed in (day(20, 23), day(21, 8)):
        swept(county, closed)
        assert papers(county) == []
    swept(county, OPENING + timedelta(minutes=1))
    (paper,) = papers(county)
    assert (paper.number, paper.issued_at, paper.issued_by_id) == (
        "2018:华扶办:1",
        OPENING + timedelta(minutes=1),
        None,
    )
    assert paper.content["authorised"]["document"] == "五扶授〔2018〕1号"
    # Once, however often it is looked at; and the ladder's clock did not move by it.
    swept(county, day(21, 9))
    assert len(papers(county)) == 1
    swept(county, day(24, 8.5))
    assert rungs(county, ticket)[-1] == (4, "proposed", day(23, 17.5))
    assert sound(county) == []


def test_a_paper_that_cannot_be_issued_is_told_and_holds_no_other_up(county: County) -> None:
    broken, other = late(county), late(county, "A2")
    swept(county, day(20, 18))
    with county.write() as session:
        rung = session.scalars(select(Escalation.id).where(Escalation.ticket_id == broken, Escalation.rung == 3)).one()
        # It is answered already, and is on the list of what waits all the same.
        answer = {"issued": False, "reason": SENTENCE, "at": day(20, 18), "by_id": county.people["office"].user_id}
        session.add(RungAnswer(ticket_id=broken, escalation_id=rung, **answer))
    assert list(swept(county, OPENING + timedelta(minutes=1)).failed) == [broken]
    assert [paper.ticket_id for paper in papers(county)] == [other]


def test_no_paper_bears_a_day_off(county: County) -> None:
    # Filed so that 督办 is reached on Friday 14 December after hours, and the worker looks on Saturday.
    ticket = county.file(at=day(4))
    county.do("water", "accept", ticket, day(4))
    swept(county, day(25, 9))
    assert rungs(county, ticket)[-1][:2] == (3, "deferred")
    swept(county, day(26, 10))
    assert papers(county) == []
    swept(county, day(27, 8.5))
    (paper,) = papers(county)
    assert paper.issued_at.astimezone(SHANGHAI).date().isoformat() == "2018-12-17"
    assert sound(county) == []


def test_without_an_authorisation_the_rung_is_recorded_the_paper_waits_and_the_ladder_climbs_on(county: County) -> None:
    withdraw_authority(county)
    ticket = late(county)
    swept(county, day(21, 9))
    assert rungs(county, ticket) == [(3, "proposed", REACHED)]
    assert papers(county) == []
    with county.read() as session:
        (waits,) = pending_decisions.waiting(session, county.people["office"], day(21, 9)).undecided
        assert (waits.what, waits.rung) == ("rung", 3)
    # Later rungs do not wait for it.
    swept(county, day(24, 9))
    assert [rung for rung, status, _ in rungs(county, ticket) if status == "proposed"] == [3, 4]
    with county.write() as session:
        number = session.scalars(select(Escalation.id).where(Escalation.rung == 3)).one()
        proposals.answer(session, county.people["office"], day(24, 10), ticket, number, True, "多次催办未果")
    (paper,) = papers(county)
    assert paper.issued_by_id == county.people["office"].user_id
    assert "authorised" not in paper.content
    assert sound(county) == []


def test_a_paper_about_work_done_since_asks_for_the_reason_and_for_no_work(county: County) -> None:
    """Seen: “才报送”, and two paragraphs below “立即办理报送”."""
    withdraw_authority(county)
    ticket = late(county)
    swept(county, day(21, 9))
    county.resolve(ticket, day(21, 9.5))
    with county.write() as session:
        number = session.scalars(select(Escalation.id).where(Escalation.rung == 3)).one()
        proposals.answer(
            session, county.people["office"], day(21, 10), ticket, number, True, "未按期办理，办理完毕时已逾期"
        )
    (paper,) = papers(county)
    assert (paper.met_by, paper.content["demand"]["zh"]) == ("answer", "请你单位书面说明逾期原因")
    assert sound(county) == []


def test_an_authorisation_recorded_later_issues_nothing_of_before_by_itself(county: County) -> None:
    withdraw_authority(county)
    late(county)
    swept(county, day(21, 9))
    with county.write() as session:
        given = {
            "kind": "supervise",
            "from_day": "2018-12-11",
            "until_day": "2019-12-31",
            "document": "扶组办〔2018〕9号",
        }
        authorisations.record(session, county.people["office"], day(21, 10), given)
    late(county, "A2")
    swept(county, day(22, 9))
    assert [paper.content["authorised"]["document"] for paper in papers(county)] == ["扶组办〔2018〕9号"]
    assert sound(county) == []


def test_an_authorisation_that_ends_overnight_leaves_the_paper_to_a_person(county: County) -> None:
    ticket = late(county)
    swept(county, day(20, 18))
    withdraw_authority(county, day(20, 19))
    swept(county, day(21, 9))
    assert papers(county) == []
    with county.read() as session:
        (waits,) = pending_decisions.waiting(session, county.people["office"], day(21, 9)).undecided
        assert (waits.what, waits.rung, waits.ref) == ("rung", 3, county.ticket(ticket).number)
    assert sound(county) == []


def test_who_acts_before_the_opening_is_not_supervised_by_a_machine(county: County) -> None:
    ticket = late(county)
    swept(county, day(20, 18))
    county.resolve(ticket, day(20, 19))
    swept(county, day(21, 9))
    assert papers(county) == []
    with county.read() as session:
        (waits,) = pending_decisions.waiting(session, county.people["office"], day(21, 9)).undecided
        assert waits.rung == 3
    assert sound(county) == []


def test_the_office_is_reminded_of_waiting_papers_once_every_working_day(county: County) -> None:
    withdraw_authority(county)
    late(county)
    for at in (day(20, 18), day(21, 8), day(21, 9), day(21, 10), day(22, 9), day(25, 9), day(27, 9)):
        swept(county, at)
    with county.write() as session:
        while dispatch(session, day(27, 9)):
            pass
        days = [row.day.isoformat() for row in session.scalars(select(WaitingReminder).order_by(WaitingReminder.day))]
        told = session.scalars(
            select(User.name)
            .join(Message, Message.recipient_id == User.id)
            .join(Event, Event.id == Message.event_id)
            .where(Event.action == "papers_waiting")
        ).all()
    # Not on Saturday 15 December.
    assert days == ["2018-12-11", "2018-12-12", "2018-12-17"]
    assert told == ["office"] * 3
    assert sound(county) == []


def test_the_offices_own_lateness_rests_on_the_leading_groups_authorisation(county: County) -> None:
    ticket = county.file()
    county.do("water", "decline", ticket, START, ground="not_ours", cited_duty="三定方案")
    withdraw_authority(county)
    # The office rules within three working days; 督办 two later, on Tuesday 27 November.
    swept(county, day(8, 9))
    (paper,) = papers(county)
    assert (paper.issuer_id, paper.content["authorised"]["document"]) == (county.units["leaders"], "五扶授〔2018〕1号")
    assert sound(county) == []


def test_a_person_issues_papers_in_office_hours_and_declines_at_any_hour(county: County) -> None:
    ticket, other = late(county), late(county, "A2")
    swept(county, day(24, 8.5))
    with county.read() as session:
        found = dict(session.execute(select(Escalation.ticket_id, Escalation.id).where(Escalation.rung == 4)).all())
    for closed in (day(24, 13), day(24, 17.5), day(25, 10)):
        with pytest.raises(WrongState, match="office_closed"), county.write() as session:
            proposals.answer(session, county.people["office"], closed, ticket, found[ticket], True, "屡催不办", **TALK)
    with county.write() as session:
        proposals.answer(session, county.people["office"], day(25, 10), other, found[other], False, "已说明情况")
        proposals.answer(session, county.people["office"], day(27, 9), ticket, found[ticket], True, "屡催不办", **TALK)
    assert sound(county) == []


def test_the_auditor_misses_a_paper_that_was_due_at_the_opening(county: County) -> None:
    ticket = late(county)
    swept(county, day(20, 18))
    number = county.ticket(ticket).number
    with county.read() as session:
        assert paper_audit.audit(session, day(21, 8.5), {})["beside"] == []
        assert paper_audit.audit(session, day(21, 9), {})["beside"] == [["issue_missing", number]]


def test_an_answer_of_the_system_is_only_ever_an_issue_and_a_stray_waiting_row_is_found(county: County) -> None:
    ticket = late(county)
    swept(county, day(20, 18))
    with county.read() as session:
        rung = session.scalars(select(Escalation).where(Escalation.rung == 3)).one()
    wrong = {"ticket_id": ticket, "escalation_id": rung.id, "at": day(21), "by_id": None}
    for more in (
        {"issued": False, "paper": None, "reason": ""},
        {"issued": True, "paper": "2018:3:9", "reason": SENTENCE},
    ):
        with pytest.raises(IntegrityError), county.write() as session:
            session.execute(RungAnswer.__table__.insert(), wrong | more)
    with county.engine.begin() as connection:
        connection.execute(text("DELETE FROM rung_waiting"))
    assert sorted({*sound(county)}) == ["row_missing", "rung_waiting_differs"]
    with county.read() as session:
        assert session.scalars(select(RungWaiting.escalation_id)).all() == []

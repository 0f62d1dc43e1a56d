"""Papers, waiting rungs and cases of a unit that ends: none is issued to it any more, and its people can still answer."""

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

from models import Escalation, Paper, PaperAct, PaperPending, RungAnswer, RungWaiting, Ticket
from reports import papers
from tests.support.cases import accepted, act, case_county, proposed, row
from tests.support.factories import County, day
from tests.support.reforms import actor, reform, sound, unit
from workflow.accountability import paper_actions, paper_timeline, sweep
from workflow.county.context import county_context
from workflow.county.document_numbers import take_documents


@pytest.fixture
def county(engine: Engine) -> County:
    return case_county(engine)


def test_open_papers_end_under_the_name_of_the_unit_that_ended(county: County) -> None:
    accepted(county)
    sweep.run(county.read, county.write, day(21, 8.5))
    ended = unit(county, "water").id
    with county.read() as session:
        papers = session.scalars(select(Paper.id).where(Paper.unit_id == ended)).all()
        assert papers
    reform(county, day(21, 10), sources=["water"], into="power", from_day="2018-12-01")
    with county.read() as session:
        assert session.scalars(select(PaperPending.paper_id).where(PaperPending.open)).all() == []
        acts = session.scalars(select(PaperAct).where(PaperAct.act == "end")).all()
        assert {(act.paper_id, act.how) for act in acts} == {(paper, "lapsed") for paper in papers}
    assert sound(county, day(21, 11)) == []


def test_the_sheet_of_a_paper_says_who_went_on_for_a_unit_that_ended(county: County) -> None:
    """Seen: a paper addressed to one bureau was signed for by another, and no line said why."""
    accepted(county)
    sweep.run(county.read, county.write, day(21, 8.5))
    with county.read() as session:
        number = session.scalars(select(Paper.number).order_by(Paper.id)).first() or ""
        alone = papers.course_sheet(paper_timeline.course(session, county.people["office"], number))
    reform(county, day(21, 10), sources=["water", "power"], name="县水电局", from_day="2018-12-11")
    with county.read() as session:
        still = paper_timeline.course(session, county.people["office"], number)
    # That the unit ended changes nothing until somebody acts for it.
    assert still.heirs == []
    with county.write() as session:
        paper_actions.sign(session, actor(county, "water"), day(21, 11), number)
    with county.read() as session:
        told = papers.course_sheet(paper_timeline.course(session, county.people["office"], number))
    line = "县水务局已于2018年12月11日撤并，其后由县水电局承接办理。"
    assert line in told.sections[0].text
    assert line not in alone.sections[0].text
    assert told.sections[1].tables[0].rows[-1][2].startswith("县水电局")


def test_a_rung_that_waits_is_declined_and_none_follows(county: County) -> None:
    ticket = accepted(county)
    sweep.run(county.read, county.write, day(31, 8.5))
    with county.read() as session:
        assert session.scalars(select(RungWaiting.escalation_id)).all()
    reform(county, day(31, 10), sources=["water"], into="power", from_day="2018-12-20")
    ended = unit(county, "water").id
    with county.read() as session:
        assert session.scalars(select(RungWaiting.escalation_id)).all() == []
        answers = session.scalars(select(RungAnswer)).all()
        assert [(answer.issued, "机构改革" in answer.reason) for answer in answers if not answer.issued]
        fired = session.scalars(select(Escalation.id).where(Escalation.unit_id == ended)).all()
    for at in (60, 120):
        sweep.run(county.read, county.write, day(at, 9))
    with county.read() as session:
        assert session.scalars(select(Escalation.id).where(Escalation.unit_id == ended)).all() == fired
        later = session.scalars(
            select(Escalation.unit_id).where(Escalation.ticket_id == ticket, Escalation.id > fired[-1])
        )
        assert set(later) == {unit(county, "power").id}
    assert sound(county, day(120, 9.5)) == []


def test_a_case_against_the_unit_is_answered_by_those_who_took_over(county: County) -> None:
    case = proposed(county)
    act(county, "office2", case, "open", at=day(31, 11))
    act(county, "office", case, "notify", at=day(31, 11))
    reform(county, day(31, 15), sources=["water", "power"], name="县水电局", from_day="2018-12-20")
    actor(county, "water")
    act(county, "water", case, "respond", at=day(31, 16))
    assert row(county, case).state == "stated"
    assert row(county, case).unit_id == unit(county, "water").id
    assert sound(county, day(31, 16.5)) == []


def test_the_database_refuses_what_would_be_open_with_an_ended_unit(county: County) -> None:
    ticket = accepted(county)
    reform(county, sources=["water"], into="power")
    ended = unit(county, "water").id
    with pytest.raises(IntegrityError, match="unit_has_ended"), county.write() as session:
        session.execute(
            text(
                "INSERT INTO custody (ticket_id, seq, episode, tenure_id, unit_id, stage, began_at, due_at, account)"
                " SELECT ticket_id, 99, episode, tenure_id, :unit, stage, began_at, due_at, account FROM custody"
                " WHERE ticket_id = :ticket AND seq = 1"
            ),
            {"unit": ended, "ticket": ticket},
        )
    with pytest.raises(IntegrityError, match="open"), county.write() as session:
        session.execute(
            text("UPDATE unit SET ended_on = '2018-11-20', successor_id = :ended WHERE code = :code"),
            {"ended": ended, "code": county.code("power")},
        )
    assert county.ticket(ticket).holder_unit_id == unit(county, "power").id
    assert isinstance(county.ticket(ticket), Ticket)


def test_documents_are_numbered_on_after_a_rename_under_the_new_mark(county: County) -> None:
    numbers = []
    for moment, name in ((day(0), None), (day(1), "县水利局"), (day(2), "县水务管理局")):
        if name is not None:
            reform(county, moment, kind="rename", sources=["water"], name=name)
        with county.write() as session:
            setting = county_context(session)
            issuer = setting.unit(county.units["water"])
            numbers += take_documents(session, setting, issuer, 2018)
    running = [int(number.rpartition(":")[2]) for number in numbers]
    assert running == [1, 2, 3]
    assert len({number.rpartition(":")[0] for number in numbers}) == 3

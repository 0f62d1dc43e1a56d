"""Papers of the ladder: frozen when issued, received by signature or by lapse, answered once, ended in one way."""

import multiprocessing
from collections.abc import Callable
from datetime import datetime
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, insert, select, update
from sqlalchemy.exc import DBAPIError, IntegrityError

from models import Escalation, Event, Message, Paper, PaperAct, PaperPending, Unit, User
from models.engine import make_engine, reading, writing
from notifications.dispatch import dispatch
from settings import DEVELOPMENT_SECRET
from tests.support.factories import START, County, day, settle_county
from tests.support.posts import appoint
from tests.support.signing import TALK
from tests.support.texts import SENTENCE
from workflow import batches
from workflow.accountability import deemed_receipts, paper_actions, paper_views, proposals, sweep
from workflow.actors import actor_of, system
from workflow.county import accounts
from workflow.county.accounts import NewUser
from workflow.errors import BadInput, NotAllowed, NotFound, WorkflowError, WrongState
from workflow.tickets import filing
from workflow.tickets.filing import Deficiency
from workflow.verification.full_check import verify

#: The water bureau has to resolve at the close of Thursday 6 December; 督办 comes two working days later.
ISSUED = day(21, 8.5)
ONE = "2018:华扶办:1"


@pytest.fixture
def county(engine: Engine) -> County:
    made = settle_county(engine, households=12)
    with made.write() as session:
        who = system()
        for name, role, unit in (("second", "office", "office"), ("chief", "bureau", "water")):
            made.people[name] = actor_of(
                accounts.create_user(session, who, START, NewUser(name=name, role=role, unit=made.code(unit)))
            )
        appoint(session, session.get_one(User, made.people["chief"].user_id), "leader", START)
    return made


def swept(county: County, at: datetime) -> batches.Swept:
    return sweep.run(county.read, county.write, at)


def late(county: County, household: str = "A1", at: datetime = ISSUED) -> int:
    """A ticket of the water bureau so late that a 督办 paper has been issued."""
    ticket = county.file(household=household)
    county.do("water", "accept", ticket, day(1))
    swept(county, at)
    return ticket


def do(county: County, act: Callable[..., Paper], who: str, at: datetime, *given: Any, number: str = ONE) -> None:
    with county.write() as session:
        act(session, county.people[who], at, number, *given)


def paper(county: County, number: str = ONE) -> Paper:
    with county.read() as session:
        return session.scalars(select(Paper).where(Paper.number == number)).one()


def happened(county: County, number: str = ONE) -> list[tuple[str, str | None, datetime]]:
    with county.read() as session:
        rows = session.execute(
            select(PaperAct.act, PaperAct.how, PaperAct.effective_at)
            .join(Paper, Paper.id == PaperAct.paper_id)
            .where(Paper.number == number)
            .order_by(PaperAct.id)
        )
        return [(row[0], row[1], row[2]) for row in rows]


def sound(county: County) -> list[str]:
    with county.read() as session:
        return [finding.code for finding in verify(session, Path("nowhere")) if finding.code != "bytes_missing"]


def issue(county: County, ticket: int, rung: int, at: datetime, who: str = "office") -> str | None:
    with county.write() as session:
        rungs = session.scalars(select(Escalation.id).where(Escalation.ticket_id == ticket, Escalation.rung == rung))
        return proposals.answer(
            session, county.people[who], at, ticket, rungs.one(), True, "张三家屡催不办", **TALK
        ).paper


def test_a_paper_is_frozen_with_its_addressee_its_grounds_and_its_demand(county: County) -> None:
    late(county)
    row, content = paper(county), paper(county).content
    assert (row.unit_id, row.leader_id) == (county.units["water"], county.people["chief"].user_id)
    assert (row.issuer_id, row.issued_by_id, row.reason) == (county.units["office"], None, None)
    assert (content["leader"], content["ticket"], content["subject"]["household"]) == ("chief", "2018-000001", "A1")
    # Reached on Monday 10 December after hours, issued on Tuesday: three working days end on Friday, one on Wednesday.
    assert (row.demand_due_at, row.deemed_at, row.met_by) == (day(24, 17.5), day(22, 17.5), "work")
    # Accepted the day after it came: what acceptance took is one line, the mending is told day by day, and it adds up.
    assert [stretch["minutes"] for stretch in content["earlier"]] == [390]
    assert (content["days"][0]["day"], content["days"][-1]["day"]) == ("2018-11-21", "2018-12-11")
    assert 390 + sum(line["minutes"] for line in content["days"]) == content["used"]
    assert sum(line["late"] for line in content["days"]) == content["late"] == 2 * 390
    assert content["used"] == content["budget"] + content["late"]
    # The people of the household are not named: a paper travels.
    assert "张三" not in str(content)
    assert sound(county) == []


def test_who_is_late_with_a_check_is_asked_for_the_check_and_not_for_what_another_unit_puts_right(
    county: County,
) -> None:
    checked, mended = county.file(household="A1"), county.file(household="A2")
    for ticket in (checked, mended):
        county.do("water", "accept", ticket, day(1))
    county.resolve(checked, day(1))
    for after in range(2, 23):
        swept(county, day(after, 9.5))
    with county.read() as session:
        asked = {
            row.ticket_id: (row.content["stage"], row.content["demand"]["zh"])
            for row in session.scalars(select(Paper).where(Paper.rung == 3))
        }
    assert asked[checked] == ("confirm", "请你单位立即办结本环节工作，并书面说明逾期原因")
    assert asked[mended][0] == "mend"
    assert "本环节" not in asked[mended][1]


def test_a_paper_names_the_household_the_village_and_the_town_of_its_own_ticket(county: County) -> None:
    county.do("water", "accept", county.file("other_town", "B1"), day(1))
    with county.write() as session:
        asked = Deficiency(village="town-a-v2", kind=county.kind("water"))
        village = filing.file_ticket(session, county.people["town"], START, asked).ticket.id
    county.do("water", "accept", village, day(1))
    late(county)
    with county.read() as session:
        towns = {unit.code: unit.name for unit in session.scalars(select(Unit).where(Unit.type == "town"))}
        subjects = [paper.content["subject"] for paper in session.scalars(select(Paper).order_by(Paper.ticket_id))]
    one, other = (towns[county.code(code)] for code in ("town-a", "town-b"))
    assert [(each["household"], each["village"], each["town"]) for each in subjects] == [
        ("B1", "town-b-v1村", other),
        (None, "town-a-v2村", one),
        ("A1", "town-a-v1村", one),
    ]


def test_a_unit_without_a_leader_is_told_so_plainly(county: County) -> None:
    county.do("power", "accept", county.file(kind="power"), day(1))
    swept(county, ISSUED)
    assert (paper(county).leader_id, paper(county).content["leader"]) == (None, None)


def test_a_paper_is_signed_for_answered_once_and_ends_only_when_the_work_is_confirmed(county: County) -> None:
    ticket = late(county)
    for who, refusal in (("power", NotFound), ("town", NotAllowed), ("office", NotAllowed), ("admin", NotFound)):
        with pytest.raises(refusal):
            do(county, paper_actions.sign, who, day(21))
    do(county, paper_actions.sign, "water", day(21))
    with pytest.raises(WrongState):
        do(county, paper_actions.sign, "chief", day(21))
    for words in (None, "", "  ", "致电13812345678"):
        with pytest.raises(BadInput):
            do(county, paper_actions.answer, "water", day(21), words)
    do(county, paper_actions.answer, "water", day(21, 11), "管材昨日到货")
    with pytest.raises(WrongState):
        do(county, paper_actions.answer, "water", day(21, 12), "再答")
    # An answer resolves nothing, and a rejected resolution counts as none.
    county.resolve(ticket, day(22))
    county.do("town", "reject", ticket, day(22, 11), reason="未通水")
    assert [act for act, _, _ in happened(county)] == ["receipt", "answer"]
    county.resolve(ticket, day(23))
    county.confirm(ticket, day(24))
    # Ended with its ticket as of when the work was done; that it is carried out no one has said.
    assert happened(county) == [
        ("receipt", "signed", day(21)),
        ("answer", None, day(21, 11)),
        ("end", "concluded", day(23)),
    ]
    with county.read() as session:
        assert session.scalars(select(PaperPending.paper_id)).all() == []
    assert sound(county) == []


def test_receipt_lapses_at_its_own_moment_exactly_once_however_long_nobody_looked(county: County) -> None:
    late(county)
    swept(county, day(22, 17.4))
    assert happened(county) == []
    with county.read() as session:
        assert deemed_receipts.next_due(session, day(22, 17.4)) is None
    # After the moment nobody signs any more, though no worker has put it down yet; an answer puts it down.
    with pytest.raises(WrongState):
        do(county, paper_actions.sign, "water", day(23))
    with county.read() as session:
        assert deemed_receipts.lapsed_receipts(session, day(23)) == [(1, ONE)]
    assert swept(county, day(60)).lapsed["deem_received"] == 1
    assert "deem_received" not in swept(county, day(60)).lapsed
    assert happened(county) == [("receipt", "deemed", day(22, 17.5))]
    with county.read() as session:
        event = session.scalars(select(Event).where(Event.action == "deem_received")).one()
    assert (event.at, event.effective_at) == (day(60), day(22, 17.5))
    assert sound(county) == []


def test_two_papers_of_one_ticket_that_lapse_in_one_sweep_follow_each_other_in_its_history(county: County) -> None:
    # 督办 is issued only on the afternoon of Thursday 13 December, and 约谈 by a person the morning after, before it lapses.
    ticket = late(county, at=day(23, 17))
    swept(county, day(24, 8.5))
    issue(county, ticket, 4, day(24, 9))
    assert (paper(county).deemed_at, paper(county, "2018:华扶办:2").deemed_at) == (day(24, 17.5), day(27, 17.5))
    before = swept(county, day(24, 17.4))
    assert "deem_received" not in before.lapsed
    # Both in one sweep, the later one at the very moment.
    assert swept(county, day(27, 17.5)).lapsed == {"deem_received": 2}
    assert happened(county)[-1] == ("receipt", "deemed", day(24, 17.5))
    assert happened(county, "2018:华扶办:2") == [("receipt", "deemed", day(27, 17.5))]
    with county.read() as session:
        chain = session.scalars(
            select(Event).where(Event.subject_type == "ticket", Event.subject_id == ticket).order_by(Event.seq)
        ).all()
        assert [event.seq for event in chain] == list(range(1, len(chain) + 1))
        assert [event.given["paper"] for event in chain if event.action == "deem_received"] == [ONE, "2018:华扶办:2"]
        assert all(one.hash == following.prev_hash for one, following in pairwise(chain))
    assert sound(county) == []


def test_who_answers_has_received_it_and_late_it_counted_as_received(county: County) -> None:
    late(county, "A1")
    late(county, "A2")
    do(county, paper_actions.answer, "water", day(21), "在办，尚缺水泵")
    do(county, paper_actions.answer, "water", day(23), "在办，尚缺水泵", number="2018:华扶办:2")
    assert [how for _, how, _ in happened(county)] == ["signed", None]
    assert happened(county, "2018:华扶办:2")[0] == ("receipt", "deemed", day(22, 17.5))
    assert swept(county, day(23, 11)).lapsed == {}
    assert sound(county) == []


def test_the_next_paper_supersedes_the_one_before_and_no_answer_ends_one_by_itself(county: County) -> None:
    ticket = late(county)
    swept(county, day(31, 8.5))
    issue(county, ticket, 5, day(31))
    # A rung lower than the issued one would supersede it: it can only be declined.
    with pytest.raises(WrongState):
        issue(county, ticket, 4, day(31, 11))
    assert happened(county)[-1] == ("end", "superseded", day(31))
    with pytest.raises(WrongState):
        do(county, paper_actions.answer, "water", day(31, 11), "迟了")
    assert paper(county, "2018:华扶办:2").reason == "张*家屡催不办"
    do(county, paper_actions.answer, "water", day(31, 12), "说明如下", number="2018:华扶办:2")
    assert [how for _, how, _ in happened(county, "2018:华扶办:2")] == ["signed", None]
    assert sound(county) == []


def test_a_paper_issued_when_the_stretch_is_over_has_its_grounds_up_to_then_and_asks_for_an_answer(
    county: County,
) -> None:
    ticket = late(county, at=day(24, 8.5))
    county.resolve(ticket, day(24))
    issue(county, ticket, 4, day(27))
    row = paper(county)
    assert (row.met_by, row.content["as_of"][:10]) == ("answer", "2018-12-14")
    assert row.content["used"] == row.content["budget"] + row.content["late"]
    assert sound(county) == []


def test_in_the_other_stages_a_unit_meets_a_paper_by_moving_the_ticket_on_itself(county: County) -> None:
    # Not accepted by Thursday the 22nd: a 督办 paper on Tuesday morning, deemed acceptance the day after.
    for household in ("A1", "A2", "A3"):
        county.file(household=household)
    swept(county, day(7, 8.5))
    county.do("water", "accept", 1, day(7))
    county.do("water", "decline", 2, day(7), ground="not_ours", cited_duty="三定方案")
    swept(county, day(8))
    ends = [[how for act, how, _ in happened(county, f"2018:华扶办:{n}") if act == "end"] for n in (1, 2, 3)]
    # Accepted, declined; the third counts as accepted without an act of a person.
    assert ends == [["moved_on"], ["moved_on"], ["lapsed"]]
    # Whatever ended it, an ended paper takes no answer and offers none; the receipt of what was sent it still takes.
    for number in (ONE, "2018:华扶办:2", "2018:华扶办:3"):
        with county.read() as session:
            view = paper_views.paper_view(session, county.people["water"], number)
            offered = paper_actions.open_to(county.people["water"], view.paper, view.ticket, view.acts, day(8))
        assert "answer" not in offered
        with pytest.raises(WrongState, match="paper_ended"):
            do(county, paper_actions.answer, "water", day(8), SENTENCE, number=number)
    assert sound(county) == []


@pytest.mark.parametrize("how", ["cancel", "reassign"])
def test_a_paper_lapses_when_what_it_asks_for_is_no_longer_the_units_to_do(county: County, how: str) -> None:
    ticket = late(county)
    if how == "cancel":
        county.do("office", "cancel", ticket, day(21), reason="重复")
    else:
        county.do("water", "reclassify", ticket, day(21), kind="power", reason="实为用电")
        assert happened(county) == []
        county.do("office", "reassign", ticket, day(21), unit="power", reason="电力故障，转供电局")
    assert happened(county) == [("end", "lapsed", day(21))]
    # It was sent all the same, and the unit will have received it; then nothing is left to come.
    do(county, paper_actions.sign, "water", day(21, 11))
    with county.read() as session:
        assert session.scalars(select(PaperPending.paper_id)).all() == []
    assert sound(county) == []


def test_revoking_a_paper_takes_two_persons_of_its_issuer_and_a_reason(county: County) -> None:
    late(county, "A1")
    late(county, "A2")
    for who in ("water", "town", "leaders", "inspectorate"):
        with pytest.raises(NotAllowed):
            do(county, paper_actions.ask_revocation, who, day(21), "有误")
    with pytest.raises(WrongState):
        do(county, paper_actions.rule_on_revocation, "second", day(21), True, "已入户核对属实，同意")
    with pytest.raises(BadInput):
        do(county, paper_actions.ask_revocation, "office", day(21), "")
    for number in (ONE, "2018:华扶办:2"):
        do(county, paper_actions.ask_revocation, "office", day(21), "材料已报，系录入迟延", number=number)
    with pytest.raises(WrongState):
        do(county, paper_actions.ask_revocation, "second", day(21), "又")
    with pytest.raises(NotAllowed):
        do(county, paper_actions.rule_on_revocation, "office", day(21), True, "我自己")
    do(county, paper_actions.rule_on_revocation, "second", day(21, 11), True, "已入户核对属实")
    do(county, paper_actions.rule_on_revocation, "second", day(21, 11), False, "不属实", number="2018:华扶办:2")
    assert happened(county)[-1] == ("end", "revoked", day(21, 11))
    # A revoked paper needs no receipt; for a kept one revocation cannot be requested again.
    for act, given in ((paper_actions.sign, ()), (paper_actions.answer, (SENTENCE,))):
        with pytest.raises(WrongState):
            do(county, act, "water", day(21, 12), *given)
    with pytest.raises(WrongState):
        do(county, paper_actions.rule_on_revocation, "second", day(21, 12), True, SENTENCE, number="2018:华扶办:2")
    swept(county, day(23))
    assert [act for act, _, _ in happened(county)] == ["ask_revocation", "end"]
    assert [act for act, _, _ in happened(county, "2018:华扶办:2")] == ["ask_revocation", "keep", "receipt"]
    assert sound(county) == []


def test_the_database_refuses_a_second_act_one_persons_revocation_and_any_rewrite(county: County) -> None:
    ticket = late(county)
    do(county, paper_actions.sign, "water", day(21))
    row, office = paper(county), county.people["office"].user_id
    common = {"ticket_id": ticket, "paper_id": row.id, "at": day(21), "effective_at": day(21)}
    for wrong in (
        {"act": "receipt", "how": "deemed"},
        {"act": "end", "how": "revoked", "by_id": office, "asked_by_id": office, "words": "x"},
        {"act": "end", "how": "revoked", "by_id": office, "words": "x"},
        {"act": "end", "how": "signed"},
        {"act": "answer", "by_id": office},
        {"act": "end", "how": "concluded", "by_id": office},
        {"act": "end", "how": "verified", "words": "x"},
        {"act": "end", "how": "verified", "by_id": office},
        {"act": "keep", "by_id": office, "words": "x", "round": 2},
    ):
        with pytest.raises(IntegrityError), county.write() as session:
            session.execute(insert(PaperAct).values(**common, **wrong))
    again = {column.key: getattr(row, column.key) for column in Paper.__table__.columns if column.key != "id"}
    with pytest.raises(IntegrityError), county.write() as session:
        session.execute(insert(Paper).values(**again))
    for rewrite in (
        update(Paper).values(content={}),
        delete(Paper),
        update(PaperAct).values(how="deemed"),
        delete(PaperAct),
    ):
        with pytest.raises(DBAPIError), county.write() as session:
            session.execute(rewrite)


def test_who_sees_the_ticket_sees_its_papers_and_the_addressee_its_own_whatever_comes(county: County) -> None:
    ticket = late(county, at=day(24, 8.5))
    swept(county, day(31, 8.5))

    def seen(who: str, number: str) -> list[str] | None:
        with county.read() as session:
            try:
                return list(paper_views.paper_view(session, county.people[who], number).acts)
            except NotFound:
                return None

    def listed(who: str) -> list[str]:
        with county.read() as session:
            page = paper_views.list_papers(session, county.people[who], day(40))
        return [line.paper.number for line in page.items]

    with county.read() as session:
        number = session.scalars(select(Paper.number)).first()
    assert number is None  # After so long only the highest rung stands, and it is only proposed.
    issue(county, ticket, 4, day(31))
    four = "2018:华扶办:1"
    for who in ("water", "town", "village", "office", "leaders", "inspectorate"):
        assert seen(who, four) == [], who
    for who in ("power", "other_town", "far_village", "admin"):
        assert seen(who, four) is None, who
    county.do("water", "reclassify", ticket, day(32), kind="power", reason="实为用电")
    county.do("office", "reassign", ticket, day(32), unit="power", reason="电力故障，转供电局")
    county.do("power", "accept", ticket, day(32))
    county.do("power", "reclassify", ticket, day(33), kind="house", cause="other", reason="实为危房")
    county.do("office", "reassign", ticket, day(33), unit="housing", reason="电力故障，转供电局")
    issue(county, ticket, 5, day(34))
    # The power bureau once held the ticket: it reads what was issued before its exit, and not what came after.
    assert seen("power", four) == []
    assert seen("power", "2018:华扶办:2") is None
    assert seen("water", "2018:华扶办:2") == []
    do(county, paper_actions.answer, "water", day(34, 11), "已说明逾期原因", number="2018:华扶办:2")
    assert seen("town", "2018:华扶办:2") == ["receipt", "answer"]
    assert (listed("office"), listed("water"), listed("power")) == (
        ["2018:华扶办:2", four],
        ["2018:华扶办:2", four],
        [],
    )
    with pytest.raises(NotAllowed):
        listed("village")
    assert sound(county) == []


def test_after_thirty_days_down_a_missed_rung_has_no_paper_and_a_reached_one_exactly_one(county: County) -> None:
    for n in range(1, 6):
        county.do("water", "accept", county.file(household=f"A{n}"), START)
    swept(county, ISSUED)
    for n in range(6, 11):
        county.do("water", "accept", county.file(household=f"A{n}"), START)
    # Downtime from here on; the ladder has meanwhile reached 问责, which is only proposed.
    assert swept(county, day(50)).rungs == {5: 10}
    with county.read() as session:
        rungs = session.scalars(select(Escalation.paper).where(Escalation.status == "missed")).all()
        numbers = session.scalars(select(Paper.number).order_by(Paper.id)).all()
        received = session.scalars(select(PaperAct.effective_at).where(PaperAct.how == "deemed")).all()
    assert set(rungs) == {None}
    assert numbers == [f"2018:华扶办:{n}" for n in range(1, 6)]
    assert received == [day(22, 17.5)] * 5
    assert sound(county) == []


def test_what_happens_to_a_paper_is_told_to_the_other_side(county: County) -> None:
    late(county, "A1")
    late(county, "A2")

    def recipients() -> set[str]:
        with county.write() as session:
            before = session.scalars(select(Message.id).order_by(Message.id.desc())).first() or 0
            dispatch(session, day(21))
            query = select(User.name).join(Message, Message.recipient_id == User.id).where(Message.id > before)
            return set(session.scalars(query))

    recipients()
    for act, who, given, expected in (
        (paper_actions.sign, "water", (), {"office", "second"}),
        (paper_actions.answer, "water", ("在办，尚缺水泵",), {"office", "second"}),
        (paper_actions.ask_revocation, "office", ("有误",), {"second"}),
        (paper_actions.rule_on_revocation, "second", (True, "已入户核对属实，同意"), {"office", "water", "chief"}),
    ):
        do(county, act, who, day(21), *given)
        assert recipients() == expected, act.__name__
    do(county, paper_actions.ask_revocation, "office", day(21), "有误", number="2018:华扶办:2")
    recipients()
    do(county, paper_actions.rule_on_revocation, "second", day(21), False, "文书所列事实无误", number="2018:华扶办:2")
    assert recipients() == {"office"}
    swept(county, day(23, 8.5))
    assert recipients() == {"water", "chief"}


def _sweeper(url: str, at: datetime, barrier: Any) -> None:
    engine = make_engine(url, DEVELOPMENT_SECRET)
    barrier.wait(600)
    sweep.run(partial(reading, engine), partial(writing, engine), at, batch=2)
    engine.dispose()


def _issuer(url: str, who: Any, asked: list[tuple[int, int]], at: datetime, barrier: Any) -> None:
    engine = make_engine(url, DEVELOPMENT_SECRET)
    barrier.wait(600)
    for ticket, rung in asked:
        try:
            with writing(engine) as session:
                proposals.answer(session, who, at, ticket, rung, True, "屡催不办", **TALK)
        except WorkflowError:
            continue
    engine.dispose()


def test_several_sweepers_and_persons_at_once_leave_no_gap_and_one_paper_a_rung(
    county: County, database_url: str
) -> None:
    for n in range(1, 7):
        county.do("water", "accept", county.file(household=f"A{n}"), START)
    swept(county, day(24, 8.5))
    for n in range(7, 13):
        ticket = county.file(household=f"A{n}", at=day(7))
        county.do("water", "accept", ticket, day(7))
    swept(county, day(25))
    with county.read() as session:
        asked = [
            (row[0], row[1])
            for row in session.execute(
                select(Escalation.ticket_id, Escalation.id).where(Escalation.status == "proposed", Escalation.rung == 4)
            )
        ]
    assert len(asked) == 6
    county.engine.dispose()
    at, context = day(28, 9), multiprocessing.get_context("fork")
    barrier = context.Barrier(5)
    who = county.people["office"]
    processes = [context.Process(target=_sweeper, args=(database_url, at, barrier)) for _ in range(3)]
    processes += [context.Process(target=_issuer, args=(database_url, who, asked, at, barrier)) for _ in range(2)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 5
    # Rows locked by another transaction are left to the next run.
    swept(county, at)
    with county.read() as session:
        numbers = sorted(session.scalars(select(Paper.number)))
        rungs = session.scalars(select(Paper.escalation_id)).all()
    assert len(set(rungs)) == len(rungs)
    assert numbers == sorted(f"2018:华扶办:{n}" for n in range(1, 13))
    assert sound(county) == []

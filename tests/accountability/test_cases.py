"""Accountability cases: opening, decision, lapse, dossier, and what `verify` finds."""

import multiprocessing
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, delete, func, select, text, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models import AccountabilityCase, CaseDossier, Event, EventSecret, Message, Paper, User
from models.engine import make_engine, reading, writing
from notifications.dispatch import dispatch
from notifications.rules import CASE_RULES
from settings import DEVELOPMENT_SECRET
from tests.support import cases
from tests.support.cases import GIVEN, accepted, act, case_county, offices_own, overdue, proposed, raised, row
from tests.support.factories import County, day
from tests.support.texts import SENTENCE
from workflow.accountability import paper_actions, sweep
from workflow.accountability.cases import case_desk, case_sweep, case_views, dossiers
from workflow.batches import Swept
from workflow.county.context import county_context
from workflow.errors import BadInput, Duplicate, NotAllowed, NotFound, WrongState
from workflow.history import event_log
from workflow.tickets import participation
from workflow.tickets.custody import downtime
from workflow.verification.full_check import verify


@pytest.fixture
def county(engine: Engine) -> County:
    return case_county(engine)


def sound(county: County) -> list[str]:
    with county.read() as session:
        return [f"{finding.code} {finding.subject}" for finding in verify(session, Path("nowhere"))]


def events(county: County, case: int) -> list[tuple[str, str | None]]:
    with county.read() as session:
        rows = session.execute(
            select(Event.action, Event.to_state)
            .where(Event.subject_type == "case", Event.subject_id == case)
            .order_by(Event.seq)
        )
        return [(action, to) for action, to in rows]


def test_issuing_the_last_rung_proposes_one_case_and_declining_it_none(county: County) -> None:
    case = proposed(county)
    there = row(county, case)
    assert (there.state, there.unit_id, there.escalation_id is None) == ("proposed", county.units["water"], False)
    assert there.decider_unit_id == county.units["leaders"]
    # A second case on the same custody is refused, whichever unit opens it.
    with pytest.raises(Duplicate):
        raised(county, there.ticket_id, at=day(31), custody=cases.custody_of(county, case).seq)
    act(county, "office2", case, "open", at=day(32))
    assert events(county, case) == [("propose_case", "proposed"), ("open", "opened")]
    assert sound(county) == []


def test_the_office_opens_one_by_itself_and_names_the_result_harmed(county: County) -> None:
    ticket = overdue(county)
    for given, field in (
        ({}, "result"),
        ({"result": "1:haves"}, "harm"),
        ({"result": "1:nothing", "harm": SENTENCE}, "result"),
        ({"result": "99:task", "harm": SENTENCE}, "result"),
        ({"result": "1:haves", "harm": "13812345678"}, "harm"),
        ({"result": "1:haves", "harm": SENTENCE, "outcome": "no_fault"}, "outcome"),
    ):
        with pytest.raises(BadInput) as refusal, county.write() as session:
            case_desk.raise_case(session, county.people["office"], day(1), ticket, 2, **county.cast.given(given))
        assert refusal.value.field == field
    for custody in (None, "", 9, "x", 2**70, True):
        with pytest.raises(BadInput), county.write() as session:
            case_desk.raise_case(
                session, county.people["office"], day(1), ticket, custody, **county.cast.given(GIVEN["open"])
            )
    for who, refused in (
        ("leaders", NotAllowed),
        ("water", NotAllowed),
        ("inspectorate", NotAllowed),
        ("power", NotFound),
    ):
        with pytest.raises(refused):
            raised(county, ticket, who=who)
    result = county.cast.results.get("1:task", "1:task")
    with county.write() as session:
        made = case_desk.raise_case(session, county.people["office"], day(1), ticket, 2, result=result, harm=SENTENCE)
        assert (made.state, made.proposed_by_id) == ("proposed", county.people["office"].user_id)
        opened = case_desk.perform(
            session, county.people["office2"], made.id, "open", day(1), result=result, harm=SENTENCE
        )
        assert (opened.state, f"{opened.indicator}:{opened.figure}") == ("opened", result)
    assert sound(county) == []


def test_whoever_proposes_a_case_does_not_open_it(county: County) -> None:
    ticket, given = overdue(county), county.cast.given(GIVEN["open"])
    with county.write() as session:
        case = case_desk.raise_case(session, county.people["office"], day(1), ticket, 2, **given).id
    with pytest.raises(WrongState) as alone:
        act(county, "office", case, "open")
    assert alone.value.code == "opening_needs_another"
    with county.read() as session:
        offered = [
            "open" in case_views.case_view(session, county.people[who], case, day(1)).actions
            for who in ("office", "office2", "leaders")
        ]
    assert offered == [False, True, False]
    act(county, "office2", case, "open")
    # The database refuses it, too; a case of before this was recorded names no proposer.
    with pytest.raises(IntegrityError), county.write() as session:
        own = {"proposed_by_id": row(county, case).opened_by_id}
        session.execute(update(AccountabilityCase).where(AccountabilityCase.id == case).values(**own))
    with county.write() as session:
        session.execute(update(AccountabilityCase).where(AccountabilityCase.id == case).values(proposed_by_id=None))


def test_a_case_needs_a_custody_that_failed(county: County) -> None:
    ticket = accepted(county)
    with pytest.raises(BadInput) as early:
        raised(county, ticket, at=day(0.01))
    assert (early.value.code, early.value.field) == ("custody_not_failed", "custody")
    with county.read() as session:
        setting, row_ = county_context(session), county.ticket(ticket)
        offer = case_views.case_offer(session, county.people["office"], setting, row_, day(1))
        later = case_views.case_offer(session, county.people["office"], setting, row_, day(30))
    assert offer is not None
    assert later is not None
    assert (offer.custodies, offer.lacks) == ((), "custody")
    assert ([held.seq for held in later.custodies], later.lacks) == ([2], "")
    assert raised(county, ticket, at=day(30)) == 1
    assert sound(county) == []


def test_whoever_opened_it_does_not_decide_it_and_nobody_decides_about_themselves(county: County) -> None:
    own = offices_own(county)
    there = row(county, own)
    assert (there.opened_by_unit_id, there.decider_unit_id) == (county.units["leaders"], None)
    act(county, "leaders", own, "notify")
    act(county, "office", own, "respond")
    act(county, "leaders", own, "hear")
    with pytest.raises(NotAllowed):
        act(county, "leaders", own, "decide")
    act(county, "leaders", own, "refer", "record")
    assert (row(county, own).outcome, row(county, own).decided_by_unit_id) == ("circular", None)
    # The database refuses it, too.
    case = raised(county, overdue(county))
    for change in (
        {"decider_unit_id": county.units["office"]},
        {"decider_unit_id": county.units["water"]},
        {"opened_by_unit_id": county.units["water"]},
        {"decided_by_unit_id": county.units["office"]},
    ):
        with pytest.raises(IntegrityError), county.write() as session:
            session.execute(update(AccountabilityCase).where(AccountabilityCase.id == case).values(**change))
    assert sound(county) == []


def test_a_statement_is_waited_for_until_the_scheme_says_and_lapses_once_as_of_then(county: County) -> None:
    case, other = raised(county, overdue(county)), raised(county, overdue(county, "A2"))
    act(county, "office", case, "notify")
    due = row(county, case).statement_due_at
    assert due == day(8, 17.5)
    # At the stroke of the deadline it is still in time.
    with county.read() as session:
        assert case_sweep.due(session, due) == []
    act(county, "office", other, "notify")
    act(county, "water", other, "respond", at=due)
    for _ in range(2):
        # Thirty days down: the effective moment is that of the deadline all the same.
        case_sweep.run(county.read, county.write, day(40))
    with county.read() as session:
        lapse = session.execute(
            select(Event.at, Event.effective_at, Event.actor_role).where(Event.action == "lapse_statement")
        ).all()
    assert [tuple(entry) for entry in lapse] == [(day(40), due, "system")]
    assert (row(county, case).silent, row(county, other).silent) == (True, False)
    with pytest.raises(WrongState):
        act(county, "water", case, "respond", at=day(40))
    assert sound(county) == []


def _lapse(url: str, barrier: Any, results: Any) -> None:
    engine = make_engine(url, DEVELOPMENT_SECRET)
    barrier.wait()
    swept = case_sweep.run(lambda: reading(engine), lambda: writing(engine), day(20))
    results.put((swept.lapsed.get("lapse_statement", 0), swept.failed))
    engine.dispose()


def test_several_workers_let_each_lapse_once(county: County, database_url: str) -> None:
    for number in range(1, 7):
        act(county, "office", raised(county, overdue(county, f"A{number}")), "notify")
    county.engine.dispose()
    context = multiprocessing.get_context("fork")
    barrier, results = context.Barrier(3), context.Queue()
    processes = [context.Process(target=_lapse, args=(database_url, barrier, results)) for _ in range(3)]
    for process in processes:
        process.start()
    outcomes = [results.get(timeout=600) for _ in processes]
    for process in processes:
        process.join()
    assert (sum(count for count, _ in outcomes), [failed for _, failed in outcomes]) == (6, [{}, {}, {}])
    assert sound(county) == []


def test_an_appeal_reopens_it_once_within_the_days_of_the_scheme(county: County) -> None:
    case = raised(county, overdue(county))
    act(county, "office", case, "notify")
    act(county, "water", case, "respond")
    act(county, "office", case, "hear")
    act(county, "leaders", case, "decide")
    act(county, "office", case, "serve")
    last = row(county, case).appeal_until
    assert last == day(15, 17.5)
    with pytest.raises(WrongState) as early:
        act(county, "office", case, "close", at=last)
    assert early.value.code == "appeal_still_open"
    act(county, "water", case, "appeal", at=last)
    there = row(county, case)
    assert (there.state, there.outcome, there.heard_on) == ("stated", None, None)
    with pytest.raises(BadInput) as before:
        act(county, "office", case, "hear", at=day(16), heard_on="2018-12-04")
    assert before.value.code == "heard_before_appeal"
    act(county, "office", case, "hear", at=day(16), heard_on="2018-12-06")
    # Seen: 提醒谈话 became 移送县纪委监委 on the appeal of the unit.
    for worse in ("rectify", "移送纪检监察机关"):
        with pytest.raises(BadInput) as harsher:
            act(county, "leaders", case, "decide", at=day(16), outcome=worse)
        assert (harsher.value.code, harsher.value.field) == ("outcome_worse_on_appeal", "outcome")
    with county.read() as session:
        offered = case_views.case_view(session, county.people["leaders"], case, day(16)).scope.outcomes
    assert offered == ("no_fault", "honest_error", "reminder_talk")
    act(county, "leaders", case, "decide", at=day(16), outcome="容错免责")
    act(county, "office", case, "serve", at=day(16))
    with pytest.raises(WrongState) as again:
        act(county, "water", case, "appeal", at=day(16))
    assert again.value.code == "appealed_already"
    act(county, "office", case, "close", at=day(16))
    assert (row(county, case).outcome, row(county, case).ended_at) == ("honest_error", day(16))
    assert sound(county) == []


def test_withdrawing_takes_two_persons_and_whatever_brings_it_on_forgets_who_asked(county: County) -> None:
    case = raised(county, overdue(county))
    act(county, "office", case, "seek_withdrawal")
    with pytest.raises(WrongState) as alone:
        act(county, "office", case, "agree_withdrawal")
    assert alone.value.code == "withdrawal_needs_another"
    act(county, "office2", case, "notify")
    with pytest.raises(WrongState) as forgotten:
        act(county, "office2", case, "agree_withdrawal")
    assert forgotten.value.code == "withdrawal_not_sought"
    act(county, "office2", case, "seek_withdrawal")
    for change in ({"withdrawn_by_id": county.people["office2"].user_id}, {"withdrawal_by_id": None}):
        with pytest.raises(IntegrityError), county.write() as session:
            session.execute(
                update(AccountabilityCase).values(
                    {
                        "state": "withdrawn",
                        "ended_at": day(2),
                        "next_at": None,
                        "withdrawn_by_id": county.people["office"].user_id,
                    }
                    | change
                )
            )
    act(county, "office", case, "agree_withdrawal")
    assert events(county, case)[-1] == ("agree_withdrawal", "withdrawn")
    # After a withdrawal a new case on the custody may be opened.
    assert raised(county, row(county, case).ticket_id) != case
    assert sound(county) == []


def _frozen(session: Session, case: int) -> dict[str, Any]:
    dossier = dossiers.latest(session, case)
    assert dossier is not None
    return dossier.content


def test_the_dossier_tells_who_held_it_what_was_asked_and_answered_and_hides_names(county: County) -> None:
    ticket = accepted(county)
    with county.write() as session:
        participation.comment(session, county.people["town"], ticket, "张三家断水已久", day(1))
        participation.comment(session, county.people["water"], ticket, "张三家下周施工", day(2))
    county.do("office", "suspend", ticket, day(3), ground="flood", until="2018-11-26")
    county.do("office", "resume", ticket, day(6), note="水已退")
    case = raised(county, ticket, at=day(30), custody=4)
    with county.read() as session:
        facts = _frozen(session, case)["facts"]
    held = [(line["stage"], line["minutes"], line["complained"]) for line in facts["custodies"]]
    # Tuesday 10:00 to Friday 10:00, to Monday 10:00, and from then on 18 days of 390 minutes.
    assert held == [("accept", 0, False), ("mend", 1170, False), ("hold", 390, False), ("mend", 18 * 390, True)]
    assert [(line["action"], line["words"]) for line in facts["asked"]] == [("comment", ["张*家断水已久"])]
    assert [line["action"] for line in facts["answered"]] == ["accept", "comment"]
    assert facts["answered"][1]["words"] == ["张*家下周施工"]
    assert [(line["action"], line["codes"].get("until")) for line in facts["granted"]] == [
        ("suspend", "2018-11-26"),
        ("resume", None),
    ]
    assert (facts["totals"], facts["downtime"]) == (
        [
            {
                "unit": county.units["water"],
                "minutes": 1170 + 18 * 390,
                "late": facts["custodies"][3]["late"],
                "stopped": 0,
            },
            {"unit": county.units["office"], "minutes": 0, "late": 0, "stopped": 390},
        ],
        [],
    )
    with county.read() as session:
        assert facts["ticket"]["hash"] == event_log.head_of(session, "ticket", ticket)[1]
    # The case keeps what the unit was served, whatever happens to the ticket.
    act(county, "office", case, "notify", at=day(30))
    county.resolve(ticket, day(31))
    act(county, "water", case, "respond", at=day(31), statement="张三家不在")
    with county.read() as session:
        later = _frozen(session, case)
    assert later["facts"]["at"] == event_log.stamp(day(30))
    assert later["course"][-1]["words"] == {"statement": "张*家不在"}


def test_verify_folds_a_case_and_catches_what_was_changed_behind_the_door(county: County) -> None:
    case = raised(county, overdue(county))
    act(county, "office", case, "notify")
    act(county, "water", case, "respond")
    assert sound(county) == []
    changes: tuple[dict[str, Any], ...] = (
        {"unit_id": county.units["power"]},
        {"figure": "ranking"},
        {"silent": True},
        {"appeals": 1},
    )
    for change in changes:
        with county.write() as session:
            session.execute(update(AccountabilityCase).where(AccountabilityCase.id == case).values(**change))
            session.flush()
            said = [(finding.code, finding.subject) for finding in verify(session, Path("nowhere"))]
            assert said == [("row_differs", f"case {case} {name}") for name in change]
            session.rollback()
    with county.write() as session:
        drop = "DROP TRIGGER {0}_refuse_{1}" + (" ON {0}" if session.get_bind().dialect.name == "postgresql" else "")
        for table, verb in (("case_dossier", "update"), ("case_dossier", "delete"), ("event_secret", "update")):
            session.execute(text(drop.format(table, verb)))
        last = select(func.max(CaseDossier.id)).scalar_subquery()
        session.execute(update(CaseDossier).where(CaseDossier.id == 1).values(content={"case": {}}))
        session.execute(delete(CaseDossier).where(CaseDossier.id == last))
        responded = select(Event.id).where(Event.action == "respond")
        session.execute(
            update(EventSecret).where(EventSecret.event_id.in_(responded)).values(body={"statement": "认错"})
        )
    assert sound(county) == [
        f"words_altered case {case} #4",
        f"dossier_altered case {case} #1",
        f"dossier_missing case {case} #4",
        "row_missing case_dossier 4",
    ]


def test_each_event_tells_exactly_whom_it_should(county: County) -> None:
    office, lead = {"office", "office2"}, {"leaders", "leaders2"}
    case, seen = raised(county, overdue(county)), set()

    def recipients(kind: str) -> set[str]:
        with county.write() as session:
            before = session.scalar(select(func.max(Message.id))) or 0
            while dispatch(session, day(1)):
                pass
            query = select(User.name).join(Message, Message.recipient_id == User.id).where(Message.id > before)
            seen.add(kind)
            return set(session.scalars(query.where(Message.kind == kind)))

    assert recipients("propose_case") == {"office2"}
    steps: list[tuple[str, str, set[str]]] = [
        ("office", "seek_withdrawal", {"office2"} | lead),
        ("office", "notify", {"water"}),
        ("water", "respond", office),
        ("office", "hear", lead | {"water"}),
        ("leaders", "decide", office),
        ("office", "serve", {"water", "inspectorate"} | lead),
        ("water", "appeal", office | lead | {"inspectorate"}),
        ("office", "hear", lead | {"water"}),
        ("leaders", "decide", office),
        ("office", "serve", {"water", "inspectorate"} | lead),
        ("office", "close", {"water"} | lead),
    ]
    for who, action, expected in steps:
        act(county, who, case, action)
        assert recipients(action) == expected, action
    other = raised(county, overdue(county, "A5"))
    with county.write() as session:
        dispatch(session, day(1))
        messages = select(User.name).join(Message, Message.recipient_id == User.id).where(Message.kind == "open")
        assert set(session.scalars(messages)) == lead | {"inspectorate"}
    seen.add("open")
    act(county, "office", other, "notify")
    case_sweep.run(county.read, county.write, day(20))
    assert recipients("lapse_statement") == office | {"water"}
    act(county, "office", other, "seek_withdrawal", at=day(20))
    act(county, "leaders", other, "agree_withdrawal", at=day(20))
    assert recipients("agree_withdrawal") == office | {"leaders2", "water", "inspectorate"}
    own = offices_own(county, "A6")
    act(county, "leaders", own, "notify")
    act(county, "office", own, "respond")
    act(county, "leaders", own, "hear", "refer")
    assert recipients("refer") == office | {"inspectorate"}
    act(county, "leaders", own, "record")
    assert recipients("record") == {"leaders2"}
    assert seen == set(CASE_RULES)


def test_the_dossier_tells_what_of_a_stretch_still_open_the_system_was_down_for_and_the_answer_to_a_paper(
    county: County,
) -> None:
    ticket = accepted(county)
    with county.write() as session:
        downtime.record(session, day(1), day(1, 11))
    late = day(21)
    sweep.run(county.read, county.write, late)
    with county.write() as session:
        number = session.scalars(select(Paper.number)).one()
        paper_actions.answer(session, county.people["water"], late, number, "张三家管材已到")
    case = raised(county, ticket, at=late)
    with county.read() as session:
        facts = _frozen(session, case)["facts"]
    # The reason of an issued rung appears once in the history, and on the paper.
    other = proposed(county, "A9")
    with county.read() as session:
        asked = _frozen(session, other)["facts"]["asked"]
    assert [line["words"] for line in asked if line["action"] == "issue_rung"] == [["屡催不办"]]
    (mend,) = (line["seq"] for line in facts["custodies"] if line["stage"] == "mend")
    assert facts["downtime"] == [{"seq": mend, "minutes": 60}]
    said = [line for line in facts["answered"] if line["action"] == "answer_paper"]
    assert [line["words"] for line in said] == [["张*家管材已到"]]


def test_the_history_of_a_case_keeps_what_was_decided_and_the_words_apart(county: County) -> None:
    case = raised(county, overdue(county))
    act(county, "office", case, "notify")
    act(county, "water", case, "respond")
    act(county, "office", case, "hear")
    act(county, "leaders", case, "decide")
    with county.read() as session:
        rows = session.execute(
            select(Event.action, Event.given, EventSecret.body)
            .outerjoin(EventSecret, EventSecret.event_id == Event.id)
            .where(Event.subject_type == "case", Event.subject_id == case)
            .order_by(Event.seq)
        ).all()
    assert [(action, sorted(given), private) for action, given, private in rows[:2]] == [
        ("propose_case", ["figure", "indicator", "shown"], {"harm": GIVEN["open"]["harm"]}),
        ("open", ["figure", "indicator", "shown"], {"harm": GIVEN["open"]["harm"]}),
    ]
    assert [tuple(entry) for entry in rows[2:]] == [
        ("notify", {}, None),
        ("respond", {}, {"statement": GIVEN["respond"]["statement"]}),
        ("hear", {"heard_on": GIVEN["hear"]["heard_on"]}, {"note": GIVEN["hear"]["note"]}),
        ("decide", {"outcome": GIVEN["decide"]["outcome"]}, {"reason": GIVEN["decide"]["reason"]}),
    ]


def test_lapses_are_counted_in_the_sweep_they_belong_to(county: County) -> None:
    for number in (1, 2):
        act(county, "office", raised(county, overdue(county, f"A{number}")), "notify")
    swept = Swept(lapsed={"lapse_statement": 1, "deem": 2}, failed={7: "x"})
    assert case_sweep.run(county.read, county.write, day(40), swept) is swept
    assert (swept.lapsed, swept.failed, swept.done) == ({"lapse_statement": 3, "deem": 2}, {7: "x"}, 5)
    assert case_sweep.run(county.read, county.write, day(40)).lapsed == {}
